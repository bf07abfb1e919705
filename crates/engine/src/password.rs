//! Password hashes: argon2id as PHC strings, a few at a time.

use std::sync::{Condvar, Mutex, PoisonError};

use argon2::password_hash::{Error, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use larder_core::Secret;

use crate::env::Random;
use crate::refusal::StoreError;
use crate::token::bytes;

/// Hashes computed at once: each takes its memory and a whole core for tens of milliseconds.
pub const MAX_AT_ONCE: usize = 2;

/// What one hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory in KiB.
    pub memory: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes in it.
    pub lanes: u32,
}

impl Default for PasswordCost {
    /// 19 MiB, two passes, one lane.
    fn default() -> Self {
        Self { memory: 19 * 1_024, passes: 2, lanes: 1 }
    }
}

impl PasswordCost {
    /// As cheap as the algorithm allows: for tests only.
    pub const CHEAPEST: Self = Self { memory: 8, passes: 1, lanes: 1 };
}

/// Hashes and verifies, [`MAX_AT_ONCE`] at a time. Its methods block the calling thread.
pub struct Passwords {
    argon2: Argon2<'static>,
    dummy: Secret,
    running: Mutex<usize>,
    freed: Condvar,
}

impl Passwords {
    /// Hashing at that cost.
    ///
    /// # Errors
    /// The cost is out of the algorithm's range, or the random source failed.
    pub fn new(cost: PasswordCost, random: &dyn Random) -> Result<Self, StoreError> {
        let params =
            Params::new(cost.memory, cost.passes, cost.lanes, None).map_err(|error| StoreError::Hashing(error.to_string()))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut all = Self { argon2, dummy: Secret::new(""), running: Mutex::new(0), freed: Condvar::new() };
        all.dummy = all.hash(&Secret::new("nobody's password"), random)?;
        Ok(all)
    }

    /// The hash of a password as a PHC string.
    ///
    /// # Errors
    /// The random source or the machinery failed.
    pub fn hash(&self, password: &Secret, random: &dyn Random) -> Result<Secret, StoreError> {
        let salt = bytes::<16>(random)?;
        let hash = self.limited(|| self.argon2.hash_password_with_salt(password.expose().as_bytes(), &salt));
        hash.map(|hash| Secret::new(hash.to_string())).map_err(|error| StoreError::Hashing(error.to_string()))
    }

    /// Whether `password` is the one that was hashed. Without a hash it takes as long, and is wrong.
    ///
    /// # Errors
    /// The hash is no PHC string of this algorithm.
    pub fn verify(&self, password: &Secret, hash: Option<&Secret>) -> Result<bool, StoreError> {
        let against = hash.unwrap_or(&self.dummy).expose();
        let outcome = self.limited(|| self.argon2.verify_password(password.expose().as_bytes(), against));
        match outcome {
            Ok(()) => Ok(hash.is_some()),
            Err(Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(StoreError::Hashing(error.to_string())),
        }
    }

    fn limited<T>(&self, work: impl FnOnce() -> T) -> T {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        while *running >= MAX_AT_ONCE {
            running = self.freed.wait(running).unwrap_or_else(PoisonError::into_inner);
        }
        *running += 1;
        drop(running);
        let outcome = work();
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.freed.notify_one();
        outcome
    }
}

impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passwords")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::SystemRandom;

    #[test]
    fn the_default_cost_is_in_the_hash() {
        let passwords = Passwords::new(PasswordCost::default(), &SystemRandom).unwrap();
        assert!(passwords.dummy.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    }

    #[test]
    fn only_the_right_password_verifies() {
        let passwords = Passwords::new(PasswordCost::CHEAPEST, &SystemRandom).unwrap();
        let hash = passwords.hash(&"right".into(), &SystemRandom).unwrap();
        assert!(passwords.verify(&"right".into(), Some(&hash)).unwrap());
        assert!(!passwords.verify(&"wrong".into(), Some(&hash)).unwrap());
        assert!(!passwords.verify(&"".into(), Some(&hash)).unwrap());
        assert!(!passwords.verify(&"nobody's password".into(), None).unwrap());
        assert!(passwords.verify(&"right".into(), Some(&"no hash".into())).is_err());
    }
}
