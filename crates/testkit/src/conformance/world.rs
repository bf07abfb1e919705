//! What is known of one scenario while it runs: by the server, by the machines, and by the clock.

use core::fmt;
use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use larder_core::{CallResult, ExchangeId};

use super::api::{Fault, Said};
use super::{Rule, Signal};

/// How late a driver may be on a machine that has nothing else to do.
const TOLERANCE: Duration = Duration::from_millis(250);

/// Lines of a trace that a finding shows.
const LINES: usize = 80;

/// One scenario.
pub(super) struct World {
    began: Instant,
    state: Mutex<State>,
    moved: Condvar,
}

#[derive(Default)]
pub(super) struct State {
    lines: Vec<String>,
    /// What the last line says, when it was said first, and how often it was since.
    last: (String, Duration, u32),
    left_out: usize,
    pub(super) findings: Vec<(Rule, String)>,
    pub(super) is_over: bool,
    /// Writes of the server, of any kind.
    pub(super) said: u64,
    /// Bytes of a file that the server has sent.
    pub(super) flooded: u64,
    /// Connections that the server has accepted.
    pub(super) accepted: usize,
    pub(super) jobs: Vec<Seat>,
    pub(super) exchanges: BTreeMap<ExchangeId, Exchange>,
    /// How much later than asked this machine lets threads wake.
    slack: Duration,
}

/// One job, as the suite sees it.
#[derive(Default)]
pub(super) struct Seat {
    pub(super) waiting: Option<Waiting>,
    pub(super) outcome: Option<CallResult<Said, Fault>>,
    pub(super) is_cancel_told: bool,
    pub(super) abandoned: Option<Duration>,
    /// Bytes of the fetched file that its driver was to hand on.
    pub(super) handed: u64,
    /// Bytes of it that its caller has.
    pub(super) delivered: u64,
    pub(super) cancel: Signal,
    pub(super) give_up: Signal,
}

/// What a machine waits for, in real time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waiting {
    pub(super) due: Option<Duration>,
    pub(super) shared: Option<u64>,
    pub(super) peer: bool,
    /// When it began to wait for room, if it does.
    pub(super) room: Option<Duration>,
    /// When it was told something.
    pub(super) handled: Option<Duration>,
    /// When the epoch moved.
    pub(super) moved: Option<Duration>,
}

/// One exchange, as the server sees it.
#[derive(Debug, Clone, Default)]
pub(super) struct Exchange {
    pub(super) connection: usize,
    /// Bytes of its request that were read.
    pub(super) bytes: u64,
    /// Of these, bytes of its body.
    pub(super) body: u64,
    pub(super) is_whole_request: bool,
    pub(super) ends: Ends,
    /// When the last byte of its answer was said.
    pub(super) answered: Option<Duration>,
    /// When the driver closed its connection.
    pub(super) closed: Option<Duration>,
    /// When the machine gave it up.
    pub(super) aborted: Option<Duration>,
    /// Why its connection must not be used again.
    pub(super) spent: Option<&'static str>,
}

/// How an answer ends on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Ends {
    /// All of it is sent.
    #[default]
    Whole,
    /// It is cut short, or is none.
    Cut,
    /// None comes.
    Never,
}

impl World {
    pub(super) fn new(jobs: usize) -> Arc<Self> {
        let state = State { jobs: (0..jobs).map(|_| Seat::default()).collect(), ..State::default() };
        Arc::new(Self { began: Instant::now(), state: Mutex::new(state), moved: Condvar::new() })
    }

    /// Real time since the scenario began.
    pub(super) fn time(&self) -> Duration {
        self.began.elapsed()
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works on the state, and wakes who waits for it to change.
    pub(super) fn change<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state();
        let result = work(&mut state);
        self.moved.notify_all();
        result
    }

    /// Waits until `is_so`, the scenario's end, or `limit`. Whether it is so.
    pub(super) fn until(&self, limit: Duration, is_so: impl Fn(&State) -> bool) -> bool {
        let end = self.time() + limit;
        let mut state = self.state();
        loop {
            let left = end.saturating_sub(self.time());
            if is_so(&state) || state.is_over || left.is_zero() {
                return is_so(&state);
            }
            state = self.moved.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    pub(super) fn log(&self, line: fmt::Arguments<'_>) {
        let (time, line) = (self.time(), line.to_string());
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        self.change(|state| {
            if state.last.0 == line {
                let (_, first, times) = &mut state.last;
                *times += 1;
                let line = format!("{:>6.1} ms  {line} ({times} times, until {:.1} ms)", ms(*first), ms(time));
                state.lines.pop();
                return state.lines.push(line);
            }
            state.lines.push(format!("{:>6.1} ms  {line}", ms(time)));
            state.last = (line, time, 1);
            if state.lines.len() > LINES {
                // The beginning tells how it came to this, the end what it came to.
                state.lines.remove(LINES / 4);
                state.left_out += 1;
            }
        });
    }

    /// Something is wrong; said once, and no more than a few times of one rule.
    pub(super) fn found(&self, rule: Rule, what: String) {
        self.log(format_args!("!! {what}"));
        self.change(|state| {
            let mut same = state.findings.iter().filter(|(known, _)| *known == rule);
            let is_new = same.clone().count() < 3 && !same.any(|(_, known)| *known == what);
            if is_new && !state.is_over {
                state.findings.push((rule, what));
            }
        });
    }

    pub(super) fn tolerance(&self) -> Duration {
        TOLERANCE + self.state().slack * 3
    }

    /// Measures, until the end, how late threads wake here: a busy machine is no driver's fault.
    pub(super) fn measure(&self) {
        const BEAT: Duration = Duration::from_millis(10);
        loop {
            let before = Instant::now();
            let state = self.state();
            if state.is_over {
                return;
            }
            drop(state);
            std::thread::sleep(BEAT);
            let late = before.elapsed().saturating_sub(BEAT);
            let mut state = self.state();
            state.slack = state.slack.max(late);
        }
    }

    pub(super) fn trace(&self) -> Vec<String> {
        let state = self.state();
        let mut lines = state.lines.clone();
        if state.left_out > 0 {
            lines.insert(LINES / 4, format!("           … {} lines left out …", state.left_out));
        }
        lines
    }

    /// The epoch is this, now.
    pub(super) fn epoch_is(&self, epoch: u64) {
        let now = self.time();
        self.change(|state| {
            for waiting in state.jobs.iter_mut().filter_map(|seat| seat.waiting.as_mut()) {
                if waiting.shared.is_some_and(|seen| seen != epoch) {
                    waiting.moved.get_or_insert(now);
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_comes_again_is_counted() {
        let world = World::new(1);
        for line in ["one", "again", "again", "again", "two"] {
            world.log(format_args!("{line}"));
        }
        let trace = world.trace();
        assert_eq!(trace.len(), 3, "{trace:?}");
        assert!(trace[1].contains("again (3 times, until ") && trace[2].ends_with("two"), "{trace:?}");
    }
}
