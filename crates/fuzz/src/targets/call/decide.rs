//! What the server and the caller do: a decision at a time, or as the answers say when there are none left.

use core::fmt::Debug;
use core::time::Duration;

use bytes::Bytes;
use larder_core::{Api, ClientMachine, ExchangeId, Failure, Input, Phase};

use super::drive::{FILE, Open, Run};
use crate::oracle::hides;
use crate::targets::message;

impl<'d, A: Api, M: ClientMachine<A, Answer: Debug> + Debug> Run<'d, A, M> {
    /// One decision. What cannot be done now is passed over.
    pub(super) fn decide(&mut self, what: u8, detail: u8) {
        match what {
            0 => self.answer(usize::from(detail) + 1),
            1 => self.flood(usize::from(detail) + 1),
            2 => self.feed(detail),
            3 => self.room(),
            4 => self.now = self.now + Duration::from_millis(u64::from(detail) * 700),
            5 => self.now = self.until.unwrap_or(self.now),
            6 => self.late(detail),
            _ => self.break_off(detail),
        }
    }

    /// All goes as the answers say.
    pub(super) fn go_on(&mut self) {
        let has_answer = self.open.as_ref().is_some_and(|open| open.answer.is_some() || open.has_head);
        if self.asked.is_some() {
            self.feed(31);
        } else if self.on.room {
            self.room();
        } else if self.on.peer && has_answer {
            let size = self.sizes.next();
            self.answer(size);
        } else if self.on.peer {
            self.fail(Phase::Send);
        } else if let Some(until) = self.until {
            self.now = until;
        } else {
            panic!("stands still: {:?}", self.machine);
        }
    }

    fn tell(&mut self, input: Input) {
        let shown = format!("{input:?}");
        if let Err(misuse) = self.machine.handle(input) {
            panic!("{shown}: {misuse}: {:?}", self.machine);
        }
        hides(&format!("{:?} {:?}", self.machine, self.shared));
    }

    /// The exchange that may be answered now.
    fn peer(&mut self) -> Option<&mut Open<'d>> {
        self.open.as_mut().filter(|open| self.on.peer && !open.is_over)
    }

    /// The head, the next piece, or the end.
    fn answer(&mut self, most: usize) {
        let Some(open) = self.peer() else { return };
        let at = open.at;
        if !open.has_head {
            let Some((head, _)) = open.answer.take() else { return };
            open.has_head = true;
            return self.tell(Input::Head { at, head });
        }
        if open.rest.is_empty() {
            open.is_over = true;
            self.asked = None;
            return self.tell(Input::End { at });
        }
        let (piece, rest) = open.rest.split_at(most.min(open.rest.len()));
        open.rest = rest;
        self.data(at, Bytes::copy_from_slice(piece));
    }

    /// So many KiB of nothing in particular.
    fn flood(&mut self, size: usize) {
        if let Some(at) = self.peer().filter(|open| open.has_head).map(|open| open.at) {
            self.data(at, vec![b'a'; size << 10].into());
        }
    }

    fn data(&mut self, at: ExchangeId, chunk: Bytes) {
        self.delivered += chunk.len() as u64;
        if let Some(open) = &mut self.open {
            open.came += chunk.len();
        }
        self.tell(Input::Data { at, chunk });
    }

    /// The caller's file: a piece, its end, or nothing any more.
    fn feed(&mut self, detail: u8) {
        let Some((offset, max)) = self.asked.take() else { return };
        let from = usize::try_from(offset).unwrap_or(usize::MAX).min(FILE.len());
        let piece = FILE[from..].chunks(max.min(usize::from(detail) + 1)).next();
        self.tell(match piece {
            _ if detail == 0 => Input::BodyGone,
            Some(chunk) if detail > 1 => Input::Body { offset, chunk: Bytes::from_static(chunk) },
            Some(_) | None => Input::BodyEnd,
        });
    }

    fn room(&mut self) {
        let at = self.open.as_ref().filter(|open| !open.is_over).map(|open| open.at);
        if let Some(at) = at.filter(|_| core::mem::take(&mut self.unacknowledged)) {
            self.tell(Input::Wrote { at });
        }
    }

    /// Word of an exchange that is over, which means nothing any more.
    fn late(&mut self, detail: u8) {
        let Some(at) = self.old else { return };
        let Some((head, _)) = message::response(b"HTTP/1.1 200 OK\r\n\r\n", "") else { return };
        self.tell(match detail % 5 {
            0 => Input::Wrote { at },
            1 => Input::Head { at, head },
            2 => Input::Data { at, chunk: "late".into() },
            3 => Input::End { at },
            _ => Input::Failed { at, failure: Failure::Reset, phase: Phase::Send, detail: None },
        });
    }

    fn break_off(&mut self, detail: u8) {
        match detail {
            0 => self.tell(Input::Cancel),
            1..=3 => self.fail(Phase::Connect),
            4..=9 => self.fail(Phase::Send),
            // The end, before its time.
            _ => {
                if let Some(open) = self.peer().filter(|open| open.has_head) {
                    open.rest = b"";
                    self.answer(0);
                }
            }
        }
    }

    fn fail(&mut self, phase: Phase) {
        let Some(open) = self.open.as_mut().filter(|open| !open.is_over) else { return };
        open.is_over = true;
        let at = open.at;
        self.asked = None;
        self.tell(Input::Failed { at, failure: Failure::Reset, phase, detail: None });
    }
}
