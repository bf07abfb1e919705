//! One file, fetched in several ranges at once, by threads that are gone when the method returns.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, mpsc};

use larder_proto_nvx::flow::{Fetch, Ranges, Turn};
use larder_proto_nvx::transfer::Downloaded;

use super::range::{self, Came};
use super::transport::{CallError, Cancel};
use super::{Client, Error, Result, local};
use crate::both::nvx::checkpoint::Store;
use crate::both::nvx::total::Total;

impl Client {
    /// Fetches the ranges of a file into a local one, so many at once; what came is noted in the store, if there is one. What the
    /// service says of the file is returned.
    pub(super) fn fetch_ranges(
        &self,
        mut ranges: Ranges,
        file: &Arc<File>,
        at_once: usize,
        total: Total,
        store: Option<&Store>,
    ) -> Result<Downloaded> {
        ranges = ranges.on_host(self.settings().target.host());
        // When one range decides that all is lost, nobody waits for the others.
        let cancel = Cancel::new().map_err(Error::Write)?;
        let client = self.clone().with_cancel(&cancel);
        let fetch = |fetch: Fetch| range::fetch(client.within(total), fetch, Arc::clone(file));
        std::thread::scope(|threads| {
            let (done, came) = mpsc::channel();
            let mut running = 0;
            let result = loop {
                if let Some((store, checkpoint)) = store.zip(ranges.take_checkpoint())
                    && let Err(error) = local::keep(file, store, &checkpoint.to_text())
                {
                    break Err(Error::Write(error));
                }
                if running < at_once {
                    match ranges.turn() {
                        // The first one is alone, and so is each if they are to come one by one.
                        Turn::Fetch(next) if running == 0 && (at_once == 1 || ranges.total().is_none()) => {
                            if let Err(error) = tell(&mut ranges, fetch(next)) {
                                break Err(error);
                            }
                            continue;
                        }
                        Turn::Fetch(next) => {
                            let (done, fetch) = (done.clone(), &fetch);
                            // The other end is there: it is in this very function.
                            threads.spawn(move || drop(done.send(catch_unwind(AssertUnwindSafe(|| fetch(next))))));
                            running += 1;
                            continue;
                        }
                        Turn::Wait => {}
                        Turn::Done(head) => break Ok(head),
                        Turn::Failed(error) => break Err(error.into()),
                    }
                }
                running -= 1;
                let told = match came.recv() {
                    Ok(Ok(came)) => tell(&mut ranges, came),
                    Ok(Err(panic)) => {
                        cancel.cancel();
                        resume_unwind(panic)
                    }
                    Err(error) => Err(Error::Write(std::io::Error::other(error))),
                };
                if let Err(error) = told {
                    break Err(error);
                }
            };
            cancel.cancel();
            result
        })
    }
}

/// Tells how a range went, unless that is the end of it all.
fn tell(ranges: &mut Ranges, (fetch, result): Came) -> Result<()> {
    match result {
        Ok(head) => ranges.came(&fetch, Ok(head)),
        Err(CallError::Call(error)) => ranges.came(&fetch, Err(error)),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
