//! The bytes of every file here: which byte stands where can be told from the offset.

use std::sync::OnceLock;

use bytes::Bytes;

/// The pattern repeats after so many bytes: a prime, so that no usual piece is a multiple of it.
const PERIOD: u64 = 251;

fn block() -> &'static Bytes {
    static BLOCK: OnceLock<Bytes> = OnceLock::new();
    BLOCK.get_or_init(|| (0..PERIOD * 4096).map(|at| (at % PERIOD) as u8).collect::<Vec<_>>().into())
}

/// At most `max` bytes of a file of `length` bytes, from `offset` on.
pub(super) fn piece(offset: u64, max: usize, length: u64) -> Bytes {
    let start = (offset % PERIOD) as usize;
    let left = usize::try_from(length.saturating_sub(offset)).unwrap_or(usize::MAX);
    block().slice(start..block().len().min(start.saturating_add(left.min(max))))
}

/// Where `chunk`, which should stand at `offset`, is something else.
pub(super) fn differs(offset: u64, chunk: &[u8]) -> Option<u64> {
    (offset..).zip(chunk).find(|(at, byte)| u64::from(**byte) != at % PERIOD).map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_what_stands_there() {
        for (offset, max) in [(0, 10), (250, 3), (1_000_000, 1 << 20), (99, 500)] {
            let piece = piece(offset, max, 1_000_100);
            assert!(!piece.is_empty() && piece.len() <= max);
            assert_eq!(differs(offset, &piece), None);
            assert_eq!(differs(offset + 1, &piece), Some(offset + 1));
        }
        assert!(piece(100, 10, 100).is_empty());
        assert_eq!(piece(95, 10, 100).len(), 5);
    }
}
