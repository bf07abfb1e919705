//! Tests of the multipart module through its public interface.

mod boundaries;
mod heads;
mod limits;
mod round_trip;
mod samples;
mod splits;
mod writing;

use bytes::Bytes;

use super::{Boundary, Error, Event, Limits, Parser, PartHead};

type Test = Result<(), Box<dyn core::error::Error>>;

/// Everything that a body turned out to be, however it was cut.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Seen {
    /// Head, content, whether it ended.
    parts: Vec<(PartHead, Vec<u8>, bool)>,
    ended: bool,
    error: Option<Error>,
}

/// Parses `chunks` as a whole body. Also checks on the way what holds for every body.
fn parse(boundary: &Boundary, limits: Limits, chunks: impl IntoIterator<Item = Bytes>) -> Seen {
    let mut parser = Parser::new(boundary, limits);
    let mut chunks = chunks.into_iter();
    let mut seen = Seen::default();
    loop {
        match parser.next() {
            Ok(Event::Part(head)) => seen.parts.push((head, Vec::new(), false)),
            Ok(Event::Data(data)) => {
                assert!(!data.is_empty());
                open_part(&mut seen).1.extend_from_slice(&data);
            }
            Ok(Event::PartEnd) => open_part(&mut seen).2 = true,
            Ok(Event::NeedInput) => {
                let held_back = (boundary.as_str().len() + 5).saturating_add(limits.padding);
                assert!(parser.buffered() <= held_back.max(limits.headers));
                match chunks.next() {
                    Some(chunk) => assert_eq!(parser.push(chunk), Ok(())),
                    None => parser.finish(),
                }
            }
            Ok(Event::End) => {
                assert_eq!(parser.next(), Ok(Event::End));
                seen.ended = true;
                return seen;
            }
            Err(error) => {
                assert_eq!(parser.next(), Err(error));
                assert_eq!(parser.push(Bytes::from_static(b"x")), Err(error));
                seen.error = Some(error);
                return seen;
            }
        }
    }
}

fn open_part(seen: &mut Seen) -> &mut (PartHead, Vec<u8>, bool) {
    let part = seen.parts.last_mut().expect("content without a part");
    assert!(!part.2, "content after a part's end");
    part
}

/// Parses a body in one chunk with default limits.
fn whole(boundary: &str, body: &[u8]) -> Result<Seen, super::BoundaryError> {
    Ok(parse(&Boundary::new(boundary)?, Limits::default(), [Bytes::copy_from_slice(body)]))
}
