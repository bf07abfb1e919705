//! What moves over a connection during one exchange.

use std::io::{self, IoSlice};
use std::time::Instant;

use bytes::{Buf, Bytes, BytesMut};
use larder_core::wire::RequestHead;
use larder_core::{Failure, Length};

use super::cancel::Cancel;
use super::pool::Line;
use crate::broken::Broken;
use crate::h1::{Event, Flaw};

/// Pieces up to this size are copied to what goes out with the next write: a small call is one packet.
const SMALL: usize = 16 << 10;

/// One exchange on its connection.
pub(super) struct Flow {
    line: Line,
    /// What goes out: this,
    front: BytesMut,
    /// then this piece, which is not copied,
    piece: Bytes,
    /// then its end.
    back: &'static [u8],
    /// The piece is on its way, and nobody was told yet that it was taken.
    is_unacknowledged: bool,
    has_sent: bool,
    /// The peer takes no more. It may have answered before.
    is_deaf: bool,
    /// Reading is worth a try before anything is waited for.
    may_have_come: bool,
}

impl Flow {
    /// Puts a head on its way.
    pub(super) fn begin(line: Line, head: &RequestHead, length: Length) -> Result<Box<Self>, Broken> {
        let mut flow = Box::new(Self {
            may_have_come: line.socket.may_hold_back(),
            line,
            front: BytesMut::new(),
            piece: Bytes::new(),
            back: b"",
            is_unacknowledged: false,
            has_sent: false,
            is_deaf: false,
        });
        flow.line.http.send(&head.0, length, &mut flow.front).map_err(|error| Broken::new(Failure::Protocol, error))?;
        Ok(flow)
    }

    /// Whether the peer may have anything of the request.
    pub(super) fn has_sent(&self) -> bool {
        self.has_sent
    }

    /// Puts a piece of the body on its way. Whether it is taken at once.
    pub(super) fn write(&mut self, piece: Bytes) -> Result<bool, Broken> {
        let back = self.line.http.frame(piece.len(), &mut self.front).map_err(|error| Broken::new(Failure::Protocol, error))?;
        let is_small = self.front.len() + piece.len() <= SMALL;
        if is_small {
            self.front.extend_from_slice(&piece);
            self.front.extend_from_slice(back);
        } else {
            (self.piece, self.back, self.is_unacknowledged) = (piece, back, true);
        }
        Ok(is_small)
    }

    /// There is no more.
    pub(super) fn finish(&mut self) {
        // The core keeps to the length that it promised. If it did not, the peer would wait, and the clocks run.
        let is_whole = self.line.http.finish(&mut self.front);
        debug_assert!(is_whole.is_ok(), "{is_whole:?}");
    }

    /// Whether the kernel has not taken all that goes out.
    fn has_more(&self) -> bool {
        let is_out = self.front.is_empty() && self.piece.is_empty() && self.back.is_empty();
        !self.is_deaf && (!is_out || self.line.socket.must_flush())
    }

    /// Sends what can be sent without waiting.
    pub(super) fn send(&mut self) {
        while self.has_more() {
            match self.send_some() {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(_) => self.is_deaf = true,
            }
        }
    }

    fn send_some(&mut self) -> io::Result<()> {
        if self.front.is_empty() && self.piece.is_empty() && self.back.is_empty() {
            return self.line.socket.flush();
        }
        let parts = [IoSlice::new(&self.front), IoSlice::new(&self.piece), IoSlice::new(self.back)];
        let mut count = self.line.socket.write(&parts)?;
        if count == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        self.has_sent = true;
        for part in [&mut self.front as &mut dyn Buf, &mut self.piece, &mut self.back] {
            let taken = count.min(part.remaining());
            part.advance(taken);
            count -= taken;
        }
        Ok(())
    }

    /// Whether the piece has gone out, and nobody was told of it yet.
    pub(super) fn acknowledge(&mut self) -> bool {
        let is_taken = self.is_unacknowledged && !self.is_deaf && !self.has_more();
        self.is_unacknowledged &= !is_taken;
        is_taken
    }

    /// The next [`receive`](Self::receive) looks whether something has come.
    pub(super) fn look(&mut self) {
        self.may_have_come = true;
    }

    /// The next event of the answer, of what has come.
    pub(super) fn receive(&mut self) -> Result<Event, Broken> {
        loop {
            let event = self.line.http.event().map_err(of_flaw)?;
            if !matches!(event, Event::NeedInput) || !self.may_have_come {
                return Ok(event);
            }
            self.fill()?;
        }
    }

    fn fill(&mut self) -> Result<(), Broken> {
        let (socket, wanted) = (&mut self.line.socket, self.line.http.wanted());
        match self.line.http.fill(wanted, |room| socket.read(room)) {
            // Less than there was room for is all that there was.
            Ok(count) => self.may_have_come = count == wanted || (count > 0 && socket.may_hold_back()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.may_have_come = false,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(of_flaw(self.line.http.cut_off())),
            Err(error) => {
                let is_nonsense = error.kind() == io::ErrorKind::InvalidData;
                return Err(Broken::new(if is_nonsense { Failure::Protocol } else { Failure::Reset }, error));
            }
        }
        Ok(())
    }

    /// Waits until something can be sent, or received if `peer`; false at `until`, or when it is cancelled.
    pub(super) fn wait(&mut self, peer: bool, until: Option<Instant>, cancels: &[Cancel]) -> Result<bool, Broken> {
        let ready = self.line.socket.wait(peer, self.has_more(), until, cancels);
        let ready = ready.map_err(|error| Broken::new(Failure::Reset, error))?;
        self.may_have_come |= ready.read;
        Ok(ready.read || ready.write)
    }

    /// Its connection, if it can be used for another exchange.
    pub(super) fn into_reusable(self) -> Option<Line> {
        let can_be_reused = self.line.http.can_be_reused() && !self.has_more() && !self.is_deaf;
        can_be_reused.then_some(self.line)
    }
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
