//! The rules of the contract, numbered as in the guide.

use core::fmt;

/// A rule of the contract between a machine and its driver: the number and the text that the guide (`larder-core`'s README) has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// 1
    Poll = 1,
    /// 2
    Wake = 2,
    /// 3
    Epoch = 3,
    /// 4
    Time = 4,
    /// 5
    Open = 5,
    /// 6
    Write = 6,
    /// 7
    Answer = 7,
    /// 8
    Listen = 8,
    /// 9
    BackPressure = 9,
    /// 10
    Phase = 10,
    /// 11
    Abort = 11,
    /// 12
    Reuse = 12,
    /// 13
    Feed = 13,
    /// 14
    Deliver = 14,
    /// 15
    Cancel = 15,
    /// 16
    Abandon = 16,
    /// 17
    Secrets = 17,
}

impl Rule {
    /// All of them, in order.
    pub const ALL: [Self; 17] = [
        Self::Poll,
        Self::Wake,
        Self::Epoch,
        Self::Time,
        Self::Open,
        Self::Write,
        Self::Answer,
        Self::Listen,
        Self::BackPressure,
        Self::Phase,
        Self::Abort,
        Self::Reuse,
        Self::Feed,
        Self::Deliver,
        Self::Cancel,
        Self::Abandon,
        Self::Secrets,
    ];

    /// Its number in the guide.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// What it asks, in one sentence.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Poll => "Poll until `Wait` or `Done`; tell every event with `handle`; after `Done`, never poll again.",
            Self::Wake => "After a `Wait`, poll at `until`, after any `handle`, and otherwise not at all.",
            Self::Epoch => "Poll a call that waits with `on.shared` as soon as `Shared::epoch` is another than that.",
            Self::Time => "`now` is real time since one moment per `Shared`, and never goes back.",
            Self::Open => "`Open`: connect, send this head as it is, and say `Connected` when the connection is there.",
            Self::Write => "`Write`: send this piece, whole, once, in order; say `Wrote` once, when the socket has taken it.",
            Self::Answer => "Tell the answer as it came: one `Head` (never a 1xx), its `Data`, and `End` only if it is complete.",
            Self::Listen => "Where `on.peer` is true, read, also while a body goes out or a file is waited for.",
            Self::BackPressure => "Where `on.peer` is false, and before a `Data` is handed on, do not read from the peer.",
            Self::Phase => {
                "`Failed` says `Connect` if nothing of the request was sent, and only if that is certain; else `Send`."
            }
            Self::Abort => "`Abort` closes the connection at once; what still comes of it belongs to no other exchange.",
            Self::Reuse => {
                "A connection serves again only if both messages are complete, both sides keep it, and no byte is left."
            }
            Self::Feed => {
                "`Feed`: give the file from `offset`, at most `max`; `BodyEnd` only at its end, `BodyGone` if you cannot."
            }
            Self::Deliver => "`Data`: hand every piece to the caller, once, in order, before the next `poll`.",
            Self::Cancel => "Tell `Cancel` when the caller gives up, and go on until `Done`.",
            Self::Abandon => "When a machine is dropped unfinished, call `abandon` and close its connection.",
            Self::Secrets => "Log no head, no URL and no body, and put none into `detail`.",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rule {}: {}", self.number(), self.text())
    }
}
