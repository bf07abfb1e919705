//! What fails, shrinks: to the call and the trouble that matter, always to the same ones.

use core::time::Duration;

use larder_core::Session;
use larder_proto_nvx::{Nvx, Style};
use larder_testkit::sim::{Laws, Promises, Run, Scenario, Seeds, Shrunken, Tally, Weather, hurry, narrow};
use larder_testkit::{Pair, Ticket};

use crate::nvx::{Little, PASSWORD, create, json, list, login};

type World = Pair<Nvx, Little>;

/// Up to four clients that make up to four calls each in bad weather, against a service with a flaw.
fn scenario(run: &mut Run, loses: fn(&Little) -> bool) -> Result<Tally, String> {
    let (traces, dice) = (run.traces(), &mut run.dice);
    let service = Little { loses: Some(loses), ..Little::default() };
    let mut pair = Pair::new(Session::with_login(login(PASSWORD)), dice.bits(), service);
    if !traces {
        pair.be_quiet();
    }
    let mut budgets = vec![narrow(&mut pair, 0, dice)];
    for _ in 0..dice.within(0..=3) {
        let client = pair.join(Session::with_login(login(PASSWORD)), dice.bits());
        budgets.push(narrow(&mut pair, client, dice));
    }
    let trouble = *dice.pick(&[0, 10, 30]);
    let weather = Weather::new(dice.fork(), trouble, super::nvx::failures(&Style::JSON));
    let mut promises = Promises::until(Duration::from_secs(*dice.pick(&[0, 5, 60])));
    let mut makers: Vec<(String, Ticket<Nvx, _>)> = Vec::new();
    for client in 0..budgets.len() {
        for _ in 0..dice.within(1..=4) {
            let settings = larder_core::Settings { clocks: hurry(dice), style: Style::JSON, ..json() };
            let path = format!("folder{}", pair.calls());
            if dice.one_in(2) {
                let ticket = promises.say(&mut pair, dice, client, (create(&path), settings));
                makers.push((path, ticket));
            } else {
                promises.say(&mut pair, dice, client, (list(), settings));
            }
        }
    }
    let mut scenario = Scenario::new(pair, weather, Laws::new("Login.ashx", budgets, promises.made));
    let calls = scenario.pair.calls();
    scenario.disturb(dice, calls, 100);
    scenario.play(run, |_: &mut World| (), Little::forget)?;
    scenario.judge()?;
    let lost = makers
        .iter()
        .find(|(path, ticket)| matches!(ticket.outcome(), Some(Ok(_))) && !scenario.pair.service.tree.contains_key(path));
    lost.map_or_else(|| Ok(scenario.tally()), |(path, _)| Err(format!("told that it was made, and it is not: \"{path}\"")))
}

/// The smallest run of the first seed that finds this flaw.
fn found(loses: fn(&Little) -> bool) -> Shrunken {
    let shrunken = (0..500).find_map(|seed| Seeds::shrink(seed, |run| scenario(run, loses)));
    let shrunken = shrunken.unwrap_or_else(|| panic!("no seed finds it"));
    println!("{} -> {}, {} runs: {}\n{}", shrunken.before, shrunken.size, shrunken.runs, shrunken.choices, shrunken.trace);
    assert!(shrunken.size.calls <= shrunken.before.calls && shrunken.law.contains("told that it was made"), "{}", shrunken.law);
    shrunken
}

#[test]
fn without_trouble_where_none_is_needed() {
    let shrunken = found(|_| true);
    // One call, which logs in first.
    assert_eq!((shrunken.size.calls, shrunken.size.exchanges), (1, 2), "{}", shrunken.trace);
    assert!(!shrunken.trace.contains("Retrying"), "{}", shrunken.trace);
}

#[test]
fn with_as_many_calls_as_it_takes() {
    let shrunken = found(|little| little.created == 2);
    // Of one client or of two, each of which logs in.
    assert!(shrunken.size.calls == 2 && shrunken.size.exchanges <= 4, "{}", shrunken.trace);
    assert!(!shrunken.trace.contains("Retrying"), "{}", shrunken.trace);
}

#[test]
fn with_the_one_trouble_that_it_takes() {
    let shrunken = found(|little| little.sessions.len() < little.logins as usize);
    assert!(shrunken.size.calls <= 2 && shrunken.size.exchanges <= 4, "{}", shrunken.trace);
    assert_eq!(shrunken.trace.matches("the server restarts").count(), 1, "{}", shrunken.trace);
}

#[test]
fn to_the_same_run_each_time_and_what_is_printed_repeats_it() {
    let flaw: fn(&Little) -> bool = |little| little.created == 2;
    let [first, second] = [(); 2].map(|()| found(flaw));
    assert_eq!((&first.choices, first.runs, &first.trace), (&second.choices, second.runs, &second.trace));
    let text = first.choices.to_string();
    assert!(text.len() < 100, "{text}");
    assert_eq!(text.parse(), Ok(first.choices));
}

#[test]
fn also_when_a_panic_tells() {
    let shrunken = (0..500).find_map(|seed| {
        Seeds::shrink(seed, |run| scenario(run, |little| if little.created == 2 { panic!("the second folder") } else { false }))
    });
    let shrunken = shrunken.unwrap_or_else(|| panic!("no seed finds it"));
    assert_eq!((shrunken.law.as_str(), shrunken.size.calls), ("the second folder", 2), "{}", shrunken.trace);
}
