//! The MD5 of a file as it goes by.

use md5::Digest;
use md5::digest::common::hazmat::SerializableState;

use crate::values::Md5;

/// The MD5 of a file that comes in pieces, perhaps some of them more than once.
#[derive(Debug, Clone, Default)]
pub struct Sum {
    hasher: md5::Md5,
    length: u64,
}

impl Sum {
    /// Of nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next piece.
    pub fn update(&mut self, piece: &[u8]) {
        self.hasher.update(piece);
        self.length += piece.len() as u64;
    }

    /// Takes what is new in a piece that starts at `offset`. What leaves a gap is not taken.
    pub fn update_at(&mut self, offset: u64, piece: &[u8]) {
        let known = self.length.checked_sub(offset).and_then(|known| usize::try_from(known).ok());
        if let Some(new) = known.and_then(|known| piece.get(known..)) {
            self.update(new);
        }
    }

    /// Bytes so far.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The state of the computation, for [`from_state`](Self::from_state).
    pub(super) fn state(&self) -> Vec<u8> {
        [&self.length.to_le_bytes()[..], &self.hasher.serialize()[..]].concat()
    }

    /// Goes on where [`state`](Self::state) was taken; none if it is no state.
    pub(super) fn from_state(state: &[u8]) -> Option<Self> {
        let (length, hasher) = state.split_first_chunk()?;
        let hasher = md5::Md5::deserialize(hasher.try_into().ok()?).ok()?;
        Some(Self { hasher, length: u64::from_le_bytes(*length) })
    }

    /// The MD5 of what came so far.
    #[must_use]
    pub fn md5(&self) -> Md5 {
        Md5(self.hasher.clone().finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_may_come_again_and_none_is_left_out() {
        let mut sum = Sum::new();
        for (offset, piece) in [(0, "hel"), (0, "hello"), (1, "el"), (7, "x"), (5, " world"), (0, "hello world")] {
            sum.update_at(offset, piece.as_bytes());
        }
        let mut whole = Sum::new();
        whole.update(b"hello world");
        assert_eq!((sum.length(), sum.md5()), (11, whole.md5()));
        assert_eq!(whole.md5().to_string(), "XrY7u+Ae7tCTyyK7j1rNww==");
    }
}
