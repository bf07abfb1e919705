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
        // It wraps in forged journals only.
        self.next = self.next.wrapping_add(1);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_each_other_and_never_come_again() {
        let mut ids = Ids::new(0);
        assert_eq!([ids.next_id(), ids.next_id(), ids.next_id()], [1, 2, 3].map(ExchangeId));
    }

    /// The values that the algorithm's reference implementation gives.
    #[test]
    fn bits_are_those_of_split_mix_64() {
        let first = |seed| {
            let mut ids = Ids::new(seed);
            [ids.bits(), ids.bits(), ids.bits()]
        };
        assert_eq!(first(0), [0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4, 0x06C4_5D18_8009_454F]);
        assert_eq!(first(1_234_567), [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }
}
