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
    assert!(matches!(unknown.recipe(), Err(Unlike::UnknownMachine(_))));
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
