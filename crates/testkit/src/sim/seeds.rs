//! Many runs, and the one that failed.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Instant;

/// How often something happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally(BTreeMap<&'static str, u64>);

impl Tally {
    /// Once more.
    pub fn add(&mut self, what: &'static str) {
        self.more(what, 1);
    }

    /// So many times more.
    pub fn more(&mut self, what: &'static str, times: u64) {
        *self.0.entry(what).or_default() += times;
    }

    /// How often it happened.
    #[must_use]
    pub fn of(&self, what: &str) -> u64 {
        self.0.get(what).copied().unwrap_or_default()
    }

    /// Both together.
    pub fn join(&mut self, other: &Self) {
        for (what, times) in &other.0 {
            self.more(what, *times);
        }
    }
}

impl core::fmt::Display for Tally {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.iter().try_for_each(|(what, times)| writeln!(f, "{times:>10} {what}"))
    }
}

/// Scenarios by the thousand. The variable `LARDER_SCENARIOS` changes how many, `LARDER_SEED` runs a single one and shows
/// its trace.
#[derive(Debug, Clone, Copy)]
pub struct Seeds {
    /// What `cargo test` calls the test that runs them.
    pub test: &'static str,
    /// The package that it is in.
    pub package: &'static str,
    /// How many there are, unless somebody wishes otherwise.
    pub scenarios: u64,
}

/// Seeds that a thread takes at once.
const BATCH: u64 = 64;

impl Seeds {
    /// Runs `scenario` with every seed, on all cores: the results are the same however many there are. It is told the seed and
    /// whether its trace will be looked at.
    ///
    /// # Panics
    /// With the scenario's own words, after the first seed that failed has been run again with a trace.
    pub fn run(&self, scenario: impl Fn(u64, bool) -> Tally + Sync) -> Tally {
        if let Some(seed) = variable("LARDER_SEED") {
            return scenario(seed, true);
        }
        let count = variable("LARDER_SCENARIOS").unwrap_or(self.scenarios);
        let began = Instant::now();
        let (tally, failed) = self.all(count, &scenario);
        if let Some(seed) = failed {
            eprintln!("seed {seed} fails; to see it again:\n{}", self.replay(seed));
            scenario(seed, true);
            panic!("seed {seed} fails only without a trace");
        }
        let seconds = began.elapsed().as_secs_f64();
        let rate = |count: u64| format!("{:.0}", count as f64 / seconds);
        let calls = tally.of("calls");
        println!("{count} scenarios in {seconds:.1} s, {} a second; {} calls a second", rate(count), rate(calls));
        tally
    }

    /// The command line that repeats one.
    #[must_use]
    pub fn replay(&self, seed: u64) -> String {
        format!("LARDER_SEED={seed} cargo test -p {} --locked {} -- --nocapture", self.package, self.test)
    }

    /// What they come to together, and the first seed that failed.
    fn all(&self, count: u64, scenario: &(impl Fn(u64, bool) -> Tally + Sync)) -> (Tally, Option<u64>) {
        let (next, failed, tally) = (AtomicU64::new(0), AtomicU64::new(u64::MAX), Mutex::new(Tally::default()));
        let work = || {
            let mut own = Tally::default();
            loop {
                let from = next.fetch_add(BATCH, SeqCst);
                if from >= count {
                    break;
                }
                for seed in from..count.min(from + BATCH) {
                    // Seeds before one that failed are run all the same: the first is the same on any number of cores.
                    if failed.load(SeqCst) < seed {
                        break;
                    }
                    match catch_unwind(AssertUnwindSafe(|| scenario(seed, false))) {
                        Ok(result) => own.join(&result),
                        Err(_) => drop(failed.fetch_min(seed, SeqCst)),
                    }
                }
            }
            tally.lock().unwrap_or_else(std::sync::PoisonError::into_inner).join(&own);
        };
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
        std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
        let failed = failed.into_inner();
        (tally.into_inner().unwrap_or_default(), Some(failed).filter(|failed| *failed != u64::MAX))
    }
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}
