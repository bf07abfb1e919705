//! What was seen, counted.

use std::collections::BTreeMap;

/// How often something happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally(BTreeMap<&'static str, u64>);

impl Tally {
    /// Once more.
    pub fn add(&mut self, what: &'static str) {
        self.more(what, 1);
    }

    /// So many times more.
    pub fn more(&mut self, what: &'static str, times: u64) {
        *self.0.entry(what).or_default() += times;
    }

    /// How often it happened.
    #[must_use]
    pub fn of(&self, what: &str) -> u64 {
        self.0.get(what).copied().unwrap_or_default()
    }

    /// Both together.
    pub fn join(&mut self, other: &Self) {
        for (what, times) in &other.0 {
            self.more(what, *times);
        }
    }
}

impl core::fmt::Display for Tally {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.iter().try_for_each(|(what, times)| writeln!(f, "{times:>10} {what}"))
    }
}
