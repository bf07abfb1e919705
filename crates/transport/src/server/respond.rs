//! What an embedder writes to answer an API's requests.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use larder_core::operation::Names;
use larder_core::wire::FileHead;
use larder_core::{Api, Credential, Outcome};

use super::Peer;

/// A request of any operation of `A`.
pub type RequestOf<A> = <<A as Api>::Names as Names>::Request;

/// Answers the requests of one API. An [`exchange`](super::exchange()) calls it in this order: [`identify`](Self::identify),
/// [`serve`](Self::serve), the methods of an [`Upload`] or a [`Download`], [`ended`](Self::ended).
///
/// A future is dropped when the connection breaks while the client is owed or owes bytes, and when the server's time to
/// drain is up. It is not dropped when the client merely closes its sending half.
pub trait Respond<A: Api>: Send + Sync + 'static {
    /// Who asks.
    type Caller: Send;
    /// Files on their way in; [`Never`] where there are none.
    type Upload: Upload<A>;
    /// A file on its way out; [`Never`] where there is none.
    type Download: Download;

    /// Finds out who asks. For an upload, before the first byte of its file is read.
    fn identify(&self, peer: &Peer, credential: Credential) -> impl Future<Output = Result<Self::Caller, A::Fault>> + Send;

    /// Does what is asked. For an upload, the files follow if it answers [`Served::Upload`].
    fn serve(
        &self,
        caller: Self::Caller,
        request: RequestOf<A>,
    ) -> impl Future<Output = Result<Served<A, Self::Upload, Self::Download>, A::Fault>> + Send;

    /// It is over: the place for a line in a log. Must not block.
    fn ended(&self, peer: &Peer, outcome: Outcome<A>, elapsed: Duration) {
        let _ = (peer, outcome, elapsed);
    }
}

/// What a request came to.
pub enum Served<A: Api, U, D> {
    /// This answer. For an upload: its files are not wanted.
    Reply(A::Answers),
    /// The files are to be given to this.
    Upload(U),
    /// This answer, with a file that is read from this.
    Download(A::Answers, D),
}

/// Takes the files of one upload. Dropped before [`finish`](Self::finish), it must leave nothing behind.
pub trait Upload<A: Api>: Send {
    /// A file begins. A fault ends the upload, and is its answer.
    fn file(&mut self, head: FileHead) -> impl Future<Output = Result<(), A::Fault>> + Send;

    /// A piece of it. The next is read from the network only when this is ready.
    fn chunk(&mut self, chunk: Bytes) -> impl Future<Output = Result<(), A::Fault>> + Send;

    /// It is complete.
    fn file_end(&mut self) -> impl Future<Output = Result<(), A::Fault>> + Send;

    /// All files are complete: the answer.
    fn finish(self) -> impl Future<Output = Result<A::Answers, A::Fault>> + Send;
}

/// A file that is fetched.
pub trait Download: Send {
    /// At least one and at most `max` bytes from `offset` of the stored file on.
    ///
    /// # Errors
    /// The head of the answer is out: any error breaks the connection off, so that the client notices.
    fn read(&mut self, offset: u64, max: usize) -> impl Future<Output = io::Result<Bytes>> + Send;
}

/// Where there are no uploads, or no downloads. It has no values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Never {}

impl<A: Api> Upload<A> for Never {
    async fn file(&mut self, _head: FileHead) -> Result<(), A::Fault> {
        match *self {}
    }

    async fn chunk(&mut self, _chunk: Bytes) -> Result<(), A::Fault> {
        match *self {}
    }

    async fn file_end(&mut self) -> Result<(), A::Fault> {
        match *self {}
    }

    async fn finish(self) -> Result<A::Answers, A::Fault> {
        match self {}
    }
}

impl Download for Never {
    async fn read(&mut self, _offset: u64, _max: usize) -> io::Result<Bytes> {
        match *self {}
    }
}
