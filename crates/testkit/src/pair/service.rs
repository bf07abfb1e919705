//! What stands behind the server's end.

use bytes::Bytes;
use larder_core::operation::Names;
use larder_core::wire::FileHead;
use larder_core::{Api, Credential, Time};

/// A typed request of any operation of `A`.
pub(super) type RequestOf<A> = <<A as Api>::Names as Names>::Request;

/// A service without IO: it decides at once, in memory.
pub trait Service<A: Api> {
    /// Who asks.
    type Caller;
    /// A file under way, in either direction.
    type Transfer;

    /// The clock has gone on to `now`.
    fn tick(&mut self, now: Time) {
        let _ = now;
    }

    /// Who offers this credential?
    ///
    /// # Errors
    /// The fault to answer.
    fn identify(&mut self, now: Time, credential: Credential) -> Result<Self::Caller, A::Fault>;

    /// Does what is asked.
    ///
    /// # Errors
    /// The fault to answer.
    fn serve(&mut self, now: Time, caller: &Self::Caller, request: RequestOf<A>) -> Result<Served<A, Self::Transfer>, A::Fault>;

    /// A file of an upload begins.
    ///
    /// # Errors
    /// The fault to answer at once; the rest of the upload is not read.
    fn file(&mut self, transfer: &mut Self::Transfer, head: FileHead) -> Result<(), A::Fault> {
        let _ = (transfer, head);
        Ok(())
    }

    /// A piece of it.
    ///
    /// # Errors
    /// As for [`file`](Self::file).
    fn chunk(&mut self, transfer: &mut Self::Transfer, chunk: Bytes) -> Result<(), A::Fault> {
        let _ = (transfer, chunk);
        Ok(())
    }

    /// It is complete.
    ///
    /// # Errors
    /// As for [`file`](Self::file).
    fn file_end(&mut self, transfer: &mut Self::Transfer) -> Result<(), A::Fault> {
        let _ = transfer;
        Ok(())
    }

    /// All files are through. `None`, as by default, is a service that never answers: the run stalls.
    ///
    /// # Errors
    /// The fault to answer.
    fn files_end(&mut self, transfer: &mut Self::Transfer) -> Result<Option<A::Answers>, A::Fault> {
        let _ = transfer;
        Ok(None)
    }

    /// The stored file at `offset`, at most `max` bytes; nothing, as by default, when it cannot be read any more.
    fn read(&mut self, transfer: &mut Self::Transfer, offset: u64, max: usize) -> Option<Bytes> {
        let _ = (transfer, offset, max);
        None
    }
}

/// What a request comes to.
#[derive(Debug)]
pub enum Served<A: Api, T> {
    /// An answer.
    Answer(A::Answers),
    /// An upload: its files are wanted.
    Upload(T),
    /// A download: this answer is its head, the file follows.
    Download(A::Answers, T),
}
