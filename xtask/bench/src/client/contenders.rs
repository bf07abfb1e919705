//! What is measured, who takes part, and what is aimed at.

use super::{large, small};

/// One thing to be done.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) kind: Kind,
    /// Larder first.
    pub(super) contenders: &'static [&'static str],
    pub(super) aims: &'static [Aim],
}

#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// The answer is all facts of a path, or also what is known of the file's content, which is XML within the answer.
    Small {
        at_once: usize,
        metadata: bool,
    },
    Up,
    Down,
}

/// What is aimed at, beside another.
pub(super) struct Aim {
    pub(super) against: &'static str,
    pub(super) what: What,
}

pub(super) enum What {
    /// At least so many times its speed.
    Speed(f64),
    /// At most so many times its CPU time.
    Cpu(f64),
}

const fn aim(against: &'static str, speed: f64) -> Aim {
    Aim { against, what: What::Speed(speed) }
}

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "small-64",
        title: "GetPathInfo, 64 at once; Larder decodes the answer, the others do not",
        kind: Kind::Small { at_once: 64, metadata: false },
        contenders: &["larder", "legacy", "conn", "reqwest", "ureq"],
        aims: &[aim("legacy", 0.95), aim("reqwest", 1.4), aim("ureq", 1.6)],
    },
    Row {
        name: "metadata-64",
        title: "GetPathInfo with metadata, 64 at once: markup within the answer, which Larder decodes, too",
        kind: Kind::Small { at_once: 64, metadata: true },
        contenders: &["larder", "legacy"],
        aims: &[],
    },
    Row {
        name: "small-1",
        title: "GetPathInfo, one after another",
        kind: Kind::Small { at_once: 1, metadata: false },
        contenders: &["larder", "legacy", "conn", "reqwest", "ureq"],
        aims: &[aim("legacy", 0.95)],
    },
    Row {
        name: "blocking-1",
        title: "GetPathInfo, one after another, by the clients without a runtime",
        kind: Kind::Small { at_once: 1, metadata: false },
        contenders: &["larder-blocking", "ureq"],
        aims: &[Aim { against: "ureq", what: What::Cpu(0.6) }],
    },
    Row {
        name: "up",
        title: "an upload in one stream",
        kind: Kind::Up,
        contenders: &["larder", "larder-md5", "legacy", "curl"],
        aims: &[aim("legacy", 0.95)],
    },
    Row {
        name: "down",
        title: "a download in one stream",
        kind: Kind::Down,
        contenders: &["larder", "larder-md5", "legacy", "curl"],
        aims: &[aim("legacy", 0.95)],
    },
];

/// The part of a contender.
pub(super) fn run(row: &str, contender: &str, amount: u64, address: &str) {
    let row = ROWS.iter().find(|it| it.name == row).unwrap_or_else(|| panic!("no row {row}"));
    match row.kind {
        Kind::Small { at_once, metadata } => small::run(contender, at_once, metadata, amount, address),
        Kind::Up => large::up(contender, amount, address),
        Kind::Down => large::down(contender, amount, address),
    }
}
