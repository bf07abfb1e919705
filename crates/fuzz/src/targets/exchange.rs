//! The server's machine, whole: any head, any body in any pieces, ends and failures at any time, an embedder that does
//! whatever is legal, and time that jumps. It never panics, calls nothing legal a misuse and nothing illegal legal, asks for
//! things in order, understands the same in any pieces, takes no more than its limits, shows no secret, and ends.
//!
//! The first line is `nvx` or `e2`, with ` secret` behind it for a request that carries one; the second has a decision a
//! byte (see `decide`); the rest is the request. When the decisions are used up, all goes well.

mod answers;
mod decide;
mod drive;

use http::{HeaderValue, Uri};
use larder_core::wire::RequestHead;
use larder_proto_e2::E2;
use larder_proto_nvx::Nvx;
use larder_testkit::fixtures::{self, Direction};
use larder_testkit::memory::peak;

use super::message;
use crate::input;
use crate::oracle::{CANARY, has_canary};

/// Tries one input.
pub fn run(data: &[u8]) {
    if has_canary(data) {
        return;
    }
    let (api, rest) = input::line(data);
    let (script, request) = input::line(rest);
    let Some((mut head, body)) = message::request(request) else { return };
    if api.ends_with(b" secret") {
        hide(&mut head);
    }
    let run = if api.starts_with(b"e2") { drive::run::<E2> } else { drive::run::<Nvx> };
    let (_, bytes) = peak(|| run(head.clone(), body, script, b""));
    assert!(bytes <= MEMORY + 64 * data.len(), "{bytes} bytes for an input of {}", data.len());
    assert_eq!(run(head.clone(), body, b"", script), run(head, body, b"", b""), "other pieces");
}

/// Several times the limits of [`drive::LIMITS`], and what a decoded request takes besides.
const MEMORY: usize = 256 << 10;

/// Puts a token where each API has it.
fn hide(head: &mut RequestHead) {
    head.0.headers_mut().insert("token", HeaderValue::from_static(CANARY));
    let path = head.0.uri().path();
    let query = head.0.uri().query().map_or(String::new(), |query| format!("&{query}"));
    if let Ok(uri) = format!("{path}?sessionToken={CANARY}{query}").parse::<Uri>() {
        *head.0.uri_mut() = uri;
    }
}

/// The requests of the fixtures, with a few ways to go on.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let scripts: [&[u8]; 7] = [
        b"\x22\x23",
        b"\x3f\x3f",
        b"\x9f\x9f\x9f\x9f",
        b"",
        b"\x05\x05\x1f\x44\x60\x60",
        b"\x20\x00\x80\xa0\x43\xe1\x7f",
        b"\x1f\x40\x1f\x5e\x1f\x60\xc0\xc1",
    ];
    let requests = fixtures::all().into_iter().filter(|fixture| fixture.direction == Direction::Request);
    let seeds = requests.enumerate().flat_map(|(at, fixture)| {
        let api = if fixture.operation.starts_with("e2") { "e2" } else { "nvx" };
        let secret = if at % 3 == 0 { " secret" } else { "" };
        let first = [api, secret, "\n"].concat().into_bytes();
        // Bodies with files have the most ways to be cut short, flooded and let wait.
        let is_transfer = fixture.operation.contains("Transfer");
        let some = scripts.iter().enumerate().filter(move |(which, _)| is_transfer || *which == at % scripts.len());
        let all = some.map(|(_, script)| *script).chain([&b""[..]]);
        all.map(move |script| [&first, script, b"\n", &fixture.content[..]].concat())
    });
    let mut seeds: Vec<_> = seeds.collect();
    seeds.sort();
    seeds.dedup();
    seeds
}
