//! Updates, uploads by messages, and downloads that are verified.

use larder_core::{BodyFlaw, ContentFlaw, ErrorKind, Failure, Rule};
use larder_proto_nvx::flow::{AppendFiles, Appending, DownloadFile, Expect, Sum, UpdateFile};
use larder_proto_nvx::transfer::Download;
use larder_proto_nvx::values::{ByteRange, ContentRange};
use larder_proto_nvx::{Code, Nvx, Style};
use larder_testkit::{Pair, Plan, Point, Source, Trouble};

use crate::nvx::{self, Little, UPLOAD_TOKEN};

const OLD: &str = "0123456789";
const NEW: &str = "0abc456789XY";

fn pair() -> Pair<Nvx, Little> {
    let mut pair = nvx::pair();
    pair.service.storage_host = "node1.test:81".to_owned();
    pair.service.tree.insert("in/a.txt".to_owned(), Some(OLD.into()));
    pair
}

fn stored(pair: &Pair<Nvx, Little>) -> &[u8] {
    pair.service.tree["in/a.txt"].as_deref().unwrap_or_default()
}

fn update(expect: Expect) -> UpdateFile {
    let ranges: Vec<ContentRange> = ["10-11/12", "1-3/12"].map(nvx::parse).to_vec();
    update_by(ranges, expect)
}

fn update_by(ranges: Vec<ContentRange>, expect: Expect) -> UpdateFile {
    let Ok(callback) = "http://here.test/done".parse() else { panic!("it is a URL") };
    UpdateFile::new(nvx::parse("in"), nvx::parse("a.txt"), ranges, callback, expect, nvx::json())
}

fn md5(text: &str) -> Expect {
    let mut sum = Sum::new();
    sum.update(text.as_bytes());
    Expect::Md5(sum.md5())
}

#[test]
fn ranges_change_a_file_at_once_however_they_are_split() {
    for split in 1..30 {
        for expect in [Expect::Nothing, Expect::Source, md5(NEW)] {
            let mut pair = pair();
            pair.link(move |_| Plan::split(split));
            let update = pair.drive(update(expect), Source { piece: split % 3 + 1, ..NEW.into() });
            pair.run();
            let told = update.outcome().unwrap().unwrap();
            assert_eq!((told.bytes, told.verified), (12, expect != Expect::Nothing), "{split}");
            assert_eq!(stored(&pair), NEW.as_bytes());
        }
    }
}

#[test]
fn only_the_ranges_are_read() {
    let mut pair = pair();
    let update = pair.drive(update(Expect::Nothing), NEW);
    pair.run();
    assert!(update.outcome().unwrap().is_ok());
    let feeds: Vec<&str> = pair.trace().lines().filter_map(|line| line.split_once("> Feed ")).map(|(_, feed)| feed).collect();
    assert_eq!(feeds, ["10, at most 2", "1, at most 3"]);
}

#[test]
fn another_result_than_expected_leaves_the_file_as_it_was() {
    let mut pair = pair();
    let update = pair.drive(update(md5("something else")), NEW);
    pair.run();
    let error = update.outcome().unwrap().unwrap_err();
    assert_eq!(error.fault().map(|fault| fault.code), Some(Code::FileIntegrityError));
    assert_eq!(stored(&pair), OLD.as_bytes());
}

#[test]
fn ranges_that_make_no_file_are_not_sent() {
    for ranges in [&[][..], &["1-3/12", "3-4/12"], &["1-3/12", "5-5/13"]] {
        let mut pair = pair();
        let ranges = ranges.iter().map(|range| range.parse().unwrap()).collect();
        let update = pair.drive(update_by(ranges, Expect::Nothing), NEW);
        pair.run();
        let error = update.outcome().unwrap().unwrap_err();
        assert!(matches!(error.kind, ErrorKind::Encode(reject) if matches!(reject.rule, Rule::Missing | Rule::OutOfRange)));
        assert_eq!(pair.exchanges(), 0);
    }
}

#[test]
fn a_source_of_another_length_is_the_callers_flaw() {
    for (expect, source, got) in [(Expect::Source, "short", 5), (Expect::Nothing, "0abc456789X", 11)] {
        let mut pair = pair();
        let update = pair.drive(update(expect), source);
        pair.run();
        assert_eq!(update.outcome().unwrap().unwrap_err().kind, ErrorKind::Body(BodyFlaw::Length { promised: 12, got }));
        assert_eq!(stored(&pair), OLD.as_bytes());
    }
}

fn troubles() -> Vec<Trouble> {
    let points = [Point::Connect, Point::Head, Point::Complete, Point::AnswerHead, Point::Body(1), Point::AnswerBody(3)];
    points.into_iter().flat_map(|point| [Trouble::Drop(point), Trouble::Reset(point)]).chain([Trouble::Truncate(9)]).collect()
}

#[test]
fn any_fault_of_any_exchange_of_an_update_ends_in_the_same_file() {
    for broken in 0..4 {
        for trouble in troubles() {
            let mut pair = pair();
            pair.link(move |opening| if opening.nth == broken { Plan::trouble(trouble) } else { Plan::default() });
            let update = pair.drive(update(Expect::Source), NEW);
            pair.run();
            let told = update.outcome().unwrap().unwrap_or_else(|error| panic!("#{broken} {trouble:?}: {error}"));
            assert!(told.verified, "#{broken} {trouble:?}");
            assert_eq!(stored(&pair), NEW.as_bytes(), "#{broken} {trouble:?}");
        }
    }
}

#[test]
fn a_token_of_an_update_that_has_ended_is_replaced_a_few_times() {
    let mut pair = pair();
    pair.service.ended.insert(UPLOAD_TOKEN.to_owned());
    let one = pair.drive(update(Expect::Nothing), NEW);
    pair.run();
    assert_eq!((one.outcome().unwrap().is_ok(), pair.service.nodes), (true, 2));
    pair.service.ended = (2..100).map(|n| format!("{UPLOAD_TOKEN}-{n}")).collect();
    let other = pair.drive(update(Expect::Nothing), NEW);
    pair.run();
    assert_eq!(other.outcome().unwrap().unwrap_err().fault().map(|fault| fault.code), Some(Code::ExpiredAccessToken));
    assert_eq!(pair.service.nodes, 2 + 1 + UpdateFile::RESTARTS);
}

#[test]
fn a_lost_reply_to_an_update_that_cannot_be_compared_is_unknown() {
    let mut pair = pair();
    pair.link(|opening| if opening.nth == 2 { Plan::trouble(Trouble::Reset(Point::Complete)) } else { Plan::default() });
    let update = pair.drive(update(Expect::Nothing), NEW);
    pair.run();
    assert_eq!(update.outcome().unwrap().unwrap_err().kind, ErrorKind::OutcomeUnknown(Failure::Reset));
}

fn append(piece: u64) -> AppendFiles {
    let how = Appending { piece: Some(piece), ..Appending::default() };
    AppendFiles::new(nvx::parse("in"), nvx::parse("a.txt"), how, nvx::json())
}

#[test]
fn messages_carry_a_file_of_any_length() {
    for style in [Style::XML, Style::default()] {
        for piece in 1..5 {
            for length in 0..9_usize {
                let mut pair = pair();
                let how = Appending { piece: Some(piece), ..Appending::default() };
                let settings = larder_core::Settings { style: style.clone(), ..nvx::json() };
                let append = AppendFiles::new(nvx::parse("in"), nvx::parse("a.txt"), how, settings);
                let append = pair.drive(append, Source { rewinds: false, ..NEW[..length].into() });
                pair.run();
                assert!(append.outcome().unwrap().unwrap().verified);
                assert_eq!(stored(&pair), &NEW.as_bytes()[..length]);
            }
        }
    }
}

#[test]
fn any_fault_of_any_message_starts_over_and_ends_in_the_same_file() {
    for broken in 0..6 {
        for trouble in troubles() {
            let mut pair = pair();
            pair.link(move |opening| if opening.nth == broken { Plan::trouble(trouble) } else { Plan::default() });
            let append = pair.drive(append(5), NEW);
            pair.run();
            let told = append.outcome().unwrap().unwrap_or_else(|error| panic!("#{broken} {trouble:?}: {error}"));
            assert!(told.verified, "#{broken} {trouble:?}");
            assert_eq!(stored(&pair), NEW.as_bytes(), "#{broken} {trouble:?}");
        }
    }
}

#[test]
fn a_broken_message_costs_another_token_and_a_lost_end_does_not() {
    for (nth, nodes, is_recovered) in [(3, 2, false), (4, 1, true)] {
        let mut pair = pair();
        pair.link(
            move |opening| {
                if opening.nth == nth { Plan::trouble(Trouble::Reset(Point::Complete)) } else { Plan::default() }
            },
        );
        let append = pair.drive(append(5), NEW);
        pair.run();
        assert_eq!(append.outcome().unwrap().unwrap().recovered, is_recovered);
        assert_eq!((pair.service.nodes, stored(&pair)), (nodes, NEW.as_bytes()));
    }
}

#[test]
fn messages_whose_token_has_ended_start_over_a_few_times() {
    let mut pair = pair();
    let one = pair.drive(append(5), NEW);
    pair.run_until(|pair| pair.service.stored == 1);
    pair.service.ended.insert(UPLOAD_TOKEN.to_owned());
    pair.run();
    assert!(one.outcome().unwrap().unwrap().verified);
    assert_eq!(pair.service.nodes, 2);
    pair.service.ended = (2..100).map(|n| format!("{UPLOAD_TOKEN}-{n}")).chain([UPLOAD_TOKEN.to_owned()]).collect();
    let other = pair.drive(append(5), NEW);
    pair.run();
    assert_eq!(other.outcome().unwrap().unwrap_err().fault().map(|fault| fault.code), Some(Code::ExpiredAccessToken));
}

fn download(range: Option<ByteRange>) -> DownloadFile {
    let download = Download { range, ..Download::new(nvx::parse("in/a.txt")) };
    DownloadFile::new(download, true, nvx::json())
}

#[test]
fn what_is_fetched_is_compared() {
    for split in 1..12 {
        let mut pair = pair();
        pair.link(move |_| Plan::split(split));
        let fetched = pair.drive(download(None), "");
        pair.run();
        let told = fetched.outcome().unwrap().unwrap();
        assert_eq!((told.bytes, told.verified, told.md5.is_some()), (10, true, true));
        assert_eq!(pair.received(&fetched), OLD.as_bytes());
    }
    let mut pair = pair();
    pair.service.md5 = Some("AAAAAAAAAAAAAAAAAAAAAA==".to_owned());
    let fetched = pair.drive(download(None), "");
    pair.run();
    assert_eq!(fetched.outcome().unwrap().unwrap_err().kind, ErrorKind::Content(ContentFlaw::Checksum));
}

#[test]
fn a_part_and_what_is_there_already_are_not_compared() {
    let mut pair = pair();
    let part = pair.drive(download(Some(ByteRange::From(4))), "");
    let fresh = Download { if_none_match: Some("\"1\"".parse().unwrap()), ..Download::new(nvx::parse("in/a.txt")) };
    let fresh = pair.drive(DownloadFile::new(fresh, true, nvx::json()), "");
    pair.run();
    assert_eq!(part.outcome().unwrap().map(|told| (told.bytes, told.verified)), Ok((6, false)));
    let fresh = fresh.outcome().unwrap().unwrap();
    assert!(fresh.head.not_modified && !fresh.verified && fresh.bytes == 0);
    assert_eq!(pair.exchanges(), 3, "a login and two downloads");
}

#[test]
fn a_download_that_breaks_goes_on_and_its_checksum_is_that_of_the_whole() {
    for after in 0..10 {
        let mut pair = pair();
        pair.link(
            move |opening| {
                if opening.nth == 1 { Plan::trouble(Trouble::Reset(Point::AnswerBody(after))) } else { Plan::default() }
            },
        );
        let fetched = pair.drive(download(None), "");
        pair.run();
        assert!(fetched.outcome().unwrap().unwrap().verified, "{after}");
        assert_eq!(pair.received(&fetched), OLD.as_bytes());
    }
}
