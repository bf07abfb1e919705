//! What is printed.

use std::time::Duration;

use crate::contest::{Aim, Figures};

/// Prints a row's table, and returns a line for each aim.
pub(crate) fn print(row: &str, title: &str, figures: &[Figures], counts: Option<&[u64]>, aims: &[Aim]) -> Vec<String> {
    println!("\n{row}: {title}");
    println!(
        "  {:<34} {:>10} {:>10} {:>8} {:>14} {:>8} {:>8} {:>11} {:>11}",
        "", "median", "least", "Larder/", "instructions", "Larder/", "allocs", "bytes", "peak"
    );
    let ours = counts.and_then(|counts| counts.first());
    for (at, it) in figures.iter().enumerate() {
        let count = counts.and_then(|counts| counts.get(at));
        let (count, share) = match (ours, count) {
            (Some(ours), Some(count)) => (count.to_string(), format!("{:.2}", *ours as f64 / (*count).max(1) as f64)),
            _ => Default::default(),
        };
        println!(
            "  {:<34} {:>10} {:>10} {:>8.2} {count:>14} {share:>8} {:>8} {:>11} {:>11}",
            it.name,
            time(it.median),
            time(it.least),
            it.ratio,
            it.used.calls,
            it.used.bytes,
            it.used.peak
        );
    }
    aims.iter().map(|aim| verdict(row, aim, figures)).collect()
}

fn verdict(row: &str, aim: &Aim, figures: &[Figures]) -> String {
    let ratio = figures.iter().find(|it| it.name == aim.against).map_or(f64::NAN, |it| it.ratio);
    let reached = if ratio <= aim.at_most { "reached" } else { "NOT reached" };
    format!("{row:<12} {:<34} aim <= {:<4.2} is {ratio:<5.2} {reached}", aim.against, aim.at_most)
}

/// Prints all aims.
pub(crate) fn summary(verdicts: &[String]) {
    println!("\nLarder's time as a multiple of another's:");
    for verdict in verdicts {
        println!("  {verdict}");
    }
}

fn time(time: Duration) -> String {
    match time.as_nanos() {
        nanos @ 0..=99_999 => format!("{nanos} ns"),
        nanos @ 100_000..=99_999_999 => format!("{} us", nanos / 1_000),
        nanos => format!("{} ms", nanos / 1_000_000),
    }
}
