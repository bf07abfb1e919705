//! Is it a good driver? A suite to be run against a driver of one's own.
//!
//! The suite plays the server, over TCP on this host, and it makes the machines: each is a real [`Call`](larder_core::Call) in a
//! wrapper that watches every `poll` and `handle`. So it sees a driver from the wire and from inside, injects one fault after the
//! other, and says what the driver did wrong, by the rules of the guide (`crates/core/README.md`).
//!
//! ```
//! use larder_core::Shared;
//! use larder_testkit::conformance::{Abilities, Bench, Driver, Job, Order};
//!
//! struct Mine;
//!
//! impl Driver for Mine {
//!     fn abilities(&self) -> Abilities {
//!         Abilities { at_once: false, cancels: false, drops: false, ..Abilities::ALL }
//!     }
//!
//!     fn run(&self, shared: Shared<Bench>, jobs: Vec<Job>, order: Order) {
//!         # let _ = (&shared, order);
//!         // let client = my_driver::Client::new(shared);
//!         for job in jobs {
//!             // client.drive(job.machine, job.source, job.sink);
//!             # drop(job);
//!         }
//!     }
//! }
//!
//! # fn test() {
//! larder_testkit::conformance::run(Mine).assert_clean();
//! # }
//! ```
//!
//! It takes about five seconds for a driver that makes no mistake. Real time is what it measures drivers by, with a quarter of a
//! second of tolerance, and more on a machine that is busy: that is measured, too.

mod api;
mod content;
mod files;
mod probe;
mod report;
mod request;
mod rule;
mod run;
mod scenario;
mod scenarios;
mod script;
mod server;
mod signal;
mod told;
mod world;

use std::sync::Arc;

use larder_core::Shared;

pub use self::api::{Answer, Bench, Fault, Name, Request, Said};
pub use self::files::{Sink, Source};
pub use self::probe::Probe;
pub use self::report::{Finding, Report};
pub use self::rule::Rule;
pub use self::signal::Signal;

/// A driver, as the suite uses it.
pub trait Driver: Send + Sync + 'static {
    /// Makes a client with this shared state, and drives each job's machine to its end: over the connections of one client, in
    /// the given order. Then returns. What the calls come to is the suite's business: it knows already.
    ///
    /// It is called on a thread of its own, once for each scenario. Build a runtime there, if you need one.
    fn run(&self, shared: Shared<Bench>, jobs: Vec<Job>, order: Order);

    /// What it can do. What it cannot is not tested, and reported as such.
    fn abilities(&self) -> Abilities {
        Abilities::ALL
    }

    /// All that the driver has logged so far, if the suite is to look for secrets in it.
    fn log(&self) -> Option<String> {
        None
    }
}

/// One call.
pub struct Job {
    /// What is to be driven, to `Done`.
    pub machine: Probe,
    /// The file that `Feed` is about.
    pub source: Source,
    /// Where `Data` goes.
    pub sink: Sink,
    /// The caller cancels: tell `Cancel`. Needs [`Abilities::cancels`].
    pub cancel: Signal,
    /// The caller drops the call: drop the machine, unfinished. Needs [`Abilities::drops`].
    pub give_up: Signal,
}

/// How jobs are to be driven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Each begins when the one before is over.
    InTurn,
    /// All of them side by side, on one [`Shared`]. Needs [`Abilities::at_once`].
    AtOnce,
}

/// What a driver can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abilities {
    /// Drive several calls side by side.
    pub at_once: bool,
    /// Obey [`Job::cancel`].
    pub cancels: bool,
    /// Obey [`Job::give_up`].
    pub drops: bool,
    /// Read an answer while the request's body still goes out. Clients of others that return an answer only after all is sent
    /// cannot.
    pub duplex: bool,
    /// Send a body piece by piece, as the peer takes it. Clients of others that want all of it at once cannot.
    pub bounded: bool,
    /// Read the caller's file piece by piece, and hand on the fetched one as it comes. Who takes and gives files whole (see
    /// [`Source::whole`]) hands it over at the end.
    pub streams: bool,
    /// Say `Connected` when there is a connection. Who cannot know says it as soon as `Open` is asked for.
    pub connects: bool,
}

impl Abilities {
    /// All of it.
    pub const ALL: Self =
        Self { at_once: true, cancels: true, drops: true, duplex: true, bounded: true, streams: true, connects: true };
}

/// So many scenarios that went wrong say enough: a driver that hangs takes seconds in each.
const ENOUGH: usize = 10;

/// Runs all scenarios, one after the other, until ten have gone wrong. The rest counts as not tested then.
#[must_use]
pub fn run<D: Driver>(driver: D) -> Report {
    run_some(driver, |_| true)
}

/// Runs the scenarios whose name `is_wanted`.
#[must_use]
pub fn run_some<D: Driver>(driver: D, is_wanted: impl Fn(&str) -> bool) -> Report {
    let (driver, mut report) = (Arc::new(driver), Report::default());
    let (abilities, mut broken) = (driver.abilities(), 0);
    for scenario in scenarios::all().into_iter().filter(|scenario| is_wanted(scenario.name)) {
        if let Some(need) = scenario.needs.iter().find(|need| !need.is_met(abilities)) {
            report.not_tested.push((scenario.name, need.name()));
            continue;
        }
        if broken == ENOUGH {
            report.not_tested.push((scenario.name, report::TOO_MANY));
            continue;
        }
        let findings = run::perform(&driver, &scenario);
        broken += usize::from(!findings.is_empty());
        if findings.is_empty() {
            report.passed.push(scenario.name);
        }
        report.failed.extend(findings);
    }
    search_log(driver.as_ref(), &mut report);
    report
}

/// The names of the scenarios, in order.
#[must_use]
pub fn scenarios() -> Vec<&'static str> {
    scenarios::all().into_iter().map(|scenario| scenario.name).collect()
}

fn search_log<D: Driver>(driver: &D, report: &mut Report) {
    const SCENARIO: &str = "the driver's log";
    let Some(log) = driver.log() else { return report.not_tested.push((SCENARIO, "log")) };
    let lines: Vec<_> = log.lines().filter(|line| scenario::SECRETS.iter().any(|secret| line.contains(secret))).collect();
    if lines.is_empty() {
        return report.passed.push(SCENARIO);
    }
    // Not the lines themselves: a report is shown to others.
    let what = format!("{} lines of the driver's log hold what was sent or answered", lines.len());
    report.failed.push(Finding { scenario: SCENARIO, rule: Rule::Secrets, what, trace: Vec::new() });
}
