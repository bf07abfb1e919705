//! The search: cuts a stream of chunks at delimiters, and remembers what a chunk's end left open.

use bytes::{Buf, Bytes};
use memchr::{memmem, memrchr};

use super::boundary::Boundary;
use super::error::{Dimension, Error};

/// Finds delimiters, `\r\n--boundary`, and keeps what may be the start of one from chunk to chunk.
#[derive(Debug)]
pub(super) struct Scanner {
    finder: memmem::Finder<'static>,
    /// Most spaces and tabs after a delimiter.
    padding: usize,
    /// The start of what may be a delimiter, from the chunks before.
    held: Vec<u8>,
    /// So many bytes at the start of `held` are no content: the CRLF that was not there, or was read already.
    assumed: usize,
}

/// What comes next in the preamble or in content.
#[derive(Debug)]
pub(super) enum Scan {
    /// These bytes, at least one, which are no delimiter.
    Data(Bytes),
    /// A delimiter, which was taken from the chunk with its line's end.
    Delimiter(Delimiter),
    /// The chunk is used up.
    UsedUp,
}

/// The kinds of delimiters.
#[derive(Debug, Clone, Copy)]
pub(super) enum Delimiter {
    /// The one before a part.
    Part,
    /// The one after the last part.
    Closing,
}

/// What bytes that start like a delimiter are.
enum Verdict {
    Undecided,
    Content,
    Overpadded,
    /// A delimiter of so many bytes.
    Delimiter(Delimiter, usize),
}

impl Scanner {
    /// A scanner at the start of a body.
    pub(super) fn new(boundary: &Boundary, padding: usize) -> Self {
        let finder = memmem::Finder::new(&boundary.delimiter()).into_owned();
        let mut scanner = Self { finder, padding, held: Vec::new(), assumed: 0 };
        scanner.assume_line_end();
        scanner
    }

    /// Lets a delimiter start without its line end here. Nothing is held back when this is called.
    pub(super) fn assume_line_end(&mut self) {
        self.held.extend_from_slice(b"\r\n");
        self.assumed = self.held.len();
    }

    /// How many bytes of input are held back.
    pub(super) const fn held_back(&self) -> usize {
        self.held.len() - self.assumed
    }

    /// The next content in `chunk`, or the delimiter if it is next.
    pub(super) fn scan(&mut self, chunk: &mut Bytes) -> Result<Scan, Error> {
        if !self.held.is_empty()
            && let Some(scan) = self.decide_held(chunk)?
        {
            return Ok(scan);
        }
        let mut from = 0;
        while let Some(at) = self.finder.find(&chunk[from..]).map(|at| at + from) {
            match self.judge(&chunk[at..]) {
                // A delimiter has no CR but its first byte, so that none can start within this one.
                Verdict::Content => from = at + self.finder.needle().len(),
                Verdict::Undecided => return Ok(self.hold(chunk, at)),
                Verdict::Overpadded if at == 0 => return Err(self.overpadded()),
                Verdict::Delimiter(kind, len) if at == 0 => {
                    chunk.advance(len);
                    return Ok(Scan::Delimiter(kind));
                }
                Verdict::Overpadded | Verdict::Delimiter(..) => return Ok(Scan::Data(chunk.split_to(at))),
            }
        }
        let at = self.suspect(chunk);
        Ok(self.hold(chunk, at))
    }

    /// Where in `chunk` a delimiter may start that does not end in it; else its end. Only the last CR can start one,
    /// because a delimiter has no other.
    fn suspect(&self, chunk: &[u8]) -> usize {
        let needle = self.finder.needle();
        let window = chunk.len().saturating_sub(needle.len() - 1);
        memrchr(b'\r', &chunk[window..])
            .map(|at| at + window)
            .filter(|&at| needle.starts_with(&chunk[at..]))
            .unwrap_or(chunk.len())
    }

    /// The chunk up to `at` is content, its rest waits for the next one.
    fn hold(&mut self, chunk: &mut Bytes, at: usize) -> Scan {
        let data = chunk.split_to(at);
        self.held.extend_from_slice(chunk);
        // Not `clear`: an empty slice would keep the caller's buffer alive.
        *chunk = Bytes::new();
        if data.is_empty() { Scan::UsedUp } else { Scan::Data(data) }
    }

    /// What was held back becomes with the chunk's start; `None` if nothing of it is content.
    fn decide_held(&mut self, chunk: &mut Bytes) -> Result<Option<Scan>, Error> {
        let before = self.held.len();
        let deciding = self.finder.needle().len().saturating_add(self.padding).saturating_add(2);
        let taken = deciding.saturating_sub(before).min(chunk.len());
        self.held.extend_from_slice(&chunk[..taken]);
        let scan = match self.judge(&self.held) {
            Verdict::Undecided => {
                chunk.advance(taken);
                return Ok(Some(Scan::UsedUp));
            }
            Verdict::Overpadded => return Err(self.overpadded()),
            Verdict::Content if before == self.assumed => None,
            // No delimiter starts within it: see `suspect`. A CR after a whole delimiter has no LF, or it had ended there.
            Verdict::Content => Some(Scan::Data(Bytes::copy_from_slice(&self.held[self.assumed..before]))),
            Verdict::Delimiter(kind, len) => {
                chunk.advance(len - before);
                Some(Scan::Delimiter(kind))
            }
        };
        self.held.clear();
        self.assumed = 0;
        Ok(scan)
    }

    /// What `bytes` are, of which what is there of a delimiter is compared.
    fn judge(&self, bytes: &[u8]) -> Verdict {
        let needle = self.finder.needle();
        let (start, tail) = bytes.split_at(bytes.len().min(needle.len()));
        if !needle.starts_with(start) {
            return Verdict::Content;
        }
        let most = self.padding.saturating_add(1);
        let padding = tail.iter().take(most).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        if padding == most {
            return Verdict::Overpadded;
        }
        match &tail[padding..] {
            [] | [b'\r'] => Verdict::Undecided,
            [b'\r', b'\n', ..] => Verdict::Delimiter(Delimiter::Part, start.len() + padding + 2),
            [b'-'] if padding == 0 => Verdict::Undecided,
            [b'-', b'-', ..] if padding == 0 => Verdict::Delimiter(Delimiter::Closing, start.len() + 2),
            [..] => Verdict::Content,
        }
    }

    const fn overpadded(&self) -> Error {
        Error::Limit { dimension: Dimension::Padding, limit: self.padding }
    }
}
