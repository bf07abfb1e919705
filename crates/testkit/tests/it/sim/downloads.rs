//! Files on their way out: whole, in part, in several parts at once.

use std::cell::RefCell;
use std::rc::Rc;

use larder_core::{Call, ContentFlaw, Error, ErrorKind, Operation, Settings};
use larder_proto_nvx::Nvx;
use larder_proto_nvx::flow::{DownloadFile, Fetch, Fetched, Ranges, Turn};
use larder_proto_nvx::transfer::{Download, Downloaded};
use larder_proto_nvx::values::ByteRange;
use larder_testkit::{Ended, Source, Ticket};

use super::calls::{Calls, SHARED, World};
use super::oracle::There;
use crate::nvx::parse;

/// Calls at once of one file in ranges.
const AT_ONCE: usize = 4;

impl Calls {
    /// The shared file, or a part of it.
    pub(super) fn download(&mut self, world: &mut World, client: usize) {
        let range = self.dice.one_in(3).then(|| self.part());
        let download = Download { range, ..Download::new(parse(SHARED)) };
        if self.dice.one_in(2) {
            let ticket = self.say(world, client, download);
            return self.fetches(ticket, |head: &Downloaded| (head.clone(), false));
        }
        let settings = self.settings();
        let clocks = settings.clocks;
        let ticket = self.start(world, client, DownloadFile::new(download, true, settings), clocks, Source::default());
        self.fetches(ticket, |fetched: &Fetched| (fetched.head.clone(), fetched.verified));
    }

    fn part(&mut self) -> ByteRange {
        let first = self.dice.within(0..=400);
        match self.dice.within(0..=2) {
            0 => ByteRange::Between { first, last: first + self.dice.within(0..=400) },
            1 => ByteRange::From(first),
            _ => ByteRange::Last(first),
        }
    }

    /// What was fetched is what the head says of what the file was at some time.
    fn fetches<T: 'static>(&mut self, ticket: Ticket<Nvx, T>, said: fn(&T) -> (Downloaded, bool)) {
        if self.dice.one_in(4) {
            self.meddle(ticket.number());
        }
        let versions = Rc::clone(&self.versions);
        self.check(move |world, oracle, tally| {
            let ended = ticket.outcome();
            oracle.hears(tally, ended.as_ref());
            if let Some(Err(error)) = &ended
                && matches!(error.kind, ErrorKind::Content(ContentFlaw::Changed))
                && versions.borrow().len() == 1
            {
                return Err(format!("call {} says that a file has changed that nobody has touched", ticket.number()));
            }
            let Some(Ok(answer)) = ended else { return Ok(()) };
            let (head, verified) = said(&answer);
            let bytes = world.received(&ticket);
            tally.more("fetched a part", u64::from(head.is_part()));
            tally.more("fetched, verified", u64::from(verified));
            if versions.borrow().iter().any(|(version, _)| is_of(version, bytes, &head, verified)) {
                return Ok(());
            }
            let (number, length) = (ticket.number(), bytes.len());
            Err(format!("call {number} fetched what the file never was: {length} bytes, {head:?}, verified: {verified}"))
        });
    }

    /// The shared file in ranges, several at once, as a driver fetches it.
    pub(super) fn fetch_ranges(&mut self, world: &mut World, client: usize) {
        let (size, settings) = (self.dice.within(50..=3_000), self.settings());
        let came = Rc::new(RefCell::new(Came::default()));
        let ranges = Ranges::new(Download::new(parse(SHARED)), size);
        let (open, file, meddles) = (Vec::new(), Vec::new(), self.dice.one_in(3));
        let mut parallel = Parallel { ranges, client, settings, open, file, meddles, came: Rc::clone(&came) };
        parallel.go_on(world, self);
        self.chore(move |world, calls| parallel.go_on(world, calls));
        let versions = Rc::clone(&self.versions);
        self.check(move |_, oracle, tally| {
            let Came { ended, whole } = came.take();
            ended.iter().for_each(|ended| oracle.hears(tally, ended.as_ref()));
            let Some((head, file)) = whole else { return Ok(()) };
            tally.add("assembled of ranges");
            let is_cut = head.total.is_none();
            let is = |version: &There| is_of(version, &file, &Downloaded { length: head.total, ..head.clone() }, !is_cut);
            if versions.borrow().iter().any(|(version, _)| is(version)) {
                return Ok(());
            }
            Err(format!("of ranges came what the file never was: {} bytes, {head:?}", file.len()))
        });
    }
}

/// Whether this is what the head says of this version. Of a file that ends with its connection nobody knows where it ends,
/// unless its MD5 was compared.
fn is_of(version: &There, bytes: &[u8], head: &Downloaded, verified: bool) -> bool {
    let There::File(file) = version else { return false };
    let Some(rest) = usize::try_from(head.offset).ok().and_then(|offset| file.get(offset..)) else { return false };
    let is_all = match head.length {
        Some(length) => bytes.len() as u64 == length,
        None => !verified || bytes.len() == rest.len(),
    };
    let is_that_long = head.total.is_none_or(|total| total == file.len() as u64);
    rest.starts_with(bytes) && is_all && is_that_long && (!verified || bytes.len() == file.len())
}

/// What came of a file in ranges: how its calls ended, and all of it if there was nothing wrong.
#[derive(Default)]
struct Came {
    ended: Vec<Option<Ended<Nvx, Downloaded>>>,
    whole: Option<(Downloaded, Vec<u8>)>,
}

/// A driver that fetches a file in ranges.
struct Parallel {
    ranges: Ranges,
    client: usize,
    settings: Settings<Nvx>,
    open: Vec<(Fetch, Ticket<Nvx, Downloaded>)>,
    file: Vec<u8>,
    /// Whether the file is replaced once the first of it is here.
    meddles: bool,
    came: Rc<RefCell<Came>>,
}

impl Parallel {
    /// Takes what has come, and asks for more; false when there is no more to be done.
    fn go_on(&mut self, world: &mut World, calls: &mut Calls) -> bool {
        for (fetch, ticket) in core::mem::take(&mut self.open) {
            let length = world.received(&ticket).len() as u64;
            let is_beyond = fetch.length.is_some_and(|most| length > most);
            if is_beyond {
                world.abandon(&ticket);
            } else if world.history(ticket.number()).ended.is_none() {
                self.open.push((fetch, ticket));
                continue;
            }
            let ended = ticket.outcome();
            let result = match &ended {
                _ if is_beyond => Err(Box::new(Error::new(ErrorKind::Content(ContentFlaw::Changed), Download::META, ""))),
                Some(result) => result.clone(),
                // It was dropped, and its driver with it.
                None => return self.drop_all(world),
            };
            self.write(&fetch, world.received(&ticket));
            self.came.borrow_mut().ended.push(ended);
            self.ranges.came(&fetch, result);
        }
        if self.ranges.total().is_some() && core::mem::take(&mut self.meddles) {
            calls.replace_shared(world);
        }
        self.ask(world, calls)
    }

    fn write(&mut self, fetch: &Fetch, bytes: &[u8]) {
        let most = fetch.length.map_or(bytes.len(), |length| usize::try_from(length).unwrap().min(bytes.len()));
        let at = usize::try_from(fetch.offset).unwrap();
        self.file.resize(self.file.len().max(at + most), 0);
        self.file[at..at + most].copy_from_slice(&bytes[..most]);
    }

    fn ask(&mut self, world: &mut World, calls: &mut Calls) -> bool {
        while self.open.len() < AT_ONCE {
            match self.ranges.turn() {
                Turn::Fetch(fetch) => {
                    let (settings, clocks) = (self.settings.clone(), self.settings.clocks);
                    let call = Call::new(fetch.operation.clone(), settings);
                    let ticket = calls.start(world, self.client, call, clocks, Source::default());
                    self.open.push((fetch, ticket));
                }
                Turn::Wait => {
                    assert!(!self.open.is_empty(), "a file in ranges waits for nothing");
                    return true;
                }
                Turn::Done(head) => {
                    assert!(self.open.is_empty(), "a file in ranges is done before its calls are");
                    let total = head.total.map_or(self.file.len(), |total| usize::try_from(total).unwrap());
                    self.file.truncate(total);
                    self.came.borrow_mut().whole = Some((head, core::mem::take(&mut self.file)));
                    return false;
                }
                Turn::Failed(_) => return self.drop_all(world),
            }
        }
        true
    }

    /// What is under way is of no further use.
    fn drop_all(&mut self, world: &mut World) -> bool {
        for (_, ticket) in self.open.drain(..) {
            world.abandon(&ticket);
            self.came.borrow_mut().ended.push(ticket.outcome());
        }
        false
    }
}
