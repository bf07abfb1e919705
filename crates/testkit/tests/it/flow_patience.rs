//! How patient flows are, and with what: one layer of retries, each with its pause and its part of the budget.

use core::time::Duration;

use larder_core::{Budget, ErrorKind, Failure, Policy, Settings};
use larder_proto_nvx::flow::{AppendFiles, Appending, DownloadFile, PATIENCE, UploadFile, Uploading, When};
use larder_proto_nvx::transfer::Download;
use larder_proto_nvx::{Code, Nvx};
use larder_testkit::{Canned, Pair, Plan, Point, Trouble};

use crate::nvx::{self, Little, UPLOAD_TOKEN};

const FILE: &str = "hello";

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn pair() -> Pair<Nvx, Little> {
    let mut pair = nvx::pair();
    pair.service.storage_host = "node1.test:81".to_owned();
    pair
}

fn settings() -> Settings<Nvx> {
    Settings { length: Some(5), ..nvx::json() }
}

/// A policy of the caller's own.
fn own(attempts: u32) -> Settings<Nvx> {
    let policy = Policy { attempts, base: Duration::from_millis(300), ..Policy::default() };
    Settings { policy, ..settings() }
}

fn in_pieces() -> Uploading {
    Uploading { pieces: When::Always, piece: 2, ..Uploading::default() }
}

fn upload(how: Uploading, settings: Settings<Nvx>) -> UploadFile {
    UploadFile::new(nvx::parse("in"), nvx::parse("a.txt"), how, settings)
}

fn canned(status: u16, headers: &[(&str, &str)], body: String) -> Plan {
    let head = headers.iter().fold(http::Response::builder().status(status), |head, (name, value)| head.header(*name, *value));
    Plan::canned(Canned { head: head.body(()).unwrap(), body: body.into() })
}

fn refusal(code: Code) -> Plan {
    let body = format!("{{\"ResponseCode\":{},\"ErrorMessage\":\"no\"}}", code.number());
    canned(200, &[("content-type", "application/json")], body)
}

fn broken() -> Plan {
    Plan::trouble(Trouble::Reset(Point::Connect))
}

fn spent(pair: &mut Pair<Nvx, Little>) -> u32 {
    Budget::default().left() - pair.shared(0).budget.left()
}

#[test]
fn attempts_are_those_of_the_policy_and_not_their_square() {
    let mut pair = pair();
    pair.link(|opening| if opening.nth == 0 { Plan::default() } else { broken() });
    let upload = pair.drive(upload(Uploading::default(), own(4)), FILE);
    pair.run();
    let error = upload.outcome().unwrap().unwrap_err();
    assert_eq!((pair.exchanges(), error.attempts.len()), (5, 5), "a login, and four");
    assert_eq!(spent(&mut pair), 3 * 5, "each retry once");
}

#[test]
fn what_the_service_asks_for_is_waited_for_within_bounds() {
    for nth in 1..4 {
        for (wish, is_waited_for) in [("30", true), ("3600", false)] {
            let mut pair = pair();
            pair.link(move |opening| match opening.nth == nth {
                true => canned(503, &[("retry-after", wish)], "busy".to_owned()),
                false => Plan::default(),
            });
            let upload = pair.drive(upload(Uploading::default(), settings()), FILE);
            pair.run();
            let told = upload.outcome().unwrap();
            // Nobody waits an hour for a look at what is stored.
            let is_look = nth == 3;
            assert_eq!(told.is_ok(), is_waited_for || is_look, "{nth} {wish}");
            assert_eq!(pair.now().0 >= seconds(30), is_waited_for, "{nth} {wish}: {:?}", pair.now());
            assert!(pair.now().0 < seconds(32), "{nth} {wish}: {:?}", pair.now());
            if let Err(error) = told {
                assert_eq!(
                    (error.retry_after, pair.exchanges()),
                    (Some(seconds(3600)), if nth == 1 { 2 } else { 4 }),
                    "a look, where the file may be there"
                );
            }
        }
    }
}

#[test]
fn a_service_that_always_forgets_is_asked_after_pauses_and_within_the_budget() {
    let mut pair = pair();
    // A login; then a node, a piece, and a piece that is refused, over and over.
    pair.link(|opening| match opening.nth {
        0 => Plan::default(),
        nth if nth % 3 == 0 => refusal(Code::RangeNotSatisfiable),
        _ => Plan::default(),
    });
    let upload = pair.drive(upload(Uploading { restarts: 1000, ..in_pieces() }, settings()), FILE);
    pair.run();
    let error = upload.outcome().unwrap().unwrap_err();
    assert_eq!(error.fault().map(|fault| fault.code), Some(Code::RangeNotSatisfiable));
    assert!(pair.now().0 > seconds(30), "{:?}", pair.now());
    assert!(pair.exchanges() < 150, "{}", pair.exchanges());
    assert!(pair.shared(0).budget.left() < 10);
}

#[test]
fn a_token_that_has_ended_is_replaced_after_a_pause() {
    let mut pair = pair();
    pair.service.ended = (2..100).map(|n| format!("{UPLOAD_TOKEN}-{n}")).chain([UPLOAD_TOKEN.to_owned()]).collect();
    let upload = pair.drive(upload(in_pieces(), settings()), FILE);
    pair.run();
    assert!(upload.outcome().unwrap().is_err());
    assert!(pair.now().0 > Duration::ZERO);
    assert_eq!(spent(&mut pair), 5 * 5 - 5, "five restarts; five successes after the first retry");
}

#[test]
fn an_outage_of_a_minute_is_survived_with_what_was_acknowledged() {
    for (how, before, after) in [(in_pieces(), 4, 3), (Uploading::default(), 2, 3)] {
        let mut pair = pair();
        let began = std::rc::Rc::new(core::cell::Cell::new(None));
        let cell = std::rc::Rc::clone(&began);
        pair.link(move |opening| {
            let start = if opening.nth >= before { cell.get().unwrap_or(opening.now) } else { return Plan::default() };
            cell.set(Some(start));
            if opening.now.since(start) < PATIENCE - seconds(15) { broken() } else { Plan::default() }
        });
        let upload = pair.drive(upload(how, settings()), FILE);
        pair.run();
        let told = upload.outcome().unwrap().unwrap();
        assert!(told.verified);
        assert!(pair.now().0 > PATIENCE - seconds(15), "{:?}", pair.now());
        assert_eq!(pair.service.stored, if after == 3 && before == 4 { 3 } else { 1 }, "no piece was sent again");
    }
}

#[test]
fn a_service_that_never_comes_back_is_left_after_the_patience() {
    let mut pair = pair();
    pair.link(|opening| if opening.nth == 0 { Plan::default() } else { broken() });
    let upload = pair.drive(upload(Uploading::default(), settings()), FILE);
    pair.run();
    assert_eq!(upload.outcome().unwrap().unwrap_err().kind, ErrorKind::Failure(Failure::Connect));
    assert!((PATIENCE..PATIENCE + seconds(40)).contains(&pair.now().0), "{:?}", pair.now());
}

#[test]
fn what_broke_before_all_was_handed_over_is_a_failure() {
    let mut pair = pair();
    pair.link(|opening| if opening.nth < 3 { Plan::default() } else { Plan::trouble(Trouble::Reset(Point::Complete)) });
    let upload = pair.drive(upload(in_pieces(), own(2)), FILE);
    pair.run();
    let error = upload.outcome().unwrap().unwrap_err();
    assert_eq!(error.kind, ErrorKind::Failure(Failure::Reset));
    assert!(!error.is_outcome_unknown());
}

#[test]
fn a_file_that_is_locked_by_the_attempt_that_broke_is_waited_for() {
    let mut pair = pair();
    let began = std::rc::Rc::new(core::cell::Cell::new(None));
    pair.link(move |opening| match (opening.nth, began.get()) {
        (3, _) => {
            began.set(Some(opening.now));
            Plan::trouble(Trouble::Reset(Point::Body(300)))
        }
        (_, Some(start)) if opening.now.since(start) < seconds(31) => refusal(Code::FileLocked),
        _ => Plan::default(),
    });
    let upload = pair.drive(upload(in_pieces(), settings()), FILE);
    pair.run();
    assert!(upload.outcome().unwrap().unwrap().verified);
    assert!(pair.now().0 > seconds(31));
    assert_eq!((pair.service.nodes, pair.service.stored), (1, 3));
    // Locked by somebody else.
    let mut pair = self::pair();
    pair.link(|opening| if opening.nth == 2 { refusal(Code::FileLocked) } else { Plan::default() });
    let upload = pair.drive(self::upload(in_pieces(), settings()), FILE);
    pair.run();
    assert_eq!(upload.outcome().unwrap().unwrap_err().fault().map(|fault| fault.code), Some(Code::FileLocked));
}

#[test]
fn a_finished_download_is_kept_when_nobody_can_look() {
    for is_late in [false, true] {
        let mut pair = pair();
        pair.service.tree.insert("in/a.txt".to_owned(), Some(FILE.into()));
        pair.link(|opening| if opening.nth <= 1 { Plan::default() } else { broken() });
        let mut settings = nvx::json();
        if is_late {
            settings.clocks.total = larder_core::Clock::After(seconds(3));
        }
        let download = pair.drive(DownloadFile::new(Download::new(nvx::parse("in/a.txt")), true, settings), "");
        pair.run();
        let told = download.outcome().unwrap().unwrap();
        assert_eq!((told.bytes, told.verified), (5, false));
        assert_eq!(pair.received(&download), FILE.as_bytes());
    }
}

#[test]
fn anothers_file_is_not_written_over_a_second_time() {
    let mut pair = pair();
    pair.link(|opening| if opening.nth == 2 { Plan::trouble(Trouble::Reset(Point::Complete)) } else { Plan::default() });
    let upload = pair.drive(upload(Uploading { overwrite: true, ..Uploading::default() }, settings()), FILE);
    pair.run_until(|pair| pair.service.stored == 1);
    pair.service.tree.insert("in/a.txt".to_owned(), Some("another".into()));
    pair.run();
    assert_eq!(upload.outcome().unwrap().unwrap_err().kind, ErrorKind::OutcomeUnknown(Failure::Reset));
    assert_eq!(pair.service.tree["in/a.txt"].as_deref(), Some(&b"another"[..]));
}

#[test]
fn messages_that_arrive_late_are_found() {
    let mut pair = pair();
    pair.link(|opening| match opening.nth {
        2 => Plan::trouble(Trouble::Reset(Point::Complete)),
        3 => refusal(Code::FileNotFound),
        5 => refusal(Code::AlreadyExists),
        _ => Plan::default(),
    });
    let how = Appending { piece: Some(100), ..Appending::default() };
    let upload = pair.drive(AppendFiles::new(nvx::parse("in"), nvx::parse("a.txt"), how, nvx::json()), FILE);
    pair.run();
    let told = upload.outcome().unwrap().unwrap();
    assert!(told.recovered && told.verified);
}
