//! One range of a file that is fetched in several at once.

macro_rules! range {
    ([$($async:tt)*] [$($await:tt)*]) => {
        mod range {
            use std::io;
            use std::sync::Arc;

            use bytes::Bytes;
            use larder_core::{ContentFlaw, Error as CoreError, ErrorKind, Operation};
            use larder_proto_nvx::Fault;
            use larder_proto_nvx::flow::Fetch;
            use larder_proto_nvx::transfer::{Download, Downloaded};

            use super::Client;
            use super::transport::{CallError, Positioned, Sink};

            /// A range, and how it went.
            pub(super) type Came = (Fetch, core::result::Result<Downloaded, CallError<Fault>>);

            /// Fetches one range to its place.
            pub(super) $($async)* fn fetch(client: Client, fetch: Fetch, file: Arc<std::fs::File>) -> Came {
                let inner = Positioned::new(file, fetch.offset);
                let mut sink = Bounded { inner, length: fetch.length, is_beyond: false };
                let mut settings = client.settings().clone();
                settings.policy = larder_proto_nvx::flow::patient(settings.policy);
                let host = settings.target.host().to_owned();
                let result = client.transport().download(fetch.operation.clone(), settings, &mut sink)$($await)*;
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
                $($async)* fn write(&mut self, offset: u64, chunk: Bytes) -> io::Result<()> {
                    if self.length.is_some_and(|length| offset + chunk.len() as u64 > length) {
                        self.is_beyond = true;
                        return Err(io::ErrorKind::InvalidData.into());
                    }
                    self.inner.write(offset, chunk)$($await)*
                }
            }
        }
    };
}
pub(crate) use range;
