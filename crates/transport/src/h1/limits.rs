//! What is read at most.

/// The bytes that are read at once before it is known how much will come: a small answer is all in them.
pub(super) const START: usize = 4 << 10;

/// The bytes of a body that are read at once, and so the longest piece of it.
pub(super) const PIECE: usize = 128 << 10;

/// Bounds on what an answer may be besides its body, whose length is the core's affair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a head, with its empty line. Default 256 KiB: metadata of a file stands there.
    pub head: usize,
    /// Header fields of an answer. Default 100.
    pub headers: usize,
    /// Interim answers (1xx) before the answer. Default 8: they are hints, and one or two is what services send.
    pub interim: usize,
    /// Bytes of all chunk extensions of one body. Default 16 KiB, as hyper has it; nothing is done with them.
    pub extensions: usize,
    /// Bytes of the trailers of one body. Default 16 KiB, as hyper has it; nothing is done with them.
    pub trailers: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { head: 256 << 10, headers: 100, interim: 8, extensions: 16 << 10, trailers: 16 << 10 }
    }
}
