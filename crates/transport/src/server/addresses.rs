//! How many connections each address has.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Counts connections by address.
#[derive(Debug, Clone)]
pub(super) struct Addresses {
    limit: usize,
    counts: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// One connection of an address.
#[derive(Debug)]
pub(super) struct Place {
    address: IpAddr,
    addresses: Addresses,
}

impl Addresses {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, counts: Arc::default() }
    }

    /// None, if the address has all that it may have.
    pub(super) fn enter(&self, address: IpAddr) -> Option<Place> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.get(&address).copied().unwrap_or(0);
        if count >= self.limit {
            return None;
        }
        counts.insert(address, count + 1);
        Some(Place { address, addresses: self.clone() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.addresses.counts.lock().unwrap_or_else(PoisonError::into_inner);
        match counts.get_mut(&self.address) {
            Some(count) if *count > 1 => *count -= 1,
            Some(_) | None => {
                counts.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_it_is_dropped_and_nothing_is_kept_of_who_left() {
        let addresses = Addresses::new(2);
        let address = IpAddr::from([127, 0, 0, 1]);
        let first = addresses.enter(address);
        let second = addresses.enter(address);
        assert!(first.is_some() && second.is_some() && addresses.enter(address).is_none());
        assert!(addresses.enter(IpAddr::from([127, 0, 0, 2])).is_some());
        drop(first);
        assert!(addresses.enter(address).is_some());
        drop(second);
        assert!(addresses.counts.lock().unwrap().is_empty());
    }
}
