//! Journals: no secret is in one, and each can be done again from its file alone.

mod every;
mod flaws;

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use larder_core::journal::{Recorded, Replayed, Unlike};
use larder_core::wire::ResponseHead;
use larder_core::{Action, Api, ClientMachine, Failure, Input, Phase, Shared, Time};
use larder_testkit::Canned;
use larder_testkit::sim::{Laws, Tally};

/// A journal that is being written.
#[derive(Clone, Default)]
pub(crate) struct File(Arc<Mutex<Vec<u8>>>);

impl File {
    pub(crate) fn record<A: Api, M: ClientMachine<A>>(&self, machine: M) -> Recorded<A, M> {
        let file = Arc::clone(&self.0);
        Recorded::new(machine, move |line: &[u8]| file.lock().unwrap().extend_from_slice(line))
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.bytes()).unwrap()
    }
}

/// From the file alone, of whichever API it is.
pub(crate) fn replay(bytes: &[u8]) -> Result<Replayed, Unlike> {
    match larder_proto_nvx::journal::replay(bytes) {
        Err(Unlike::OtherApi(_)) => larder_proto_e2::journal::replay(bytes),
        result => result,
    }
}

/// What a scenario has recorded: no secret is in it, and it can be done again.
pub(crate) fn are_discreet_and_done_again(journals: &[Vec<u8>], laws: &Laws, tally: &mut Tally) -> Result<(), String> {
    for journal in journals.iter().filter(|journal| !journal.is_empty()) {
        let text = String::from_utf8_lossy(journal);
        laws.is_discreet("a journal", &text)?;
        let replayed = replay(journal).map_err(|unlike| format!("a journal: {unlike}\n{text}"))?;
        tally.add("journals");
        tally.more("polls of journals", replayed.polls as u64);
    }
    Ok(())
}

/// What the peer does with an exchange; none breaks it.
pub(crate) type Peer<'p> = &'p mut dyn FnMut(usize) -> Option<Canned>;

/// Drives a machine by hand, with answers that are written already.
pub(crate) fn drive<A: Api, M: ClientMachine<A>>(mut machine: M, shared: &mut Shared<A>, split: usize, peer: Peer<'_>) -> bool {
    let (mut now, mut opened) = (Time::ZERO, 0);
    for _ in 0..10_000 {
        match machine.poll(now, shared) {
            Action::Open { at, .. } => {
                opened += 1;
                machine.handle(Input::Connected { at }).unwrap();
            }
            Action::Write { at, .. } => machine.handle(Input::Wrote { at }).unwrap(),
            Action::Finish { at } => match peer(opened - 1) {
                Some(Canned { head, body }) => {
                    machine.handle(Input::Head { at, head: ResponseHead(head) }).unwrap();
                    for piece in body.chunks(split.max(1)) {
                        machine.handle(Input::Data { at, chunk: Bytes::copy_from_slice(piece) }).unwrap();
                        // What is a file is handed on piece by piece.
                        if let Action::Done(_) = machine.poll(now, shared) {
                            return true;
                        }
                    }
                    machine.handle(Input::End { at }).unwrap();
                }
                None => {
                    let detail = Some("the peer has gone".into());
                    machine.handle(Input::Failed { at, failure: Failure::Reset, phase: Phase::Await, detail }).unwrap();
                }
            },
            Action::Feed { offset, .. } => {
                let file = Bytes::from_static(b"content of a file");
                let rest = file.slice(usize::try_from(offset).unwrap().min(file.len())..);
                let input = if rest.is_empty() { Input::BodyEnd } else { Input::Body { offset, chunk: rest } };
                machine.handle(input).unwrap();
            }
            Action::Abort { .. } | Action::Data { .. } | Action::Note(_) => {}
            Action::Wait { until, .. } => now = until.unwrap_or(now),
            Action::Done(result) => return result.is_ok(),
        }
    }
    panic!("no end");
}
