//! The smallest run that breaks the same law.
//!
//! A run is what was chosen in it, as in Hypothesis: choices are left out, made the simplest ones, and halved, as long as the
//! same law is broken. What comes of it is a run that the scenario could have drawn by itself.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::Tally;
use super::run::{Failure, Run, Size, attempt};
use super::tape::{Choices, Tape};

/// Runs that are tried at most.
pub(super) const RUNS: u32 = 4_000;
/// How long they may take: a slow machine shrinks less.
pub(super) const TIME: Duration = Duration::from_secs(120);

/// A run that fails, as small as it was made.
#[derive(Debug, Clone)]
pub struct Shrunken {
    /// What was chosen in it.
    pub choices: Choices,
    /// The law that is broken, in the scenario's words.
    pub law: String,
    /// How much happens in it.
    pub size: Size,
    /// How much happened in the run that failed first.
    pub before: Size,
    /// Runs that it took.
    pub runs: u32,
    /// What happened in it.
    pub trace: String,
}

/// Makes runs smaller.
pub(super) struct Shrinker<F> {
    scenario: F,
    traces: bool,
    law: String,
    best: (Choices, Failure),
    before: Size,
    seen: BTreeSet<Choices>,
    runs: u32,
    ends: Instant,
}

impl<F: Fn(&mut Run) -> Result<Tally, String>> Shrinker<F> {
    /// From choices that fail. None: they do not.
    pub(super) fn new(scenario: F, traces: bool, choices: Choices) -> Option<Self> {
        let failure = attempt(&scenario, Run::on(&Tape::of(choices.clone()), 0, traces)).err()?;
        let (law, before) = (failure.law(), failure.size);
        let ends = Instant::now() + TIME;
        Some(Self { scenario, traces, law, best: (choices, failure), before, seen: BTreeSet::new(), runs: 0, ends })
    }

    pub(super) fn shrink(mut self) -> Shrunken {
        loop {
            let before = self.best.0.clone();
            self.leave_out();
            self.simplify();
            self.lessen();
            if self.best.0 == before {
                // What is left is small enough for what is dear.
                self.leave_out_of_a_count();
            }
            if self.best.0 == before || self.is_spent() {
                break;
            }
        }
        let (choices, failure) = self.best;
        // Once more with its trace, which nobody has read so far.
        let shown = attempt(&self.scenario, Run::on(&Tape::of(choices.clone()), 0, true)).err().unwrap_or(failure);
        Shrunken { choices, law: shown.what, size: shown.size, before: self.before, runs: self.runs, trace: shown.trace }
    }

    fn is_spent(&self) -> bool {
        self.runs >= RUNS || Instant::now() >= self.ends
    }

    /// Tries these choices; they are the best if they break the same law, and what is then chosen is simpler.
    fn does(&mut self, candidate: Choices) -> bool {
        let candidate = candidate.trimmed();
        if self.is_spent() || !self.seen.insert(candidate.clone()) {
            return false;
        }
        self.runs += 1;
        let tape = Tape::of(candidate);
        let Err(failure) = attempt(&self.scenario, Run::on(&tape, 0, self.traces)) else { return false };
        let made = tape.made();
        if failure.law() != self.law || rank(&made, &failure) >= rank(&self.best.0, &self.best.1) {
            return false;
        }
        self.best = (made, failure);
        true
    }

    fn track(&self, track: usize) -> &[u64] {
        self.best.0.0.get(track).map_or(&[], Vec::as_slice)
    }

    fn with(&self, change: impl FnOnce(&mut Vec<Vec<u64>>)) -> Choices {
        let mut candidate = self.best.0.clone();
        change(&mut candidate.0);
        candidate
    }

    /// Blocks of choices are left out: what follows moves up.
    fn leave_out(&mut self) {
        self.blocks(|track, block| drop(track.drain(block)));
    }

    /// Blocks of choices become the simplest ones.
    fn simplify(&mut self) {
        self.blocks(|track, block| track[block].fill(0));
    }

    /// Changes blocks from the last to the first, large ones first.
    fn blocks(&mut self, change: impl Fn(&mut Vec<u64>, core::ops::Range<usize>)) {
        for track in 0..self.best.0.0.len() {
            let mut size = self.track(track).len();
            while size > 0 {
                let mut end = self.track(track).len();
                while end > 0 && !self.is_spent() {
                    let start = end.saturating_sub(size);
                    let candidate = self.with(|tracks| change(&mut tracks[track], start..end));
                    end = if self.does(candidate) { start.min(self.track(track).len()) } else { start };
                }
                size /= 2;
            }
        }
    }

    /// Each choice becomes as small as it can be.
    fn lessen(&mut self) {
        for track in 0..self.best.0.0.len() {
            for place in (0..self.track(track).len()).rev() {
                // What is known to be too small.
                let mut below = 0;
                while let Some(value) = self.track(track).get(place).copied().filter(|value| *value > below + 1) {
                    let middle = below + (value - below) / 2;
                    let candidate = self.with(|tracks| tracks[track][place] = middle);
                    if self.is_spent() {
                        return;
                    }
                    if !self.does(candidate) {
                        below = middle;
                    }
                }
            }
        }
    }

    /// Something that is counted is left out: the count is one less, and its choices are not there.
    fn leave_out_of_a_count(&mut self) {
        let tracks = self.best.0.0.len();
        for (counting, counted) in (0..tracks).flat_map(|counting| (0..tracks).map(move |counted| (counting, counted))) {
            for place in 0..self.track(counting).len() {
                for size in 1..=LARGEST {
                    for start in 0..self.track(counted).len() {
                        let is_count = self.track(counting).get(place).is_some_and(|value| (1..=LARGEST as u64).contains(value));
                        if !is_count || self.is_spent() {
                            break;
                        }
                        let candidate = self.with(|tracks| {
                            tracks[counting][place] -= 1;
                            let end = (start + size).min(tracks[counted].len());
                            tracks[counted].drain(start.min(end)..end);
                        });
                        self.does(candidate);
                    }
                }
            }
        }
    }
}

/// The largest count, and the most choices that a thing that is counted is taken to have.
const LARGEST: usize = 8;

/// The simpler of two runs has fewer calls; of as many, fewer choices that are not the simplest; then fewer and smaller ones.
fn rank<'a>(choices: &'a Choices, failure: &Failure) -> (usize, usize, usize, &'a Choices) {
    (failure.size.calls, choices.deviations(), choices.len(), choices)
}
