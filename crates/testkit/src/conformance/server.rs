//! The server: it does what its acts say, on a thread for each connection.

use core::time::Duration;
use std::collections::VecDeque;
use std::io::{self, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use bytes::Bytes;
use larder_core::ExchangeId;

use super::request::{Head, Reader, wrong_file};
use super::script::{Act, On, Step};
use super::world::{Exchange, State, World};
use super::{Rule, content};

/// How long a step waits for something that the driver should bring about: longer than any scenario.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a machine waits for room before it is called stuck.
const STUCK: Duration = Duration::from_millis(50);

/// A server on a port of its own.
pub(super) struct Server {
    address: SocketAddr,
    house: Arc<House>,
    accepting: Option<JoinHandle<()>>,
}

struct House {
    world: Arc<World>,
    acts: Mutex<VecDeque<Act>>,
    /// The length of the file that is sent up.
    file: u64,
    open: Mutex<Vec<(usize, TcpStream)>>,
}

impl Server {
    pub(super) fn start(world: &Arc<World>, acts: Vec<Act>, file: u64) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let (world, acts) = (Arc::clone(world), Mutex::new(acts.into()));
        let house = Arc::new(House { world, acts, file, open: Mutex::new(Vec::new()) });
        let theirs = Arc::clone(&house);
        let accepting = std::thread::spawn(move || theirs.accept(&listener));
        Ok(Self { address, house, accepting: Some(accepting) })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

/// The scenario is over by then: whatever still waits, ends.
impl Drop for Server {
    fn drop(&mut self) {
        // Whoever accepts looks whether it is over.
        let _ = TcpStream::connect(self.address);
        self.house.close_all();
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
    }
}

impl House {
    fn accept(self: &Arc<Self>, listener: &TcpListener) {
        let mut threads = Vec::new();
        for (number, stream) in listener.incoming().enumerate() {
            let Ok(stream) = stream else { continue };
            if self.world.state().is_over {
                break;
            }
            self.world.change(|state| state.accepted += 1);
            self.world.log(format_args!("server: connection {number} accepted"));
            if let (Ok(ours), Ok(())) = (stream.try_clone(), stream.set_nodelay(true)) {
                self.open.lock().unwrap_or_else(PoisonError::into_inner).push((number, ours));
            }
            let house = Arc::clone(self);
            threads.push(std::thread::spawn(move || house.serve(number, stream)));
        }
        self.close_all();
        threads.into_iter().for_each(|thread| drop(thread.join()));
    }

    fn serve(&self, number: usize, stream: TcpStream) {
        let Ok(reading) = stream.try_clone() else { return };
        let mut visit = Visit { house: self, number, stream, reader: Reader::new(reading), at: None, before: None };
        let result = visit.run();
        let end = match result {
            Ok(()) => "the driver, or its end of the act, closed it".to_owned(),
            Err(error) => error.kind().to_string(),
        };
        visit.note_closed();
        self.world.log(format_args!("server: connection {number} is over: {end}"));
        // The clone that is kept for the end of the scenario would keep it open.
        let _ = visit.stream.shutdown(Shutdown::Both);
        self.open.lock().unwrap_or_else(PoisonError::into_inner).retain(|(other, _)| *other != number);
    }

    fn close_all(&self) {
        for (_, stream) in self.open.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// The next act, if it begins with this; after the last one, every request is answered well.
    fn act(&self, on: On) -> Option<Act> {
        let mut acts = self.acts.lock().unwrap_or_else(PoisonError::into_inner);
        match acts.front() {
            Some(act) if act.on == on => acts.pop_front(),
            None if on == On::Head => Some(Act::ok("beyond the script")),
            Some(_) | None => None,
        }
    }
}

/// One connection.
struct Visit<'a> {
    house: &'a House,
    number: usize,
    stream: TcpStream,
    reader: Reader<TcpStream>,
    at: Option<ExchangeId>,
    /// The exchange before this one on the same connection.
    before: Option<ExchangeId>,
}

impl Visit<'_> {
    fn run(&mut self) -> io::Result<()> {
        if let Some(act) = self.house.act(On::Accept)
            && !self.perform(&act, None)?
        {
            return Ok(());
        }
        while let Some(head) = self.reader.head()? {
            let Some(act) = self.house.act(On::Head) else { return Ok(()) };
            self.begin(&head, &act);
            if !self.perform(&act, Some(&head))? {
                return Ok(());
            }
        }
        Ok(())
    }

    fn begin(&mut self, head: &Head, act: &Act) {
        let (world, number) = (&self.house.world, self.number);
        self.before = self.at;
        self.at = head.field("x-exchange").and_then(|at| at.parse().ok()).map(ExchangeId);
        let Some(at) = self.at else {
            return world
                .found(Rule::Open, "a request came without a header field that the machine had put into its head".to_owned());
        };
        world.log(format_args!("server: connection {number} has the head of #{}", at.0));
        let host = self.stream.local_addr().map(|address| address.to_string()).unwrap_or_default();
        if let Some(flaw) = head.flaw(&host) {
            world.found(Rule::Open, format!("exchange #{}: {flaw}", at.0));
        }
        let before = self.before.and_then(|before| world.state().exchanges.get(&before).cloned());
        if let Some(before) = before {
            let (was, now) = (self.before.map_or(0, |at| at.0), at.0);
            if before.aborted.is_some() {
                let what = format!("exchange #{now} was sent over the connection of #{was}, after the `Abort` of that");
                world.found(Rule::Abort, what);
            } else if let Some(why) = before.spent {
                world.found(Rule::Reuse, format!("exchange #{now} was sent over the connection of #{was}, although {why}"));
            }
        }
        let bytes = self.reader.taken();
        let (ends, spent) = (act.ends, act.spent);
        world.change(|state| {
            if state.exchanges.contains_key(&at) {
                state.findings.push((Rule::Write, format!("the request of exchange #{} came twice", at.0)));
            }
            state.exchanges.insert(at, Exchange { connection: number, bytes, ends, spent, ..Exchange::default() });
        });
    }

    /// Does what an act says. Whether the connection goes on.
    fn perform(&mut self, act: &Act, head: Option<&Head>) -> io::Result<bool> {
        let last = act.steps.iter().rposition(Step::speaks);
        for (number, step) in act.steps.iter().enumerate() {
            match step {
                Step::Request => {
                    if let Some(head) = head
                        && !self.request(head)?
                    {
                        return Ok(false);
                    }
                }
                Step::Say(text) => self.say(text)?,
                Step::Drip(text) => {
                    let text = self.filled(text);
                    text.iter().try_for_each(|byte| self.write(&[*byte]))?;
                }
                Step::File(length) => self.file(*length)?,
                Step::Fields(length) => {
                    let field = format!("x-{}: {}\r\n", "f".repeat(20), "v".repeat(4000)).repeat(16);
                    let count = length / field.len() as u64;
                    (0..count).try_for_each(|_| self.write(field.as_bytes()))?;
                    self.house.world.found(Rule::Answer, format!("a head of {length} bytes was read to its end: bound it"));
                }
                Step::Until(is_so) => drop(self.house.world.until(PATIENCE, is_so)),
                Step::Stuck => self.stuck(),
                Step::Cancel(job) => {
                    let signal = self.house.world.state().jobs[*job].cancel.clone();
                    self.house.world.log(format_args!("server: the caller of job {job} cancels"));
                    signal.raise();
                }
                Step::GiveUp(job) => {
                    let signal = self.house.world.state().jobs[*job].give_up.clone();
                    self.house.world.log(format_args!("server: the caller of job {job} drops it"));
                    signal.raise();
                }
                Step::Hold => {
                    self.hold();
                    return Ok(false);
                }
                Step::Close => return Ok(false),
            }
            if last == Some(number) {
                self.answered();
            }
        }
        Ok(true)
    }

    /// The last byte of the answer is said.
    fn answered(&self) {
        let (at, world) = (self.at, &self.house.world);
        let time = world.time();
        world.change(|state| {
            if let Some(exchange) = at.and_then(|at| state.exchanges.get_mut(&at)) {
                exchange.answered = Some(time);
            }
        });
    }

    fn say(&mut self, text: &Bytes) -> io::Result<()> {
        let text = self.filled(text);
        self.write(&text)?;
        self.house.world.log(format_args!("server: connection {} says {} bytes", self.number, text.len()));
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)?;
        self.house.world.change(|state| state.said += 1);
        Ok(())
    }

    /// With the number of the exchange.
    fn filled(&self, text: &Bytes) -> Vec<u8> {
        let number = self.at.map_or(0, |at| at.0).to_string();
        let Some(at) = text.windows(3).position(|window| window == b"{x}") else { return text.to_vec() };
        [&text[..at], number.as_bytes(), &text[at + 3..]].concat()
    }

    fn file(&mut self, length: u64) -> io::Result<()> {
        let mut offset = 0;
        while offset < length {
            let piece = content::piece(offset, 64 << 10, length);
            self.write(&piece)?;
            offset += piece.len() as u64;
            self.house.world.change(|state| state.flooded = offset);
        }
        Ok(())
    }

    /// Reads the rest of a request. Whether it was whole.
    fn request(&mut self, head: &Head) -> io::Result<bool> {
        let (world, at) = (&self.house.world, self.at);
        let count = |bytes| {
            world.change(|state| {
                if let Some(exchange) = at.and_then(|at| state.exchanges.get_mut(&at)) {
                    exchange.bytes += bytes;
                    exchange.body += bytes;
                }
            });
        };
        let (body, is_all) = self.reader.body(head, count)?;
        let number = at.map_or(0, |at| at.0);
        if !is_all {
            world.log(format_args!("server: the request of #{number} broke off after {} bytes of its body", body.len()));
            return Ok(false);
        }
        world.log(format_args!("server: the request of #{number} is whole"));
        world.change(|state| {
            if let Some(exchange) = at.and_then(|at| state.exchanges.get_mut(&at)) {
                exchange.is_whole_request = true;
            }
        });
        if head.path() == "/Put"
            && let Some(what) = wrong_file(&body, self.house.file)
        {
            world.found(Rule::Write, format!("exchange #{number}: {what}"));
        }
        Ok(true)
    }

    /// Until a machine has waited for room for a while.
    fn stuck(&self) {
        let world = &self.house.world;
        let is_stuck = |now: Duration, state: &State| {
            let since = state.jobs.iter().find_map(|seat| seat.waiting?.room);
            since.is_some_and(|since| now.saturating_sub(since) > STUCK)
        };
        for _ in 0..200 {
            if world.until(STUCK, |state| is_stuck(world.time(), state)) {
                return;
            }
        }
    }

    /// Until the machine has given it up; then until the driver closes.
    fn hold(&mut self) {
        let at = self.at;
        self.house.world.until(PATIENCE, |state| {
            let is_aborted = at.and_then(|at| state.exchanges.get(&at)).is_some_and(|exchange| exchange.aborted.is_some());
            is_aborted || state.jobs.iter().any(|seat| seat.abandoned.is_some())
        });
        self.reader.drain();
    }

    fn note_closed(&self) {
        let time = self.house.world.time();
        let number = self.number;
        self.house.world.change(|state| {
            for exchange in state.exchanges.values_mut().filter(|exchange| exchange.connection == number) {
                exchange.closed.get_or_insert(time);
            }
        });
    }
}
