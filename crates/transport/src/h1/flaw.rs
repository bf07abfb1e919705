//! What is wrong with an answer, or with a request.

/// Why an answer is none. The connection is of no further use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Flaw {
    /// The peer closed the connection before the first byte of an answer.
    #[error("the connection was closed before an answer")]
    Closed,
    /// The peer closed the connection in the middle of an answer.
    #[error("the answer was cut short")]
    Truncated,
    /// It does not begin as an answer of HTTP/1 does.
    #[error("no HTTP/1 answer")]
    NotHttp,
    /// A status line or a header field that is none: folded over two lines, without a colon, with control characters.
    #[error("a malformed head")]
    Head,
    /// A line that ends without CR.
    #[error("a line that ends without CR")]
    BareLf,
    /// More bytes in a head than [`Limits::head`](super::Limits::head).
    #[error("the head is too long")]
    HeadTooLong,
    /// More fields in a head than [`Limits::headers`](super::Limits::headers).
    #[error("too many header fields")]
    TooManyHeaders,
    /// More than [`Limits::interim`](super::Limits::interim) interim answers.
    #[error("too many interim answers")]
    Interim,
    /// Another protocol, which nobody asked for.
    #[error("the peer switches to another protocol")]
    Upgrade,
    /// `Content-Length` is no number, or says two.
    #[error("no usable Content-Length")]
    Length,
    /// `Transfer-Encoding` is another than `chunked`, or stands in an answer of HTTP/1.0.
    #[error("an unknown Transfer-Encoding")]
    Encoding,
    /// `Content-Length` beside `Transfer-Encoding`: two ends.
    #[error("both Content-Length and Transfer-Encoding")]
    Ambiguous,
    /// A body is announced where there can be none: 1xx, 204.
    #[error("a body where there can be none")]
    Bodiless,
    /// The size of a chunk is no number, or too large a one; or something follows it that is no extension.
    #[error("no usable size of a chunk")]
    ChunkSize,
    /// A chunk does not end where its size says.
    #[error("a chunk is longer than its size")]
    ChunkEnd,
    /// More bytes of chunk extensions than [`Limits::extensions`](super::Limits::extensions).
    #[error("chunk extensions are too long")]
    Extensions,
    /// A malformed trailer.
    #[error("a malformed trailer")]
    Trailer,
    /// More bytes of trailers than [`Limits::trailers`](super::Limits::trailers).
    #[error("the trailers are too long")]
    TrailersTooLong,
    /// Bytes that belong to no answer.
    #[error("more than was asked for")]
    Unasked,
}

/// Why a request cannot be sent. Nothing of it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum BadRequest {
    /// Another exchange is under way, or the connection is of no further use.
    #[error("the connection is not free")]
    Busy,
    /// The URI has no authority to make `Host` of.
    #[error("the URI is not absolute")]
    Uri,
    /// A method or a field that changes what the connection is for or how messages are framed: `CONNECT`, `Content-Length`,
    /// `Transfer-Encoding`, `Expect`, `Upgrade`, `TE`, `Trailer`, or several `Host`.
    #[error("a method or a field that is not the caller's to send")]
    Field,
    /// The body is longer or shorter than was promised.
    #[error("the body has another length than was promised")]
    Length,
}
