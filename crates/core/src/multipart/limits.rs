//! What a body may cost.

/// Limits of one [`Parser`](super::Parser), each inclusive: a body that reaches one is read, one that passes it is refused.
///
/// Content has no limit here, because it is handed on and never kept; whoever keeps it limits it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes before the first delimiter, discarded. Default 4 KiB: mail programs put a sentence here, form clients
    /// nothing; a body with the wrong boundary is then refused early rather than read to its end.
    pub preamble: usize,
    /// Bytes of spaces and tabs between a delimiter and its line's end, held back until the line's end decides. Default
    /// 64: RFC 2046 says that gateways may pad lines, and no client was seen to.
    pub padding: usize,
    /// Bytes of one part's head with its line ends and its blank line, kept until it is complete. Default 16 KiB: a path
    /// of 4 KiB, percent-encoded, and still as much again.
    pub headers: usize,
    /// Lines of one part's head without its blank line. Default 32: clients send two to five.
    pub header_lines: usize,
    /// Parts of one body. Default 10 000: far above any form, and what it costs the caller to count them is bounded.
    pub parts: usize,
    /// Bytes after the closing delimiter, its line end included, discarded. Default 4 KiB: clients send two, and what
    /// else comes is no use to anyone.
    pub epilogue: usize,
}

impl Limits {
    /// Bytes of a boundary, not a field because a boundary is read before there is a parser. RFC 2046 says 70; a vendor's
    /// kit that ignores its alphabet cannot be trusted with its length. Every lookalike costs as many bytes held back.
    pub const BOUNDARY: usize = 200;
}

impl Default for Limits {
    fn default() -> Self {
        Self { preamble: 4 << 10, padding: 64, headers: 16 << 10, header_lines: 32, parts: 10_000, epilogue: 4 << 10 }
    }
}
