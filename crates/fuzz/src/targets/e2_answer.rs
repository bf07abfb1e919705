//! JSON answers of every operation of the reseller API, and its refusals. What is read is written, and read back as the
//! same; a refusal shows little of what the peer sent.
//!
//! The first line is the status and the operation, the rest the answer.

use http::Response;
use larder_core::operation::{Names, Visit};
use larder_core::{Api, Operation, PeerFlaw, Refusal};
use larder_proto_e2::Name;
use larder_testkit::fixtures::{self, Direction};
use larder_testkit::memory::peak;
use larder_testkit::trees;

use super::xml::tree;
use crate::input::{self, label};

/// Tries one input.
pub fn run(data: &[u8]) {
    let (status, rest) = data.split_at(data.len().min(4));
    let (name, body) = input::operation::<Name>(rest);
    let status = core::str::from_utf8(status).ok().and_then(|status| status.trim().parse().ok()).unwrap_or(200);
    name.visit(Answer(status, body));
}

struct Answer<'a>(u16, &'a [u8]);

impl Visit for Answer<'_> {
    type Output = ();

    fn visit<O: Operation>(self) {
        let Self(status, body) = self;
        let Ok(head) = Response::builder().status(status).body(()) else { return };
        let head = head.into_parts().0;
        let (read, bytes) = peak(|| O::Api::decode::<O>(&head, body));
        assert!(bytes <= 64 * 1024 + 256 * body.len(), "{bytes} bytes for {} of text", body.len());
        match read {
            Ok(answer) => back::<O>(&answer),
            Err(Refusal::Peer(PeerFlaw::Malformed { reject, .. })) => drop(reject.to_string()),
            Err(refusal) => drop(format!("{refusal:?}")),
        }
    }
}

fn back<O: Operation>(answer: &O::Answer) {
    let Ok(text) = serde_json::to_vec(answer) else { panic!("cannot be written: {answer:?}") };
    let head = Response::new(()).into_parts().0;
    match O::Api::decode::<O>(&head, &text) {
        Ok(again) => assert_eq!(tree(answer), tree(&again), "{}", String::from_utf8_lossy(&text)),
        Err(refusal) => panic!("{answer:?}\nis written as\n{}\nwhich is\n{refusal:?}", String::from_utf8_lossy(&text)),
    }
}

/// The answers of the fixtures.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let all = fixtures::all().into_iter().filter(|fixture| fixture.direction == Direction::Response);
    let mut seeds: Vec<_> = all
        .filter_map(|fixture| {
            let name = trees::name_of::<Name>("e2", &fixture)?;
            let answer = fixture.response().ok()?;
            let status = answer.status().as_u16().to_string();
            Some([status.as_bytes(), b" ", label(name).as_bytes(), b"\n", answer.body()].concat())
        })
        .collect();
    seeds.sort();
    seeds.dedup();
    seeds
}
