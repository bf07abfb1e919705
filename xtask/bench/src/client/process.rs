//! Processes: the server's, and what one measures of itself.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::str::FromStr;
use std::time::{Duration, Instant};

/// The server, until it is dropped.
pub(super) struct Server {
    child: Child,
    address: String,
}

impl Server {
    pub(super) fn start() -> Self {
        let this = std::env::current_exe().unwrap_or_else(|error| panic!("{error}"));
        let child = Command::new(this).args(["client", "--server"]).stdout(Stdio::piped()).stdin(Stdio::piped()).spawn();
        let mut child = child.unwrap_or_else(|error| panic!("{error}"));
        let mut address = String::new();
        if let Some(out) = child.stdout.as_mut() {
            BufReader::new(out).read_line(&mut address).unwrap_or_else(|error| panic!("{error}"));
        }
        Self { child, address: address.trim().to_owned() }
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a process measured of itself.
#[derive(Clone, Copy)]
pub(super) struct Measured {
    pub(super) wall: Duration,
    pub(super) cpu: Duration,
    /// KiB.
    pub(super) memory: u64,
}

impl Measured {
    /// Runs `work` and says on standard output what it took.
    pub(super) fn tell(work: impl FnOnce()) {
        let (cpu, idle, began) = (cpu_time(), status("VmRSS:"), Instant::now());
        work();
        let (wall, cpu) = (began.elapsed(), cpu_time().saturating_sub(cpu));
        let memory = status("VmHWM:").saturating_sub(idle);
        println!("{} {} {memory}", wall.as_nanos(), cpu.as_nanos());
    }

    /// As `tell`, of a program that is not ours: its memory is its own affair.
    pub(super) fn tell_foreign(mut command: Command) {
        let (cpu, began) = (children_time(), Instant::now());
        let status = command.stdout(Stdio::null()).status();
        assert!(status.is_ok_and(|status| status.success()), "{command:?}");
        println!("{} {} 0", began.elapsed().as_nanos(), children_time().saturating_sub(cpu).as_nanos());
    }
}

impl FromStr for Measured {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut numbers = text.split_whitespace().map(|word| word.parse::<u64>().map_err(|_| ()));
        let mut next = || numbers.next().ok_or(())?;
        Ok(Self { wall: Duration::from_nanos(next()?), cpu: Duration::from_nanos(next()?), memory: next()? })
    }
}

fn cpu_time() -> Duration {
    ticks(13)
}

fn children_time() -> Duration {
    ticks(15)
}

/// Two neighbouring fields of `/proc/self/stat`, in hundredths of a second: of user and of system.
fn ticks(from: usize) -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The program's name, in brackets, may hold blanks; the field behind it is the third.
    let fields = stat.rsplit_once(") ").map_or("", |(_, rest)| rest).split(' ');
    let ticks: u64 = fields.skip(from - 2).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(10 * ticks)
}

/// A line of `/proc/self/status`, in KiB.
fn status(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
