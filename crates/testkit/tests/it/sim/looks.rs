//! What whoever looks must have seen, and files that are replaced while they are fetched.

use larder_core::{Note, Operation, Verdict};
use larder_proto_nvx::Nvx;
use larder_proto_nvx::flow::Stored;
use larder_proto_nvx::imfs::GetPathInfo;
use larder_testkit::Ticket;

use super::calls::{Calls, World};
use super::oracle::{Place, There, Told, told};

impl Calls {
    /// An upload of a file that is nobody else's. Who saw it there tells no doubt, and who compares has compared.
    pub(super) fn uploads(&mut self, ticket: Ticket<Nvx, Stored>, verifies: bool, place: Place) {
        let number = ticket.number();
        self.check(move |world, oracle, tally| {
            let ended = ticket.outcome();
            oracle.hears(tally, ended.as_ref());
            let has_looked = has_looked(&world.history(number).notes);
            match &ended {
                Some(Ok(stored)) => {
                    tally.more("uploaded, found by a look", u64::from(stored.recovered));
                    if verifies && has_looked && !stored.verified {
                        return Err(format!("call {number} looked, and did not compare"));
                    }
                }
                Some(Err(error)) if has_looked && oracle.at(&place.path) == place.after => {
                    return Err(format!("call {number} saw its file, and told: {error}"));
                }
                Some(Err(_)) | None => {}
            }
            oracle.is_as_told(told(ended.as_ref()), &[place])
        });
    }

    /// When this call goes on where it broke, the file is another one.
    pub(super) fn meddle(&mut self, call: usize) {
        self.chore(move |world, calls| {
            let history = world.history(call);
            let resumes = history.notes.iter().any(|note| matches!(note, Note::Resuming { .. }));
            let is_running = history.ended.is_none();
            if resumes && is_running {
                calls.replace_shared(world);
            }
            !resumes && is_running
        });
    }

    /// Another file takes the shared one's place at once, by somebody for whom nothing goes wrong.
    pub(super) fn replace_shared(&mut self, world: &mut World) {
        let length = self.dice.within(0..=600);
        let content = self.dice.bytes(usize::try_from(length).unwrap());
        // Not while an upload to it is under way.
        if world.service.replace("in", "both.bin", &content) {
            world.service.tally.add("replaced meanwhile");
            self.versions.borrow_mut().push((There::File(content), Some(Told::Made)));
        }
    }
}

/// Whether the last thing that a call did was a look at something that was there.
fn has_looked(notes: &[Note]) -> bool {
    let last = notes.iter().rev().find_map(|note| if let Note::Attempted(attempted) = note { Some(attempted) } else { None });
    last.is_some_and(|last| last.operation.name == GetPathInfo::META.name && last.verdict == Verdict::Success)
}
