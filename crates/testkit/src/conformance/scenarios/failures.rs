//! Peers that refuse, break off and are silent, and what may be repeated after that.

use larder_core::Failure;

use super::super::Rule;
use super::super::scenario::{ANSWER, Ask, Need, Scenario, What, failed, is_unknown};
use super::super::script::{Act, Step, head, message, said};
use super::super::world::State;

fn ok() -> String {
    message("200 OK", "", &said(ANSWER))
}

/// At most so many requests reached the server.
fn one_request(state: &State) -> Option<(Rule, String)> {
    let count = state.exchanges.len();
    (count > 1).then(|| (Rule::Phase, format!("an operation that must not be repeated was sent {count} times")))
}

fn first_is_closed(state: &State) -> bool {
    state.exchanges.values().next().is_some_and(|exchange| exchange.closed.is_some())
}

fn first_is_aborted(state: &State) -> bool {
    state.exchanges.values().next().is_some_and(|exchange| exchange.aborted.is_some())
}

/// A second exchange, which must not go over the connection of the first.
fn once_only(name: &'static str, first: Act) -> Scenario {
    let look = || Ask::new(What::Look).wary();
    Scenario::new(name, vec![look(), look().attempts(2)], vec![first, Act::say(&ok())])
}

pub(super) fn all() -> Vec<Scenario> {
    [peers(), others()].concat()
}

/// Peers that refuse, close and say nothing.
fn peers() -> Vec<Scenario> {
    let look = || Ask::new(What::Look);
    let silence = |ask: Ask| {
        let why = "the server says nothing: the machine's clock ends it, at `until`";
        ask.impatient().expects(|result| failed(result, |failure| failure == Failure::Silence), Rule::Wake, why)
    };
    let unknown = || {
        Ask::new(What::Add).attempts(3).expects(
            is_unknown,
            Rule::Phase,
            "its reply was lost after it was sent: only `Failed` in `Send` or later makes that an unknown outcome",
        )
    };
    vec![
        Scenario::new(
            "nobody listens",
            vec![Ask::new(What::Add).attempts(3).expects(
                |result| failed(result, |failure| matches!(failure, Failure::Refused | Failure::Connect)),
                Rule::Phase,
                "nothing was sent, so that it may be repeated: tell `Failed` (`Refused`) in `Connect`",
            )],
            Vec::new(),
        )
        .refused(),
        Scenario::new(
            "closed as soon as it is accepted",
            vec![look().attempts(3).wary()],
            vec![Act::never(vec![Step::Close]).on_accept(), Act::say(&ok())],
        ),
        Scenario::new("a lost reply", vec![unknown()], vec![Act::never(vec![Step::Request, Step::Close])]).check(one_request),
        Scenario::new("a reply lost before the body was read", vec![unknown()], vec![Act::never(vec![Step::Close])])
            .check(one_request),
        Scenario::new(
            "a reply lost on a connection that served before",
            vec![look(), unknown()],
            vec![Act::say(&ok()), Act::never(vec![Step::Request, Step::Close])],
        ),
        Scenario::new("silence after the request", vec![silence(look())], vec![Act::never(vec![Step::Request, Step::Hold])]),
        Scenario::new(
            "silence within the head",
            vec![silence(look())],
            vec![Act::cut(vec![Step::Request, Step::say("HTTP/1.1 200 O"), Step::Hold])],
        ),
        Scenario::new(
            "an answer that stops, then goes on when it is given up",
            vec![silence(look()).attempts(1), look()],
            vec![
                Act::cut(vec![
                    Step::Request,
                    Step::say(&head("200 OK", "content-length: 5000\r\n\r\n{")),
                    Step::Until(first_is_aborted),
                    Step::say(&" ".repeat(4998)),
                    Step::say("}"),
                ]),
                Act::say(&ok()),
            ],
        ),
    ]
}

/// Connections that must not be used again, and answers that come when nobody expects them.
fn others() -> Vec<Scenario> {
    let look = || Ask::new(What::Look);
    vec![
        Scenario::new(
            "an answer that comes after it was given up",
            vec![look().impatient().attempts(2)],
            vec![Act::never(vec![Step::Request, Step::Until(first_is_aborted), Step::say(&ok())]), Act::say(&ok())],
        ),
        Scenario::new(
            "a pause, then another attempt",
            vec![look().attempts(2)],
            vec![Act::say(&message("503 Service Unavailable", "", "{}")), Act::say(&ok())],
        ),
        Scenario::new(
            "a connection that closes as it is used again",
            vec![look(), look().attempts(2)],
            vec![Act::say(&ok()), Act::never(vec![Step::Close]), Act::say(&ok())],
        ),
        Scenario::new(
            "a connection that closed while it was idle",
            vec![
                look(),
                Ask::new(What::Add).wary().starts_when(first_is_closed).attempts(2).expects(
                    |result| result.is_ok() || is_unknown(result),
                    Rule::Reuse,
                    "the connection had closed before: take another, or tell `Failed` as usual",
                ),
            ],
            vec![Act::whole(vec![Step::Request, Step::say(&ok()), Step::Close]), Act::say(&ok())],
        ),
        once_only(
            "bytes behind an answer",
            Act::say(&[ok(), ok()].concat()).spent("bytes that nobody asked for stood behind its answer"),
        ),
        once_only(
            "an answer that says close",
            Act::say(&message("200 OK", "Connection: Close\r\n", &said(ANSWER))).spent("its answer said `connection: close`"),
        ),
        once_only(
            "an answer of HTTP/1.0",
            Act::say(&message("200 OK", "", &said(ANSWER)).replacen("HTTP/1.1", "HTTP/1.0", 1))
                .spent("its answer was of HTTP/1.0"),
        ),
        Scenario::new(
            "an early answer while the body goes out",
            vec![Ask::new(What::Put).wary().expects(
                |result| result.as_ref().is_err_and(|error| error.fault().is_some()),
                Rule::Listen,
                "the server refused before it had the body: its refusal is the answer",
            )],
            vec![Act::whole(vec![Step::Stuck, Step::say(&message("403 Forbidden", "connection: close\r\n", "{}")), Step::Hold])],
        )
        .file(64 << 20)
        .needs(Need::Duplex),
    ]
}
