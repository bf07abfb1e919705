//! Calls beside each other, and callers who give up.

use larder_core::ErrorKind;

use super::super::Rule;
use super::super::api::QUERY;
use super::super::scenario::{ANSWER, Ask, Need, Scenario, What};
use super::super::script::{Act, Step, message, said};
use super::super::world::State;

/// Somebody waits for another's login.
fn somebody_waits(state: &State) -> bool {
    state.jobs.iter().any(|seat| seat.waiting.is_some_and(|waiting| waiting.shared.is_some()))
}

fn has_asked(state: &State) -> bool {
    !state.exchanges.is_empty()
}

fn said_close() -> String {
    message("200 OK", "connection: close\r\n", &said(ANSWER))
}

fn redirect() -> String {
    message("302 Found", &format!("location: /Fetch?{QUERY}\r\n"), "")
}

pub(super) fn all() -> Vec<Scenario> {
    let look = || Ask::new(What::Look);
    let answer = || message("200 OK", "", &said(ANSWER));
    let ok = || Act::say(&answer());
    let cancelled = |ask: Ask| {
        ask.expects(
            |result| result.as_ref().is_err_and(|error| matches!(error.kind, ErrorKind::Cancelled)),
            Rule::Cancel,
            "its caller gave up: tell `Cancel`, and go on until `Done`",
        )
    };
    let mute = |ask: Ask| ask.wary().mute();
    vec![
        Scenario::new("one exchange right after another", vec![mute(look()), mute(look())], vec![ok(), ok(), ok()]).logs_in(),
        Scenario::new(
            "one exchange right after another, on another connection",
            vec![mute(look())],
            vec![Act::say(&said_close()).spent("its answer said `connection: close`"), ok()],
        )
        .logs_in(),
        Scenario::new(
            "a redirect",
            vec![mute(Ask::new(What::Fetch).of_size(0))],
            vec![Act::say(&redirect()), Act::say(&message("200 OK", "", ""))],
        ),
        Scenario::new(
            "a login that another call waits for",
            vec![look(), look().starts_when(has_asked)],
            vec![Act::whole(vec![Step::Request, Step::Until(somebody_waits), Step::say(&answer())]), ok(), ok()],
        )
        .logs_in()
        .at_once(),
        Scenario::new(
            "a caller who cancels while the peer is silent",
            vec![cancelled(look())],
            vec![Act::never(vec![Step::Request, Step::Cancel(0), Step::Hold])],
        )
        .needs(Need::Cancels),
        Scenario::new(
            "a call that is dropped",
            vec![look(), look()],
            vec![Act::never(vec![Step::Request, Step::GiveUp(0), Step::Hold]), ok()],
        )
        .needs(Need::Drops),
        Scenario::new(
            "a call that is dropped while another waits for its login",
            vec![look(), look().starts_when(has_asked)],
            vec![Act::never(vec![Step::Request, Step::Until(somebody_waits), Step::GiveUp(0), Step::Hold]), ok(), ok()],
        )
        .logs_in()
        .at_once()
        .needs(Need::Drops),
    ]
}
