//! Both machines of the core against each other, with both APIs.
#![expect(clippy::unwrap_used, reason = "tests, and what helps them, fail loudly")]

mod differential;
mod e2;
mod expiry;
mod flow;
mod flow_others;
mod flow_patience;
mod hostile;
mod identity;
mod journal;
mod limits;
mod login;
mod nvx;
mod outcomes;
mod plain;
mod planned;
mod reseller;
mod resume;
mod secrets;
mod sim;
mod soap;
mod splits;
mod transfers;

use larder_core::{Api, Error};
use larder_testkit::{Canned, Pair, Service};

/// How a call ended, in a few words.
fn show<F: core::fmt::Debug, T>(ended: Option<Result<T, Box<Error<F>>>>) -> String {
    match ended {
        None => "under way".to_owned(),
        Some(Ok(_)) => "Ok".to_owned(),
        Some(Err(error)) => format!("{:?} in {:?}", error.kind, error.phase),
    }
}

/// The part of the trace that tells what these calls did, without their waiting.
fn notes<A: Api, S: Service<A>>(pair: &Pair<A, S>, calls: &[usize]) -> String {
    let names: Vec<String> = calls.iter().map(|call| format!("call {call} ")).collect();
    let wanted = |line: &&str| names.iter().any(|name| line.contains(name)) && !line.contains("> Wait for");
    pair.trace().lines().filter(wanted).collect::<Vec<_>>().join("\n")
}

/// An answer that leads elsewhere.
fn redirect(to: &str) -> Canned {
    let mut head = http::Response::new(());
    *head.status_mut() = http::StatusCode::FOUND;
    head.headers_mut().insert(http::header::LOCATION, to.parse().unwrap_or_else(|_| panic!("{to}")));
    Canned { head, body: bytes::Bytes::new() }
}
