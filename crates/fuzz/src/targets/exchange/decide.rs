//! What client and embedder do: a decision at a time, or what is best when there are none left.

use core::time::Duration;

use bytes::Bytes;
use larder_core::{Failure, Machine, Told};

use super::answers::Served;
use super::drive::Run;
use crate::oracle::hides;

impl<A: Served> Run<'_, A> {
    /// One decision. What cannot be done now is passed over.
    pub(super) fn decide(&mut self, what: u8, detail: u8) {
        match what {
            0 => self.client(usize::from(detail) + 1),
            1 => self.flood(usize::from(detail) + 1),
            2 => self.embedder(detail),
            3 => self.room(),
            4 => self.now = self.now + Duration::from_millis(u64::from(detail) * 700),
            5 => self.now = self.until.unwrap_or(self.now),
            6 => self.illegal(detail),
            _ => self.break_off(detail),
        }
    }

    /// All goes well: the embedder does its part, then the client. What is left is to wait.
    pub(super) fn go_on(&mut self) {
        if self.identifying || self.asked.is_some() || self.serving && !self.wants_files {
            self.embedder(7);
        } else if self.on.room {
            self.room();
        } else if self.on.peer && !self.has_ended {
            let size = self.sizes.next();
            self.client(size);
        } else if let Some(until) = self.until {
            self.now = until;
        } else {
            panic!("stands still: {:?}", self.machine);
        }
    }

    fn tell(&mut self, told: Told<A>) {
        if let Err(misuse) = self.machine.handle(told) {
            panic!("{misuse}: {:?}", self.machine);
        }
        hides(&format!("{:?}", self.machine));
    }

    /// The client sends the next piece, or the end.
    fn client(&mut self, most: usize) {
        if !self.on.peer || self.has_ended {
            return;
        }
        if self.body.is_empty() {
            self.has_ended = true;
            return self.tell(Told::End);
        }
        let (piece, rest) = self.body.split_at(most.min(self.body.len()));
        self.body = rest;
        self.data(Bytes::copy_from_slice(piece));
    }

    /// The client sends so many KiB of nothing in particular.
    fn flood(&mut self, size: usize) {
        if self.on.peer && !self.has_ended {
            self.data(vec![b'a'; size << 10].into());
        }
    }

    fn data(&mut self, piece: Bytes) {
        self.delivered += piece.len() as u64;
        self.tell(Told::Data(piece));
    }

    fn embedder(&mut self, detail: u8) {
        if self.identifying {
            self.identifying = false;
            self.tell(if detail == 31 { Told::Refused(A::refusal()) } else { Told::Identified });
        } else if let Some((offset, max)) = self.asked.take() {
            let chunk = vec![0; max.min(usize::from(detail) + 1)].into();
            self.tell(if detail == 31 { Told::BodyGone } else { Told::Body { offset, chunk } });
        } else if self.serving {
            (self.serving, self.wants_files) = (false, false);
            self.tell(Told::Reply(A::come_to(self.kind(), detail)));
        }
    }

    fn room(&mut self) {
        if core::mem::take(&mut self.unacknowledged) {
            self.tell(Told::Wrote);
        }
    }

    /// What the embedder must not say now: it is told so, and nothing has changed.
    fn illegal(&mut self, detail: u8) {
        let told = match detail % 5 {
            0 if !self.unacknowledged => Told::Wrote,
            1 if !self.identifying => Told::Identified,
            2 if !self.serving => Told::Reply(
                A::come_to(self.kind(), detail).or_else(|no| if self.is_reading { A::come_to(self.kind(), 7) } else { Err(no) }),
            ),
            3 if self.asked.is_none() => Told::Body { offset: u64::from(detail), chunk: "x".into() },
            4 if self.asked.is_none() => Told::BodyGone,
            _ => return,
        };
        let before = format!("{:?}", self.machine);
        assert!(self.machine.handle(told).is_err(), "not refused: {before}");
        assert_eq!(format!("{:?}", self.machine), before, "a misuse has changed it");
    }

    /// The client goes away, or ends before its time.
    fn break_off(&mut self, detail: u8) {
        if detail == 0 {
            self.tell(Told::Failed(Failure::Reset));
        } else if self.on.peer && !self.has_ended && detail < 4 {
            self.has_ended = true;
            self.tell(Told::End);
        } else if self.on.peer && self.is_reading && detail < 6 {
            // There is no room for the request.
            self.tell(Told::Reply(Err(A::refusal())));
        } else if self.on.peer && !self.has_ended {
            self.tell(Told::Data(Bytes::new()));
        }
    }
}
