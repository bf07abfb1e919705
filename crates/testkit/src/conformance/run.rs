//! Runs one scenario.

use core::time::Duration;
use std::any::Any;
use std::net::TcpListener;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};

use super::scenario::Scenario;
use super::server::Server;
use super::world::{Seat, State, World};
use super::{Driver, Finding, Rule};

/// How long a scenario may take. None takes a second.
const PATIENCE: Duration = Duration::from_secs(6);

/// What the driver did wrong in it.
pub(super) fn perform<D: Driver>(driver: &Arc<D>, scenario: &Scenario) -> Vec<Finding> {
    let world = World::new(scenario.asks.len());
    let server = match Server::start(&world, scenario.acts.clone(), scenario.file) {
        Ok(server) => server,
        Err(error) => return vec![finding(scenario, &world, Rule::Open, format!("the suite could not listen: {error}"))],
    };
    // A port that was ours a moment ago: nobody listens there.
    let nobody = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let address = nobody.ok().filter(|_| scenario.is_refused).unwrap_or(server.address());
    let beat = Arc::clone(&world);
    let beating = std::thread::spawn(move || beat.measure());
    let ended = drive(driver, scenario, &world, address);
    if let Some(what) = ended {
        stuck(&world, &what);
    } else {
        look_back(scenario, &world);
    }
    world.change(|state| state.is_over = true);
    drop(server);
    let _ = beating.join();
    let findings = core::mem::take(&mut world.state().findings);
    findings.into_iter().map(|(rule, what)| finding(scenario, &world, rule, what)).collect()
}

fn finding(scenario: &Scenario, world: &World, rule: Rule, what: String) -> Finding {
    Finding { scenario: scenario.name, rule, what, trace: world.trace() }
}

/// Lets the driver do its work. What went wrong, if it did not come back.
fn drive<D: Driver>(driver: &Arc<D>, scenario: &Scenario, world: &Arc<World>, address: core::net::SocketAddr) -> Option<String> {
    let jobs = match scenario.jobs(world, address, driver.abilities()) {
        Ok(jobs) => jobs,
        Err(reject) => return Some(reject.to_string()),
    };
    let (shared, order, driver) = (scenario.shared(), scenario.order, Arc::clone(driver));
    let (tell, told) = mpsc::channel();
    // Not scoped: a driver that hangs is left behind.
    std::thread::spawn(move || {
        let result = catch_unwind(AssertUnwindSafe(|| driver.run(shared, jobs, order)));
        let _ = tell.send(result);
    });
    match told.recv_timeout(PATIENCE) {
        Ok(Ok(())) => None,
        Ok(Err(panic)) => Some(format!("the driver panicked: {}", said(panic.as_ref()))),
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
            Some(format!("the driver did not end within {PATIENCE:?}"))
        }
    }
}

fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a word")
}

/// Why it hangs, unless that is known already.
fn stuck(world: &World, what: &str) {
    let now = world.time();
    let reasons: Vec<_> = {
        let state = world.state();
        if !state.findings.is_empty() {
            return;
        }
        let open = state.jobs.iter().enumerate().filter(|(_, seat)| seat.outcome.is_none() && seat.abandoned.is_none());
        open.map(|(job, seat)| why_stuck(&state, job, seat, now)).collect()
    };
    for (rule, why) in &reasons {
        world.found(*rule, format!("{what}: {why}"));
    }
    if reasons.is_empty() {
        world.found(Rule::Poll, format!("{what}, although every machine was done"));
    }
}

fn why_stuck(state: &State, job: usize, seat: &Seat, now: Duration) -> (Rule, String) {
    let has_answer = state.exchanges.values().any(|exchange| exchange.answered.is_some() && exchange.aborted.is_none());
    let (is_moved, is_due) = seat.waiting.map_or((false, false), |waiting| {
        (waiting.moved.is_some(), waiting.handled.is_some() || waiting.due.is_some_and(|due| due < now))
    });
    if seat.give_up.is_raised() {
        (Rule::Abandon, format!("the caller of job {job} dropped it, and `abandon` was not called"))
    } else if seat.cancel.is_raised() && !seat.is_cancel_told {
        (Rule::Cancel, format!("the caller of job {job} cancelled, and `Cancel` was not told"))
    } else if is_moved {
        (Rule::Epoch, format!("job {job} waits with `on.shared`; the epoch has moved, and it was not polled again"))
    } else if is_due {
        (Rule::Wake, format!("job {job} was not polled again, although its `until` is past or it was told something"))
    } else if has_answer {
        (Rule::Answer, format!("job {job} waits for an answer that the server has sent"))
    } else {
        (Rule::Poll, format!("job {job} did not come to its end"))
    }
}

/// Holds what came of it against what must.
fn look_back(scenario: &Scenario, world: &World) {
    let tolerance = world.tolerance();
    let is_abandoned = world.state().jobs.iter().any(|seat| seat.abandoned.is_some());
    if is_abandoned {
        // The end of a connection takes a moment to arrive.
        world.until(tolerance, |state| left_open(state, tolerance).is_none());
    }
    let mut wrong = Vec::new();
    {
        let state = world.state();
        for (job, (ask, seat)) in scenario.asks.iter().zip(&state.jobs).enumerate() {
            let (is, rule, why) = &ask.expects;
            match &seat.outcome {
                Some(result) if !is(result) => {
                    let came = result.as_ref().map_or_else(ToString::to_string, |_| "success".to_owned());
                    wrong.push((*rule, format!("job {job} came to: {came}; but {why}")));
                }
                None if seat.abandoned.is_none() => {
                    wrong.push((Rule::Poll, format!("the driver returned before job {job} was `Done`")));
                }
                None if seat.cancel.is_raised() => {
                    wrong.push((*rule, format!("job {job} was abandoned when its caller cancelled; but {why}")));
                }
                None if !seat.give_up.is_raised() => {
                    wrong.push((Rule::Poll, format!("the driver abandoned job {job}, which nobody had given up")));
                }
                Some(_) | None => {}
            }
        }
        let short = state.jobs.iter().enumerate().find(|(_, seat)| seat.handed > seat.delivered);
        wrong.extend(short.map(|(job, seat)| {
            let what = format!("the caller of job {job} was handed {} bytes of {}", seat.delivered, seat.handed);
            (Rule::Deliver, what)
        }));
        wrong.extend(scenario.checks.iter().filter_map(|check| check(&state)));
        wrong.extend(left_open(&state, tolerance).filter(|_| is_abandoned));
        if !state.findings.is_empty() {
            // What follows from a mistake is not told beside it.
            wrong.clear();
        }
    }
    for (rule, what) in wrong {
        world.found(rule, what);
    }
}

/// The connection of an abandoned call is closed with it.
fn left_open(state: &State, tolerance: Duration) -> Option<(Rule, String)> {
    let abandoned = state.jobs.iter().find_map(|seat| seat.abandoned)?;
    let first = state.exchanges.values().next()?;
    let is_closed = first.closed.is_some_and(|closed| closed <= abandoned + tolerance);
    (!is_closed).then(|| (Rule::Abandon, "the connection of a call that was dropped stayed open".to_owned()))
}
