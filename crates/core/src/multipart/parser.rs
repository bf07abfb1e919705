//! The parser: what the pieces between delimiters mean.

use core::fmt;

use bytes::Bytes;
use memchr::memchr;

use super::boundary::Boundary;
use super::error::{Dimension, Error, Misuse};
use super::headers::PartHead;
use super::limits::Limits;
use super::scan::{Delimiter, Scan, Scanner};

/// What the parser found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A part starts.
    Part(PartHead),
    /// Some content of the part: never empty, in pieces that depend on the chunks.
    Data(Bytes),
    /// The part is complete.
    PartEnd,
    /// The body is complete and the input ended.
    End,
    /// All input is read: [`push`](Parser::push) more, or [`finish`](Parser::finish).
    NeedInput,
}

/// Reads a body in chunks of any length.
///
/// The caller calls [`next`](Self::next) until it says [`Event::NeedInput`], then pushes one chunk. Content comes as slices
/// of the chunks. Only where a chunk ends with what may be a delimiter are those bytes held back, and copied if they are
/// content after all: at most the boundary and 4 bytes; once it is a whole delimiter, also what follows it until that
/// decides, at most [`Limits::padding`] and 1 more.
///
/// Memory: one chunk of the caller's, what is held back, and the one head being read: its buffer, half empty at worst, and for
/// the moment it is taken apart its lines, its values and their decoding, at most seven times [`Limits::headers`] in all. With
/// default limits that is below 128 KiB besides the chunk, however long the body; between heads it is what is held back and
/// that buffer.
///
/// Delimiters are strict: CRLF, `--`, the boundary, then `--` or spaces and tabs and CRLF. Anything else is content, also if
/// it differs only after the boundary. The CRLF before may be missing at the start of the body, and where a part's head ends
/// (a part without content; RFC 2046 lets the blank line's end be the delimiter's).
pub struct Parser {
    limits: Limits,
    scanner: Scanner,
    state: State,
    /// What was pushed and not read yet.
    chunk: Bytes,
    finished: bool,
    /// The head being read, its last line's start, and its lines.
    head: Vec<u8>,
    line: usize,
    lines: usize,
    parts: usize,
    /// Bytes discarded in the preamble, then in the epilogue.
    discarded: usize,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Preamble,
    Head,
    Content,
    Epilogue,
    Ended,
    Failed(Error),
}

impl Parser {
    /// A parser of a body with this boundary.
    #[must_use]
    pub fn new(boundary: &Boundary, limits: Limits) -> Self {
        Self {
            limits,
            scanner: Scanner::new(boundary, limits.padding),
            state: State::Preamble,
            chunk: Bytes::new(),
            finished: false,
            head: Vec::new(),
            line: 0,
            lines: 0,
            parts: 0,
            discarded: 0,
        }
    }

    /// Takes a chunk of the body, once the last one is read: there is no queue that could grow.
    ///
    /// # Errors
    ///
    /// [`Misuse::Unread`] when the last chunk is not read yet, [`Misuse::Finished`] after [`finish`](Self::finish), and the
    /// parser is as before. The error that [`next`](Self::next) gave, if it gave one.
    pub fn push(&mut self, chunk: Bytes) -> Result<(), Error> {
        if let State::Failed(error) = self.state {
            return Err(error);
        }
        if self.finished {
            return Err(Misuse::Finished.into());
        }
        if !self.chunk.is_empty() {
            return Err(Misuse::Unread.into());
        }
        self.chunk = chunk;
        Ok(())
    }

    /// Says that the input ended; what was pushed is still read.
    pub const fn finish(&mut self) {
        self.finished = true;
    }

    /// The bytes that the parser keeps besides the pushed chunk's unread rest: held back, or of an unfinished head.
    #[must_use]
    pub fn buffered(&self) -> usize {
        self.scanner.held_back() + self.head.len()
    }

    /// What comes next in the body.
    ///
    /// # Errors
    ///
    /// [`Error::Truncated`], [`Error::Limit`], [`Error::Head`]; from then on always the same.
    #[expect(clippy::should_implement_trait, reason = "an iterator's None would mean an end, where this one needs input")]
    pub fn next(&mut self) -> Result<Event, Error> {
        let next = self.advance();
        if let Err(error) = next {
            self.state = State::Failed(error);
            self.chunk = Bytes::new();
        }
        next
    }

    fn advance(&mut self) -> Result<Event, Error> {
        loop {
            let event = match self.state {
                State::Preamble => self.preamble()?,
                State::Head => self.head()?,
                State::Content => self.content()?,
                State::Epilogue => self.epilogue()?,
                State::Ended => Some(Event::End),
                State::Failed(error) => return Err(error),
            };
            if let Some(event) = event {
                return Ok(event);
            }
        }
    }

    fn preamble(&mut self) -> Result<Option<Event>, Error> {
        match self.scanner.scan(&mut self.chunk)? {
            Scan::Data(data) => self.discard(data.len(), Dimension::Preamble, self.limits.preamble).map(|()| None),
            Scan::UsedUp => self.starved().map(Some),
            Scan::Delimiter(kind) => {
                self.enter(kind);
                Ok(None)
            }
        }
    }

    fn content(&mut self) -> Result<Option<Event>, Error> {
        match self.scanner.scan(&mut self.chunk)? {
            Scan::Data(data) => Ok(Some(Event::Data(data))),
            Scan::UsedUp => self.starved().map(Some),
            Scan::Delimiter(kind) => {
                self.enter(kind);
                Ok(Some(Event::PartEnd))
            }
        }
    }

    fn epilogue(&mut self) -> Result<Option<Event>, Error> {
        self.discard(self.chunk.len(), Dimension::Epilogue, self.limits.epilogue)?;
        self.chunk = Bytes::new();
        if !self.finished {
            return Ok(Some(Event::NeedInput));
        }
        self.state = State::Ended;
        Ok(None)
    }

    fn head(&mut self) -> Result<Option<Event>, Error> {
        check(self.parts < self.limits.parts, Dimension::Parts, self.limits.parts)?;
        while !self.chunk.is_empty() {
            if !self.read_line()? {
                continue;
            }
            let head = PartHead::parse(&self.head)?;
            self.head.clear();
            self.parts += 1;
            self.state = State::Content;
            self.scanner.assume_line_end();
            return Ok(Some(Event::Part(head)));
        }
        self.starved().map(Some)
    }

    /// Reads up to the next line's end; whether that was the blank line.
    fn read_line(&mut self) -> Result<bool, Error> {
        let end = memchr(b'\n', &self.chunk);
        let len = end.map_or(self.chunk.len(), |at| at + 1);
        check(len <= self.limits.headers - self.head.len(), Dimension::Headers, self.limits.headers)?;
        self.head.extend_from_slice(&self.chunk.split_to(len));
        if end.is_none() {
            return Ok(false);
        }
        if matches!(&self.head[self.line..], b"\n" | b"\r\n") {
            return Ok(true);
        }
        check(self.lines < self.limits.header_lines, Dimension::HeaderLines, self.limits.header_lines)?;
        self.lines += 1;
        self.line = self.head.len();
        Ok(false)
    }

    fn enter(&mut self, kind: Delimiter) {
        (self.line, self.lines, self.discarded) = (0, 0, 0);
        self.state = match kind {
            Delimiter::Part => State::Head,
            Delimiter::Closing => State::Epilogue,
        };
    }

    /// There is no input left, and the body is not complete.
    const fn starved(&self) -> Result<Event, Error> {
        if self.finished { Err(Error::Truncated) } else { Ok(Event::NeedInput) }
    }

    fn discard(&mut self, len: usize, dimension: Dimension, limit: usize) -> Result<(), Error> {
        check(len <= limit - self.discarded, dimension, limit)?;
        self.discarded += len;
        Ok(())
    }
}

/// Without content, which may be secret.
impl fmt::Debug for Parser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parser").field("state", &self.state).field("parts", &self.parts).finish_non_exhaustive()
    }
}

const fn check(holds: bool, dimension: Dimension, limit: usize) -> Result<(), Error> {
    if holds { Ok(()) } else { Err(Error::Limit { dimension, limit }) }
}
