//! Chance that repeats.

use core::ops::RangeInclusive;
use core::time::Duration;

use larder_core::Ids;

use super::tape::Tape;

/// What SplitMix64 adds for each number: see [`Ids::bits`].
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// A seeded source of decisions: the same seed gives the same ones.
///
/// Each decision is a choice with a simplest one: the lower end of a range, the first of a list, *no* of a question. A scenario
/// that fails shrinks towards them, so write draws so that the simplest is the least: no trouble, one client, one call.
#[derive(Debug)]
pub struct Dice {
    state: u64,
    /// Where choices are recorded, or come from; and which of its tracks is this one's.
    tape: Option<(Tape, usize)>,
}

impl Dice {
    /// From a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { state: seed, tape: None }
    }

    /// From a seed, while choices are recorded or given.
    pub(super) fn on(tape: &Tape, seed: u64) -> Self {
        Self { state: seed, tape: Some((tape.clone(), tape.track())) }
    }

    /// 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.choose(0, core::convert::identity)
    }

    /// Other dice, which these do not influence any more.
    #[must_use]
    pub fn fork(&mut self) -> Self {
        let seed = self.roll();
        Self { state: seed, tape: self.tape.as_ref().map(|(tape, _)| (tape.clone(), tape.track())) }
    }

    /// Other dice, whose numbers are no decisions: what must be different each time, as tokens. They stay as they are when a
    /// scenario shrinks. With the same seed, the same numbers as those of a [`fork`](Self::fork).
    #[must_use]
    pub fn noise(&mut self) -> Self {
        Self::new(self.bits())
    }

    /// A number within `range`, each as likely as another (but for what 64 bits cannot be divided by).
    pub fn within(&mut self, range: RangeInclusive<u64>) -> u64 {
        let simplest = *range.start();
        self.towards(simplest, range)
    }

    /// The same, where another than the lower end is the simplest.
    pub fn towards(&mut self, simplest: u64, range: RangeInclusive<u64>) -> u64 {
        let (low, high) = range.into_inner();
        let numbers = high.saturating_sub(low).saturating_add(1);
        let first = simplest.clamp(low, high.max(low)) - low;
        // Chosen is how far it is from the simplest, around the end.
        let chosen = self.choose(numbers, |bits| {
            let number = bits % numbers;
            number.checked_sub(first).unwrap_or(numbers - first + number)
        });
        let behind = numbers - first;
        low + if chosen < behind { first + chosen } else { chosen - behind }
    }

    /// So many milliseconds.
    pub fn millis(&mut self, range: RangeInclusive<u64>) -> Duration {
        Duration::from_millis(self.within(range))
    }

    /// True once in `n` times.
    pub fn one_in(&mut self, n: u64) -> bool {
        self.is_so(n <= 1, false, |bits| bits.is_multiple_of(n.max(1)))
    }

    /// True in so many of a hundred cases.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.is_so(percent >= 100, percent == 0, |bits| bits % 100 < percent)
    }

    /// One of them; there must be one.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let last = of.len().saturating_sub(1) as u64;
        &of[usize::try_from(self.within(0..=last)).unwrap_or_default()]
    }

    /// So many bytes.
    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        // One choice for all of them: what they are made of.
        let before = self.state;
        let mut numbers = Ids::new(self.choose(0, |_| before));
        let mut bytes = Vec::with_capacity(length + 7);
        while bytes.len() < length {
            bytes.extend_from_slice(&numbers.bits().to_le_bytes());
        }
        self.state = before.wrapping_add(STEP.wrapping_mul(bytes.len() as u64 / 8));
        bytes.truncate(length);
        bytes
    }

    /// Yes or no, of which no is simpler.
    fn is_so(&mut self, always: bool, never: bool, own: impl FnOnce(u64) -> bool) -> bool {
        let options = if always || never { 1 } else { 2 };
        let chosen = self.choose(options, |bits| u64::from(own(bits)) % options);
        always || chosen == 1
    }

    /// One of so many options (0: of 2⁶⁴), as a number of which 0 is the simplest: what `own` makes of the next 64 bits, unless
    /// choices are given.
    fn choose(&mut self, options: u64, own: impl FnOnce(u64) -> u64) -> u64 {
        let own = own(self.roll());
        match &self.tape {
            Some((tape, track)) => tape.choose(*track, options, own),
            None => own,
        }
    }

    fn roll(&mut self) -> u64 {
        let bits = Ids::new(self.state).bits();
        self.state = self.state.wrapping_add(STEP);
        bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers of failing seeds stand in commits and tests: they go on meaning the same.
    #[test]
    fn a_seed_means_what_it_has_always_meant() {
        let (mut dice, mut ids) = (Dice::new(7), Ids::new(7));
        assert_eq!(dice.bits(), ids.bits());
        assert_eq!(dice.within(3..=9), 3 + ids.bits() % 7);
        assert_eq!(dice.towards(9, 0..=9), ids.bits() % 10);
        for _ in 0..50 {
            assert_eq!(dice.one_in(3), ids.bits().is_multiple_of(3));
            assert_eq!(dice.percent(30), ids.bits() % 100 < 30);
        }
        assert!(!dice.percent(0) && dice.percent(100) && dice.one_in(1));
        let _ = [(); 3].map(|()| ids.bits());
        let eleven: Vec<u8> = [ids.bits(), ids.bits()].iter().flat_map(|bits| bits.to_le_bytes()).take(11).collect();
        assert_eq!(dice.bytes(11), eleven);
        assert_eq!(dice.fork().bits(), Ids::new(ids.bits()).bits());
        assert_eq!(dice.noise().bits(), Ids::new(ids.bits()).bits());
        assert_eq!(dice.bits(), ids.bits());
    }
}
