//! One file, fetched in several ranges at once.

use std::io;
use std::sync::Arc;

use larder_proto_nvx::flow::{Ranges, Turn};
use larder_proto_nvx::transfer::Downloaded;
use tokio::task::JoinSet;

use super::range::{self, Came};
use super::transport::CallError;
use super::{Client, Error, Result, local};
use crate::both::nvx::checkpoint::Store;
use crate::both::nvx::total::Total;

impl Client {
    /// Fetches the ranges of a file into a local one, so many at once; what came is noted in the store, if there is one. What the
    /// service says of the file is returned.
    pub(super) async fn fetch_ranges(
        &self,
        mut ranges: Ranges,
        file: &Arc<std::fs::File>,
        at_once: usize,
        total: Total,
        store: Option<&Store>,
    ) -> Result<Downloaded> {
        ranges = ranges.on_host(self.settings().target.host());
        // Dropped, it ends what is under way.
        let mut running = JoinSet::<Came>::new();
        loop {
            if let Some((store, checkpoint)) = store.zip(ranges.take_checkpoint()) {
                local::keep(file, store, checkpoint.to_text()).await.map_err(Error::Write)?;
            }
            if running.len() < at_once {
                match ranges.turn() {
                    Turn::Fetch(fetch) => {
                        running.spawn(range::fetch(self.within(total), fetch, Arc::clone(file)));
                        continue;
                    }
                    Turn::Wait => {}
                    Turn::Done(head) => return Ok(head),
                    Turn::Failed(error) => return Err(error.into()),
                }
            }
            match running.join_next().await {
                Some(Ok((fetch, Ok(head)))) => ranges.came(&fetch, Ok(head)),
                Some(Ok((fetch, Err(CallError::Call(error))))) => ranges.came(&fetch, Err(error)),
                Some(Ok((_, Err(error)))) => return Err(error.into()),
                Some(Err(error)) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                Some(Err(_)) | None => return Err(super::Error::Write(io::ErrorKind::Interrupted.into())),
            }
        }
    }
}
