//! What the server does, as data.

use bytes::Bytes;

use super::world::{Ends, State};

/// What the server does from a moment on: the head of a request was read, or a connection accepted.
#[derive(Clone)]
pub(super) struct Act {
    pub(super) on: On,
    /// How its answer ends, so that what the machine is told of it can be judged.
    pub(super) ends: Ends,
    /// Why the connection must not carry another exchange afterwards.
    pub(super) spent: Option<&'static str>,
    pub(super) steps: Vec<Step>,
}

/// When an act begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum On {
    Accept,
    Head,
}

/// One step of an act.
#[derive(Clone)]
pub(super) enum Step {
    /// Reads the rest of the request.
    Request,
    /// Sends this at once. `{x}` becomes the number of the exchange, without a change of length.
    Say(Bytes),
    /// Sends this byte by byte.
    Drip(Bytes),
    /// Sends so many bytes of a file.
    File(u64),
    /// Sends header fields up to so many bytes.
    Fields(u64),
    /// Waits until this is so.
    Until(fn(&State) -> bool),
    /// Waits until the driver has no room for what it sends.
    Stuck,
    /// The caller of this job gives up, by its signal `cancel`.
    Cancel(usize),
    /// The caller of this job gives up, by its signal `give_up`.
    GiveUp(usize),
    /// Reads and says nothing until the machine has given the exchange up, then waits for the driver to close.
    Hold,
    /// Closes the connection. It is reset where the request has bytes that were not read.
    Close,
}

impl Act {
    /// An answer that is whole, in this many steps.
    pub(super) fn whole(steps: Vec<Step>) -> Self {
        Self { on: On::Head, ends: Ends::Whole, spent: None, steps }
    }

    /// An answer that is none.
    pub(super) fn cut(steps: Vec<Step>) -> Self {
        Self { ends: Ends::Cut, ..Self::whole(steps) }
    }

    /// No answer.
    pub(super) fn never(steps: Vec<Step>) -> Self {
        Self { ends: Ends::Never, ..Self::whole(steps) }
    }

    /// Reads the request, and says this.
    pub(super) fn say(answer: &str) -> Self {
        Self::whole(vec![Step::Request, Step::say(answer)])
    }

    /// A message with this text.
    pub(super) fn ok(text: &str) -> Self {
        Self::say(&message("200 OK", "", &said(text)))
    }

    /// The connection is of no further use, for this reason.
    pub(super) fn spent(self, why: &'static str) -> Self {
        Self { spent: Some(why), ..self }
    }

    /// As soon as a connection is there, before anything is read.
    pub(super) fn on_accept(self) -> Self {
        Self { on: On::Accept, ..self }
    }
}

impl Step {
    /// Whether it sends anything.
    pub(super) fn speaks(&self) -> bool {
        matches!(self, Self::Say(_) | Self::Drip(_) | Self::File(_) | Self::Fields(_))
    }

    pub(super) fn say(text: &str) -> Self {
        Self::Say(Bytes::copy_from_slice(text.as_bytes()))
    }
}

/// The body of an answer.
pub(super) fn said(text: &str) -> String {
    format!(r#"{{"text":"{text}"}}"#)
}

/// A message with a length.
pub(super) fn message(status: &str, headers: &str, body: &str) -> String {
    format!("{}content-length: {}\r\n\r\n{body}", head(status, headers), body.len())
}

/// A head without its end: `headers` are whole lines.
pub(super) fn head(status: &str, headers: &str) -> String {
    format!("HTTP/1.1 {status}\r\nx-exchange: {{x}}\r\n{headers}")
}

/// A body in chunks of this size, without the last one.
pub(super) fn chunks(body: &str, size: usize) -> String {
    let pieces = body.as_bytes().chunks(size);
    pieces.map(|piece| format!("{:x}\r\n{}\r\n", piece.len(), String::from_utf8_lossy(piece))).collect()
}
