//! Every limit is reached and passed by one; misuse does no harm.

use bytes::Bytes;

use super::super::{Boundary, Dimension, Error, Event, Limits, Misuse, Parser};
use super::{Test, parse};

const SMALL: Limits = Limits { preamble: 9, padding: 5, headers: 20, header_lines: 3, parts: 4, epilogue: 7 };

/// Parses the body that `make` makes for a size: at the limit it is read, beyond it is refused, however it is cut.
fn reach(dimension: Dimension, limit: usize, make: impl Fn(usize) -> String) -> Test {
    let boundary = Boundary::new("b")?;
    for size in [1, 2, 3, 1000] {
        let run = |body: String| parse(&boundary, SMALL, body.as_bytes().chunks(size).map(Bytes::copy_from_slice));
        for fits in [0, 1, limit - 1, limit] {
            let seen = run(make(fits));
            assert!(seen.ended, "{dimension:?} {fits} by {size}: {:?}", seen.error);
        }
        for over in [limit + 1, limit + 2, limit * 10] {
            assert_eq!(run(make(over)).error, Some(Error::Limit { dimension, limit }), "{dimension:?} {over} by {size}");
        }
    }
    Ok(())
}

#[test]
fn preamble() -> Test {
    reach(Dimension::Preamble, SMALL.preamble, |size| format!("{}\r\n--b--", "p".repeat(size)))?;
    reach(Dimension::Preamble, SMALL.preamble, |size| format!("{}\r\n--b--", "\r".repeat(size)))
}

#[test]
fn padding() -> Test {
    reach(Dimension::Padding, SMALL.padding, |size| format!("--b{}\r\n\r\n1\r\n--b--", " ".repeat(size)))?;
    reach(Dimension::Padding, SMALL.padding, |size| format!("--b\r\n\r\n1\r\n--b{}\r\n\r\n\r\n--b--", "\t".repeat(size)))
}

#[test]
fn headers() -> Test {
    // A colon and two line ends, or the blank line alone.
    let head = |size: usize| size.checked_sub(6).map_or("\r\n".into(), |size| format!("h:{}\r\n\r\n", "v".repeat(size)));
    reach(Dimension::Headers, SMALL.headers, |size| format!("--b\r\n{}1\r\n--b\r\n{}2\r\n--b--", head(6), head(size)))
}

#[test]
fn header_lines() -> Test {
    reach(Dimension::HeaderLines, SMALL.header_lines, |size| {
        let head = "h:\n".repeat(size.min(6));
        format!("--b\r\nh:\nh:\n\n\r\n--b\r\n{head}\r\n2\r\n--b--")
    })
}

#[test]
fn parts() -> Test {
    reach(Dimension::Parts, SMALL.parts, |size| format!("{}--b--", "--b\r\nh:\r\n\r\n1\r\n".repeat(size)))
}

#[test]
fn epilogue() -> Test {
    reach(Dimension::Epilogue, SMALL.epilogue, |size| format!("p\r\n--b--{}", "e".repeat(size)))
}

#[test]
fn limits_of_nothing_and_of_everything() -> Test {
    let boundary = Boundary::new("b")?;
    let none = Limits { preamble: 0, padding: 0, headers: 0, header_lines: 0, parts: 0, epilogue: 0 };
    assert!(parse(&boundary, none, [Bytes::from_static(b"--b--")]).ended);
    let over = |dimension| Some(Error::Limit { dimension, limit: 0 });
    assert_eq!(parse(&boundary, none, [Bytes::from_static(b"--b\r\n")]).error, over(Dimension::Parts));
    assert_eq!(parse(&boundary, none, [Bytes::from_static(b"--b ")]).error, over(Dimension::Padding));
    let max = usize::MAX;
    let all = Limits { preamble: max, padding: max, headers: max, header_lines: max, parts: max, epilogue: max };
    let body = Bytes::from_static(b"p\r\n--b \r\nh:\r\n\r\n1\r\n--b--e");
    for at in 0..body.len() {
        assert!(parse(&boundary, all, [body.slice(..at), body.slice(at..)]).ended);
    }
    Ok(())
}

#[test]
fn misuse_is_refused_and_does_no_harm() -> Test {
    let mut parser = Parser::new(&Boundary::new("b")?, Limits::default());
    assert_eq!(parser.next()?, Event::NeedInput);
    parser.push(Bytes::new())?;
    parser.push(Bytes::from_static(b"--b--"))?;
    assert_eq!(parser.push(Bytes::from_static(b"x")), Err(Error::Misuse(Misuse::Unread)));
    assert_eq!(parser.next()?, Event::NeedInput);
    parser.finish();
    assert_eq!(parser.push(Bytes::from_static(b"x")), Err(Error::Misuse(Misuse::Finished)));
    assert_eq!(parser.next()?, Event::End);
    assert_eq!(parser.push(Bytes::from_static(b"x")), Err(Error::Misuse(Misuse::Finished)));
    assert_eq!(parser.next()?, Event::End);
    Ok(())
}

#[test]
fn errors_say_what_is_wrong() {
    let limit = |dimension| Error::Limit { dimension, limit: 5 }.to_string();
    assert_eq!(limit(Dimension::Parts), "the multipart body has more than 5 parts");
    assert_eq!(limit(Dimension::Headers), "the multipart body has more than 5 bytes in the head of a part");
    assert_eq!(
        Error::from(Misuse::Unread).to_string(),
        "the multipart parser was misused: input was pushed before the last was read"
    );
}

#[test]
fn each_limit_says_of_what_there_is_too_much() {
    let shown = |dimension| Error::Limit { dimension, limit: 5 }.to_string();
    assert_eq!(shown(Dimension::Preamble), "the multipart body has more than 5 bytes before its first delimiter");
    assert_eq!(shown(Dimension::Padding), "the multipart body has more than 5 spaces after a delimiter");
    assert_eq!(shown(Dimension::Headers), "the multipart body has more than 5 bytes in the head of a part");
    assert_eq!(shown(Dimension::HeaderLines), "the multipart body has more than 5 lines in the head of a part");
    assert_eq!(shown(Dimension::Parts), "the multipart body has more than 5 parts");
    assert_eq!(shown(Dimension::Epilogue), "the multipart body has more than 5 bytes after its closing delimiter");
}

#[test]
fn what_is_kept_of_an_unfinished_head_is_counted_and_not_shown() -> Test {
    let mut parser = Parser::new(&Boundary::new("b")?, Limits::default());
    parser.push(Bytes::from_static(b"--b\r\nsecret: name"))?;
    assert_eq!((parser.next()?, parser.buffered()), (Event::NeedInput, "secret: name".len()));
    assert_eq!(format!("{parser:?}"), "Parser { state: Head, parts: 0, .. }");
    parser.push(Bytes::from_static(b"\r\n\r\nabc\r\n-"))?;
    assert!(matches!(parser.next()?, Event::Part(_)));
    assert_eq!((parser.next()?, parser.next()?), (Event::Data(Bytes::from_static(b"abc")), Event::NeedInput));
    assert_eq!((parser.buffered(), format!("{parser:?}").as_str()), (3, "Parser { state: Content, parts: 1, .. }"));
    Ok(())
}
