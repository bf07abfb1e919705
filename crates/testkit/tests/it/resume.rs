//! Downloads that break off and go on: whatever happens in between, the caller gets each byte of one file once, or is told
//! that it cannot be had.

use core::cell::Cell;
use core::time::Duration;
use std::rc::Rc;

use http::{HeaderName, Response, header};
use larder_core::{ContentFlaw, ErrorKind, Failure, Resume, Settings};
use larder_proto_nvx::transfer::{Download, Downloaded};
use larder_proto_nvx::values::ByteRange;
use larder_proto_nvx::{Code, Nvx};
use larder_testkit::{Canned, Ended, Opening, Plan, Point, Trouble};

use crate::{nvx, redirect};

const FILE: &str = "a file of some forty bytes, more or less";
const ETAG: (HeaderName, &str) = (header::ETAG, "\"1\"");

fn canned(status: u16, headers: &[(HeaderName, &str)], body: &str) -> Plan {
    let head = headers.iter().fold(Response::builder().status(status), |head, (name, value)| head.header(name, *value));
    let head = head.body(()).unwrap_or_else(|error| panic!("{error}"));
    Plan::canned(Canned { head, body: body.to_owned().into() })
}

/// A part of the file as an honest service sends it, from this byte on.
fn rest(from: usize, headers: &[(HeaderName, &str)]) -> Plan {
    let range = format!("bytes {from}-{}/{}", FILE.len() - 1, FILE.len());
    canned(206, &[&[(header::CONTENT_RANGE, range.as_str())], headers].concat(), &FILE[from..])
}

struct Seen {
    ended: Ended<Nvx, Downloaded>,
    received: String,
    trace: String,
    exchanges: usize,
}

/// Downloads the file. The wire decides on each exchange but the login's, by its number.
fn download(download: Download, resume: Resume, mut wire: impl FnMut(usize, &Opening<'_>) -> Plan + 'static) -> Seen {
    let mut pair = nvx::pair();
    pair.service.tree.insert("a".to_owned(), Some(FILE.into()));
    pair.link(move |opening| opening.nth.checked_sub(1).map_or_else(Plan::default, |nth| wire(nth, opening)));
    let call = pair.start(download, Settings { resume, ..nvx::json() });
    pair.run();
    Seen {
        ended: call.outcome().unwrap_or_else(|| panic!("{}", pair.trace())),
        received: String::from_utf8_lossy(pair.received(&call)).into_owned(),
        trace: crate::notes(&pair, &[0]),
        exchanges: pair.exchanges() - 1,
    }
}

fn file() -> Download {
    Download::new(nvx::parse("a"))
}

/// Breaks the first answer off, and has the wire answer the second itself.
fn second(first: Plan, resume: Resume, answer: Plan) -> Seen {
    download(file(), resume, move |nth, _| if nth == 0 { first.clone() } else { answer.clone() })
}

/// An answer of the service that breaks off after so many bytes.
fn cut(after: usize) -> Plan {
    Plan::trouble(Trouble::Reset(Point::AnswerBody(after as u64)))
}

#[test]
fn at_every_byte() {
    for after in 0..=FILE.len() {
        let after = after as u64;
        for trouble in
            [Trouble::Reset(Point::AnswerBody(after)), Trouble::Drop(Point::AnswerBody(after)), Trouble::Truncate(after)]
        {
            for split in [1, 7, usize::MAX] {
                let seen = download(file(), Resume::Checked, move |nth, _| {
                    if nth == 0 { Plan { trouble: Some(trouble), ..Plan::split(split) } } else { Plan::split(split) }
                });
                let answer = seen.ended.unwrap_or_else(|error| panic!("{trouble:?} {split}: {error}\n{}", seen.trace));
                assert_eq!(seen.received, FILE, "{trouble:?} {split}\n{}", seen.trace);
                assert_eq!((answer.offset, answer.length, answer.is_part()), (0, Some(FILE.len() as u64), false));
                let is_over = after == FILE.len() as u64;
                assert_eq!(seen.exchanges, if is_over { 1 } else { 2 }, "{trouble:?} {split}\n{}", seen.trace);
                let told = seen.trace.contains(&format!("Resuming {{ offset: {after} }}"));
                assert_eq!(told, !is_over && after > 0, "{}", seen.trace);
            }
        }
    }
}

#[test]
fn again_and_again_as_long_as_there_is_progress() {
    let every_other = |nth: usize, _: &Opening<'_>| match nth {
        0..=7 => cut(3),
        8..=9 => cut(0),
        _ => Plan::default(),
    };
    let seen = download(file(), Resume::Checked, every_other);
    assert!(seen.ended.is_ok(), "{}", seen.trace);
    assert_eq!((seen.received.as_str(), seen.exchanges), (FILE, 11));
    let seen = download(file(), Resume::Checked, |nth, _| cut(if nth == 0 { 3 } else { 0 }));
    assert_eq!(seen.ended.unwrap_err().kind, ErrorKind::Failure(Failure::Reset));
    assert_eq!((seen.received.as_str(), seen.exchanges), (&FILE[..3], 4), "without progress as often as ever");
    let seen = download(file(), Resume::Checked, |_, _| cut(1));
    assert_eq!((seen.received.len(), seen.exchanges), (21, 21), "the client's budget ends it");
}

#[test]
fn of_a_range() {
    let ranges = [
        (ByteRange::Between { first: 5, last: 25 }, &FILE[5..26]),
        (ByteRange::From(30), &FILE[30..]),
        (ByteRange::Last(12), &FILE[FILE.len() - 12..]),
    ];
    for (range, part) in ranges {
        for after in 1..=part.len() {
            let asked = Download { range: Some(range), ..file() };
            let seen = download(asked, Resume::Checked, move |nth, _| if nth == 0 { cut(after) } else { Plan::default() });
            let answer = seen.ended.unwrap();
            assert_eq!(seen.received, part, "{range} {after}");
            assert_eq!((answer.length, answer.total), (Some(part.len() as u64), Some(FILE.len() as u64)));
        }
    }
}

#[test]
fn what_is_asked_for() {
    let asked = Rc::new(Cell::new(None));
    let said = Rc::clone(&asked);
    let seen = download(file(), Resume::Checked, move |nth, opening| {
        let header = |name| opening.head.0.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        asked.set(Some((header(header::RANGE), header(header::IF_RANGE), opening.head.0.uri().to_string())));
        if nth == 0 { cut(7) } else { Plan::default() }
    });
    assert!(seen.ended.is_ok());
    let (range, if_range, uri) = said.take().unwrap();
    assert_eq!((range.as_deref(), if_range.as_deref()), (Some("bytes=7-"), Some("\"1\"")));
    assert!(uri.ends_with("/a"), "{uri}");
}

#[test]
fn another_file_is_never_mixed_in() {
    let others = [
        rest(7, &[(header::ETAG, "\"2\"")]),
        rest(7, &[]),
        rest(6, &[ETAG]),
        rest(8, &[ETAG]),
        canned(206, &[(header::CONTENT_RANGE, "bytes 7-40/41"), ETAG], &FILE[6..]),
        canned(206, &[ETAG], &FILE[7..]),
        canned(200, &[(header::ETAG, "\"2\"")], FILE),
        canned(200, &[], FILE),
        canned(416, &[(header::CONTENT_RANGE, "bytes */5")], ""),
    ];
    for other in others {
        let shown = format!("{other:?}");
        let seen = second(cut(7), Resume::Checked, other);
        let error = seen.ended.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Content(ContentFlaw::Changed), "{shown}\n{}", seen.trace);
        assert_eq!((seen.received.as_str(), seen.exchanges), (&FILE[..7], 2), "{shown}");
        assert_eq!(error.attempts.len(), 3, "the login's, the first, and the one that was found out");
    }
}

#[test]
fn a_service_that_ignores_ranges_sends_it_all_again() {
    for after in 1..FILE.len() {
        let seen = second(cut(after), Resume::Checked, canned(200, &[ETAG], FILE));
        assert!(seen.ended.is_ok(), "{}", seen.trace);
        assert_eq!(seen.received, FILE);
    }
    // Of a range, too: what stands behind it is not wanted.
    let asked = Download { range: Some(ByteRange::Between { first: 5, last: 25 }), ..file() };
    let all = canned(200, &[ETAG, (header::CONTENT_LENGTH, "40")], FILE);
    let seen = download(asked, Resume::Checked, move |nth, _| if nth == 0 { cut(4) } else { all.clone() });
    assert!(seen.ended.is_ok(), "{}", seen.trace);
    assert_eq!(seen.received, &FILE[5..26]);
}

/// The first answer with these headers, seven bytes long, and then an honest rest.
fn told(headers: &[(HeaderName, &str)], resume: Resume) -> Seen {
    let first = canned(200, &[&[(header::CONTENT_LENGTH, "40")], headers].concat(), &FILE[..7]);
    second(first, resume, rest(7, headers))
}

#[test]
fn only_what_tells_the_file_from_another_lets_it_go_on() {
    let changed = (header::LAST_MODIFIED, "Sun, 06 Nov 1994 08:49:37 GMT");
    let dated = |date| [changed.clone(), (header::DATE, date)];
    let late = dated("Sun, 06 Nov 1994 08:50:37 GMT");
    let early = dated("Sun, 06 Nov 1994 08:49:40 GMT");
    let weak = [(header::ETAG, "W/\"1\"")];
    let cases: [(&[_], Resume, bool); 8] = [
        (&[ETAG], Resume::Checked, true),
        (&[ETAG], Resume::Never, false),
        (&late, Resume::Checked, true),
        (&early, Resume::Checked, false),
        (&weak, Resume::Checked, false),
        (&weak, Resume::Unchecked, true),
        (&[], Resume::Checked, false),
        (&[], Resume::Unchecked, true),
    ];
    for (headers, resume, goes_on) in cases {
        let seen = told(headers, resume);
        assert_eq!(seen.received, if goes_on { FILE } else { &FILE[..7] }, "{headers:?} {resume:?}\n{}", seen.trace);
        match seen.ended {
            Ok(_) => assert!(goes_on),
            Err(error) => assert_eq!(error.kind, ErrorKind::Failure(Failure::Truncated)),
        }
    }
}

#[test]
fn a_part_that_is_shorter_than_what_was_asked_for_is_followed_by_the_next() {
    let part = canned(206, &[(header::CONTENT_RANGE, "bytes 7-16/40"), ETAG], &FILE[7..17]);
    let seen = download(file(), Resume::Checked, move |nth, _| match nth {
        0 => cut(7),
        1 => part.clone(),
        _ => Plan::default(),
    });
    assert!(seen.ended.is_ok(), "{}", seen.trace);
    assert_eq!((seen.received.as_str(), seen.exchanges), (FILE, 3));
}

#[test]
fn a_session_that_ended_meanwhile_is_opened_anew() {
    let mut pair = nvx::pair();
    pair.service.tree.insert("a".to_owned(), Some(FILE.into()));
    pair.link(|opening| if opening.nth == 1 { cut(7) } else { Plan::default() });
    let call = pair.start(Download::new(nvx::parse("a")), nvx::json());
    pair.run_until(|pair| pair.trace().contains("Resuming"));
    pair.service.forget();
    pair.run();
    assert!(call.outcome().unwrap().is_ok(), "{}", pair.trace());
    assert_eq!((pair.received(&call), pair.exchanges()), (FILE.as_bytes(), 5), "login, cut, refused, login, rest");
}

#[test]
fn where_it_was_sent_to_is_asked_first_and_the_service_again_when_that_is_gone() {
    for status in [403, 404, 410] {
        let hosts = Rc::new(Cell::new(String::new()));
        let asked = Rc::clone(&hosts);
        let seen = download(file(), Resume::Checked, move |nth, opening| {
            let uri = opening.head.0.uri();
            hosts.set(hosts.take() + uri.host().unwrap_or_default() + " ");
            match nth {
                0 => Plan::canned(redirect(&format!("http://node.test{}", uri.path()))),
                1 => cut(7),
                2 => Plan { trouble: Some(Trouble::Reset(Point::AnswerBody(4))), ..Plan::default() },
                3 => canned(status, &[], "<h1>This link has ended</h1>"),
                4 => Plan::canned(redirect(&format!("http://other.test{}", uri.path()))),
                _ => Plan::default(),
            }
        });
        assert!(seen.ended.is_ok(), "{status}\n{}", seen.trace);
        assert_eq!(seen.received, FILE);
        assert_eq!(asked.take(), "nvx.test node.test node.test node.test nvx.test other.test ");
    }
    let seen = download(file(), Resume::Checked, |nth, opening| match nth {
        0 => Plan::canned(redirect(&format!("http://node.test{}", opening.head.0.uri().path()))),
        1 => cut(7),
        2 => canned(404, &[], "gone"),
        3 => Plan::canned(redirect("http://other.test/a")),
        _ => canned(404, &[], "gone again"),
    });
    let error = seen.ended.unwrap_err();
    assert_eq!((error.host.as_str(), error.raw.unwrap().body.as_str()), ("other.test", "gone again"), "only once");
}

#[test]
fn a_refusal_of_the_rest_is_one() {
    let seen = download(file(), Resume::Checked, |nth, _| match nth {
        0 => cut(7),
        1 => canned(503, &[], "<h1>Wait</h1>"),
        _ => canned(404, &[], "<Response><ResponseCode>70006</ResponseCode></Response>"),
    });
    let error = seen.ended.unwrap_err();
    assert_eq!((error.fault().unwrap().code, seen.received.as_str()), (Code::DownloadPathNotFound, &FILE[..7]));
    assert!(error.elapsed < Duration::from_secs(10));
}
