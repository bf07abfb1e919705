//! What the simulation has found, as plain as it can be told.

use core::time::Duration;

use larder_core::{ClientMachine, Clock, Session, Settings, Target};
use larder_proto_nvx::flow::{AppendFiles, Appending, Expect, Stored, UpdateFile, UploadFile, Uploading, When};
use larder_proto_nvx::{Nvx, Style};
use larder_testkit::sim::Dice;
use larder_testkit::{Canned, Pair, Plan, Point, Source, Ticket, Trouble};

use super::cabinet::{Cabinet, HOST};
use super::oracle::{Oracle, There};
use crate::nvx::parse;

/// An upload of two bytes, while every look at what is there meets this trouble.
fn unseen(trouble: Trouble, total: Clock) -> (Pair<Nvx, Cabinet>, Ticket<Nvx, Stored>) {
    let cabinet = Cabinet::new(Dice::new(1), 0, 0);
    let mut pair = Pair::new(Session::with_login(super::nvx::login()), 1, cabinet);
    pair.link(move |opening| {
        let is_look = opening.head.0.uri().path().ends_with("GetPathInfo.ashx");
        if is_look { Plan::trouble(trouble) } else { Plan::default() }
    });
    let mut settings = Settings::new(Target::parse(&format!("http://{HOST}")).unwrap());
    settings.length = Some(2);
    settings.clocks.total = total;
    let upload = UploadFile::new(parse("in"), parse("a"), Uploading::default(), settings);
    let ticket = pair.drive(upload, "hi");
    pair.run();
    (pair, ticket)
}

/// Found by seed 7: it ended with the failure of the look, as if nothing had been stored.
#[test]
fn an_upload_that_was_acknowledged_is_not_told_as_not_made() {
    for trouble in [Trouble::Reset(Point::Connect), Trouble::Reset(Point::Complete), Trouble::Drop(Point::Head)] {
        let (pair, ticket) = unseen(trouble, Clock::Unset);
        let stored = ticket.outcome().unwrap().unwrap();
        assert_eq!((stored.bytes, stored.verified), (2, false), "{trouble:?}");
        assert_eq!(Oracle::new(&pair.service).at("in/a"), There::file(b"hi"));
    }
}

/// Found by seed 130: it ended with a deadline that said that nothing had been sent.
#[test]
fn also_when_its_time_is_up_before_anybody_could_look() {
    let limit = Duration::from_secs(5);
    let (pair, ticket) = unseen(Trouble::Drop(Point::Connect), Clock::After(limit));
    let stored = ticket.outcome().unwrap().unwrap();
    assert_eq!((stored.bytes, stored.verified), (2, false));
    assert_eq!(pair.history(ticket.number()).ended.unwrap().0, limit);
}

/// Uploads or changes while the reply to what stores the file is lost, and the service refuses everything for now after it.
fn in_doubt<M: ClientMachine<Nvx, Answer = Stored> + 'static>(cabinet: Cabinet, machine: M, what: &'static str) -> bool {
    let mut pair = Pair::new(Session::with_login(super::nvx::login()), 1, cabinet);
    let refusal = super::nvx::failures(&Style::JSON).swap_remove(0);
    let mut is_lost = false;
    pair.link(move |opening| match opening.head.0.uri().path() {
        path if path.ends_with(what) && !core::mem::replace(&mut is_lost, true) => Plan::trouble(Trouble::Reset(Point::Complete)),
        _ if is_lost => Plan::canned(refusal.clone()),
        _ => Plan::default(),
    });
    let ticket = pair.drive(machine, "hi");
    pair.run();
    ticket.outcome().unwrap().unwrap_err().is_outcome_unknown()
}

fn usual() -> Settings<Nvx> {
    Settings { length: Some(2), style: Style::JSON, ..Settings::new(Target::parse(&format!("http://{HOST}")).unwrap()) }
}

/// Found by seed 7677: it ended with 70004, since the first upload had taken the name.
#[test]
fn an_append_whose_end_is_in_doubt_is_not_told_as_not_made() {
    let append = AppendFiles::new(parse("in"), parse("a"), Appending::default(), usual());
    assert!(in_doubt(Cabinet::new(Dice::new(1), 0, 0), append, "AppendFile.ashx"));
}

#[test]
fn nor_is_an_update() {
    let cabinet = Cabinet::new(Dice::new(1), 0, 0);
    cabinet.put("in", "a", b"ho");
    let callback = "http://here.test/done".parse().unwrap_or_else(|_| panic!("it is a URL"));
    let ranges = vec![parse("0-1/2")];
    let settings = Settings { length: None, ..usual() };
    let update = UpdateFile::new(parse("in"), parse("a"), ranges, callback, Expect::Source, settings);
    assert!(in_doubt(cabinet, update, "Update.ashx"));
}

/// Uploads in two pieces, of which the second is stored while this happens to its answer; after it every look is refused for
/// now, and the file can be read again or not. Whether it was told that the file is there, as it is, or may be.
fn second_in_doubt<M: ClientMachine<Nvx, Answer = Stored> + 'static>(machine: M, answer: Plan, rewinds: bool) -> bool {
    let mut pair = Pair::new(Session::with_login(super::nvx::login()), 1, Cabinet::new(Dice::new(1), 0, 0));
    let refusal = super::nvx::failures(&Style::JSON).swap_remove(0);
    let mut pieces = 0;
    pair.link(move |opening| {
        let path = opening.head.0.uri().path();
        pieces += usize::from(path.ends_with("AppendFile.ashx") || path.ends_with("Upload.ashx"));
        match pieces {
            2 if path.ends_with("GetPathInfo.ashx") => Plan::canned(refusal.clone()),
            2 => answer.clone(),
            3.. if path.ends_with("GetPathInfo.ashx") => Plan::canned(refusal.clone()),
            _ => Plan::default(),
        }
    });
    let ticket = pair.drive(machine, Source { rewinds, ..Source::from("hi") });
    pair.run();
    assert_eq!(Oracle::new(&pair.service).at("in/a"), There::file(b"hi"));
    ticket.outcome().unwrap().map_or_else(|error| error.is_outcome_unknown(), |stored| stored.bytes == 2)
}

/// Found by seed 29321: the file could not be read again when it was to start over, and what went wrong first was told of it.
#[test]
fn nor_an_append_that_cannot_start_over() {
    for rewinds in [false, true] {
        let how = Appending { piece: Some(1), ..Appending::default() };
        let append = AppendFiles::new(parse("in"), parse("a"), how, usual());
        // Nobody said how long the answer was: an empty one is no answer of the service.
        let empty = Plan { unsized_answer: true, ..Plan::trouble(Trouble::Truncate(0)) };
        assert!(second_in_doubt(append, empty, rewinds), "{rewinds}");
    }
}

#[test]
fn nor_an_upload_that_cannot_start_over_or_does() {
    let proxy = http::Response::builder().status(503).body(()).unwrap();
    let proxy = Plan { instead: Some(Canned { head: proxy, body: bytes::Bytes::new() }), ..Plan::default() };
    for answer in [proxy, Plan::trouble(Trouble::Reset(Point::Complete))] {
        for (rewinds, length) in [(false, None), (true, None), (true, Some(2))] {
            let how = Uploading { pieces: When::Always, piece: 1, ..Uploading::default() };
            let upload = UploadFile::new(parse("in"), parse("a"), how, Settings { length, ..usual() });
            assert!(second_in_doubt(upload, answer.clone(), rewinds), "{rewinds} {length:?}");
        }
    }
}
