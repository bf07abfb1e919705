//! What moves over a connection during one exchange.

use core::fmt;
use std::io::{self, IoSlice};

use bytes::{Buf, Bytes, BytesMut};
use larder_core::wire::RequestHead;
use larder_core::{Failure, Length};

use super::{Connection, Event, Flaw};
use crate::broken::Broken;

/// Pieces up to this size are copied to what goes out with the next write: a small call is one packet.
const SMALL: usize = 16 << 10;

/// One exchange on its connection.
pub(super) struct Flow {
    http: Connection,
    /// What goes out: this,
    front: BytesMut,
    /// then this piece, which is not copied,
    piece: Bytes,
    /// then its end.
    back: &'static [u8],
    /// A piece was taken, and nobody was told yet.
    is_unacknowledged: bool,
    /// There is a sign of life that nobody was told of.
    has_stirred: bool,
    has_sent: bool,
    /// The peer takes no more. It may have answered before.
    is_deaf: bool,
    /// Nothing more comes.
    break_off: Option<Break>,
}

/// How a connection ends, other than by its end.
enum Break {
    /// Without saying so.
    Cut,
    Error(Broken),
}

impl Flow {
    /// Puts a head on its way.
    pub(super) fn begin(mut http: Connection, head: &RequestHead, length: Length) -> Result<Self, Broken> {
        let mut front = BytesMut::new();
        http.send(&head.0, length, &mut front).map_err(|error| Broken::new(Failure::Protocol, error))?;
        Ok(Self {
            http,
            front,
            piece: Bytes::new(),
            back: b"",
            is_unacknowledged: false,
            has_stirred: true,
            has_sent: false,
            is_deaf: false,
            break_off: None,
        })
    }

    /// Whether the peer may have anything of the request.
    pub(super) fn has_sent(&self) -> bool {
        self.has_sent
    }

    /// Puts a piece of the body on its way.
    pub(super) fn write(&mut self, piece: Bytes) -> Result<(), Broken> {
        let back = self.http.frame(piece.len(), &mut self.front).map_err(|error| Broken::new(Failure::Protocol, error))?;
        self.is_unacknowledged = true;
        if self.front.len() + piece.len() <= SMALL {
            self.front.extend_from_slice(&piece);
            self.front.extend_from_slice(back);
        } else {
            (self.piece, self.back) = (piece, back);
        }
        Ok(())
    }

    /// There is no more.
    pub(super) fn finish(&mut self) {
        // The core keeps to the length that it promised. If it did not, the peer would wait, and the clocks run.
        let is_whole = self.http.finish(&mut self.front);
        debug_assert!(is_whole.is_ok(), "{is_whole:?}");
    }

    /// Whether something is to go out.
    pub(super) fn has_more(&self) -> bool {
        !self.is_deaf && (!self.front.is_empty() || self.has_piece())
    }

    fn has_piece(&self) -> bool {
        !self.piece.is_empty() || !self.back.is_empty()
    }

    /// Sends what is taken at once.
    pub(super) fn send(&mut self, write: impl FnOnce(&[IoSlice<'_>]) -> io::Result<usize>) -> bool {
        if !self.has_more() {
            return false;
        }
        let parts = [IoSlice::new(&self.front), IoSlice::new(&self.piece), IoSlice::new(self.back)];
        match write(&parts) {
            Ok(count) if count > 0 => self.sent(count),
            Err(error) if is_nothing(&error) => return false,
            Ok(_) | Err(_) => self.is_deaf = true,
        }
        !self.is_deaf
    }

    fn sent(&mut self, mut count: usize) {
        self.has_sent = true;
        self.has_stirred |= self.has_piece();
        for part in [&mut self.front as &mut dyn Buf, &mut self.piece, &mut self.back] {
            let taken = count.min(part.remaining());
            part.advance(taken);
            count -= taken;
        }
    }

    /// Whether there is a sign of life that nobody was told of yet.
    pub(super) fn has_stirred(&mut self) -> bool {
        core::mem::take(&mut self.has_stirred)
    }

    /// Whether a piece has gone out, or is small and will with what is next, and nobody was told of it yet.
    pub(super) fn acknowledge(&mut self) -> bool {
        let is_taken = self.is_unacknowledged && !self.is_deaf && !self.has_piece();
        if is_taken {
            (self.is_unacknowledged, self.has_stirred) = (false, false);
        }
        is_taken
    }

    /// How many bytes are worth reading at once.
    pub(super) fn wanted(&self) -> usize {
        self.http.wanted()
    }

    /// Takes what has come.
    pub(super) fn receive(&mut self, read: impl FnOnce(&mut [u8]) -> io::Result<usize>) -> bool {
        if self.break_off.is_some() || self.http.is_ended() {
            return false;
        }
        let wanted = self.wanted();
        match self.http.fill(wanted, read) {
            Ok(_) => true,
            Err(error) if is_nothing(&error) => false,
            Err(error) => {
                self.broke(&error);
                true
            }
        }
    }

    /// The connection broke; what came before is still to be read.
    pub(super) fn broke(&mut self, error: &io::Error) {
        let is_nonsense = error.kind() == io::ErrorKind::InvalidData;
        self.break_off.get_or_insert_with(|| {
            if error.kind() == io::ErrorKind::UnexpectedEof {
                return Break::Cut;
            }
            Break::Error(Broken::new(if is_nonsense { Failure::Protocol } else { Failure::Reset }, error))
        });
    }

    /// The next event of the answer, of what has come.
    pub(super) fn event(&mut self) -> Result<Event, Broken> {
        let event = self.http.event().map_err(of_flaw)?;
        match self.break_off.take_if(|_| matches!(event, Event::NeedInput)) {
            None => Ok(event),
            Some(Break::Cut) => Err(of_flaw(self.http.cut_off())),
            Some(Break::Error(broken)) => Err(broken),
        }
    }

    /// Its connection, if it can be used for another exchange.
    pub(super) fn into_reusable(self) -> Option<Connection> {
        let can_be_reused = self.http.can_be_reused() && !self.has_more() && !self.is_deaf && self.break_off.is_none();
        can_be_reused.then_some(self.http)
    }
}

/// Whether a socket says that there is nothing to do now. One with a timeout says either.
fn is_nothing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted)
}

fn of_flaw(flaw: Flaw) -> Broken {
    let failure = if flaw == Flaw::Closed {
        Failure::Reset
    } else if flaw == Flaw::Truncated {
        Failure::Truncated
    } else {
        Failure::Protocol
    };
    Broken::new(failure, flaw)
}

/// Without content.
impl fmt::Debug for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = self.front.len() + self.piece.len() + self.back.len();
        f.debug_struct("Flow").field("http", &self.http).field("left", &left).finish_non_exhaustive()
    }
}
