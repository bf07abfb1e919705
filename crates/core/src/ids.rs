//! Numbers that never repeat, and a seeded source of jitter.

use serde::{Deserialize, Serialize};

/// One exchange of one call. Numbers are never reused within a [`Shared`](crate::Shared), so that late events of an
/// abandoned exchange are recognised and dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ExchangeId(pub u64);

/// Hands out numbers and pseudo-random bits from a seed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ids {
    next: u64,
    state: u64,
}

impl Ids {
    /// Starts at one. The same seed gives the same bits.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { next: 1, state: seed }
    }

    /// The next number.
    pub fn next_id(&mut self) -> ExchangeId {
        let id = ExchangeId(self.next);
        self.next += 1;
        id
    }

    /// 64 pseudo-random bits (SplitMix64): for jitter and multipart boundaries, never for secrets.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}
