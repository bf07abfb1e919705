//! Every bound of a machine's memory: its name, its unit, its default and why.

use serde::{Deserialize, Serialize};

/// Bounds for one call or one exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Bytes of an answer that is held in memory to be decoded. Default 16 MiB: a page of 1,000 entries with long
    /// names, tags and metadata stays under 4 MiB.
    pub answer: usize,
    /// Bytes of a request body that is held in memory to be decoded, and of all text fields of an upload together.
    /// Default 1 MiB: the largest documented request without a file is an account's notes. While such a request is read and
    /// decoded, it takes at most six times as much memory, whatever it is and in whichever format: 6 MiB.
    pub request: usize,
    /// Bytes of a file within a message, decoded, where the API knows how to take it out of the message as it comes (see
    /// [`Api::extract`](crate::Api::extract)). Default 64 MiB: what is larger should be an upload, which is not held. The rest
    /// of the message stays under [`request`](Self::request), and all of it, as it is sent, under
    /// [`message`](Self::message).
    pub embedded: usize,
    /// Text fields of one upload. Default 10,000, as many as a multipart body may have parts. The pairs of a form or a URL are
    /// limited by the API that reads them.
    pub fields: usize,
    /// Bytes of a file that one `Feed` asks for. Default 256 KiB: measured, larger ones are not faster.
    pub feed: usize,
    /// Redirects that one call follows. Default 5, as RFC 1945 advised and clients still do.
    pub redirects: u32,
    /// Bytes of one upload request, file and framing. Default 2,097,150 KiB, the documented content size.
    pub upload: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            answer: 16 << 20,
            request: 1 << 20,
            embedded: 64 << 20,
            fields: 10_000,
            feed: 256 << 10,
            redirects: 5,
            upload: 2_097_150 << 10,
        }
    }
}

impl Limits {
    /// Bytes of a message with a file in it, as it is sent. base64 makes four bytes of three; twice the file leaves room for
    /// its line ends, however they are written.
    #[must_use]
    pub fn message(&self) -> u64 {
        (self.request as u64).saturating_add((self.embedded as u64).saturating_mul(2))
    }
}
