//! Files, up and down.

use larder_core::Failure;

use super::super::Rule;
use super::super::scenario::{ANSWER, Ask, Need, Scenario, What, failed};
use super::super::script::{Act, Step, head, message, said};
use super::super::told::HELD;
use super::super::world::State;

const FILE: u64 = 100_000;
const LARGE: u64 = 3_000_000;

/// The server got rid of no more than sockets hold.
fn held_back(state: &State) -> Option<(Rule, String)> {
    let sent = state.flooded;
    (sent > HELD).then(|| {
        let what = "were read while the machine wanted nothing of the peer (`on.peer` was false)";
        (Rule::BackPressure, format!("{sent} bytes {what}"))
    })
}

pub(super) fn all() -> Vec<Scenario> {
    let ok = || Act::say(&message("200 OK", "", &said(ANSWER)));
    let put = || Ask::new(What::Put).wary();
    let fetch = |length| {
        let head = head("200 OK", &format!("content-length: {length}\r\n\r\n"));
        Act::whole(vec![Step::Request, Step::say(&head), Step::File(length)])
    };
    vec![
        Scenario::new("an upload", vec![put()], vec![ok()]).file(FILE),
        Scenario::new("an empty upload", vec![put()], vec![ok()]).file(0),
        Scenario::new("an upload of unknown length", vec![put().of_unknown_length()], vec![ok()]).file(FILE),
        Scenario::new("a large upload", vec![put()], vec![ok()]).file(LARGE),
        Scenario::new(
            "an upload that is tried again",
            vec![put().attempts(2)],
            vec![Act::never(vec![Step::Request, Step::Close]), ok()],
        )
        .file(FILE),
        Scenario::new(
            "an upload of a file that can be read once",
            vec![put().attempts(2).once().expects(
                |result| failed(result, |_| true),
                Rule::Feed,
                "the file cannot be had again: tell `BodyGone`, and the first failure is reported",
            )],
            vec![Act::never(vec![Step::Request, Step::Close]), ok()],
        )
        .file(FILE)
        .needs(Need::Streams),
        Scenario::new(
            "an upload that nobody reads",
            vec![put().impatient().expects(
                |result| failed(result, |failure| failure == Failure::Silence),
                Rule::Write,
                "the server takes nothing: without `Wrote`, the machine's clock ends it",
            )],
            vec![Act::never(vec![Step::Hold])],
        )
        .file(96 << 20)
        .needs(Need::Bounded),
        Scenario::new("a download", vec![Ask::new(What::Fetch).wary().of_size(LARGE)], vec![fetch(LARGE)]),
        Scenario::new("an empty download", vec![Ask::new(What::Fetch).wary().of_size(0)], vec![fetch(0)]),
        Scenario::new(
            "a caller who is slow",
            vec![Ask::new(What::Fetch).wary().holds().expects(
                Result::is_err,
                Rule::BackPressure,
                "its caller gave up within the file",
            )],
            vec![fetch(96 << 20)],
        )
        .check(held_back),
    ]
}
