//! Messages that were damaged on their way, the same ones each time.

/// A source of numbers that look random and are the same each time.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `sides`.
    pub(super) fn below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % sides.max(1)
    }

    pub(super) fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// A message with one to three changes: something is lost, doubled, moved, put in, or the end is missing.
pub(super) fn mutated(message: &[u8], tokens: &[&[u8]], dice: &mut Dice) -> Vec<u8> {
    let mut message = message.to_vec();
    for _ in 0..=dice.below(3) {
        let from = dice.below(message.len() + 1);
        let until = (from + dice.below(8)).min(message.len());
        let what = message[from..until].to_vec();
        match dice.below(12) {
            0..=2 => drop(message.drain(from..until)),
            3 | 4 => drop(message.splice(from..from, what)),
            5 => {
                drop(message.drain(from..until));
                let to = dice.below(message.len() + 1);
                drop(message.splice(to..to, what));
            }
            6 => message.truncate(message.len() - dice.below(message.len().min(40) + 1)),
            7 | 8 => drop(message.splice(from..until, dice.one(tokens).iter().copied())),
            _ => drop(message.splice(from..from, dice.one(tokens).iter().copied())),
        }
    }
    message
}
