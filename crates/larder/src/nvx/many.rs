//! Many files at once.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::path::PathBuf;

use futures_core::Stream;
use larder_core::Permits;
use larder_proto_nvx::flow::{Stored, Uploading};
use tokio::task::JoinSet;

use super::transport::Source;
use super::{Client, Result};

type Job = Pin<Box<dyn Future<Output = Result<Stored>> + Send>>;

/// Uploads of many files, several at once: each result as it comes, with the number of its file, counted from zero. One that
/// fails does not stop the others. Dropped, it ends those that are under way and begins no more.
///
/// ```no_run
/// # async fn run(client: larder::nvx::Client) -> larder::nvx::Result<()> {
/// let files = ["a.jpg", "b.jpg"].map(|name| (format!("Photos/{name}"), name.into()));
/// let mut uploads = client.upload_files(files, Default::default());
/// while let Some((number, result)) = uploads.next().await {
///     println!("{number}: {:?}", result.map(|stored| stored.bytes));
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is uploaded before `next` is called"]
pub struct Uploads {
    /// Files that were not begun yet. They are taken one by one: an iterator that is long costs nothing.
    jobs: Box<dyn Iterator<Item = Job> + Send>,
    begun: usize,
    at_once: usize,
    running: JoinSet<(usize, Result<Stored>)>,
}

impl Uploads {
    fn new(jobs: impl Iterator<Item = Job> + Send + 'static) -> Self {
        Self { jobs: Box::new(jobs), begun: 0, at_once: Permits::DEFAULT, running: JoinSet::new() }
    }

    /// So many files at once, at least one; 16 unless said otherwise, as many as the client has permits. Those decide how many
    /// move: more at once only hold their files open and wait.
    pub fn at_once(mut self, count: usize) -> Self {
        self.at_once = count.max(1);
        self
    }

    /// The next result; none when all have come. Call it within a tokio runtime. It may be dropped and called again.
    pub async fn next(&mut self) -> Option<(usize, Result<Stored>)> {
        core::future::poll_fn(|cx| self.poll(cx)).await
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<(usize, Result<Stored>)>> {
        loop {
            while self.running.len() < self.at_once
                && let Some(job) = self.jobs.next()
            {
                let number = self.begun;
                self.begun += 1;
                self.running.spawn(async move { (number, job.await) });
            }
            match core::task::ready!(self.running.poll_join_next(cx)) {
                None => return Poll::Ready(None),
                Some(Ok(ended)) => return Poll::Ready(Some(ended)),
                Some(Err(error)) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                // The runtime is being shut down.
                Some(Err(_)) => {}
            }
        }
    }
}

impl Stream for Uploads {
    type Item = (usize, Result<Stored>);

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(cx)
    }
}

impl fmt::Debug for Uploads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Uploads({} begun, {} under way)", self.begun, self.running.len())
    }
}

impl Client {
    /// Uploads many files, each to its path, several at once.
    pub fn upload_many<S, I>(&self, files: I, how: Uploading) -> Uploads
    where
        S: Source + 'static,
        I: IntoIterator<Item = (String, S)>,
        I::IntoIter: Send + 'static,
    {
        let client = self.clone();
        Uploads::new(files.into_iter().map(move |(path, source)| {
            let (client, how) = (client.clone(), how.clone());
            Box::pin(async move { client.upload_with(&path, source, how).await }) as Job
        }))
    }

    /// Uploads many local files, each to its path, several at once. A file is opened when its turn comes.
    pub fn upload_files<I>(&self, files: I, how: Uploading) -> Uploads
    where
        I: IntoIterator<Item = (String, PathBuf)>,
        I::IntoIter: Send + 'static,
    {
        let client = self.clone();
        Uploads::new(files.into_iter().map(move |(path, local)| {
            let (client, how) = (client.clone(), how.clone());
            Box::pin(async move { client.upload_file_with(&path, local, how).await }) as Job
        }))
    }
}
