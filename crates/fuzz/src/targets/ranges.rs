//! Which bytes of a file: `Content-Range` of parts and of answers, `Range`, and the parameters of `Content-Type` and
//! `Content-Disposition` as real clients write them. Whatever is accepted lies within its file and comes back.

use http::{Response, header};
use larder_core::Api;
use larder_core::multipart::{Boundary, Event, Limits, Parser, Writer};
use larder_proto_nvx::Nvx;
use larder_proto_nvx::transfer::Download;
use larder_proto_nvx::values::{ByteRange, ContentRange};
use larder_testkit::fixtures::{self, Direction};

use crate::input;
use crate::oracle::prints;

/// The first line is a total, the rest a range or a header's value.
pub fn run(data: &[u8]) {
    let (total, rest) = input::line(data);
    let total = core::str::from_utf8(total).ok().and_then(|total| total.parse().ok()).unwrap_or(u64::MAX);
    answer(rest);
    let boundary = Boundary::from_content_type(rest);
    if let Ok(boundary) = &boundary {
        assert_eq!(Boundary::from_content_type(boundary.content_type()).as_ref(), Ok(boundary));
        assert!(boundary.as_str().len() <= Limits::BOUNDARY);
    }
    disposition(rest);
    let Ok(text) = core::str::from_utf8(rest) else { return };
    if let Some(range) = prints::<ContentRange>(text) {
        assert!(range.first() <= range.last() && range.last() < range.total(), "{range}");
        assert_eq!(range.len() - 1, range.last() - range.first());
        assert_eq!(range.is_end(), range.last() == range.total() - 1);
    }
    if let Some(range) = prints::<ByteRange>(text)
        && let Some((offset, length)) = range.within(total)
    {
        assert!(length > 0 && offset.checked_add(length).is_some_and(|end| end <= total), "{range} of {total}");
    }
}

/// As the `Content-Range` of an answer that is a part.
fn answer(range: &[u8]) {
    let head = Response::builder().status(206).header(header::CONTENT_RANGE, range).body(());
    let Ok(head) = head else { return };
    let Ok(said) = Nvx::decode::<Download>(&head.into_parts().0, b"") else { return };
    let length = said.length.unwrap_or_default();
    let end = said.offset.checked_add(length);
    let within = |total| end.is_some_and(|end| end <= total);
    assert!(length > 0 && end.is_some() && said.total.is_none_or(within), "{said:?}");
}

/// As the `Content-Disposition` of a part. Names that can be written come back.
fn disposition(value: &[u8]) {
    let head = [b"--b\r\nContent-Disposition: ", value, b"\r\n\r\n"].concat();
    let Ok(boundary) = Boundary::new("b") else { return };
    let mut parser = Parser::new(&boundary, Limits::default());
    if parser.push(head.into()).is_err() {
        return;
    }
    let Ok(Event::Part(part)) = parser.next() else { return };
    let (Some(name), Some(file)) = (part.name, part.file_name) else { return };
    // What looks like an escape of the three that are undone does not come back as it was.
    if ["%22", "%0D", "%0A"].iter().any(|escape| name.contains(escape) || file.contains(escape)) {
        return;
    }
    let Ok(written) = Writer::new(boundary.clone()).file(&name, &file, "text/plain", None) else { return };
    let mut parser = Parser::new(&boundary, Limits::default());
    let read = parser.push(written).and_then(|()| parser.next());
    let Ok(Event::Part(again)) = read else { panic!("{name:?} and {file:?} cannot be read back: {read:?}") };
    assert_eq!((again.name, again.file_name), (Some(name), Some(file)));
}

/// Ranges, and the headers of the fixtures that have parameters or ranges.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let ranges = [
        "bytes 0-4/9",
        "0-4/9",
        "bytes */9",
        "bytes 5-9/*",
        "bytes=0-4",
        "bytes=5-",
        "bytes=-5",
        "bytes=0-99",
        "bytes=99-",
        "bytes=-99",
    ];
    let mut texts: Vec<Vec<u8>> = ranges.iter().map(|text| text.as_bytes().to_vec()).collect();
    let wanted = [header::CONTENT_TYPE, header::CONTENT_RANGE, header::RANGE, header::CONTENT_DISPOSITION];
    for fixture in fixtures::of("nvx", Direction::Request) {
        let Ok(request) = fixture.request() else { continue };
        texts.extend(wanted.iter().filter_map(|name| Some(request.headers().get(name)?.as_bytes().to_vec())));
        let lines = request.body().split(|byte| *byte == b'\n').take(40);
        texts.extend(lines.filter_map(|line| Some(line.strip_prefix(b"Content-Disposition: ")?.trim_ascii().to_vec())));
    }
    texts.sort();
    texts.dedup();
    texts.into_iter().map(|text| [b"9\n".as_slice(), &text].concat()).collect()
}
