//! Journals that are cut or changed.

use larder_core::journal::{End, Flaw, Journal, Unlike};
use larder_core::{Call, Session, Shared};
use larder_proto_nvx::imfs::DeleteFolders;
use larder_proto_nvx::values::{NonEmpty, Path};
use larder_testkit::Canned;

use super::{File, drive, replay};
use crate::nvx;

fn sample() -> Vec<u8> {
    let file = File::default();
    let login = nvx::login("correct horse");
    let mut shared = Shared::new(Session::with_login(login), 7);
    let answers = ["{\"ResponseCode\":0,\"SessionToken\":\"0f8fad5b-d9cb-469f-a165-70867728950e\"}", "{\"ResponseCode\":0}"];
    let mut peer = |nth: usize| {
        // The first breaks.
        let body = answers.get(nth.checked_sub(1)?)?.as_bytes();
        Some(Canned { head: http::Response::new(()), body: body.into() })
    };
    let folders = DeleteFolders { folder_paths: NonEmpty::from(nvx::parse::<Path>("a")) };
    assert!(drive(file.record(Call::new(folders, nvx::json())), &mut shared, 9, &mut peer));
    file.bytes()
}

#[test]
fn a_journal_that_is_cut_says_where_it_ends() {
    let whole = sample();
    assert_eq!(replay(&whole).unwrap().end, End::Done);
    let ends: Vec<usize> = whole.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1).collect();
    for (lines, end) in (1..).zip(&ends[..ends.len() - 1]) {
        assert_eq!(replay(&whole[..*end]).unwrap().end, End::Open { line: lines + 1 });
    }
    for end in (1..whole.len()).step_by(5) {
        if !ends.contains(&end) {
            let line = ends.iter().filter(|whole| **whole < end).count() + 1;
            match replay(&whole[..end]) {
                Err(Unlike::Flaw(Flaw::Torn { line: torn })) => assert_eq!(torn, line),
                Err(Unlike::Flaw(Flaw::NoJournal)) => assert_eq!(line, 1),
                other => panic!("{end}: {other:?}"),
            }
        }
    }
    assert_eq!(Journal::read(b""), Err(Flaw::NoJournal));
}

#[test]
fn a_byte_that_was_changed_is_found() {
    let whole = sample();
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1 << (at % 8);
        let line = whole[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        match Journal::read(&changed) {
            Err(Flaw::Changed { line: found } | Flaw::Torn { line: found }) => {
                assert!(found == line || found == line + 1, "{at}: {found}, not {line}");
            }
            Err(Flaw::NoJournal | Flaw::Version(_)) => assert_eq!(line, 1),
            other => panic!("{at}: {other:?}"),
        }
    }
}

#[test]
fn another_machine_differs() {
    let journal = Journal::read(sample()).unwrap();
    match journal.replay(Call::new(nvx::list(), nvx::json())) {
        Err(Unlike::Differs { line, .. }) => assert!(line > 2, "{line}"),
        other => panic!("{other:?}"),
    }
}
