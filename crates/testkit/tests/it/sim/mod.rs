//! Many clients against the service itself over a wire that fails in every way it can, under a virtual clock.
//!
//! The service is the engine on its model, behind the handlers of `larder serve`. What clients were told is compared with
//! what is there at the end.

mod cabinet;
mod calls;
mod nvx;
mod oracle;
mod surroundings;

use larder_testkit::sim::Seeds;

/// Scenarios of a usual run.
const SCENARIOS: u64 = 20_000;

#[test]
fn whatever_the_weather_clients_are_told_the_truth() {
    let seeds = Seeds { test: "sim::whatever_the_weather", package: "larder-testkit", scenarios: SCENARIOS };
    let tally = seeds.run(nvx::scenario);
    println!("{tally}");
}
