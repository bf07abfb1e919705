//! Many runs, and the one that failed.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::run::{Failure, attempt, choices};
use super::shrink::{Shrinker, Shrunken};
use super::tape::{Choices, Tape};
use super::{Run, Tally};

/// Scenarios by the thousand. Variables of the environment change what is run: `LARDER_SCENARIOS` how many, `LARDER_SEED` a single
/// one with its trace, `LARDER_CHOICES` the same by what is chosen in it, as text or as the name of a file. With `LARDER_GO_ON` all
/// of them are run, although one failed, and every law that is broken is told.
#[derive(Debug, Clone, Copy)]
pub struct Seeds {
    /// What `cargo test` calls the test that runs them.
    pub test: &'static str,
    /// The package that it is in.
    pub package: &'static str,
    /// How many there are, unless somebody wishes otherwise.
    pub scenarios: u64,
}

/// The laws that are broken, each with the first seed that does, and how many do.
type Broken = BTreeMap<String, (u64, u64)>;

/// Seeds that a thread takes at once.
const BATCH: u64 = 64;

/// Every so many runs keep their trace, to be searched.
const TRACED: u64 = 16;

/// Choices that are longer than this, as text, are written to a file.
const LINE: usize = 2_000;

impl Seeds {
    /// Runs `scenario` with every seed, on all cores: the results are the same however many there are.
    ///
    /// # Panics
    /// With the law that is broken, after the first seed that failed has been shrunk and its smallest run was shown.
    pub fn run(&self, scenario: impl Fn(&mut Run) -> Result<Tally, String> + Sync) -> Tally {
        if let Some(choices) = given() {
            return Self::show(&scenario, Run::on(&Tape::of(choices), 0, true));
        }
        if let Some(seed) = variable("LARDER_SEED") {
            return Self::show(&scenario, Run::of_seed(seed, true));
        }
        let count = variable("LARDER_SCENARIOS").unwrap_or(self.scenarios);
        let began = Instant::now();
        let (tally, failed) = self.all(count, &scenario);
        let seconds = began.elapsed().as_secs_f64();
        let rate = |count: u64| format!("{:.0}", count as f64 / seconds);
        let calls = tally.of("calls");
        println!("{count} scenarios in {seconds:.1} s, {} a second; {} calls a second", rate(count), rate(calls));
        if let Some(seed) = failed {
            self.explain(seed, scenario);
        }
        tally
    }

    /// The smallest run that breaks the law that this seed breaks. None: it breaks none. The same on every machine that takes no
    /// longer than two minutes for it.
    pub fn shrink(seed: u64, scenario: impl Fn(&mut Run) -> Result<Tally, String>) -> Option<Shrunken> {
        let traces = seed.is_multiple_of(TRACED);
        let made = choices(&scenario, seed, traces);
        Shrinker::new(scenario, traces, made).map(Shrinker::shrink)
    }

    /// The command line that repeats one.
    #[must_use]
    pub fn replay(&self, seed: u64) -> String {
        self.command(&format!("LARDER_SEED={seed}"))
    }

    /// The command line that repeats what was chosen in one.
    #[must_use]
    pub fn repeat(&self, choices: &Choices) -> String {
        let text = choices.to_string();
        let file = std::env::temp_dir().join(format!("{}.choices", self.test.replace("::", "-")));
        let is_kept = text.len() > LINE && std::fs::write(&file, &text).is_ok();
        self.command(&format!("LARDER_CHOICES={}", if is_kept { file.display().to_string() } else { text }))
    }

    fn command(&self, variable: &str) -> String {
        format!("{variable} cargo test -p {} --locked {} -- --nocapture", self.package, self.test)
    }

    fn explain(&self, seed: u64, scenario: impl Fn(&mut Run) -> Result<Tally, String>) -> ! {
        eprintln!("seed {seed} fails; to see it as it is:\n{}", self.replay(seed));
        let Some(shrunken) = Self::shrink(seed, &scenario) else {
            Self::show(&scenario, Run::of_seed(seed, true));
            panic!("seed {seed} fails now and then: something in it is not of its dice");
        };
        let Shrunken { choices, law, size, before, runs, trace } = shrunken;
        println!("{trace}");
        eprintln!("shrunk in {runs} runs, from {before} to {size}; to see that:\n{}", self.repeat(&choices));
        panic!("seed {seed}: {law}");
    }

    /// Runs a single one, with its trace.
    fn show(scenario: &impl Fn(&mut Run) -> Result<Tally, String>, run: Run) -> Tally {
        match attempt(scenario, run) {
            Ok((tally, trace)) => {
                println!("{trace}");
                tally
            }
            Err(Failure { what, size, trace }) => {
                println!("{trace}");
                panic!("{what}\n({size})");
            }
        }
    }

    /// What they come to together, and the first seed that failed.
    fn all(&self, count: u64, scenario: &(impl Fn(&mut Run) -> Result<Tally, String> + Sync)) -> (Tally, Option<u64>) {
        let (next, failed, tally) = (AtomicU64::new(0), AtomicU64::new(u64::MAX), Mutex::new(Tally::default()));
        let (goes_on, broken) = (std::env::var_os("LARDER_GO_ON").is_some(), Mutex::new(Broken::new()));
        let work = || {
            let mut own = Tally::default();
            loop {
                let from = next.fetch_add(BATCH, SeqCst);
                if from >= count {
                    break;
                }
                for seed in from..count.min(from + BATCH) {
                    // Seeds before one that failed are run all the same: the first is the same on any number of cores.
                    if failed.load(SeqCst) < seed && !goes_on {
                        break;
                    }
                    match attempt(scenario, Run::of_seed(seed, seed.is_multiple_of(TRACED))) {
                        Ok((result, _)) => own.join(&result),
                        Err(failure) => {
                            failed.fetch_min(seed, SeqCst);
                            let mut broken = broken.lock().unwrap_or_else(PoisonError::into_inner);
                            let (first, times) = broken.entry(failure.law()).or_insert((seed, 0));
                            (*first, *times) = (seed.min(*first), *times + 1);
                        }
                    }
                }
            }
            tally.lock().unwrap_or_else(PoisonError::into_inner).join(&own);
        };
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
        std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
        for (law, (first, times)) in broken.into_inner().unwrap_or_default() {
            eprintln!("{times} of {count} break a law, the first with seed {first}: {law}");
        }
        let failed = failed.into_inner();
        (tally.into_inner().unwrap_or_default(), Some(failed).filter(|failed| *failed != u64::MAX))
    }
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// The choices that somebody wants to see.
fn given() -> Option<Choices> {
    let text = std::env::var("LARDER_CHOICES").ok()?;
    let choices = std::fs::read_to_string(&text).unwrap_or(text).parse();
    Some(choices.unwrap_or_else(|_| panic!("LARDER_CHOICES are neither choices nor the name of a file with some")))
}
