//! Many clients against the service itself over a wire that fails in every way it can, under a virtual clock.
//!
//! The service is the engine on its model, behind the handlers of `larder serve`. What clients were told is compared with
//! what is there at the end.

mod cabinet;
mod calls;
mod canary;
mod downloads;
mod e2;
mod explored;
mod found;
mod killed;
mod looks;
mod nvx;
mod oracle;
mod rewrites;
mod shrunk;
mod strangers;
mod surroundings;

use larder_testkit::sim::Seeds;

/// Scenarios of a usual run.
const SCENARIOS: u64 = 20_000;

/// What a usual run must have seen often: otherwise it proves less than it says.
const SEEN: [&str; 27] = [
    "ended: well",
    "ended: fault",
    "ended: peer",
    "ended: failure",
    "ended: outcome unknown",
    "ended: deadline",
    "ended: cancelled",
    "ended: dropped",
    "restarts",
    "sessions ended",
    "upload tokens ended",
    "refused for now",
    "redirect",
    "failure in 200",
    "page after",
    "slow drip",
    "token ended within an upload",
    "updated",
    "update refused: MD5",
    "appended",
    "assembled of ranges",
    "fetched by link",
    "password refused",
    "note: resuming",
    "note: restarting",
    "uploaded, found by a look",
    "ranges ignored",
];

#[test]
fn whatever_the_weather_clients_are_told_the_truth() {
    let seeds = Seeds { test: "sim::whatever_the_weather", package: "larder-testkit", scenarios: SCENARIOS };
    let tally = seeds.run(nvx::scenario);
    println!("{tally}");
    // A single scenario, or a few, need not have everything.
    if tally.of("calls") > SCENARIOS {
        SEEN.iter().for_each(|what| assert!(tally.of(what) > 100, "{what}: {}", tally.of(what)));
    }
}

/// Scenarios of a usual run of the reseller API, which are shorter.
const RESELLERS: u64 = 20_000;

/// What a usual run of it must have seen often.
const SEEN_BY_RESELLERS: [&str; 13] = [
    "ended: well",
    "ended: fault",
    "ended: outcome unknown",
    "ended: deadline",
    "ended: dropped",
    "restarts",
    "refused for now",
    "carried out and refused",
    "key: made",
    "key: lost",
    "key: orphan removed",
    "key: none was left",
    "key: look again",
];

#[test]
fn resellers_are_told_the_truth_and_keep_their_keys() {
    let seeds = Seeds { test: "sim::resellers_are_told", package: "larder-testkit", scenarios: RESELLERS };
    let tally = seeds.run(e2::scenario);
    println!("{tally}");
    if tally.of("calls") > RESELLERS {
        SEEN_BY_RESELLERS.iter().for_each(|what| assert!(tally.of(what) > 100, "{what}: {}", tally.of(what)));
    }
}
