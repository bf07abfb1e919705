//! What is printed.

use std::time::Duration;

use super::contenders::{Aim, Kind, Row, What};
use super::process::Measured;

/// Prints a row's table, and returns a line for each aim.
pub(super) fn print(row: &Row, amount: u64, rounds: &[Vec<Measured>], counts: Option<&[Option<u64>]>) -> Vec<String> {
    let calls = matches!(row.kind, Kind::Small { .. });
    println!("\n{}: {} ({amount} {}, {} rounds)", row.name, row.title, if calls { "calls" } else { "bytes" }, rounds.len());
    let rate = if calls { "calls/s" } else { "MiB/s" };
    println!(
        "  {:<14} {rate:>10} {:>12} {:>14} {:>14} {:>14} {:>12}",
        "", "Larder/its", "CPU", "Larder/its", "instructions", "RSS + KiB"
    );
    for (at, name) in row.contenders.iter().enumerate() {
        let (wall, cpu) = (median(rounds, at, |it| it.wall.as_secs_f64()), median(rounds, at, |it| it.cpu.as_secs_f64()));
        let speed = if calls { amount as f64 / wall } else { amount as f64 / wall / f64::from(1 << 20) };
        let cpu_each = if calls { format!("{:.2} us", cpu / amount as f64 * 1e6) } else { format!("{cpu:.2} s") };
        let count = counts.and_then(|counts| counts[at]).map_or(String::new(), |count| count.to_string());
        println!(
            "  {name:<14} {speed:>10.0} {:>12.2} {cpu_each:>14} {:>14.2} {count:>14} {:>12.0}",
            ratio(rounds, at, |it| it.wall),
            1.0 / ratio(rounds, at, |it| it.cpu),
            median(rounds, at, |it| it.memory as f64),
        );
    }
    let mut verdicts: Vec<String> = row.aims.iter().map(|aim| against(row, aim, rounds)).collect();
    if let Some(Some(count)) = counts.map(|counts| counts[0]) {
        verdicts.push(verdict(row.name, "", "instructions of a call", 29_000.0, count as f64, false));
    }
    if !calls {
        let memory = median(rounds, 0, |it| it.memory as f64) / 1024.0;
        verdicts.push(verdict(row.name, "", "MiB above idle", 32.0, memory, false));
    }
    verdicts
}

fn against(row: &Row, aim: &Aim, rounds: &[Vec<Measured>]) -> String {
    let at = row.contenders.iter().position(|name| *name == aim.against).unwrap_or(0);
    match aim.what {
        What::Speed(least) => verdict(row.name, aim.against, "speed", least, ratio(rounds, at, |it| it.wall), true),
        What::Cpu(most) => verdict(row.name, aim.against, "CPU time", most, 1.0 / ratio(rounds, at, |it| it.cpu), false),
    }
}

fn verdict(row: &str, against: &str, what: &str, aim: f64, is: f64, at_least: bool) -> String {
    let reached = if at_least { is >= aim } else { is <= aim };
    let (sign, reached) = (if at_least { ">=" } else { "<=" }, if reached { "reached" } else { "NOT reached" });
    format!("{row:<10} {against:<8} {what:<24} aim {sign} {aim:<8.2} is {is:<10.2} {reached}")
}

/// Prints all aims.
pub(super) fn summary(verdicts: &[String]) {
    println!("\nLarder's speed as a multiple of another's, and what it takes:");
    for verdict in verdicts {
        println!("  {verdict}");
    }
}

/// How many times as much the contender takes as Larder does: the median of the rounds' own ratios.
fn ratio(rounds: &[Vec<Measured>], at: usize, of: impl Fn(&Measured) -> Duration) -> f64 {
    middle(rounds.iter().map(|round| of(&round[at]).as_secs_f64() / of(&round[0]).as_secs_f64()))
}

fn median(rounds: &[Vec<Measured>], at: usize, of: impl Fn(&Measured) -> f64) -> f64 {
    middle(rounds.iter().map(|round| of(&round[at])))
}

fn middle(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
