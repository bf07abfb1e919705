//! Password hashes: argon2id as PHC strings, a few at a time.

use std::sync::{Condvar, Mutex, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
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
///
/// The memory that hashing takes is kept for the next one: given back, it would stay in the allocator's pools, once for
/// each thread that ever hashed (measured: 70 MiB more after a dozen logins).
pub struct Passwords {
    argon2: Argon2<'static>,
    dummy: Secret,
    room: Mutex<Room>,
    freed: Condvar,
}

#[derive(Default)]
struct Room {
    running: usize,
    idle: Vec<Vec<Block>>,
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
        let mut all = Self { argon2, dummy: Secret::new(""), room: Mutex::default(), freed: Condvar::new() };
        all.dummy = all.hash(&Secret::new("nobody's password"), random)?;
        Ok(all)
    }

    /// The hash of a password as a PHC string.
    ///
    /// # Errors
    /// The random source or the machinery failed.
    pub fn hash(&self, password: &Secret, random: &dyn Random) -> Result<Secret, StoreError> {
        let salt = bytes::<16>(random)?;
        let output = self.compute(&self.argon2, password, &salt, Params::DEFAULT_OUTPUT_LEN)?;
        let hash = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(self.argon2.params()).map_err(failed)?,
            salt: Some(Salt::new(&salt).map_err(failed)?),
            hash: Some(output),
        };
        Ok(Secret::new(hash.to_string()))
    }

    /// Whether `password` is the one that was hashed. Without a hash it takes as long, and is wrong.
    ///
    /// # Errors
    /// The hash is no PHC string of this algorithm.
    pub fn verify(&self, password: &Secret, hash: Option<&Secret>) -> Result<bool, StoreError> {
        let against = PasswordHash::new(hash.unwrap_or(&self.dummy).expose()).map_err(failed)?;
        let algorithm = Algorithm::try_from(against.algorithm.as_str()).map_err(failed)?;
        let version = against.version.map_or(Ok(Version::default()), Version::try_from).map_err(failed)?;
        let argon2 = Argon2::new(algorithm, version, Params::try_from(&against).map_err(failed)?);
        let (Some(salt), Some(expected)) = (against.salt, against.hash) else { return Err(failed("no hash")) };
        let output = self.compute(&argon2, password, &salt, expected.len())?;
        // Compared in constant time.
        Ok(output == expected && hash.is_some())
    }

    fn compute(&self, argon2: &Argon2<'_>, password: &Secret, salt: &[u8], length: usize) -> Result<Output, StoreError> {
        let mut out = [0; Output::MAX_LENGTH];
        let out = out.get_mut(..length).ok_or_else(|| failed("the hash is too long"))?;
        self.limited(|memory| {
            let blocks = argon2.params().block_count();
            if memory.len() < blocks {
                memory.resize(blocks, Block::default());
            }
            argon2.hash_password_into_with_memory(password.expose().as_bytes(), salt, out, &mut memory[..blocks])
        })
        .map_err(failed)?;
        Output::new(out).map_err(failed)
    }

    fn limited<T>(&self, work: impl FnOnce(&mut Vec<Block>) -> T) -> T {
        let mut room = self.room.lock().unwrap_or_else(PoisonError::into_inner);
        while room.running >= MAX_AT_ONCE {
            room = self.freed.wait(room).unwrap_or_else(PoisonError::into_inner);
        }
        room.running += 1;
        let mut memory = room.idle.pop().unwrap_or_default();
        drop(room);
        let outcome = work(&mut memory);
        let mut room = self.room.lock().unwrap_or_else(PoisonError::into_inner);
        room.running -= 1;
        room.idle.push(memory);
        drop(room);
        self.freed.notify_one();
        outcome
    }
}

fn failed(error: impl std::fmt::Display) -> StoreError {
    StoreError::Hashing(error.to_string())
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

    #[test]
    fn so_many_hash_at_once_and_the_others_wait() {
        let passwords = Passwords::new(PasswordCost::CHEAPEST, &SystemRandom).unwrap();
        let (inside, together) = (std::sync::atomic::AtomicUsize::new(0), std::sync::Barrier::new(MAX_AT_ONCE));
        let work = || {
            passwords.limited(|_| {
                let before = inside.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                assert!(before < MAX_AT_ONCE, "{before} were inside");
                // Nobody leaves before as many as may be are inside.
                together.wait();
                inside.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
            });
        };
        std::thread::scope(|scope| (0..MAX_AT_ONCE * 8).for_each(|_| drop(scope.spawn(work))));
    }
}
