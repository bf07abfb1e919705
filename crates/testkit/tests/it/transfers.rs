//! Uploads and downloads: whose turn it is, who may be slow, what is left when one of them fails.

use core::time::Duration;

use bytes::Bytes;
use larder_core::multipart::{Boundary, Writer};
use larder_core::{BodyFlaw, ErrorKind, Failure, Limits, Resume, Settings};
use larder_proto_nvx::transfer::{Download, Upload, Uploaded};
use larder_proto_nvx::values::ByteRange;
use larder_proto_nvx::{Code, Fault, Nvx};
use larder_testkit::{Pair, Plan, Point, Source, Trouble, wire};

use crate::nvx::{self, Little};

const SECOND: Duration = Duration::from_secs(1);

type Error = larder_core::Error<Fault>;

/// Uploads this file with these settings over this wire, every exchange.
fn uploads(settings: Settings<Nvx>, source: impl Into<Source>, plan: Plan) -> (Result<Uploaded, Box<Error>>, Pair<Nvx, Little>) {
    let mut pair = nvx::pair();
    pair.link(move |_| plan.clone());
    let call = pair.upload(nvx::upload("a"), settings, source);
    pair.run();
    let ended = call.outcome().unwrap_or_else(|| panic!("no outcome"));
    (ended, pair)
}

fn megabyte() -> Bytes {
    Bytes::from((0..1 << 20).map(|n: u32| (n % 251) as u8).collect::<Vec<u8>>())
}

#[test]
fn the_length_may_be_known_or_not() {
    for settings in [nvx::sized(1 << 20), nvx::json()] {
        let (ended, pair) = uploads(settings, megabyte(), Plan::default());
        assert_eq!(ended, Ok(Uploaded { files_uploaded: 1, bytes_uploaded: 1 << 20 }));
        assert_eq!(pair.service.tree["in/a"], Some(megabyte()));
        assert_eq!(pair.trace().matches("> Feed").count(), 5, "a megabyte in four pieces, and the question for more");
    }
}

#[test]
fn an_empty_file_is_a_file() {
    for settings in [nvx::sized(0), nvx::json()] {
        let (ended, pair) = uploads(settings, Source::default(), Plan::default());
        assert_eq!(ended, Ok(Uploaded { files_uploaded: 1, bytes_uploaded: 0 }));
        assert_eq!(pair.service.tree["in/a"].as_deref(), Some(&b""[..]));
    }
}

#[test]
fn a_file_that_is_not_as_long_as_promised_is_the_callers_flaw() {
    for (promised, got) in [(6, 5), (4, 5), (0, 5)] {
        let (ended, pair) = uploads(nvx::sized(promised as usize), "hello", Plan::default());
        assert_eq!(ended.unwrap_err().kind, ErrorKind::Body(BodyFlaw::Length { promised, got }));
        assert!(pair.trace().contains("> Abort #2"), "{}", pair.trace());
        assert!(pair.service.tree.is_empty(), "the service saw that it was cut off");
        assert!(pair.served().all(|outcome| outcome.is_broken));
    }
}

#[test]
fn an_upload_that_broke_is_not_repeated_since_nobody_knows() {
    let (ended, pair) = uploads(nvx::sized(5), "hello", Plan::trouble(Trouble::Reset(Point::Body(373))));
    assert_eq!(ended.unwrap_err().kind, ErrorKind::OutcomeUnknown(Failure::Reset));
    assert_eq!(pair.exchanges(), 1);
}

#[test]
fn an_upload_that_never_began_is_repeated() {
    let mut pair = nvx::pair();
    pair.link(|opening| if opening.nth == 0 { Plan::trouble(Trouble::Reset(Point::Connect)) } else { Plan::default() });
    let call = pair.upload(nvx::upload("a"), nvx::sized(5), "hello");
    pair.run();
    assert!(call.outcome().unwrap().is_ok());
    assert_eq!(pair.exchanges(), 2);
}

#[test]
fn an_early_refusal_is_heard_while_the_file_is_still_on_its_way() {
    for piece in [1000, usize::MAX] {
        let mut pair = nvx::pair();
        pair.service.full_after = Some(100_000);
        let call = pair.upload(nvx::upload("a"), nvx::sized(1 << 20), Source { piece, ..Source::from(megabyte()) });
        pair.run();
        let error = call.outcome().unwrap().unwrap_err();
        assert_eq!(error.fault().unwrap().code, Code::StorageLimitExceeded);
        let outcome = pair.served().next().unwrap();
        assert!(outcome.received < 500_000 && !outcome.is_broken, "{outcome:?}");
        assert!(pair.trace().contains("> Abort #2"), "the connection is of no further use");
    }
}

#[test]
fn who_may_not_upload_is_told_before_the_file_is_read() {
    let mut pair = nvx::pair();
    let upload = Upload::new(nvx::parse("another token"), nvx::parse("/in"), nvx::parse("a"));
    let call = pair.upload(upload, nvx::sized(1 << 20), megabyte());
    pair.run();
    assert_eq!(call.outcome().unwrap().unwrap_err().fault().unwrap().code, Code::InvalidAccessToken);
    assert!(pair.served().all(|outcome| outcome.received < 1000), "the fields, and nothing of the file");
}

#[test]
fn a_caller_may_take_its_time() {
    let source = Source { piece: 2, pause: 7 * SECOND, ..Source::from("hello") };
    let (ended, pair) = uploads(nvx::sized(5), source, Plan::default());
    assert!(ended.is_ok(), "{ended:?}");
    assert_eq!(pair.now().0, 28 * SECOND);
}

#[test]
fn a_byte_now_and_then_is_not_enough_for_a_server() {
    let source = Source { piece: 2, pause: 29 * SECOND, ..Source::from("hello") };
    let (ended, pair) = uploads(nvx::sized(5), source, Plan::default());
    assert_eq!(ended.unwrap_err().kind, ErrorKind::OutcomeUnknown(Failure::Reset));
    assert_eq!(pair.now().0, 30 * SECOND, "less than 1 KiB per second, after the first 30");
}

#[test]
fn a_server_hangs_up_on_a_caller_that_takes_too_long() {
    let source = Source { piece: 2, pause: 31 * SECOND, ..Source::from("hello") };
    let (ended, pair) = uploads(nvx::sized(5), source, Plan::default());
    assert_eq!(ended.unwrap_err().kind, ErrorKind::OutcomeUnknown(Failure::Reset));
    assert_eq!(pair.now().0, 30 * SECOND);
}

#[test]
fn a_peer_may_not() {
    let slow = Plan::delay(31 * SECOND, Duration::ZERO);
    let (ended, pair) = uploads(nvx::sized(5), "hello", slow);
    let error = ended.unwrap_err();
    assert_eq!(error.kind, ErrorKind::OutcomeUnknown(Failure::Silence));
    assert_eq!(error.elapsed, 30 * SECOND);
    assert!(pair.trace().contains("> Abort #2"));
}

#[test]
fn a_range_of_a_file() {
    let mut pair = nvx::pair();
    pair.service.tree.insert("a".to_owned(), Some("hello, world".into()));
    let range = Some(ByteRange::Between { first: 7, last: 99 });
    let call = pair.start(Download { range, ..Download::new(nvx::parse("a")) }, nvx::json());
    pair.run();
    let facts = call.outcome().unwrap().unwrap();
    assert_eq!((facts.offset, facts.length, facts.total), (7, Some(5), Some(12)));
    assert_eq!(pair.received(&call), b"world");
    let range = Some(ByteRange::From(12));
    let call = pair.start(Download { range, ..Download::new(nvx::parse("a")) }, nvx::json());
    pair.run();
    assert_eq!(call.outcome().unwrap().unwrap_err().fault().unwrap().code, Code::RangeNotSatisfiable);
}

#[test]
fn a_file_that_changed_since_is_not_sent_in_part() {
    let mut pair = nvx::pair();
    pair.service.tree.insert("a".to_owned(), Some("hello".into()));
    let conditions =
        Download { range: Some(ByteRange::From(3)), if_range: "\"another\"".parse().ok(), ..Download::new(nvx::parse("a")) };
    let call = pair.start(conditions, nvx::json());
    pair.run();
    assert!(!call.outcome().unwrap().unwrap().is_part());
    assert_eq!(pair.received(&call), b"hello");
}

/// Downloads a megabyte over a wire that is in trouble the first time (the login's exchange is not).
fn downloads(trouble: Trouble, resume: Resume) -> (String, usize, usize) {
    let mut pair = nvx::pair();
    pair.service.tree.insert("a".to_owned(), Some(megabyte()));
    pair.link(move |opening| if opening.nth == 1 { Plan::trouble(trouble) } else { Plan::default() });
    let call = pair.start(Download::new(nvx::parse("a")), Settings { resume, ..nvx::json() });
    pair.run();
    (crate::show(call.outcome()), pair.received(&call).len(), pair.exchanges() - 1)
}

#[test]
fn a_download_that_broke_goes_on_unless_that_is_not_wanted() {
    let shown = [
        Trouble::Reset(Point::AnswerHead),
        Trouble::Reset(Point::AnswerBody(0)),
        Trouble::Reset(Point::AnswerBody(1)),
        Trouble::Reset(Point::AnswerBody(300_000)),
        Trouble::Drop(Point::AnswerBody(300_000)),
        Trouble::Truncate(0),
        Trouble::Truncate(300_000),
    ]
    .map(|trouble| {
        format!("{trouble:?}: {:?}, or else {:?}", downloads(trouble, Resume::Checked), downloads(trouble, Resume::Never))
    });
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn a_client_that_does_not_take_its_file_is_hung_up_on() {
    let mut pair = nvx::pair();
    pair.service.tree.insert("a".to_owned(), Some(megabyte()));
    pair.link(|opening| if opening.nth == 0 { Plan::default() } else { Plan::delay(Duration::ZERO, 31 * SECOND) });
    let call = pair.start(Download::new(nvx::parse("a")), Settings { resume: Resume::Never, ..nvx::json() });
    pair.run();
    assert!(pair.served().nth(1).unwrap().is_broken);
    assert!(call.outcome().unwrap().is_err());
}

#[test]
fn an_upload_over_the_limit_is_refused_by_its_length_or_on_the_way() {
    for settings in [nvx::sized(1 << 20), nvx::json()] {
        let mut pair = nvx::pair();
        pair.serving.limits = Limits { upload: 1000, ..Limits::default() };
        let call = pair.upload(nvx::upload("a"), settings, megabyte());
        pair.run();
        assert_eq!(call.outcome().unwrap().unwrap_err().fault().unwrap().code, Code::ContentTooLarge);
        assert!(pair.service.tree.is_empty());
    }
}

#[test]
fn a_request_over_the_limit_is_refused() {
    let mut pair = nvx::pair();
    pair.serving.limits = Limits { request: 60, ..Limits::default() };
    let call = pair.start(nvx::create("a folder with a long name"), nvx::xml());
    pair.run();
    assert_eq!(call.outcome().unwrap().unwrap_err().fault().unwrap().code, Code::ContentTooLarge);
}

#[test]
fn a_token_that_comes_after_the_first_file_is_a_missing_parameter() {
    let form = Writer::new(Boundary::from_seed(1, 2));
    let fields = [form.field("uploadToken", nvx::UPLOAD_TOKEN), form.field("destFolderPath", "/in")].concat();
    let file = [form.file("f", "a.txt", "text/plain", None).unwrap(), "hello".into(), form.file_end()].concat();
    let sent = |pieces: [&[u8]; 2]| {
        let body = Bytes::from([&pieces.concat(), &form.finish()[..]].concat());
        let request = http::Request::post("/Upload.ashx").header("content-type", form.content_type()).body(body).unwrap();
        wire::understand::<Nvx>(request).unwrap()
    };
    let right = sent([&fields, &file]);
    assert_eq!((right.fault, right.files), (None, vec![Bytes::from("hello")]));
    let wrong = sent([&file, &fields]);
    assert_eq!(wrong.fault.unwrap().code, Code::MissingRequiredParameter);
    assert!(wrong.files.is_empty() && wrong.request.is_none(), "{}", wrong.log);
}
