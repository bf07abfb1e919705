//! What befalls client and server while the file is on its way.

use std::path::PathBuf;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::Failure;
use crate::line::Line;
use crate::server::Running;

/// How long a killed server stays dead.
const DEAD: Duration = Duration::from_secs(1);

/// The blows, dealt by a thread of its own.
pub(crate) struct Fate(JoinHandle<Result<Running, Failure>>);

struct Dealing {
    began: Instant,
    line: Line,
    data: PathBuf,
    size: u64,
}

impl Fate {
    /// Starts the server, and waits for the file to come.
    pub(crate) fn begin(began: Instant, line: Line, data: PathBuf, size: u64) -> Result<Self, Failure> {
        let (server, address) = Running::start(&data)?;
        line.leads_to(Some(address));
        let dealing = Dealing { began, line, data, size };
        Ok(Self(thread::spawn(move || {
            let dealt = dealing.deal(server);
            if let Err(error) = &dealt {
                dealing.say(&format!("has failed: {error}"));
            }
            dealt
        })))
    }

    /// All blows must have fallen.
    pub(crate) fn end(self) -> Result<(), Failure> {
        let server = self.0.join().map_err(|_| "fate has failed")??;
        drop(server);
        Ok(())
    }
}

impl Dealing {
    fn deal(&self, server: Running) -> Result<Running, Failure> {
        self.until(10)?;
        self.line.end_session()?;
        self.say("the session has ended, and nobody told the client");
        self.until(25)?;
        let server = self.kill(server)?;
        self.until(50)?;
        self.say("the next reply will be lost");
        self.line.lose_a_reply();
        self.until(75)?;
        let server = self.kill(server)?;
        if self.line.lost() == 1 { Ok(server) } else { Err("no reply was lost".into()) }
    }

    /// Waits until so many hundredths of the file have passed.
    fn until(&self, percent: u64) -> Result<(), Failure> {
        const PATIENCE: Duration = Duration::from_secs(600);
        let began = Instant::now();
        while self.line.sent() < self.size / 100 * percent {
            if began.elapsed() > PATIENCE {
                return Err("the file does not move".into());
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    fn kill(&self, server: Running) -> Result<Running, Failure> {
        self.line.leads_to(None);
        server.kill()?;
        self.say("the server is dead (kill -9)");
        thread::sleep(DEAD);
        let (server, address) = Running::start(&self.data)?;
        self.line.leads_to(Some(address));
        self.say("the server lives again");
        Ok(server)
    }

    fn say(&self, what: &str) {
        println!("{:>8.3} s  fate    {what}", self.began.elapsed().as_secs_f64());
    }
}
