//! Between a machine and the bytes of a connection: what drivers without an HTTP of their own put under their loop.

use std::fmt::Display;
use std::io::{self, IoSlice};

use bytes::Bytes;
use larder_core::wire::{RequestHead, ResponseHead};
use larder_core::{Action, ExchangeId, Failure, Input, Length, Phase};

use super::flow::Flow;
use super::{Connection, Event};
use crate::broken::Broken;
use crate::idle::Origin;

/// One exchange after the other: takes what a machine wants done with them, and says what became of it. It moves no byte by
/// itself, so it fits under any socket that can be read and written without waiting, or with a timeout.
///
/// ```no_run
/// # use std::net::TcpStream;
/// # use larder_core::{Action, ClientMachine, Api, Misuse, Shared, Time};
/// # use larder_transport::h1::Wire;
/// # fn one_round<A: Api, M: ClientMachine<A>>(call: &mut M, now: Time, shared: &mut Shared<A>, wire: &mut Wire,
/// #     tcp: &mut Option<TcpStream>) -> Result<(), Misuse> {
/// match wire.take(call.poll(now, shared)) {
///     None => {} // it was about an exchange
///     Some(Action::Wait { on, .. }) => {
///         if let Some(open) = wire.connect_plain(|to| TcpStream::connect((to.host(), to.port()))) {
///             *tcp = Some(open);
///         }
///         match (wire.next(on.peer), tcp) {
///             (Some(input), _) => call.handle(input)?,
///             (None, Some(tcp)) => drop(wire.pump(tcp, on.peer)), // waits here, no longer than until `until`
///             (None, None) => {} // there is no exchange: sleep until `until`
///         }
///     }
///     Some(_other) => {} // the caller's files, notes, the end
/// }
/// # Ok(())
/// # }
/// ```
///
/// Dropped, or when no exchange [is open](Self::is_open), the connection is to be closed, unless it is [kept](Self::kept): as soon
/// as the input was told, for the next `poll` may open another exchange.
///
/// With threads, number your connections: what it is given ([`received`](Self::received), [`broke`](Self::broke)) it takes for that of
/// the exchange that is open now. What an old connection still says must not be given to it.
#[derive(Debug, Default)]
pub struct Wire {
    open: Option<Open>,
    /// It broke: not said yet.
    failed: Option<Input>,
    kept: Option<Connection>,
}

#[derive(Debug)]
struct Open {
    at: ExchangeId,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// A connection to this place must be found first.
    Unconnected(Box<(Origin, RequestHead, Length)>),
    Connected(Box<Flow>),
}

impl Wire {
    /// Does what is about an exchange; hands everything else back.
    pub fn take<T, F>(&mut self, action: Action<T, F>) -> Option<Action<T, F>> {
        match action {
            Action::Open { at, head, length } => self.open(at, head, length),
            Action::Write { chunk, .. } => self.write(chunk),
            Action::Finish { .. } => self.finish(),
            Action::Abort { .. } => self.abort(),
            other @ (Action::Feed { .. } | Action::Data { .. } | Action::Note(_) | Action::Wait { .. } | Action::Done(_)) => {
                return Some(other);
            }
        }
        None
    }

    /// Begins an exchange. What it [wants](Self::wants) is a connection. Call [`kept`](Self::kept) before: it is forgotten now.
    pub fn open(&mut self, at: ExchangeId, head: RequestHead, length: Length) {
        (self.failed, self.kept) = (None, None);
        match Origin::of(head.0.uri()) {
            Some(origin) => {
                let stage = Stage::Unconnected(Box::new((origin, head, length)));
                self.open = Some(Open { at, stage });
            }
            None => self.end(at, Broken::new(Failure::Protocol, "the URI is not absolute"), Phase::Connect),
        }
    }

    /// A piece of the body is to go out. [`next`](Self::next) says when it has; of a small one, as soon as it is certain to go out
    /// with what is next, so that a small call is one packet.
    pub fn write(&mut self, chunk: Bytes) {
        let Some((at, flow)) = self.flow() else { return };
        if let Err(broken) = flow.write(chunk) {
            self.end(at, broken, Phase::Send);
        }
    }

    /// The body is complete.
    pub fn finish(&mut self) {
        if let Some((_, flow)) = self.flow() {
            flow.finish();
        }
    }

    /// The exchange is given up. Its connection must be closed.
    pub fn abort(&mut self) {
        *self = Self::default();
    }

    /// Where to connect to, while the exchange that is open has no connection. Then say [`connected`](Self::connected), or
    /// why there is none: [`broke`](Self::broke) or [`fail`](Self::fail).
    #[must_use]
    pub fn wants(&self) -> Option<&Origin> {
        match &self.open.as_ref()?.stage {
            Stage::Unconnected(wanted) => Some(&wanted.0),
            Stage::Connected(_) => None,
        }
    }

    /// Here is a connection to where it wants one: a new one, or one that was [kept](Self::kept), whose peer has not closed it
    /// as far as can be seen. The head is the first thing that it has to [send](Self::send).
    pub fn connected(&mut self, http: Connection) {
        let Some(Open { at, stage }) = &mut self.open else { return };
        let Stage::Unconnected(wanted) = stage else { return };
        let at = *at;
        match Flow::begin(http, &wanted.1, wanted.2) {
            Ok(flow) => *stage = Stage::Connected(Box::new(flow)),
            Err(broken) => self.end(at, broken, Phase::Connect),
        }
    }

    /// Lets `connect` make a connection in the clear, if one is wanted, and returns it. Where TLS is wanted the exchange fails.
    pub fn connect_plain<S>(&mut self, connect: impl FnOnce(&Origin) -> io::Result<S>) -> Option<S> {
        let origin = self.wants()?;
        let outcome = if origin.is_secure() { Err(io::ErrorKind::Unsupported.into()) } else { connect(origin) };
        self.opened_plain(outcome)
    }

    /// The same, of a connection that somebody else has tried to make.
    pub fn opened_plain<S>(&mut self, outcome: io::Result<S>) -> Option<S> {
        if self.wants()?.is_secure() {
            self.fail(Failure::Tls, "there is no TLS here");
            return None;
        }
        match outcome {
            Ok(open) => {
                self.connected(Connection::default());
                Some(open)
            }
            Err(error) => {
                self.broke(&error);
                None
            }
        }
    }

    /// Sends of what is to go out what one `write` takes: whether that was anything, so that a socket that never blocks is asked
    /// `while` it is. `WouldBlock`, `TimedOut` and `Interrupted` are nothing. After any other error nothing more is sent; but the
    /// peer may have answered before, so reading goes on.
    pub fn send(&mut self, write: impl FnOnce(&[IoSlice<'_>]) -> io::Result<usize>) -> bool {
        self.flow().is_some_and(|(_, flow)| flow.send(write))
    }

    /// Whether something is to go out: wait until the socket has room.
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.open.as_ref().is_some_and(|open| matches!(&open.stage, Stage::Connected(flow) if flow.has_more()))
    }

    /// Takes what has come, by one `read`: whether that was anything, be it an end or an error. Only when the machine waits for
    /// its peer and [`next`](Self::next) has nothing: that is the back-pressure. `WouldBlock`, `TimedOut` and `Interrupted` are
    /// nothing; after the end, nothing is read.
    pub fn receive(&mut self, read: impl FnOnce(&mut [u8]) -> io::Result<usize>) -> bool {
        self.flow().is_some_and(|(_, flow)| flow.receive(read))
    }

    /// One [`send`](Self::send); or, when nothing goes out and it waits for its `peer`, one [`receive`](Self::receive). Whether that
    /// was anything.
    pub fn pump(&mut self, socket: &mut (impl io::Read + io::Write), peer: bool) -> bool {
        self.send(|parts| socket.write_vectored(parts)) || (peer && self.receive(|room| socket.read(room)))
    }

    /// What has come over the connection of the exchange that is open, for sockets that are not asked but tell. Empty when the
    /// peer sends no more.
    pub fn received(&mut self, mut bytes: &[u8]) {
        let Some((_, flow)) = self.flow() else { return };
        while flow.receive(|room| io::Read::read(&mut bytes, room)) && !bytes.is_empty() {}
    }

    /// There is no connection, or it broke: what comes of that is said when all that came before has been said.
    pub fn broke(&mut self, error: &io::Error) {
        match &mut self.open {
            Some(Open { stage: Stage::Connected(flow), .. }) => flow.broke(error),
            Some(Open { stage: Stage::Unconnected(_), .. }) => self.end_with(Broken::connecting(error)),
            None => {}
        }
    }

    /// The same, for a reason that the driver knows better: a name that was not resolved, a certificate.
    pub fn fail(&mut self, failure: Failure, cause: impl Display) {
        self.end_with(Broken::new(failure, cause));
    }

    pub(crate) fn end_with(&mut self, broken: Broken) {
        if let Some(Open { at, stage }) = &self.open {
            let phase = if matches!(stage, Stage::Connected(flow) if flow.has_sent()) { Phase::Send } else { Phase::Connect };
            self.end(*at, broken, phase);
        }
    }

    /// What to tell the machine, if there is anything. Of the answer only if `peer`, as [`On::peer`](larder_core::On::peer) says.
    pub fn next(&mut self, peer: bool) -> Option<Input> {
        if let Some(failed) = self.failed.take() {
            return Some(failed);
        }
        let (at, flow) = self.flow()?;
        if flow.acknowledge() {
            return Some(Input::Wrote { at });
        }
        if flow.has_stirred() {
            return Some(Input::Connected { at });
        }
        match if peer { flow.event() } else { Ok(Event::NeedInput) } {
            Ok(Event::NeedInput) => None,
            Ok(Event::Head(head)) => Some(Input::Head { at, head: ResponseHead(head) }),
            Ok(Event::Data(chunk)) => Some(Input::Data { at, chunk }),
            Ok(Event::End) => {
                self.keep();
                Some(Input::End { at })
            }
            Err(broken) => {
                self.end_with(broken);
                self.failed.take()
            }
        }
    }

    /// Whether an exchange is open: its connection belongs to it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Once, after the end of an exchange and before the next [`open`](Self::open): that its connection can be used for another one to the same origin. A peer may close
    /// such a connection at any time, and a request that is lost to that is a reply lost: look whether it has, or do not keep it.
    pub fn kept(&mut self) -> Option<Connection> {
        self.kept.take()
    }

    /// How many bytes are worth reading at once.
    #[must_use]
    pub fn wanted(&self) -> usize {
        match &self.open {
            Some(Open { stage: Stage::Connected(flow), .. }) => flow.wanted(),
            _ => 0,
        }
    }

    fn flow(&mut self) -> Option<(ExchangeId, &mut Flow)> {
        match self.open.as_mut()? {
            Open { at, stage: Stage::Connected(flow) } => Some((*at, flow)),
            Open { stage: Stage::Unconnected(_), .. } => None,
        }
    }

    fn keep(&mut self) {
        if let Some(Open { stage: Stage::Connected(flow), .. }) = self.open.take() {
            self.kept = flow.into_reusable();
        }
    }

    fn end(&mut self, at: ExchangeId, broken: Broken, phase: Phase) {
        (self.open, self.failed) = (None, Some(broken.input(at, phase)));
    }
}
