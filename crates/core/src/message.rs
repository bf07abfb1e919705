//! A request's body that is held in memory: its text, and a file that it carries within.

use core::fmt;

use bytes::Bytes;
use zeroize::Zeroize;

use crate::{Limits, RequestFlaw};

/// Bytes of the first piece of a file; each further one is twice as large as the one before it.
const FIRST_PIECE: usize = 4 << 10;
/// Bytes of the largest piece: so much memory at most is set aside and not used.
const LAST_PIECE: usize = 256 << 10;

/// Takes a file out of a message as the message comes, so that neither the text of the file nor a tree of it is ever in
/// memory. What an [`Api`](crate::Api) says [here](crate::Api::extract).
///
/// Any split of a message into chunks must give the same. What it keeps by itself must have a bound.
pub trait Extract: Send + Sync {
    /// A piece of the message came: gives the file's bytes to [`Message::file`], and all else to [`Message::text`].
    ///
    /// # Errors
    /// What is wrong with the message: it will not be read on.
    fn push(&mut self, chunk: &[u8], message: &mut Message) -> Result<(), RequestFlaw>;
}

/// What has come of a message. It grows with what came, never with what was declared. Its text may hold a password, and
/// is overwritten with zeros when it goes.
pub struct Message {
    limits: Limits,
    text: Vec<u8>,
    file: Option<Vec<Vec<u8>>>,
    /// Bytes of the file.
    length: usize,
    /// Bytes that are set aside for it.
    capacity: usize,
}

impl Message {
    /// Nothing yet, within [`Limits::request`] and [`Limits::embedded`].
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, text: Vec::new(), file: None, length: 0, capacity: 0 }
    }

    /// More of the text.
    ///
    /// # Errors
    /// `TooLarge` beyond [`Limits::request`].
    pub fn text(&mut self, bytes: &[u8]) -> Result<(), RequestFlaw> {
        if bytes.len() > self.limits.request.saturating_sub(self.text.len()) {
            return Err(RequestFlaw::TooLarge);
        }
        let capacity = self.text_capacity(self.text.len() + bytes.len());
        if capacity > self.text.capacity() {
            let mut larger = Vec::with_capacity(capacity);
            larger.extend_from_slice(&self.text);
            core::mem::replace(&mut self.text, larger).zeroize();
        }
        self.text.extend_from_slice(bytes);
        Ok(())
    }

    /// More of the file. None at all says that there is one.
    ///
    /// # Errors
    /// `TooLarge` beyond [`Limits::embedded`].
    pub fn file(&mut self, mut bytes: &[u8]) -> Result<(), RequestFlaw> {
        let pieces = self.file.get_or_insert_default();
        if bytes.len() > self.limits.embedded.saturating_sub(self.length) {
            return Err(RequestFlaw::TooLarge);
        }
        self.length += bytes.len();
        while !bytes.is_empty() {
            let piece = match pieces.last_mut() {
                Some(piece) if piece.len() < piece.capacity() => piece,
                last => {
                    let size = last.map_or(FIRST_PIECE, |last| (last.capacity() * 2).min(LAST_PIECE));
                    self.capacity += size;
                    pieces.push_mut(Vec::with_capacity(size))
                }
            };
            let (now, later) = bytes.split_at(bytes.len().min(piece.capacity() - piece.len()));
            piece.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    /// The text so far.
    #[must_use]
    pub fn as_text(&self) -> &[u8] {
        &self.text
    }

    /// The file, in pieces, if there is one. It is gone from here then.
    pub fn take_file(&mut self) -> Option<Vec<Bytes>> {
        (self.length, self.capacity) = (0, 0);
        Some(self.file.take()?.into_iter().map(Bytes::from).collect())
    }

    /// The memory that it takes.
    pub(crate) fn capacity(&self) -> usize {
        self.text.capacity() + self.capacity
    }

    /// What its text takes when there is so much of it: twice what it took before, but never more than it may have.
    fn text_capacity(&self, length: usize) -> usize {
        let now = self.text.capacity();
        if length <= now { now } else { length.max((now * 2).min(self.limits.request)) }
    }
}

impl Drop for Message {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({} bytes and {} of a file)", self.text.len(), self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(request: usize, embedded: usize) -> Message {
        Message::new(Limits { request, embedded, ..Limits::default() })
    }

    #[test]
    fn the_limits_are_of_what_came_and_neither_takes_from_the_other() {
        let mut message = message(10, 20);
        assert_eq!(message.text(&[b'a'; 10]), Ok(()));
        assert_eq!(message.file(&[b'b'; 20]), Ok(()));
        assert_eq!(message.text(b""), Ok(()));
        assert_eq!(message.file(b""), Ok(()));
        assert_eq!(message.text(b"a"), Err(RequestFlaw::TooLarge));
        assert_eq!(message.file(b"b"), Err(RequestFlaw::TooLarge));
        assert_eq!(message.as_text(), b"aaaaaaaaaa");
        assert_eq!(message.take_file().unwrap().concat(), [b'b'; 20]);
        assert_eq!(message.take_file(), None);
    }

    #[test]
    fn a_text_for_which_there_is_room_is_not_moved() {
        let mut message = message(100, 0);
        message.text(&[b'a'; 40]).unwrap();
        message.text(b"a").unwrap();
        let place = message.as_text().as_ptr();
        (0..39).for_each(|_| message.text(b"a").unwrap());
        assert_eq!((message.as_text().len(), message.as_text().as_ptr()), (80, place));
        assert_eq!(message.text.capacity(), 80);
    }

    #[test]
    fn debug_tells_how_much_it_is_and_not_what() {
        let mut message = message(10, 20);
        message.text(b"secret").unwrap();
        message.file(b"hidden!").unwrap();
        assert_eq!(format!("{message:?}"), "Message(6 bytes and 7 of a file)");
    }

    #[test]
    fn an_empty_file_is_one() {
        let mut message = message(10, 20);
        assert_eq!(message.file(b""), Ok(()));
        assert_eq!(message.take_file(), Some(Vec::new()));
    }

    #[test]
    fn it_takes_little_more_than_what_came() {
        for step in [1, 1_000, 5_000, 300_000] {
            let mut message = message(1 << 20, 3 << 20);
            while message.length + step <= 3 << 20 {
                message.file(&vec![0; step]).unwrap();
                let taken: usize = message.file.iter().flatten().map(Vec::capacity).sum();
                assert_eq!(message.capacity(), taken, "{step}");
                assert!(taken <= message.length + LAST_PIECE.min(message.length + FIRST_PIECE), "{step}: {taken}");
            }
            let file = message.capacity();
            while message.text.len() + step <= 1 << 20 {
                message.text(&vec![0; step]).unwrap();
                let text = message.capacity() - file;
                assert!(text <= (2 * message.text.len()).min(1 << 20), "{step}: {text}");
            }
            message.take_file();
            assert_eq!(message.capacity(), message.text.capacity());
        }
    }
}
