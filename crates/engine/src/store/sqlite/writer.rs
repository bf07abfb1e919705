//! The one thread that writes: it takes what has queued up, runs it in one transaction, commits once, answers all.
//!
//! A commit of which nobody knows whether it is on the disk, a failed sync, and a panic in a rule end all writing until the
//! process starts anew; reading goes on. Any other failure, as of a full disk, is rolled back and ends nothing.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode};

use super::schema::failed;
use super::tables::Tables;
use crate::pending::{Answer, Pending};
use crate::refusal::{Refusal, StoreError};
use crate::store::Tx;

/// Changes that may wait for the writer; who comes later blocks.
const QUEUE: usize = 1024;
/// Changes in one transaction: larger groups save no more syncs, and make the first wait.
const GROUP: usize = 256;

/// The most pages that a database can have: no limit.
const MAX_PAGES: u32 = 0x3fff_ffff;

trait Job: Send {
    /// Runs the change.
    fn run(&mut self, connection: &Connection) -> Ran;
    /// Answers; `committed` is what became of the group's transaction.
    fn answer(self: Box<Self>, committed: &Result<(), StoreError>);
}

/// How a change went, before the commit.
enum Ran {
    /// All of it was done.
    Done,
    /// What it did is taken back.
    Refused,
    /// The database failed, and with that the transaction.
    Failed(StoreError),
}

/// Why a transaction was not committed.
enum Failure {
    /// Nothing of it is there, or ever will be.
    Undone(StoreError),
    /// Nobody knows what is on the disk.
    InDoubt(StoreError),
}

struct Change<T, F> {
    job: F,
    outcome: Option<Result<T, Refusal>>,
    answer: Answer<T>,
}

impl<T: Send, F: Fn(&Connection) -> Result<T, Refusal> + Send> Job for Change<T, F> {
    fn run(&mut self, connection: &Connection) -> Ran {
        match self.outcome.insert((self.job)(connection)) {
            Ok(_) => Ran::Done,
            Err(Refusal::Storage(error @ (StoreError::Full | StoreError::Database(_) | StoreError::Sync(_)))) => {
                Ran::Failed(error.clone())
            }
            Err(_) => Ran::Refused,
        }
    }

    fn answer(self: Box<Self>, committed: &Result<(), StoreError>) {
        let Self { outcome, answer, .. } = *self;
        // Even a refusal may rest on another change of the group, which was not committed.
        answer.give(match committed {
            Ok(()) => outcome.unwrap_or(Err(StoreError::Stopped.into())),
            Err(error) => Err(error.clone().into()),
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
        self.send(move |connection| job(&mut Tables(connection)))
    }

    /// Lets the database grow to so many pages, or as far as it is if that is more, and says how many those are.
    pub(super) fn limit(&self, pages: Option<u32>) -> Pending<u32> {
        let sql = format!("PRAGMA max_page_count = {}", pages.unwrap_or(MAX_PAGES));
        self.send(move |connection| Ok(connection.query_row(&sql, (), |row| row.get(0)).map_err(failed)?))
    }

    fn send<T: Send + 'static>(&self, job: impl Fn(&Connection) -> Result<T, Refusal> + Send + 'static) -> Pending<T> {
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
        if poisoned {
            answer(group, &Err(StoreError::Poisoned));
        } else {
            poisoned = settle(connection, group);
        }
    }
    if poisoned {
        // The log stays as it is, for the next start to recover.
        let _ = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
    } else {
        // If it fails, the next start looks for what a crash may have left, and finds nothing.
        let _ = mark(connection, false);
        // If it fails, the log stays, and is read with the database.
        let _ = checkpoint(connection, "TRUNCATE");
    }
}

fn answer(group: Vec<Box<dyn Job>>, committed: &Result<(), StoreError>) {
    for job in group {
        job.answer(committed);
    }
}

/// Commits a group, or else its halves, down to single changes, so that one that fails takes no other with it. Answers
/// all, and says whether nothing more must be written: the sync of a commit may have failed, and is not repeated.
fn settle(connection: &Connection, mut group: Vec<Box<dyn Job>>) -> bool {
    let mut outcome = transact(connection, &mut group);
    if group.len() == 1
        && let Err(Failure::Undone(StoreError::Full)) = outcome
    {
        // With all of the log in the database the log begins anew, in the room that it has.
        outcome = match checkpoint(connection, "PASSIVE") {
            Err(error @ StoreError::Sync(_)) => Err(Failure::InDoubt(error)),
            Ok(()) | Err(_) => transact(connection, &mut group),
        };
    }
    match outcome {
        Err(Failure::Undone(_)) if group.len() > 1 => {
            let rest = group.split_off(group.len() / 2);
            if settle(connection, group) {
                answer(rest, &Err(StoreError::Poisoned));
                return true;
            }
            settle(connection, rest)
        }
        Err(Failure::Undone(error)) => {
            answer(group, &Err(error));
            false
        }
        Err(Failure::InDoubt(error)) => {
            answer(group, &Err(error));
            true
        }
        Ok(()) => {
            answer(group, &Ok(()));
            false
        }
    }
}

fn transact(connection: &Connection, group: &mut [Box<dyn Job>]) -> Result<(), Failure> {
    let run = |sql: &str| connection.prepare_cached(sql).and_then(|mut sql| sql.execute(()));
    let mut steps = || -> Result<(), StoreError> {
        run("BEGIN IMMEDIATE").map_err(failed)?;
        for job in group.iter_mut() {
            run("SAVEPOINT job").map_err(failed)?;
            match job.run(connection) {
                Ran::Done => {}
                Ran::Refused => drop(run("ROLLBACK TO job").map_err(failed)?),
                Ran::Failed(error) => return Err(error),
            }
            run("RELEASE job").map_err(failed)?;
        }
        Ok(())
    };
    let (error, undone) = match steps() {
        Err(error) => {
            let undone = !matches!(error, StoreError::Sync(_));
            (error, undone)
        }
        Ok(()) => match run("COMMIT") {
            Ok(_) => return Ok(()),
            // The frame that commits is written last: without room for it, there is none to sync or to recover. Of any
            // other failure nobody knows whether it came before or behind that frame.
            Err(error) => {
                let code = error.sqlite_error_code();
                (failed(error), matches!(code, Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy)))
            }
        },
    };
    if !connection.is_autocommit() {
        let _ = connection.execute_batch("ROLLBACK");
    }
    Err(if undone && connection.is_autocommit() { Failure::Undone(error) } else { Failure::InDoubt(error) })
}

/// Brings the log into the database, as far as the readers let it.
fn checkpoint(connection: &Connection, mode: &str) -> Result<(), StoreError> {
    connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), (), |_| Ok(())).map_err(failed)
}

/// Notes whether a process is at work, so that the next one knows whether the last shutdown was an orderly one.
pub(super) fn mark(connection: &Connection, unclean: bool) -> Result<(), StoreError> {
    connection.execute("UPDATE state SET value = ?1 WHERE name = 'unclean'", (unclean,)).map(drop).map_err(failed)
}
