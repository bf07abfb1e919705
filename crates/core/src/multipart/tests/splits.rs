//! However a body is cut into chunks, it means the same.

use bytes::Bytes;

use super::super::{Boundary, Error, Event, Limits, Parser};
use super::samples::SAMPLES;
use super::{Test, parse, whole};

#[test]
fn every_two_chunks_mean_the_same() -> Test {
    for sample in SAMPLES {
        let (boundary, body) = (Boundary::new(sample.boundary)?, Bytes::from_static(sample.body));
        let expected = whole(sample.boundary, sample.body)?;
        for at in 0..=body.len() {
            let chunks = [body.slice(..at), body.slice(at..)];
            assert_eq!(parse(&boundary, Limits::default(), chunks), expected, "{} cut at {at}", sample.what);
        }
    }
    Ok(())
}

#[test]
fn every_three_chunks_of_small_bodies_mean_the_same() -> Test {
    for sample in SAMPLES.iter().filter(|sample| sample.body.len() <= 150) {
        let (boundary, body) = (Boundary::new(sample.boundary)?, Bytes::from_static(sample.body));
        let expected = whole(sample.boundary, sample.body)?;
        for first in 0..=body.len() {
            for second in first..=body.len() {
                let chunks = [body.slice(..first), body.slice(first..second), body.slice(second..)];
                let seen = parse(&boundary, Limits::default(), chunks);
                assert_eq!(seen, expected, "{} cut at {first} and {second}", sample.what);
            }
        }
    }
    Ok(())
}

#[test]
fn chunks_of_one_to_nine_bytes_mean_the_same() -> Test {
    for sample in SAMPLES {
        let boundary = Boundary::new(sample.boundary)?;
        let expected = whole(sample.boundary, sample.body)?;
        for size in 1..10 {
            let chunks = sample.body.chunks(size).map(Bytes::from_static);
            assert_eq!(parse(&boundary, Limits::default(), chunks), expected, "{} by {size}", sample.what);
        }
    }
    Ok(())
}

#[test]
fn a_truncated_body_never_ends() -> Test {
    for sample in SAMPLES.iter().filter(|sample| sample.error.is_none()) {
        let closing = format!("--{}--", sample.boundary);
        let complete = memchr::memmem::find(sample.body, closing.as_bytes()).ok_or("no closing delimiter")? + closing.len();
        for len in 0..complete {
            let seen = whole(sample.boundary, &sample.body[..len])?;
            assert_eq!((seen.ended, seen.error), (false, Some(Error::Truncated)), "{} cut at {len}", sample.what);
        }
        for len in complete..=sample.body.len() {
            assert!(whole(sample.boundary, &sample.body[..len])?.ended, "{} cut at {len}", sample.what);
        }
    }
    Ok(())
}

/// Feeds the content byte by byte; the most bytes that were pushed and not handed out.
fn most_held(boundary: &Boundary, content: &[u8]) -> Result<usize, Error> {
    let mut parser = Parser::new(boundary, Limits::default());
    parser.push(Bytes::from(format!("--{boundary}\r\n\r\n")))?;
    assert!(matches!(parser.next()?, Event::Part(_)));
    let (mut pending, mut most) = (0, 0);
    for byte in content {
        assert_eq!(parser.next()?, Event::NeedInput);
        assert_eq!(parser.buffered(), pending);
        parser.push(Bytes::copy_from_slice(&[*byte]))?;
        pending += 1;
        while let Event::Data(data) = parser.next()? {
            pending -= data.len();
        }
        most = most.max(pending);
    }
    Ok(most)
}

#[test]
fn no_more_is_held_back_than_documented() -> Test {
    for boundary in ["b", "----WebKitFormBoundary7MA4YWxkTrZu0gW", &"x".repeat(Limits::BOUNDARY)].map(Boundary::new) {
        let boundary = boundary?;
        let bound = boundary.as_str().len() + 4;
        assert_eq!(most_held(&boundary, b"no carriage return\n--")?, 0);
        assert_eq!(most_held(&boundary, format!("\r\n--{boundary}x").as_bytes())?, bound);
        assert_eq!(most_held(&boundary, format!("\r\n--{boundary}-x").as_bytes())?, bound + 1);
        let padding = Limits::default().padding;
        let padded = format!("\r\n--{boundary}{}\rx", " ".repeat(padding));
        assert_eq!(most_held(&boundary, padded.as_bytes())?, bound + padding + 1);
    }
    Ok(())
}

#[test]
fn content_is_sliced_and_not_copied() -> Test {
    let body = Bytes::from_static(b"--b\r\n\r\nabc\r\n--bX\r\nde\r\n--b--");
    let mut parser = Parser::new(&Boundary::new("b")?, Limits::default());
    parser.push(body.clone())?;
    assert!(matches!(parser.next()?, Event::Part(_)));
    let Event::Data(data) = parser.next()? else { return Err("no data".into()) };
    assert_eq!(data, "abc\r\n--bX\r\nde");
    assert_eq!(data.as_ptr(), body[7..].as_ptr());
    Ok(())
}

#[test]
fn a_read_chunk_is_let_go() -> Test {
    let chunk = Bytes::from(b"--b\r\n\r\nabc\r".to_vec());
    let mut parser = Parser::new(&Boundary::new("b")?, Limits::default());
    parser.push(chunk.clone())?;
    while parser.next()? != Event::NeedInput {}
    assert!(chunk.is_unique());
    Ok(())
}
