//! Larder's clients against other clients: `cargo xtask bench client`. The same requests to the same bare server, which runs in a process of its own.
//!
//! Every contender runs in a process of its own too, once per round, and all of them in turn: what disturbs the machine
//! disturbs all. A process warms its connections up, then measures itself: wall time, CPU time of all its threads
//! (`/proc/self/stat`), and how far its peak of resident memory is above where it stood before. callgrind counts the
//! instructions of N and of 2 N calls; the difference is what N calls cost, whatever the machine's mood.
//!
//! A program of its own beside that of the codecs, whose allocator counts: here that would count for instructions of all.
//!
//! Linux only, for `/proc`.

mod contenders;
mod large;
mod process;
mod report;
mod server;
mod small;

use std::process::{Command, Stdio};

use contenders::{Kind, ROWS, Row};
use process::{Measured, Server};

/// What the command line asks for.
struct Options {
    rounds: usize,
    calls: usize,
    bytes: u64,
    counts: bool,
    only: Option<String>,
}

const USAGE: &str = "client [--rounds N] [--calls N] [--bytes N] [--only PART_OF_A_ROW'S_NAME] [--no-counts]";

/// Measures, or plays one of the parts of a measurement.
fn main() {
    // The first is `client`, as it stands behind `bench`.
    let arguments: Vec<String> = std::env::args().skip(2).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["--server"] => server::run(),
        ["--run", row, contender, amount, address] => contenders::run(row, contender, number(amount), address),
        words => measure(&options(words)),
    }
}

fn number(text: &str) -> u64 {
    text.parse().unwrap_or_else(|_| usage())
}

fn usage() -> ! {
    eprintln!("usage: {USAGE}");
    std::process::exit(2)
}

fn options(words: &[&str]) -> Options {
    let mut options = Options { rounds: 5, calls: 20_000, bytes: 1 << 30, counts: true, only: None };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().copied().unwrap_or_else(|| usage());
        match *word {
            "--rounds" => options.rounds = number(value()).max(1) as usize,
            "--calls" => options.calls = number(value()).max(64) as usize,
            "--bytes" => options.bytes = number(value()),
            "--only" => options.only = Some(value().to_owned()),
            "--no-counts" => options.counts = false,
            _ => usage(),
        }
    }
    options
}

fn measure(options: &Options) {
    let server = Server::start();
    let mut verdicts = Vec::new();
    for row in ROWS.iter().filter(|row| options.only.as_deref().is_none_or(|only| row.name.contains(only))) {
        let amount = match row.kind {
            Kind::Small { .. } => options.calls as u64,
            Kind::Up | Kind::Down => options.bytes,
        };
        let rounds: Vec<Vec<Measured>> =
            (0..options.rounds).map(|_| row.contenders.iter().map(|name| once(row, name, amount, &server)).collect()).collect();
        let counts = (options.counts && matches!(row.kind, Kind::Small { .. }))
            .then(|| row.contenders.iter().map(|name| count(row, name, &server)).collect::<Vec<_>>());
        verdicts.extend(report::print(row, amount, &rounds, counts.as_deref()));
    }
    report::summary(&verdicts);
}

fn once(row: &Row, contender: &str, amount: u64, server: &Server) -> Measured {
    let output = child(row, contender, amount, server, None).stderr(Stdio::inherit()).output();
    let said = output.ok().and_then(|output| String::from_utf8(output.stdout).ok()).unwrap_or_default();
    said.parse().unwrap_or_else(|()| panic!("{} of {} said {said:?}", contender, row.name))
}

/// Instructions of one call.
fn count(row: &Row, contender: &str, server: &Server) -> Option<u64> {
    const CALLS: u64 = 640;
    let collected = |calls| {
        let said = child(row, contender, calls, server, Some("valgrind")).output().ok()?.stderr;
        String::from_utf8(said).ok()?.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse::<u64>().ok())
    };
    Some(collected(2 * CALLS)?.saturating_sub(collected(CALLS)?) / CALLS)
}

fn child(row: &Row, contender: &str, amount: u64, server: &Server, under: Option<&str>) -> Command {
    let this = std::env::current_exe().unwrap_or_else(|error| panic!("{error}"));
    let mut command = match under {
        None => Command::new(this),
        Some(tool) => {
            let mut command = Command::new(tool);
            command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(this);
            command
        }
    };
    command.args(["client", "--run", row.name, contender, &amount.to_string(), server.address()]);
    command
}
