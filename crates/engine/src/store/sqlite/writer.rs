//! The one thread that writes: it takes what has queued up, runs it in one transaction, commits once, answers all.
//!
//! A failed commit, and a panic in a rule, end all writing until the process starts anew; reading goes on.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

use super::schema::failed;
use super::tables::Tables;
use crate::pending::{Answer, Pending};
use crate::refusal::{Refusal, StoreError};
use crate::store::Tx;

/// Changes that may wait for the writer; who comes later blocks.
const QUEUE: usize = 1024;
/// Changes in one transaction: larger groups save no more syncs, and make the first wait.
const GROUP: usize = 256;

trait Job: Send {
    /// Runs the change; `false` takes back what it did.
    fn run(&mut self, tx: &mut dyn Tx) -> bool;
    /// Answers; `committed` is what became of the group's transaction.
    fn answer(self: Box<Self>, committed: &Result<(), StoreError>);
}

struct Change<T, F> {
    job: F,
    outcome: Option<Result<T, Refusal>>,
    answer: Answer<T>,
}

impl<T: Send, F: Fn(&mut dyn Tx) -> Result<T, Refusal> + Send> Job for Change<T, F> {
    fn run(&mut self, tx: &mut dyn Tx) -> bool {
        self.outcome.insert((self.job)(tx)).is_ok()
    }

    fn answer(self: Box<Self>, committed: &Result<(), StoreError>) {
        let Self { outcome, answer, .. } = *self;
        // A refusal changed nothing, so that it holds whether or not the others' changes were committed.
        answer.give(match (committed, outcome) {
            (_, Some(Err(refusal))) => Err(refusal),
            (Err(error), _) => Err(error.clone().into()),
            (Ok(()), Some(done)) => done,
            (Ok(()), None) => Err(StoreError::Stopped.into()),
        });
    }
}

/// The writer's thread and its queue.
pub(super) struct Writer {
    queue: Option<SyncSender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(connection: Connection) -> Result<Self, StoreError> {
        let (queue, jobs) = sync_channel(QUEUE);
        let thread = thread::Builder::new()
            .name("larder-writer".to_owned())
            .spawn(move || work(&connection, &jobs))
            .map_err(StoreError::io("starting the writer"))?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    pub(super) fn change<T: Send + 'static>(
        &self,
        job: impl Fn(&mut dyn Tx) -> Result<T, Refusal> + Send + 'static,
    ) -> Pending<T> {
        let (answer, pending) = Pending::new();
        if let Some(queue) = &self.queue {
            // A queue without a writer drops the job, which answers that the store has stopped.
            let _ = queue.send(Box::new(Change { job, outcome: None, answer }));
        }
        pending
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn work(connection: &Connection, jobs: &Receiver<Box<dyn Job>>) {
    let mut poisoned = false;
    while let Ok(first) = jobs.recv() {
        let mut group = vec![first];
        while group.len() < GROUP
            && let Ok(next) = jobs.try_recv()
        {
            group.push(next);
        }
        let committed = if poisoned { Err(StoreError::Poisoned) } else { transact(connection, &mut group) };
        if committed.is_err() {
            // The sync of a commit may have failed, and is not repeated.
            poisoned = true;
        }
        for job in group {
            job.answer(&committed);
        }
    }
    if !poisoned {
        // If it fails, the next start looks for what a crash may have left, and finds nothing.
        let _ = mark(connection, false);
    }
}

fn transact(connection: &Connection, group: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
    let run = |sql: &str| connection.prepare_cached(sql).and_then(|mut sql| sql.execute(())).map_err(failed);
    run("BEGIN IMMEDIATE")?;
    let mut steps = || -> Result<(), StoreError> {
        for job in group.iter_mut() {
            run("SAVEPOINT job")?;
            if !job.run(&mut Tables(connection)) {
                run("ROLLBACK TO job")?;
            }
            run("RELEASE job")?;
        }
        run("COMMIT")?;
        Ok(())
    };
    steps().inspect_err(|_| {
        // Whatever became of it, nothing more is written through this connection.
        let _ = connection.execute_batch("ROLLBACK");
    })
}

/// Notes whether a process is at work, so that the next one knows whether the last shutdown was an orderly one.
pub(super) fn mark(connection: &Connection, unclean: bool) -> Result<(), StoreError> {
    connection.execute("UPDATE state SET value = ?1 WHERE name = 'unclean'", (unclean,)).map(drop).map_err(failed)
}
