//! How many transfers of one client are under way at once.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::ExchangeId;

/// Room for transfers: calls that send or fetch a file. Who finds none waits in turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permits {
    limit: usize,
    /// The calls that have one.
    taken: Vec<ExchangeId>,
    /// The calls that wait for one, the first that came first.
    queue: VecDeque<ExchangeId>,
    epoch: u64,
}

impl Default for Permits {
    fn default() -> Self {
        Self::new(Self::DEFAULT)
    }
}

impl Permits {
    /// Transfers at once, unless told otherwise: more hardly move faster over one line, and each holds a connection.
    pub const DEFAULT: usize = 16;

    /// Room for so many at once; at least one.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { limit: limit.max(1), taken: Vec::new(), queue: VecDeque::new(), epoch: 0 }
    }

    /// Transfers at once, at most.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Transfers under way.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.taken.len()
    }

    /// Calls that wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Moves whenever one comes free.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// `call` wants one. False: it waits, and must ask again when the epoch has moved.
    pub fn take(&mut self, call: ExchangeId) -> bool {
        if self.taken.contains(&call) {
            return true;
        }
        let free = self.limit - self.taken.len().min(self.limit);
        match self.queue.iter().position(|waiting| *waiting == call) {
            Some(place) if place < free => drop(self.queue.remove(place)),
            None if self.queue.len() < free => {}
            Some(_) => return false,
            None => {
                self.queue.push_back(call);
                return false;
            }
        }
        self.taken.push(call);
        true
    }

    /// `call` needs none any more, whether it has one or waits for one.
    pub fn release(&mut self, call: ExchangeId) {
        let before = (self.taken.len(), self.queue.len());
        self.taken.retain(|taken| *taken != call);
        self.queue.retain(|waiting| *waiting != call);
        if before != (self.taken.len(), self.queue.len()) {
            self.epoch = self.epoch.wrapping_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_first_is_served_first() {
        let mut permits = Permits::new(2);
        let [a, b, c, d] = [1, 2, 3, 4].map(ExchangeId);
        assert!(permits.take(a) && permits.take(b) && permits.take(a));
        assert!(!permits.take(c) && !permits.take(d) && !permits.take(c));
        assert_eq!((permits.limit(), permits.taken(), permits.waiting()), (2, 2, 2));
        permits.release(a);
        assert!(!permits.take(d), "c was first");
        assert!(permits.take(c) && !permits.take(d));
        permits.release(b);
        assert!(permits.take(d));
        assert_eq!((permits.taken(), permits.waiting()), (2, 0));
    }

    #[test]
    fn who_gives_up_waiting_stands_in_nobodys_way() {
        let mut permits = Permits::new(1);
        let [a, b, c] = [1, 2, 3].map(ExchangeId);
        assert!(permits.take(a) && !permits.take(b) && !permits.take(c));
        let before = permits.epoch();
        permits.release(b);
        assert!(permits.epoch() > before, "c may be the next one now");
        permits.release(a);
        assert!(permits.take(c));
    }
}
