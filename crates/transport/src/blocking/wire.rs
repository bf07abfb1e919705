//! One exchange on the wire: a request body going out, an answer coming in, both at once on one thread.
//!
//! The socket never blocks; [`Socket::wait`] alone does, for whichever of the two comes first and no longer than the machine's
//! clocks say. So an early answer is seen while a body goes out, and a peer that reads nothing ends by the stall clock. What the
//! bytes mean is [`h1::Wire`]'s.

use std::io;
use std::time::Instant;

use bytes::Bytes;
use larder_core::wire::RequestHead;
use larder_core::{ExchangeId, Input, Length};

use super::cancel::Cancel;
use super::pool::{Line, Pool};
use super::socket::Socket;
use crate::h1;
use crate::idle::Origin;

/// The exchange that is open, if one is. Dropping it before its end closes the connection.
pub(super) struct Wire<'a> {
    pool: &'a Pool,
    http: h1::Wire,
    leads: Option<(Origin, Socket)>,
    /// Reading is worth a try before anything is waited for.
    may_have_come: bool,
    /// TLS cannot get rid of what it holds back. The peer may have answered before.
    is_deaf: bool,
}

impl<'a> Wire<'a> {
    pub(super) fn new(pool: &'a Pool) -> Self {
        Self { pool, http: h1::Wire::default(), leads: None, may_have_come: false, is_deaf: false }
    }

    /// Whether an exchange is open.
    pub(super) fn is_open(&self) -> bool {
        self.http.is_open()
    }

    /// Takes a connection that was kept and puts this head into it; or else, has one made by the next [`event`](Self::event).
    pub(super) fn open(&mut self, at: ExchangeId, head: RequestHead, length: Length) -> Option<Input> {
        self.abort();
        self.http.open(at, head, length);
        if let Some(origin) = self.http.wants().cloned()
            && let Some(line) = self.pool.take(&origin)
        {
            self.connected(origin, line);
        }
        self.next(false)
    }

    /// Sends this piece; what comes of it is said by [`event`](Self::event), unless that is clear at once.
    pub(super) fn write(&mut self, chunk: Bytes) -> Option<Input> {
        self.http.write(chunk);
        self.next(false)
    }

    /// The request is complete.
    pub(super) fn finish(&mut self) {
        self.http.finish();
    }

    /// Closes the connection.
    pub(super) fn abort(&mut self) {
        self.http.abort();
        self.leads = None;
    }

    /// The next event of the exchange, or nothing when none came before `until` or it is cancelled. Of the answer only if `peer`.
    pub(super) fn event(&mut self, peer: bool, until: Option<Instant>, cancels: &[Cancel]) -> Option<Input> {
        self.connect(until, cancels);
        loop {
            if let Some(input) = self.step(peer) {
                return Some(input);
            }
            let must_send = self.has_more();
            let (_, socket) = self.leads.as_ref()?;
            match socket.wait(peer, must_send, until, cancels) {
                Ok(ready) if !ready.read && !ready.write => return None,
                Ok(ready) => self.may_have_come |= ready.read,
                Err(error) => {
                    self.http.broke(&error);
                    return self.next(true);
                }
            }
        }
    }

    /// The same, of what is there already.
    pub(super) fn at_hand(&mut self, peer: bool) -> Option<Input> {
        self.may_have_come = true;
        self.step(peer)
    }

    /// Makes the connection, if that is still to be done.
    fn connect(&mut self, until: Option<Instant>, cancels: &[Cancel]) {
        let Some(origin) = self.http.wants().cloned() else { return };
        match self.pool.connect(&origin, until, cancels) {
            Ok(line) => self.connected(origin, line),
            Err(broken) => self.http.end_with(broken),
        }
    }

    fn connected(&mut self, origin: Origin, line: Line) {
        self.http.connected(line.http);
        (self.may_have_come, self.is_deaf) = (line.socket.may_hold_back(), false);
        self.leads = Some((origin, line.socket));
    }

    fn step(&mut self, peer: bool) -> Option<Input> {
        self.send();
        loop {
            let input = self.next(peer);
            if input.is_some() || !peer || !self.may_have_come {
                return input;
            }
            self.fill();
        }
    }

    /// Sends what can be sent without waiting.
    fn send(&mut self) {
        let Some((_, socket)) = &mut self.leads else { return };
        while self.http.send(|parts| socket.write(parts)) {}
        if !self.is_deaf {
            self.is_deaf = socket.flush().is_err_and(|error| error.kind() != io::ErrorKind::WouldBlock);
        }
    }

    fn has_more(&self) -> bool {
        let must_flush = self.leads.as_ref().is_some_and(|(_, socket)| socket.must_flush());
        self.http.has_more() || (must_flush && !self.is_deaf)
    }

    fn fill(&mut self) {
        self.may_have_come = false;
        let Some((_, socket)) = &mut self.leads else { return };
        let (wanted, mut came) = (self.http.wanted(), 0);
        self.http.receive(|room| {
            came = socket.read(room)?;
            Ok(came)
        });
        // Less than there was room for is all that there was.
        self.may_have_come = came > 0 && (came == wanted || socket.may_hold_back());
    }

    /// What is known already. After the end, the connection is kept if it can be used again, or else closed.
    fn next(&mut self, peer: bool) -> Option<Input> {
        let input = self.http.next(peer);
        if !self.http.is_open()
            && let Some((origin, socket)) = self.leads.take()
            && let Some(http) = self.http.kept().filter(|_| !socket.must_flush())
        {
            self.pool.put(origin, Line { socket, http });
        }
        input
    }
}
