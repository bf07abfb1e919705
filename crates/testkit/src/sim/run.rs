//! One run of a scenario: what it is drawn from, and what is kept of it.

use core::fmt;
use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use super::tape::{Choices, Tape};
use super::{Dice, Tally};

/// What a scenario is given, and leaves behind.
#[derive(Debug)]
pub struct Run {
    /// All that is decided in it comes from these.
    pub dice: Dice,
    /// How much happened; kept by [`Scenario::play`](super::Scenario::play).
    pub size: Size,
    traces: bool,
    pub(super) trace: String,
}

/// How much happened in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Size {
    /// Calls that were made.
    pub calls: usize,
    /// Exchanges that were opened.
    pub exchanges: usize,
    /// Moves: machines that were polled, messages that arrived, and the clock that went on.
    pub moves: u64,
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "calls {}, exchanges {}, moves {}", self.calls, self.exchanges, self.moves)
    }
}

impl Run {
    fn new(dice: Dice, traces: bool) -> Self {
        Self { dice, size: Size::default(), traces, trace: String::new() }
    }

    /// The run of a seed.
    pub(super) fn of_seed(seed: u64, traces: bool) -> Self {
        Self::new(Dice::new(seed), traces)
    }

    /// The same, while choices are recorded or given.
    pub(super) fn on(tape: &Tape, seed: u64, traces: bool) -> Self {
        Self::new(Dice::on(tape, seed), traces)
    }

    /// Whether a trace is to be kept: somebody will look at it, or search it for secrets. What happens must not depend on it.
    #[must_use]
    pub fn traces(&self) -> bool {
        self.traces
    }

    /// Keeps the trace, to be shown if anybody wants to see it.
    pub fn keep_trace(&mut self, trace: &str) {
        if self.traces {
            trace.clone_into(&mut self.trace);
        }
    }
}

/// A run that failed.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    pub(super) what: String,
    pub(super) size: Size,
    pub(super) trace: String,
}

impl Failure {
    /// What is the same when the same law is broken by other calls: its words, without names, numbers and values.
    pub(super) fn law(&self) -> String {
        let mut law = String::new();
        let (mut depth, mut is_quoted) = (0_u32, false);
        for letter in self.what.lines().next().unwrap_or_default().chars() {
            match letter {
                '"' | '`' => is_quoted = !is_quoted,
                '[' | '{' | '(' => depth += 1,
                ']' | '}' | ')' => depth = depth.saturating_sub(1),
                _ if is_quoted || depth > 0 => {}
                _ => law.push(letter),
            }
        }
        let words = law.split_whitespace().filter(|word| !word.contains(|letter: char| letter.is_ascii_digit()));
        words.collect::<Vec<_>>().join(" ")
    }
}

/// Runs a scenario; a panic is a failure, too, and is not printed.
pub(super) fn attempt(scenario: impl Fn(&mut Run) -> Result<Tally, String>, mut run: Run) -> Result<(Tally, String), Failure> {
    let ended = caught(|| scenario(&mut run));
    let Run { size, trace, .. } = run;
    match ended {
        Ok(tally) => Ok((tally, trace)),
        Err(what) => Err(Failure { what, size, trace }),
    }
}

/// What it comes to; a panic is its words, and is not printed.
pub(super) fn caught<T>(act: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    quietly(|| catch_unwind(AssertUnwindSafe(act))).unwrap_or_else(|panic| Err(words(panic.as_ref())))
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("it panicked without a word").to_owned()
}

thread_local! {
    /// Whether this thread expects panics, and reports them itself.
    static IS_QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Panics of this thread are not printed meanwhile; those of others are.
fn quietly<T>(act: impl FnOnce() -> T) -> T {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !IS_QUIET.get() {
                usual(info);
            }
        }));
    });
    let before = IS_QUIET.replace(true);
    let result = act();
    IS_QUIET.set(before);
    result
}

/// What was chosen in a run of this seed.
pub(super) fn choices(scenario: impl Fn(&mut Run) -> Result<Tally, String>, seed: u64, traces: bool) -> Choices {
    let tape = Tape::default();
    // How it ends is known.
    drop(attempt(scenario, Run::on(&tape, seed, traces)));
    tape.made()
}
