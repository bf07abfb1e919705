//! Journals of calls of the toy API. That each conversation of these tests can be done again from its journal alone is held
//! where they are driven: see `drive/written.rs`.

use larder_core::journal::{Act, End, Entry, Flaw, Journal, Recorded, Replayed, Unlike};
use larder_core::{Action, Call, ClientMachine, Failure, Input, Machine, Phase, Session, Shared, Time};

use crate::drive::{Written, data, end, failed, head, head_with, login, settings, wrote};
use crate::toy::{Look, Mint, Ping, Said, Toy};

fn recorded<O: larder_core::Operation<Api = Toy, Answer = Said>>(operation: O) -> (Recorded<Toy, Call<O>>, Written) {
    Written::of(Call::new(operation, settings()))
}

fn text(written: &Written) -> String {
    String::from_utf8_lossy(&written.take()).into_owned()
}

fn tell<M: ClientMachine<Toy>>(machine: &mut M, input: Input) {
    assert_eq!(machine.handle(input), Ok(()));
}

/// Polls until it waits or is over.
fn poll<M: ClientMachine<Toy>>(machine: &mut M, shared: &mut Shared<Toy>) {
    poll_at(Time::ZERO, machine, shared);
}

fn poll_at<M: ClientMachine<Toy>>(now: Time, machine: &mut M, shared: &mut Shared<Toy>) {
    loop {
        match machine.poll(now, shared) {
            Action::Open { at, .. } => tell(machine, Input::Connected { at }),
            Action::Wait { .. } | Action::Done(_) => return,
            Action::Write { .. } | Action::Finish { .. } | Action::Abort { .. } => {}
            Action::Feed { .. } | Action::Data { .. } | Action::Note(_) => {}
        }
    }
}

/// A call that logs in, and is answered with what it sent and what it was given.
fn mint(answer: &str) -> String {
    let (mut call, written) = recorded(Mint { text: "hunter22-horse".into() });
    let mut shared = Shared::new(Session::none(), 1);
    poll(&mut call, &mut shared);
    for input in [wrote(1), head(1, 200), data(1, answer), end(1)] {
        tell(&mut call, input);
        poll(&mut call, &mut shared);
    }
    drop(call);
    text(&written)
}

#[test]
fn a_journal_holds_no_secret_and_says_all_else() {
    let journal = mint("made of hunter22-horse, %68unter22-horse and b");
    assert!(!journal.contains("hunter22") && !journal.contains("unter22-horse"), "{journal}");
    insta::assert_snapshot!(journal);
    // What was not understood may hold what it was asked for.
    let journal = mint("?key=Goh7ot5pBeuoQ45icqL9TM2K77 and b");
    assert!(!journal.contains("Goh7ot5pBeuo") && journal.contains(" and b"), "{journal}");
    assert_eq!(Journal::read(&journal).unwrap().replay_call::<Toy>().unwrap().end, End::Done);
}

#[test]
fn what_comes_late_is_written_without_its_text() {
    let (mut call, written) = recorded(Look::default());
    let mut shared = Shared::new(Session::with_token("b3arer-of-toy".into()), 1);
    poll(&mut call, &mut shared);
    call.handle(failed(2, Failure::Reset, Phase::Send)).unwrap();
    poll(&mut call, &mut shared);
    // The next attempt is under way.
    poll_at(Time(core::time::Duration::from_secs(1)), &mut call, &mut shared);
    call.handle(head_with(2, 200, &[("etag", "of another")])).unwrap();
    call.handle(data(2, "late words")).unwrap();
    drop(call);
    let journal = Journal::read(text(&written)).unwrap();
    let told: Vec<String> = journal.entries.iter().rev().take(2).map(|entry| format!("{entry:?}")).collect();
    assert_eq!(told[0], "Told { input: Data { at: 2, chunk: \"xxxxxxxxxx\" }, misuse: None }");
    assert_eq!(told[1], "Told { input: Head { at: 2, status: 200, headers: [(\"etag\", \"x\")] }, misuse: None }");
    assert!(matches!(journal.end(), End::Open { line } if line == journal.entries.len() + 2));
}

#[test]
fn a_machine_that_is_dropped_says_so_and_a_misuse_is_one_again() {
    let (mut call, written) = recorded(Look::default());
    let mut shared = Shared::new(login(), 1);
    poll(&mut call, &mut shared);
    assert!(call.handle(wrote(99)).is_err());
    assert_eq!(call.about().1, "toy.test");
    assert!(format!("{call:?}").starts_with("Recorded(Call { operation: Look"));
    call.abandon(&mut shared);
    assert!(!shared.session.is_open());
    let journal = Journal::read(text(&written)).unwrap();
    let polls = journal.entries.iter().filter(|entry| matches!(entry, Entry::Polled { .. })).count();
    assert_eq!(journal.replay_call::<Toy>().unwrap(), Replayed { polls, end: End::Abandoned });
    assert_eq!(journal.entries.last(), Some(&Entry::Abandoned {}));
}

#[test]
fn another_machine_does_something_else() {
    let journal = Journal::read(mint("b")).unwrap();
    let other = journal.replay(Call::new(Ping::default(), settings()));
    let Err(Unlike::Differs { line: 2, recorded, now: Some(now), .. }) = other else { panic!("{other:?}") };
    let uri = |act: &Act| if let Act::Open { uri, .. } = act { uri.clone() } else { String::new() };
    assert_eq!((uri(&recorded), uri(&now)), ("http://toy.test/mint".to_owned(), "http://toy.test/ping".to_owned()));
    let mut unknown = journal.clone();
    unknown.title.operation = "toy/unheard".to_owned();
    assert!(matches!(unknown.replay_call::<Toy>(), Err(Unlike::UnknownMachine(_))));
    unknown.title.api = "Another".to_owned();
    assert!(matches!(unknown.replay_call::<Toy>(), Err(Unlike::OtherApi(_))));
    unknown.title.recipe = None;
    assert!(matches!(unknown.recipe(), Err(Unlike::NoRecipe)));
}

#[test]
fn each_byte_of_it_counts() {
    let whole = mint("b").into_bytes();
    let lines = whole.iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(Journal::read(&whole).unwrap().entries.len() + 1, lines);
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        let line = whole[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        match Journal::read(&changed) {
            Err(Flaw::Changed { line: found } | Flaw::Torn { line: found }) => {
                assert!(found == line, "{at}: {found}, not {line}")
            }
            Err(Flaw::NoJournal | Flaw::Version(_)) => assert_eq!(line, 1),
            other => panic!("{at}: {other:?}"),
        }
        if whole[at] != b'\n' && at > 0 {
            let cut = Journal::read(&whole[..at]);
            assert!(whole[at - 1] == b'\n' || matches!(cut, Err(Flaw::Torn { .. } | Flaw::NoJournal)), "{at}: {cut:?}");
        }
    }
    assert_eq!(Journal::read(b""), Err(Flaw::NoJournal));
}

/// The value with its number `nth` replaced, if it has so many.
fn with_number(value: &mut serde_json::Value, nth: &mut usize, number: u64) -> bool {
    use serde_json::Value;
    match value {
        Value::Number(found) if *nth == 0 => {
            *found = number.into();
            true
        }
        Value::Number(_) => {
            *nth -= 1;
            false
        }
        Value::Array(items) => items.iter_mut().any(|item| with_number(item, nth, number)),
        Value::Object(fields) => fields.values_mut().any(|field| with_number(field, nth, number)),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

/// Whoever forges a journal forges its sums as well: here it is forged behind them.
#[test]
fn a_forged_number_breaks_nothing() {
    forge(&Journal::read(mint("b")).unwrap());
    // One that was logging in when it was dropped.
    let (mut call, written) = recorded(Look::default());
    let mut shared = Shared::new(login(), 1);
    poll(&mut call, &mut shared);
    call.abandon(&mut shared);
    forge(&Journal::read(text(&written)).unwrap());
}

fn forge(journal: &Journal) {
    let (mut read, mut same) = (0, 0);
    let mut again = |journal: Journal| {
        read += 1;
        same += usize::from(journal.replay_call::<Toy>().is_ok());
    };
    for number in [0, u64::from(u32::MAX), u64::MAX - 1, u64::MAX] {
        for nth in 0.. {
            let mut title = serde_json::to_value(&journal.title).unwrap_or_default();
            if !with_number(&mut title, &mut { nth }, number) {
                break;
            }
            if let Ok(title) = serde_json::from_value(title) {
                again(Journal { title, ..journal.clone() });
            }
        }
        for at in 0..journal.entries.len() {
            for nth in 0.. {
                let mut entry = serde_json::to_value(&journal.entries[at]).unwrap_or_default();
                if !with_number(&mut entry, &mut { nth }, number) {
                    break;
                }
                if let Ok(entry) = serde_json::from_value(entry) {
                    let mut forged = journal.clone();
                    forged.entries[at] = entry;
                    again(forged);
                }
            }
        }
    }
    assert!(same > 0 && read > same && read > 50, "{same} of {read}");
}

#[test]
fn a_difference_of_long_bodies_is_shown_where_it_begins() {
    let mut journal = Journal::read(mint("b")).unwrap();
    let Some(Entry::Polled { action: Act::Open { uri, .. }, .. }) = journal.entries.first_mut() else { panic!("{journal:?}") };
    *uri = format!("{uri}?{}", "long".repeat(100_000));
    let shown = journal.replay_call::<Toy>().unwrap_err().to_string();
    assert!(shown.len() < 500 && shown.contains("/mint\"") && shown.contains("/mint?longlong"), "{shown}");
}
