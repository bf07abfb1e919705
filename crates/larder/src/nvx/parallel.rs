//! One file, fetched in several ranges at once.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use larder_core::{ContentFlaw, Error as CoreError, ErrorKind, Operation, Settings};
use larder_proto_nvx::flow::{Fetch, Ranges, Turn};
use larder_proto_nvx::transfer::{Download, Downloaded};
use larder_proto_nvx::{Fault, Nvx};
use larder_transport::client::{CallError, Positioned, Sink};
use tokio::task::JoinSet;

use super::{Client, Result};

type Came = (Fetch, core::result::Result<Downloaded, CallError<Fault>>);

impl Client {
    /// Fetches a file into a local one, so many ranges of so many bytes at once. What the service says of the file is returned.
    pub(super) async fn fetch_ranges(
        &self,
        download: Download,
        file: &Arc<std::fs::File>,
        at_once: usize,
        size: u64,
    ) -> Result<Downloaded> {
        let mut ranges = Ranges::new(download, size);
        // Dropped, it ends what is under way.
        let mut running = JoinSet::<Came>::new();
        loop {
            if running.len() < at_once {
                match ranges.next() {
                    Turn::Fetch(fetch) => {
                        running.spawn(one(self.clone(), fetch, Arc::clone(file)));
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

/// Fetches one range to its place.
async fn one(client: Client, fetch: Fetch, file: Arc<std::fs::File>) -> Came {
    let inner = Positioned::new(file, fetch.offset);
    let mut sink = Bounded { inner, length: fetch.length, is_beyond: false };
    let settings: Settings<Nvx> = client.settings().clone();
    let host = settings.target.host().to_owned();
    let result = client.transport().download(fetch.operation.clone(), settings, &mut sink).await;
    let result = if sink.is_beyond {
        // More than the range: it is the whole file, and another one.
        let kind = ErrorKind::Content(ContentFlaw::Changed);
        Err(CallError::Call(Box::new(CoreError::new(kind, Download::META, host))))
    } else {
        result
    };
    (fetch, result)
}

/// A place in the file that is so long and no longer.
struct Bounded {
    inner: Positioned,
    length: Option<u64>,
    is_beyond: bool,
}

impl Sink for Bounded {
    async fn write(&mut self, offset: u64, chunk: Bytes) -> io::Result<()> {
        if self.length.is_some_and(|length| offset + chunk.len() as u64 > length) {
            self.is_beyond = true;
            return Err(io::ErrorKind::InvalidData.into());
        }
        self.inner.write(offset, chunk).await
    }
}
