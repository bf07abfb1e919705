//! Uploads as one machine: the storage node is asked for, the file goes there, and it is looked at what arrived.

use larder_core::{BodyFlaw, ContentFlaw, ErrorKind, Failure, PeerFlaw, Settings};
use larder_proto_nvx::flow::{Stored, UploadFile, Uploading, When};
use larder_proto_nvx::{Code, Fault, Nvx};
use larder_testkit::{Canned, Pair, Plan, Point, Source, Ticket, Trouble};

use crate::nvx::{self, Little, UPLOAD_TOKEN};

const FILE: &str = "hello";

fn settings(length: Option<usize>) -> Settings<Nvx> {
    Settings { length: length.map(|length| length as u64), ..nvx::json() }
}

fn in_pieces(piece: u64) -> Uploading {
    Uploading { pieces: When::Always, piece, ..Uploading::default() }
}

fn machine(how: Uploading) -> UploadFile {
    UploadFile::new(nvx::parse("in"), nvx::parse("a.txt"), how, settings(Some(FILE.len())))
}

fn pair() -> Pair<Nvx, Little> {
    let mut pair = nvx::pair();
    pair.service.storage_host = "node1.test:81".to_owned();
    pair
}

fn stored(pair: &Pair<Nvx, Little>) -> Option<&[u8]> {
    pair.service.tree.get("in/a.txt")?.as_deref()
}

fn kind(upload: &Ticket<Nvx, Stored>) -> ErrorKind<Fault> {
    match upload.outcome() {
        Some(Err(error)) => error.kind,
        other => panic!("no error: {other:?}"),
    }
}

#[test]
fn the_file_goes_to_the_node_that_the_service_names() {
    let mut pair = pair();
    let upload = pair.drive(machine(Uploading::default()), FILE);
    pair.run();
    let stored_file = upload.outcome().unwrap().unwrap();
    assert_eq!((stored_file.bytes, stored_file.verified, stored_file.recovered), (5, true, false));
    assert_eq!(stored_file.md5.unwrap().to_string(), "XUFAKrxLKna5cZ2REBfFkg==");
    assert_eq!(stored(&pair), Some(FILE.as_bytes()));
    insta::assert_snapshot!(pair.trace());
}

#[test]
fn pieces_follow_on_each_other() {
    let mut pair = pair();
    let upload = pair.drive(machine(in_pieces(2)), FILE);
    pair.run();
    assert!(upload.outcome().unwrap().unwrap().verified);
    assert_eq!((stored(&pair), pair.service.stored), (Some(FILE.as_bytes()), 3));
}

#[test]
fn any_split_gives_the_same_file() {
    for split in 1..40 {
        for how in [Uploading::default(), in_pieces(2)] {
            let mut pair = pair();
            pair.link(move |_| Plan::split(split));
            let source = Source { piece: split % 4 + 1, ..FILE.into() };
            let upload = pair.drive(machine(how), source);
            pair.run();
            assert!(upload.outcome().unwrap().unwrap().verified, "{split}");
            assert_eq!(stored(&pair), Some(FILE.as_bytes()), "{split}");
        }
    }
}

#[test]
fn a_length_that_nobody_knows_may_be_any() {
    for piece in 1..6 {
        for length in 0..12 {
            for pieces in [When::Always, When::Never] {
                let mut pair = pair();
                let file: Vec<u8> = (0..length).collect();
                let how = Uploading { pieces, ..in_pieces(piece) };
                let upload = UploadFile::new(nvx::parse("in"), nvx::parse("a.txt"), how, settings(None));
                let upload = pair.drive(upload, Source { rewinds: false, piece: 2, ..file.clone().into() });
                pair.run();
                let told = upload.outcome().unwrap().unwrap();
                assert_eq!((told.bytes, told.verified), (file.len() as u64, true), "{piece} {length}");
                assert_eq!(stored(&pair), Some(&file[..]), "{piece} {length}");
            }
        }
    }
}

/// Everything that can go wrong with one exchange.
fn troubles() -> Vec<Trouble> {
    let points = [Point::Connect, Point::Head, Point::Complete, Point::AnswerHead];
    let inner = [0, 1, 150, 400].map(Point::Body).into_iter().chain([0, 1, 20].map(Point::AnswerBody));
    let points: Vec<Point> = points.into_iter().chain(inner).collect();
    let both = points.into_iter().flat_map(|point| [Trouble::Drop(point), Trouble::Reset(point)]);
    both.chain([Trouble::Truncate(0), Trouble::Truncate(9)]).collect()
}

#[test]
fn any_fault_of_any_exchange_ends_in_the_same_file() {
    for (how, length, exchanges) in [
        (Uploading::default(), Some(5), 4),
        (in_pieces(2), Some(5), 6),
        (in_pieces(2), None, 6),
        (Uploading { pieces: When::Never, ..Uploading::default() }, None, 4),
    ] {
        for broken in 0..exchanges {
            for trouble in troubles() {
                for late in [false, true] {
                    let mut pair = pair();
                    pair.link(
                        move |opening| {
                            if opening.nth == broken { Plan { late, ..Plan::trouble(trouble) } } else { Plan::default() }
                        },
                    );
                    let upload = UploadFile::new(nvx::parse("in"), nvx::parse("a.txt"), how.clone(), settings(length));
                    let upload = pair.drive(upload, FILE);
                    pair.run();
                    let told = upload.outcome().unwrap().unwrap_or_else(|error| {
                        panic!("{how:?} {length:?} #{broken} {trouble:?}: {error}\n{}", pair.trace());
                    });
                    assert!(told.verified && told.bytes == 5, "{how:?} {length:?} #{broken} {trouble:?}");
                    assert_eq!(stored(&pair), Some(FILE.as_bytes()), "{how:?} {length:?} #{broken} {trouble:?}");
                    assert_eq!(pair.shared(0).permits.taken(), 0);
                }
            }
        }
    }
}

#[test]
fn a_lost_reply_is_found_out_and_nothing_is_sent_twice() {
    for (how, nth) in [(Uploading::default(), 2), (in_pieces(2), 4)] {
        let mut pair = pair();
        pair.service.keeps = true;
        pair.link(
            move |opening| {
                if opening.nth == nth { Plan::trouble(Trouble::Reset(Point::Complete)) } else { Plan::default() }
            },
        );
        let upload = pair.drive(machine(how), FILE);
        pair.run();
        let told = upload.outcome().unwrap().unwrap();
        assert!(told.recovered && told.verified);
        assert_eq!(pair.exchanges(), nth + 2, "a look, and no more");
        assert!(pair.trace().contains("Recovered"));
    }
}

#[test]
fn a_name_that_is_taken_is_refused_unless_it_is_our_own_file() {
    let mut pair = pair();
    pair.service.keeps = true;
    pair.service.tree.insert("in/a.txt".to_owned(), Some("other".into()));
    let upload = pair.drive(machine(Uploading::default()), FILE);
    pair.run();
    assert_eq!(kind(&upload), ErrorKind::Fault(Code::AlreadyExists.into()));

    // Broken before the file was sent: it cannot be ours.
    let mut pair = self::pair();
    pair.service.keeps = true;
    pair.service.tree.insert("in/a.txt".to_owned(), Some("other".into()));
    pair.link(|opening| if opening.nth == 2 { Plan::trouble(Trouble::Reset(Point::Head)) } else { Plan::default() });
    let upload = pair.drive(machine(Uploading::default()), FILE);
    pair.run();
    assert_eq!(kind(&upload), ErrorKind::Fault(Code::AlreadyExists.into()));

    // Lost, and what is there now is another's.
    let mut pair = self::pair();
    pair.service.keeps = true;
    pair.link(|opening| if opening.nth == 2 { Plan::trouble(Trouble::Reset(Point::Complete)) } else { Plan::default() });
    let upload = pair.drive(machine(Uploading::default()), FILE);
    pair.run_until(|pair| pair.service.stored == 1);
    pair.service.tree.insert("in/a.txt".to_owned(), Some("other".into()));
    pair.run();
    assert_eq!(kind(&upload), ErrorKind::OutcomeUnknown(Failure::Reset));
    assert_eq!(stored(&pair), Some(&b"other"[..]));
}

#[test]
fn a_piece_that_broke_is_sent_again_and_no_other() {
    for nth in 2..4 {
        for trouble in [Trouble::Reset(Point::Body(300)), Trouble::Reset(Point::Complete), Trouble::Drop(Point::Complete)] {
            let mut pair = pair();
            pair.link(move |opening| if opening.nth == nth { Plan::trouble(trouble) } else { Plan::default() });
            let upload = pair.drive(machine(in_pieces(2)), FILE);
            pair.run();
            assert!(upload.outcome().unwrap().unwrap().verified);
            assert_eq!((pair.exchanges(), pair.service.nodes), (7, 1), "{nth} {trouble:?}");
        }
    }
}

#[test]
fn what_the_service_has_forgotten_is_sent_from_the_start_with_another_token() {
    let mut pair = pair();
    let upload = pair.drive(machine(in_pieces(2)), FILE);
    pair.run_until(|pair| pair.service.stored == 2);
    pair.service.partial.clear();
    pair.run();
    let told = upload.outcome().unwrap().unwrap();
    assert!(told.verified && !told.recovered);
    assert_eq!((stored(&pair), pair.service.nodes, pair.service.stored), (Some(FILE.as_bytes()), 2, 5));
    let notes = pair.trace().lines().filter_map(|line| line.split_once("> Note ")).map(|(_, note)| note);
    let notes: Vec<&str> = notes.filter(|note| !note.starts_with("Attempted") && !note.starts_with("Retrying")).collect();
    let acknowledged = [2, 4, 2, 4, 5].map(|bytes| format!("Acknowledged {{ bytes: {bytes} }}"));
    let [a, b, c, d, e] = acknowledged.each_ref().map(String::as_str);
    assert_eq!(notes, ["LoggingIn", a, b, "Restarting", c, d, e, "Verified"]);
}

#[test]
fn a_token_that_has_ended_is_replaced_and_the_upload_starts_over() {
    for after in 0..3 {
        let mut pair = pair();
        let upload = pair.drive(machine(in_pieces(2)), FILE);
        pair.run_until(|pair| pair.service.nodes == 1 && pair.service.stored == after);
        pair.service.ended.insert(UPLOAD_TOKEN.to_owned());
        pair.run();
        assert!(upload.outcome().unwrap().unwrap().verified, "{after}");
        assert_eq!((stored(&pair), pair.service.nodes, pair.service.stored), (Some(FILE.as_bytes()), 2, 3 + after));
        assert!(pair.trace().contains("TokenExpired"));
    }
}

#[test]
fn a_service_that_forgets_every_time_is_left_in_the_end() {
    let mut pair = pair();
    pair.service.ended = (2..100).map(|n| format!("{UPLOAD_TOKEN}-{n}")).chain([UPLOAD_TOKEN.to_owned()]).collect();
    let upload = pair.drive(machine(in_pieces(2)), FILE);
    pair.run();
    assert_eq!(kind(&upload), ErrorKind::Fault(Code::ExpiredAccessToken.into()));
    assert_eq!(pair.service.nodes, 6, "one, and five restarts");
}

#[test]
fn a_node_that_cannot_be_reached_is_replaced_by_another() {
    let mut pair = pair();
    pair.link(|opening| {
        let is_dead = opening.head.0.uri().host() == Some("node1.test") && opening.nth > 3;
        if is_dead { Plan::trouble(Trouble::Reset(Point::Connect)) } else { Plan::default() }
    });
    let upload = pair.drive(machine(in_pieces(2)), FILE);
    pair.run_until(|pair| pair.exchanges() == 4);
    pair.service.storage_host = "node2.test".to_owned();
    pair.run();
    assert!(upload.outcome().unwrap().unwrap().verified);
    assert!(pair.trace().contains("POST node2.test"));
    assert_eq!(pair.service.nodes, 2);
}

#[test]
fn a_file_that_cannot_be_read_again_ends_with_what_went_wrong() {
    let mut pair = pair();
    pair.link(|opening| if opening.nth == 3 { Plan::trouble(Trouble::Reset(Point::Complete)) } else { Plan::default() });
    let upload = pair.drive(machine(in_pieces(2)), Source { rewinds: false, ..FILE.into() });
    pair.run();
    assert_eq!(kind(&upload), ErrorKind::Failure(Failure::Reset));
    assert_eq!(stored(&pair), None);
}

#[test]
fn a_file_of_another_length_than_promised_is_the_callers_flaw() {
    for (how, file) in [(Uploading::default(), "hell"), (in_pieces(2), "hell"), (in_pieces(2), "hello!"), (in_pieces(2), "h")] {
        let mut pair = pair();
        let upload = pair.drive(machine(how), file);
        pair.run();
        let got = file.len() as u64;
        assert_eq!(kind(&upload), ErrorKind::Body(BodyFlaw::Length { promised: 5, got }), "{file}");
        assert_eq!(stored(&pair), None);
    }
}

#[test]
fn another_checksum_is_an_error() {
    let mut pair = pair();
    pair.service.md5 = Some("AAAAAAAAAAAAAAAAAAAAAA==".to_owned());
    let upload = pair.drive(machine(in_pieces(2)), FILE);
    pair.run();
    assert_eq!(kind(&upload), ErrorKind::Content(ContentFlaw::Checksum));

    let mut pair = self::pair();
    let md5 = Some("AAAAAAAAAAAAAAAAAAAAAA==".parse().unwrap());
    let upload = pair.drive(machine(Uploading { md5, ..Uploading::default() }), FILE);
    pair.run();
    assert_eq!(kind(&upload), ErrorKind::Content(ContentFlaw::Checksum));
}

#[test]
fn a_service_that_says_no_checksum_is_believed_and_it_is_told() {
    let mut pair = pair();
    pair.service.md5 = Some(String::new());
    let upload = pair.drive(machine(Uploading::default()), FILE);
    pair.run();
    let told = upload.outcome().unwrap().unwrap();
    assert!(!told.verified && told.md5.is_some());
}

#[test]
fn without_a_check_nothing_is_looked_at() {
    let mut pair = pair();
    let upload = pair.drive(machine(Uploading { verify: false, ..in_pieces(2) }), FILE);
    pair.run();
    assert_eq!(upload.outcome().unwrap().unwrap(), Stored { bytes: 5, md5: None, verified: false, recovered: false });
    assert_eq!(pair.exchanges(), 5);
}

#[test]
fn a_proxys_page_is_asked_again_and_a_page_that_is_none_ends_it() {
    for (status, is_fine) in [(502, true), (200, false)] {
        let mut pair = pair();
        let head = http::Response::builder().status(status).body(()).unwrap();
        let canned = Canned { head, body: "<html>".into() };
        pair.link(move |opening| if opening.nth == 2 { Plan::canned(canned.clone()) } else { Plan::default() });
        let upload = pair.drive(machine(Uploading::default()), FILE);
        pair.run();
        assert_eq!(upload.outcome().unwrap().is_ok(), is_fine, "{status}");
    }
}

#[test]
fn time_and_interest_end_it_everywhere() {
    let mut moves = 0;
    loop {
        let mut pair = pair();
        let upload = pair.drive(machine(in_pieces(2)), FILE);
        let mut left = moves;
        let is_cut = pair.run_until(|_| {
            left -= 1;
            left < 0
        });
        pair.cancel(&upload);
        pair.run();
        let outcome = upload.outcome().unwrap();
        if !is_cut || outcome.is_ok() {
            break;
        }
        assert_eq!(outcome.unwrap_err().kind, ErrorKind::Cancelled, "after {moves} moves");
        moves += 1;
    }
    assert!(moves > 50, "{moves}");

    let mut pair = pair();
    pair.link(|opening| if opening.nth == 3 { Plan::trouble(Trouble::Drop(Point::Head)) } else { Plan::default() });
    let mut settings = settings(Some(5));
    settings.clocks.total = larder_core::Clock::After(core::time::Duration::from_secs(7));
    let upload = UploadFile::new(nvx::parse("in"), nvx::parse("a.txt"), in_pieces(2), settings);
    let upload = pair.drive(upload, FILE);
    pair.run();
    let error = upload.outcome().unwrap().unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Deadline(_)), "{error}");
    assert_eq!(error.elapsed, core::time::Duration::from_secs(7));
    assert_eq!(error.attempts.len(), 4, "login, node, a piece, and the piece that was lost: {:?}", error.attempts);
}

#[test]
fn a_host_that_is_none_is_the_peers_flaw() {
    let mut pair = nvx::pair();
    pair.service.storage_host = "user@node1.test/".to_owned();
    let upload = pair.drive(machine(Uploading::default()), FILE);
    pair.run();
    assert!(matches!(kind(&upload), ErrorKind::Peer(PeerFlaw::Malformed { .. })));
}

#[test]
fn a_refused_node_ends_it_before_the_file_is_touched() {
    let mut pair = nvx::pair();
    pair.service.says = vec![Code::StorageLimitExceeded];
    let upload = pair.drive(machine(Uploading::default()), FILE);
    pair.run();
    assert_eq!(kind(&upload), ErrorKind::Fault(Code::StorageLimitExceeded.into()));
    assert!(!pair.trace().contains("Feed"));
}

#[test]
fn what_was_acknowledged_is_stored_although_nobody_can_look() {
    for how in [Uploading::default(), in_pieces(2)] {
        let mut pair = pair();
        let upload = pair.drive(machine(how.clone()), FILE);
        pair.run_until(|pair| pair.service.tree.contains_key("in/a.txt"));
        // The session ends, and the login fails.
        pair.service.forget();
        pair.service.no_login = Some(Code::Database);
        pair.run();
        let told = upload.outcome().unwrap().unwrap();
        assert_eq!((told.bytes, told.verified, told.recovered), (5, false, false));

        let mut pair = self::pair();
        pair.link(|opening| {
            let is_look = opening.head.0.uri().path().contains("GetPathInfo");
            if is_look { Plan::trouble(Trouble::Reset(Point::Connect)) } else { Plan::default() }
        });
        let upload = pair.drive(machine(how), FILE);
        pair.run();
        assert_eq!(upload.outcome().unwrap().map(|told| told.verified), Ok(false));
    }
}

#[test]
fn what_is_in_doubt_stays_so_when_nobody_can_look() {
    for (how, last) in [(Uploading::default(), 2), (in_pieces(2), 4)] {
        let mut pair = pair();
        pair.link(move |opening| match opening.head.0.uri().path() {
            path if path.contains("GetPathInfo") => Plan::trouble(Trouble::Reset(Point::Connect)),
            _ if opening.nth == last => Plan::trouble(Trouble::Reset(Point::Complete)),
            _ => Plan::default(),
        });
        let upload = pair.drive(machine(how), FILE);
        pair.run();
        let error = upload.outcome().unwrap().unwrap_err();
        assert!(error.is_outcome_unknown(), "{error}");
    }
}
