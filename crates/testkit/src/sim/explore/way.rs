//! Which way a run goes, and which ways there still are.

use super::Bounds;
use crate::pair::{Opening, Plan};
use crate::sim::Fault;

/// The choices of the present run, and of those to come.
#[derive(Debug, Clone)]
pub(super) struct Way {
    bounds: Bounds,
    /// What may still depart.
    pub(super) left: Bounds,
    /// What is chosen, of how many.
    choices: Vec<(usize, usize)>,
    /// How many of them are made.
    made: usize,
    pub(super) said: Vec<String>,
}

impl Way {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self { bounds, left: bounds, choices: Vec::new(), made: 0, said: Vec::new() }
    }

    pub(super) fn restart(&mut self) {
        (self.made, self.left) = (0, self.bounds);
        self.said.clear();
    }

    /// Goes the same way once more.
    pub(super) fn again(&mut self) {
        self.choices.truncate(self.made);
        self.restart();
    }

    /// Whether what comes now was not there in the run before.
    pub(super) fn is_new(&self) -> bool {
        self.made >= self.choices.len()
    }

    /// One of so many; the first is the usual one.
    pub(super) fn choose(&mut self, options: usize) -> usize {
        if options <= 1 {
            return 0;
        }
        if self.is_new() {
            self.choices.push((0, options));
        }
        let (chosen, _) = self.choices[self.made];
        self.made += 1;
        chosen
    }

    /// The next way, if there is one.
    pub(super) fn turn(&mut self) -> bool {
        self.choices.truncate(self.made);
        while let Some((chosen, options)) = self.choices.pop() {
            if chosen + 1 < options {
                self.choices.push((chosen + 1, options));
                return true;
            }
        }
        false
    }

    /// What happens to an exchange.
    pub(super) fn plan(&mut self, opening: &Opening<'_>, faults: &[Fault]) -> Plan {
        if !self.left.has(self.left.faults) {
            return Plan::default();
        }
        let mut possible: Vec<(&Fault, Plan)> =
            faults.iter().filter_map(|fault| fault.plan(opening).map(|plan| (fault, plan))).collect();
        match self.choose(possible.len() + 1) {
            0 => Plan::default(),
            chosen => {
                self.left.spend(|left| &mut left.faults);
                let (fault, plan) = possible.swap_remove(chosen - 1);
                self.said.push(format!("exchange {} of call {}: {fault:?}", opening.at.0, opening.call));
                plan
            }
        }
    }
}
