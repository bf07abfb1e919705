//! Each mistake, the scenario in which it shows, the rule that it breaks, and what is said of it.

use larder_core::Shared;
use larder_testkit::conformance::{self, Bench, Driver, Job, Order, Rule};

use crate::driver::Wrong;
use crate::mistake::Mistake;

/// Makes the mistake in one scenario.
fn caught(mistake: Mistake, scenario: &str, rule: Rule, words: &str) {
    assert!(conformance::scenarios().contains(&scenario), "{scenario}");
    let report = conformance::run_some(Wrong::new(mistake), |name| name == scenario);
    println!("{mistake:?}: {report}");
    let found = report.failed.iter().find(|finding| finding.rule == rule && finding.what.contains(words));
    assert!(found.is_some(), "{mistake:?} was not found as {rule:?} with {words:?}: {report}");
    assert!(report.failed.iter().all(|finding| finding.to_string().contains(&format!("rule {}", finding.rule.number()))));
}

macro_rules! caught {
    ($($test:ident: $mistake:ident in $scenario:literal breaks $rule:ident: $words:literal;)*) => {
        $(#[test]
        fn $test() {
            caught(Mistake::$mistake, $scenario, Rule::$rule, $words);
        })*
    };
}

caught! {
    polls_after_done: PollsAfterDone in "a plain answer" breaks Poll: "was polled after `Done`";
    never_polls_at_until: NeverPollsAtUntil in "silence after the request" breaks Wake: "was not polled again";
    polls_late: PollsLate in "silence after the request" breaks Wake: "after its `until`";
    polls_again_and_again: PollsAgainAndAgain in "silence after the request" breaks Wake: "again and again";
    ignores_the_epoch: IgnoresTheEpoch in "a login that another call waits for" breaks Epoch: "was not polled again";
    turns_the_clock_back: TurnsTheClockBack in "a pause, then another attempt" breaks Time: "after it was polled with";
    stops_the_clock: StopsTheClock in "silence after the request" breaks Time: "have passed";
    never_says_connected: NeverSaysConnected in "a plain answer" breaks Open: "neither `Connected` nor more";
    says_connected_at_once: SaysConnectedAtOnce in "nobody listens" breaks Open: "nobody listens there";
    loses_a_header_field: LosesAHeaderField in "a plain answer" breaks Open: "a header field of the machine's head is missing";
    loses_the_query: LosesTheQuery in "a plain answer" breaks Open: "its query should be";
    sends_the_host_without_port: SendsTheHostWithoutPort in "a plain answer" breaks Open: "with the port";
    puts_away_late: PutsAwayLate in "one exchange right after another" breaks Open: "was opened, and nobody connected";
    puts_away_late_what_says_close: PutsAwayLate in "one exchange right after another, on another connection"
        breaks Open: "was opened, and nobody connected";
    puts_away_late_at_a_redirect: PutsAwayLate in "a redirect" breaks Open: "was opened, and nobody connected";
    says_wrote_at_once: SaysWroteAtOnce in "an upload that nobody reads" breaks Write: "the rest is in memory";
    never_says_wrote: NeverSaysWrote in "a large upload" breaks Write: "no `Wrote` was told";
    spoils_a_piece: SpoilsAPiece in "an upload" breaks Write: "upload";
    passes_on_interim_answers: PassesOnInterimAnswers in "interim answers first, in the same segment"
        breaks Answer: "an interim answer (100) was told as `Head`";
    takes_a_cut_for_an_end: TakesACutForAnEnd in "an answer that is cut short of its length"
        breaks Answer: "`End` was told of an answer that was cut short";
    takes_a_cut_between_chunks_for_an_end: TakesACutForAnEnd in "an answer whose last chunk does not come"
        breaks Answer: "`End` was told of an answer that was cut short";
    takes_bad_framing_for_an_end: TakesACutForAnEnd in "a chunk whose size is no number"
        breaks Answer: "`End` was told of an answer that was cut short";
    takes_one_of_two_lengths: ReadsLeniently in "an answer of two lengths"
        breaks Answer: "`End` was told of an answer that was cut short, or badly framed";
    takes_chunks_for_a_length: ReadsLeniently in "an answer in chunks that says a length, too"
        breaks Answer: "`End` was told of an answer that was cut short, or badly framed";
    loses_the_first_piece: LosesTheFirstPiece in "a download" breaks Answer: "is something else than what was sent";
    loses_the_end: LosesTheFirstPiece in "an answer that ends with its connection" breaks Answer: "something else";
    waits_for_a_body_where_none_is: WaitsForABodyWhereNoneIs in "answers without a body" breaks Answer: "its `End` was not";
    reads_heads_without_bound: ReadsHeadsWithoutBound in "a head without end" breaks Answer: "bound it";
    writes_all_before_it_reads: WritesAllBeforeItReads in "an early answer while the body goes out"
        breaks Listen: "while the body went out";
    tells_data_unasked: TellsDataUnasked in "a caller who is slow" breaks BackPressure: "while `on.peer` was false";
    reads_ahead: ReadsAhead in "a caller who is slow" breaks BackPressure: "were read while the machine wanted nothing";
    says_connect_always: SaysConnectAlways in "a lost reply" breaks Phase: "may repeat what must not be repeated";
    says_send_always: SaysSendAlways in "nobody listens" breaks Phase: "nothing was sent";
    leaves_aborted_open: LeavesAbortedOpen in "silence after the request" breaks Abort: "is still open";
    uses_aborted_again: UsesAbortedAgain in "an answer that stops, then goes on when it is given up"
        breaks Abort: "is still open";
    mixes_up_exchanges: MixesUpExchanges in "an answer that comes after it was given up"
        breaks Abort: "was told as that of";
    keeps_every_connection: KeepsEveryConnection in "bytes behind an answer" breaks Reuse: "bytes that nobody asked for";
    keeps_what_says_close: KeepsEveryConnection in "an answer that says close" breaks Reuse: "`connection: close`";
    keeps_what_is_old: KeepsEveryConnection in "an answer of HTTP/1.0" breaks Reuse: "HTTP/1.0";
    does_not_rewind: DoesNotRewind in "an upload that is tried again" breaks Feed: "`BodyEnd` was told for offset 0";
    says_gone: SaysGone in "an upload that is tried again" breaks Feed: "can be read from any place";
    takes_a_short_read_for_the_end: TakesAShortReadForTheEnd in "an upload" breaks Feed: "`BodyEnd` was told for offset";
    gives_more_than_asked: GivesMoreThanAsked in "a large upload" breaks Feed: "where at most";
    delivers_twice: DeliversTwice in "a download" breaks Deliver: "was handed bytes at 0";
    delivers_late: DeliversLate in "a download" breaks Deliver: "before its caller was handed";
    ignores_cancel: IgnoresCancel in "a caller who cancels while the peer is silent" breaks Cancel: "tell `Cancel`";
    stops_at_cancel: StopsAtCancel in "a caller who cancels while the peer is silent" breaks Cancel: "tell `Cancel`";
    forgets_to_abandon: ForgetsToAbandon in "a call that is dropped while another waits for its login"
        breaks Abandon: "without `abandon`";
    keeps_the_dropped_open: KeepsTheDroppedOpen in "a call that is dropped" breaks Abandon: "stayed open";
    logs_heads: LogsHeads in "a plain answer" breaks Secrets: "log hold";
    puts_heads_into_detail: PutsHeadsIntoDetail in "a lost reply" breaks Secrets: "`detail`";
}

/// Does nothing at all.
struct Idle;

impl Driver for Idle {
    fn run(&self, _: Shared<Bench>, _: Vec<Job>, _: Order) {}
}

#[test]
fn ten_scenarios_that_went_wrong_are_enough() {
    let report = conformance::run(Idle);
    let text = report.to_string();
    let left_out = conformance::scenarios().len() - 10;
    assert_eq!(
        report.failed.iter().map(|finding| finding.scenario).collect::<std::collections::BTreeSet<_>>().len(),
        10,
        "{text}"
    );
    assert!(text.contains(&format!("{left_out} more scenarios, because too many others went wrong")), "{text}");
    assert!(text.contains("and in 9 more scenarios: an answer byte by byte; "), "{text}");
}

/// And whoever makes none is not blamed.
#[test]
fn no_mistake_is_found_where_none_is() {
    let report = conformance::run(Wrong::new(Mistake::None));
    println!("{report}");
    report.assert_clean();
    assert!(report.not_tested.is_empty(), "{report}");
}
