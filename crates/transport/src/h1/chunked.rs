//! A body in chunks.

use bytes::{Buf, BytesMut};

use super::head::{self, Lines};
use super::{Event, Flaw, Limits, take};

/// Hexadecimal digits of a size: as many as 64 bits have.
const DIGITS: usize = 16;

/// Where in a body we are.
#[derive(Debug)]
pub(super) struct Chunked {
    place: Place,
    /// Bytes of extensions so far.
    extensions: usize,
}

#[derive(Debug)]
enum Place {
    /// In the line with a size, of which so much has been looked at.
    Size {
        seen: usize,
    },
    Chunk {
        left: u64,
    },
    ChunkEnd,
    Trailers(Lines),
}

impl Default for Chunked {
    fn default() -> Self {
        Self { place: Place::Size { seen: 0 }, extensions: 0 }
    }
}

impl Chunked {
    /// The next event; none when more bytes are needed.
    pub(super) fn next(&mut self, inbox: &mut BytesMut, limits: &Limits) -> Result<Option<Event>, Flaw> {
        loop {
            let next = match &mut self.place {
                Place::Size { .. } => match self.size(inbox, limits)? {
                    None => return Ok(None),
                    Some(0) => Place::Trailers(Lines::default()),
                    Some(left) => Place::Chunk { left },
                },
                Place::Chunk { left: 0 } => Place::ChunkEnd,
                Place::Chunk { left } => return Ok(take(inbox, left).map(Event::Data)),
                Place::ChunkEnd if inbox.starts_with(b"\r\n") => {
                    inbox.advance(2);
                    Place::Size { seen: 0 }
                }
                Place::ChunkEnd if b"\r\n".starts_with(inbox) => return Ok(None),
                Place::ChunkEnd => return Err(Flaw::ChunkEnd),
                Place::Trailers(lines) => return trailers(lines, inbox, limits),
            };
            self.place = next;
        }
    }

    /// The size of the next chunk, once its line is complete.
    fn size(&mut self, inbox: &mut BytesMut, limits: &Limits) -> Result<Option<u64>, Flaw> {
        let Place::Size { seen } = &mut self.place else { return Ok(None) };
        let end = memchr::memchr(b'\n', &inbox[*seen..]).map(|at| *seen + at);
        *seen = inbox.len();
        let line = &inbox[..end.unwrap_or(inbox.len())];
        let digits = line.iter().take(DIGITS + 1).take_while(|byte| byte.is_ascii_hexdigit()).count();
        let rest = &line[digits..];
        // Before the line is complete: what is no size need not be waited for.
        if digits > DIGITS || (digits == 0 && !line.is_empty()) {
            return Err(Flaw::ChunkSize);
        }
        // CR and LF are no extension.
        let extension = rest.strip_suffix(b"\r").unwrap_or(rest);
        if self.extensions + extension.len() > limits.extensions {
            return Err(Flaw::Extensions);
        }
        if !is_extension(extension) {
            return Err(Flaw::ChunkSize);
        }
        let Some(end) = end else { return Ok(None) };
        if rest.last() != Some(&b'\r') {
            return Err(Flaw::BareLf);
        }
        let size = str::from_utf8(&line[..digits]).ok().and_then(|digits| u64::from_str_radix(digits, 16).ok());
        self.extensions += extension.len();
        inbox.advance(end + 1);
        size.map(Some).ok_or(Flaw::ChunkSize)
    }
}

/// What begins with a semicolon and holds no control character; or nothing. White space may stand before it: some servers fill
/// the line up, and there is one way to read it.
fn is_extension(text: &[u8]) -> bool {
    let first = text.iter().find(|byte| ![b' ', b'\t'].contains(byte));
    first.is_none_or(|first| *first == b';') && !text.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t')
}

fn trailers(lines: &mut Lines, inbox: &mut BytesMut, limits: &Limits) -> Result<Option<Event>, Flaw> {
    let end = lines.find(inbox, b"", limits.trailers, limits.headers).map_err(|flaw| {
        let is_too_long = matches!(flaw, Flaw::HeadTooLong | Flaw::TooManyHeaders);
        if is_too_long { Flaw::TrailersTooLong } else { flaw }
    })?;
    let Some(end) = end else { return Ok(None) };
    if !head::are_fields(&inbox[..end], lines.count()) {
        return Err(Flaw::Trailer);
    }
    inbox.advance(end);
    Ok(Some(Event::End))
}
