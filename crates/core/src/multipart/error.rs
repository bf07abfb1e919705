//! Why a body, a head or a boundary was refused. No error holds input, which may be secret.

use core::fmt;

/// Why the [`Parser`](super::Parser) cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The input ended before the closing delimiter.
    #[error("the multipart body ends before its closing delimiter")]
    Truncated,
    /// The body is larger than [`Limits`](super::Limits) allow in one dimension.
    #[error("the multipart body has more than {limit} {dimension}")]
    Limit {
        /// What there is too much of.
        dimension: Dimension,
        /// How much was allowed.
        limit: usize,
    },
    /// A part's head cannot be understood.
    #[error("the head of a part {0}")]
    Head(#[from] HeadFault),
    /// The caller broke a rule of the parser, which is unharmed.
    #[error("the multipart parser was misused: {0}")]
    Misuse(#[from] Misuse),
}

/// The dimensions of [`Limits`](super::Limits).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// Bytes before the first delimiter.
    Preamble,
    /// Spaces and tabs after a delimiter.
    Padding,
    /// Bytes of a part's head.
    Headers,
    /// Lines of a part's head.
    HeaderLines,
    /// Parts.
    Parts,
    /// Bytes after the closing delimiter.
    Epilogue,
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Preamble => "bytes before its first delimiter",
            Self::Padding => "spaces after a delimiter",
            Self::Headers => "bytes in the head of a part",
            Self::HeaderLines => "lines in the head of a part",
            Self::Parts => "parts",
            Self::Epilogue => "bytes after its closing delimiter",
        })
    }
}

/// What is wrong with a part's head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeadFault {
    /// It has bytes that are not UTF-8.
    #[error("is not UTF-8")]
    NotUtf8,
    /// A line has no name, no colon, or continues no line.
    #[error("has a line that is no header")]
    NotAHeader,
    /// A carriage return is not followed by a line feed.
    #[error("has a carriage return within a line")]
    CarriageReturn,
    /// A quoted value has no closing quote.
    #[error("has a quoted value without an end")]
    Quote,
    /// A header or a parameter that gives the part its identity comes twice.
    #[error("repeats a header or a parameter")]
    Repeated,
    /// `name*` or `filename*` cannot be decoded, and there is no plain `name` or `filename` instead.
    #[error("has an encoded name that cannot be decoded")]
    Encoding,
}

/// A rule of the parser that the caller broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misuse {
    /// More input although the parser has not asked for it.
    #[error("input was pushed before the last was read")]
    Unread,
    /// More input after the end of input.
    #[error("input was pushed after its end")]
    Finished,
}

/// Why there is no boundary in a `Content-Type`, or why a text is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BoundaryError {
    /// The media type is another one.
    #[error("the content type is not multipart/form-data")]
    OtherType,
    /// There is no `boundary` parameter, or it is empty.
    #[error("the content type has no boundary")]
    Missing,
    /// There are two `boundary` parameters.
    #[error("the content type has two boundaries")]
    Repeated,
    /// A quoted value has no closing quote.
    #[error("the content type has a quoted value without an end")]
    Quote,
    /// It has a control character, a double quote or a space at its end, or it is not UTF-8.
    #[error("the boundary has a character that it may not have")]
    Character,
    /// It has more bytes than [`Limits::BOUNDARY`](super::Limits::BOUNDARY).
    #[error("the boundary is too long")]
    TooLong,
}

/// A header value for the [`Writer`](super::Writer) has a control character, which could start another header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a header value has a control character")]
pub struct ValueError;
