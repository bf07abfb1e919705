//! A body on its way out, piece by piece, with at most one piece unacknowledged. Both ends use it.

use bytes::Bytes;

use crate::wire::{OutgoingBody, ReplyBody, Span};
use crate::{BodyFlaw, Misuse};

/// What is to be sent next.
pub(crate) enum Next {
    /// This piece.
    Write(Bytes),
    /// The caller's file at this offset.
    Feed(u64),
    /// Nothing more.
    Finish,
    /// Wait for the acknowledgement, or for the caller.
    Nothing,
}

/// A body on its way.
pub(crate) struct Sender {
    stage: Stage,
    /// The spans of the file that follow, the next one last.
    spans: Vec<Span>,
    after: Bytes,
    /// Where the file must end.
    promised: Option<u64>,
    /// Whether to stop there, or to ask once more so that a longer file is noticed.
    stops: bool,
    unacknowledged: bool,
}

enum Stage {
    Before { bytes: Bytes, file: Option<u64> },
    Ask { offset: u64 },
    Asked { offset: u64 },
    Piece { offset: u64, chunk: Bytes },
    After,
    Finish,
    Finished,
}

impl Sender {
    /// `promised` is the length of the caller's file, in bytes, if it is known.
    pub(crate) fn new(body: OutgoingBody, promised: Option<u64>) -> Self {
        let (bytes, after, file) = match body {
            OutgoingBody::Whole(bytes) => (bytes, Bytes::new(), false),
            OutgoingBody::File { before, after } => (before, after, true),
            OutgoingBody::Spans { spans, after } => return Self::of_spans(spans, after),
        };
        let stage = Stage::Before { bytes, file: file.then_some(0) };
        Self { stage, spans: Vec::new(), after, promised, stops: false, unacknowledged: false }
    }

    /// Each span is as long as it says, and what lies beyond it is not asked for.
    fn of_spans(mut spans: Vec<Span>, after: Bytes) -> Self {
        spans.reverse();
        let mut sender = Self { stage: Stage::After, spans, after, promised: None, stops: true, unacknowledged: false };
        sender.next_span();
        sender
    }

    /// Goes on to the next span, if there is one.
    fn next_span(&mut self) -> bool {
        let Some(Span { before, offset, length }) = self.spans.pop() else { return false };
        self.promised = Some(offset.saturating_add(length));
        self.stage = Stage::Before { bytes: before, file: Some(offset) };
        true
    }

    /// A reply's body: its file is as long as its head said, and no more is asked for.
    pub(crate) fn reply(body: ReplyBody) -> Self {
        let (bytes, file, promised) = match body {
            ReplyBody::Whole(bytes) => (bytes, None, None),
            ReplyBody::File { offset, length } => (Bytes::new(), Some(offset), Some(offset + length)),
        };
        let stage = Stage::Before { bytes, file };
        Self { stage, spans: Vec::new(), after: Bytes::new(), promised, stops: true, unacknowledged: false }
    }

    pub(crate) fn next(&mut self) -> Next {
        if self.unacknowledged {
            return Next::Nothing;
        }
        loop {
            let (stage, next) = match core::mem::replace(&mut self.stage, Stage::Finished) {
                Stage::Before { bytes, file } => {
                    let stage = file.map_or(Stage::Finish, |offset| Stage::Ask { offset });
                    (stage, (!bytes.is_empty()).then_some(Next::Write(bytes)))
                }
                Stage::Ask { offset } if self.stops && self.promised == Some(offset) => (Stage::After, None),
                Stage::Ask { offset } => (Stage::Asked { offset }, Some(Next::Feed(offset))),
                Stage::Asked { offset } => (Stage::Asked { offset }, Some(Next::Nothing)),
                Stage::Piece { offset, chunk } => (Stage::Ask { offset }, Some(Next::Write(chunk))),
                Stage::After if self.next_span() => continue,
                Stage::After => {
                    let after = core::mem::take(&mut self.after);
                    (Stage::Finish, (!after.is_empty()).then_some(Next::Write(after)))
                }
                Stage::Finish => (Stage::Finished, Some(Next::Finish)),
                Stage::Finished => (Stage::Finished, Some(Next::Nothing)),
            };
            self.stage = stage;
            if let Some(next) = next {
                self.unacknowledged = matches!(next, Next::Write(_));
                return next;
            }
        }
    }

    /// Whether the peer can have all of it: a file whose length is known ends there.
    pub(crate) fn is_all_written(&self) -> bool {
        let is_last = self.spans.is_empty() && self.after.is_empty();
        match &self.stage {
            Stage::Before { bytes, file } => bytes.is_empty() && file.is_none(),
            Stage::Ask { offset } | Stage::Asked { offset } => is_last && self.promised == Some(*offset),
            Stage::Piece { .. } => false,
            Stage::After => is_last,
            Stage::Finish | Stage::Finished => true,
        }
    }

    pub(crate) fn wrote(&mut self) -> Result<(), Misuse> {
        if !core::mem::take(&mut self.unacknowledged) {
            return Err(Misuse::NothingWritten);
        }
        Ok(())
    }

    /// How much of the caller's file may come at `offset`, in bytes, where no more than `max` is wanted.
    pub(crate) fn room(&self, offset: u64, max: usize) -> usize {
        let left = if self.stops { usize::try_from(self.left(offset)).unwrap_or(usize::MAX) } else { usize::MAX };
        left.min(max)
    }

    /// What is left of a file whose length is promised, from `offset` on.
    pub(crate) fn left(&self, offset: u64) -> u64 {
        self.promised.map_or(u64::MAX, |promised| promised.saturating_sub(offset))
    }

    /// A piece of the file. The inner error is the caller's: more than it promised.
    pub(crate) fn body(&mut self, offset: u64, chunk: Bytes) -> Result<Result<(), BodyFlaw>, Misuse> {
        let wanted = self.asked();
        if wanted != Some(offset) || chunk.is_empty() {
            return Err(Misuse::NotAsked { wanted, offset });
        }
        let end = offset + chunk.len() as u64;
        if let Some(promised) = self.promised.filter(|promised| end > *promised) {
            return Ok(Err(BodyFlaw::Length { promised, got: end }));
        }
        self.stage = Stage::Piece { offset: end, chunk };
        Ok(Ok(()))
    }

    /// The file ends here. The inner error is the caller's: less than it promised.
    pub(crate) fn body_end(&mut self) -> Result<Result<(), BodyFlaw>, Misuse> {
        let Some(got) = self.asked() else { return Err(Misuse::NotAsked { wanted: None, offset: 0 }) };
        if let Some(promised) = self.promised.filter(|promised| got != *promised) {
            return Ok(Err(BodyFlaw::Length { promised, got }));
        }
        self.stage = Stage::After;
        Ok(Ok(()))
    }

    /// The offset that the caller was asked for and has not given yet.
    pub(crate) fn asked(&self) -> Option<u64> {
        if let Stage::Asked { offset } = self.stage { Some(offset) } else { None }
    }

    pub(crate) fn is_unacknowledged(&self) -> bool {
        self.unacknowledged
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(before: &'static str, offset: u64, length: u64) -> Span {
        Span { before: Bytes::from_static(before.as_bytes()), offset, length }
    }

    /// All that is sent of a file whose byte at `n` is the letter `n`, at most `max` bytes at once; and what was written when
    /// it was all written.
    fn sent(sender: &mut Sender, max: usize) -> String {
        let mut sent = String::new();
        loop {
            match sender.next() {
                Next::Write(piece) => {
                    assert!(matches!(sender.next(), Next::Nothing), "one at a time");
                    sent.push_str(&format!("{}|", piece.escape_ascii()));
                    assert_eq!((sender.is_unacknowledged(), sender.wrote()), (true, Ok(())));
                    assert_eq!(sender.wrote(), Err(Misuse::NothingWritten));
                }
                Next::Feed(offset) => {
                    assert_eq!(sender.asked(), Some(offset));
                    let piece: Vec<u8> = (offset..).map(|n| b'a' + n as u8).take(sender.room(offset, max)).collect();
                    assert_eq!(sender.body(offset, piece.into()), Ok(Ok(())));
                }
                Next::Finish => return sent,
                Next::Nothing => panic!("it waits for nothing: {sent}"),
            }
            if sender.is_all_written() && !sent.contains('#') {
                sent.push('#');
            }
        }
    }

    #[test]
    fn spans_of_a_file_go_out_in_their_order_and_nothing_beyond_them_is_asked_for() {
        let spans = || vec![span("1:", 3, 4), span("", 0, 2), span("3:", 9, 1)];
        let body = |after: &'static str| OutgoingBody::Spans { spans: spans(), after: Bytes::from_static(after.as_bytes()) };
        assert_eq!(sent(&mut Sender::new(body("."), None), 3), "1:|def|g|ab|3:|j|.|#");
        assert_eq!(sent(&mut Sender::new(body(""), Some(99)), 99), "1:|defg|ab|3:|j|#");
        let none = OutgoingBody::Spans { spans: Vec::new(), after: Bytes::from_static(b".") };
        assert_eq!(sent(&mut Sender::new(none, None), 3), ".|#");
    }

    #[test]
    fn a_span_that_is_shorter_or_longer_than_it_said_is_told() {
        let mut sender = Sender::new(OutgoingBody::Spans { spans: vec![span("", 3, 4)], after: Bytes::new() }, None);
        assert!(matches!(sender.next(), Next::Feed(3)));
        assert_eq!((sender.room(3, 99), sender.room(3, 2), sender.left(5), sender.left(9)), (4, 2, 2, 0));
        let flaw = |got| Ok(Err(BodyFlaw::Length { promised: 7, got }));
        assert_eq!(sender.body(3, Bytes::from_static(b"defgh")), flaw(8));
        assert_eq!(sender.body_end(), flaw(3));
        assert_eq!(sender.body(4, Bytes::from_static(b"e")), Err(Misuse::NotAsked { wanted: Some(3), offset: 4 }));
    }

    #[test]
    fn a_stored_file_is_read_from_where_its_answer_begins() {
        let mut sender = Sender::reply(ReplyBody::File { offset: 5, length: 3 });
        assert_eq!(sent(&mut sender, 2), "fg|h|#");
        assert_eq!(sent(&mut Sender::reply(ReplyBody::File { offset: 5, length: 0 }), 2), "", "nothing is asked for");
        assert_eq!(sent(&mut Sender::reply(ReplyBody::Whole(Bytes::from_static(b"all"))), 2), "all|#");
    }

    #[test]
    fn a_file_is_all_written_only_with_what_stands_behind_it() {
        let file = |after: &'static str| OutgoingBody::File {
            before: Bytes::from_static(b"<"),
            after: Bytes::from_static(after.as_bytes()),
        };
        for (after, promised, is_all) in [("", Some(1), true), (">", Some(1), false), ("", Some(2), false), ("", None, false)] {
            let mut sender = Sender::new(file(after), promised);
            assert!(!sender.is_all_written());
            assert!(matches!(sender.next(), Next::Write(_)) && !sender.is_all_written());
            sender.wrote().unwrap();
            assert!(matches!(sender.next(), Next::Feed(0)) && !sender.is_all_written());
            sender.body(0, Bytes::from_static(b"a")).unwrap().unwrap();
            assert!(!sender.is_all_written());
            assert!(matches!(sender.next(), Next::Write(_)));
            assert_eq!(sender.is_all_written(), is_all, "{after} {promised:?}");
            sender.wrote().unwrap();
            // A file of known length is asked for once more, so that a longer one is noticed.
            assert!(matches!(sender.next(), Next::Feed(1)));
            assert_eq!(sender.is_all_written(), is_all, "{after} {promised:?}");
        }
    }
}
