//! Pieces of a file whose length is not known: read into memory one at a time, and one byte further, which tells whether a
//! piece is the last.

use core::mem;

use bytes::Bytes;

/// The piece that is being read, or is to be sent.
#[derive(Clone)]
pub(super) struct Gather {
    size: u64,
    bytes: Vec<u8>,
    is_end: bool,
    /// The piece, and whether it is the last.
    piece: Option<(Bytes, bool)>,
}

impl Gather {
    /// Pieces of so many bytes.
    pub(super) fn new(size: u64) -> Self {
        Self { size, bytes: Vec::new(), is_end: false, piece: None }
    }

    /// Bytes that were read behind those that were sent.
    pub(super) fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// How much to read next, in bytes.
    pub(super) fn wants(&self, max: usize) -> usize {
        usize::try_from(self.size + 1 - self.len().min(self.size)).map_or(max, |left| left.min(max))
    }

    /// More of the file; none at its end.
    pub(super) fn take(&mut self, chunk: Option<Bytes>) {
        let Some(chunk) = chunk else {
            self.is_end = true;
            return;
        };
        let needed = self.bytes.len() + chunk.len();
        if needed > self.bytes.capacity() {
            // Doubled, but not beyond a piece: two of them would be in memory.
            let piece = usize::try_from(self.size).unwrap_or(usize::MAX).saturating_add(1);
            let room = needed.max((self.bytes.capacity() * 2).min(piece));
            self.bytes.reserve_exact(room - self.bytes.len());
        }
        self.bytes.extend_from_slice(&chunk);
    }

    /// The piece, and whether it is the last; none if more must be read.
    pub(super) fn ready(&mut self) -> Option<(Bytes, bool)> {
        if self.piece.is_none() {
            let size = usize::try_from(self.size).unwrap_or(usize::MAX);
            if self.bytes.len() <= size && !self.is_end {
                return None;
            }
            let rest = self.bytes.split_off(size.min(self.bytes.len()));
            let is_last = rest.is_empty();
            self.piece = Some((Bytes::from(mem::replace(&mut self.bytes, rest)), is_last));
        }
        self.piece.clone()
    }

    /// The piece is sent; on to the next.
    pub(super) fn next(&mut self) {
        self.piece = None;
    }

    /// From the file's first byte again.
    pub(super) fn restart(&mut self) {
        *self = Self::new(self.size);
    }
}

impl core::fmt::Debug for Gather {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let piece = self.piece.as_ref().map(|(bytes, is_last)| (bytes.len(), *is_last));
        write!(f, "Gather({} bytes, end: {}, piece: {piece:?})", self.bytes.len(), self.is_end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_piece_is_known_to_be_the_last() {
        for size in 1..9_u64 {
            for length in 0..30_usize {
                let file: Vec<u8> = (0..30).take(length).collect();
                let (mut gather, mut sent, mut done) = (Gather::new(size), Vec::new(), false);
                while !done {
                    if let Some((piece, is_last)) = gather.ready() {
                        assert!(is_last || piece.len() as u64 == size);
                        sent.extend_from_slice(&piece);
                        done = is_last;
                        gather.next();
                        continue;
                    }
                    let from = sent.len() + gather.bytes.len();
                    let piece = &file[from..(from + gather.wants(3)).min(length)];
                    gather.take(Some(Bytes::copy_from_slice(piece)).filter(|piece| !piece.is_empty()));
                    assert!(gather.bytes.len() as u64 <= size + 1);
                }
                assert_eq!(sent, file);
            }
        }
    }
}
