//! What the simulation has found, as plain as it can be told.

use core::time::Duration;

use larder_core::{Clock, Session, Settings, Target};
use larder_proto_nvx::Nvx;
use larder_proto_nvx::flow::{Stored, UploadFile, Uploading};
use larder_testkit::sim::Dice;
use larder_testkit::{Pair, Plan, Point, Ticket, Trouble};

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
