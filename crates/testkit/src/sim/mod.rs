//! What a seeded simulation is made of, beside the [`Pair`](crate::Pair) that it runs in.
//!
//! A scenario is a function of its seed: [`Dice`] decide how many clients there are, what they ask for and when, and what
//! [`Weather`] every exchange has. [`Laws`] are looked at after every move and at the end. [`Seeds`] runs scenarios by the
//! thousand on all cores, and shows how to repeat the one that failed: `LARDER_SEED`.

mod dice;
mod later;
mod laws;
mod seeds;
mod weather;

pub use self::dice::Dice;
pub use self::later::Later;
pub use self::laws::{Laws, Promise};
pub use self::seeds::{Seeds, Tally};
pub use self::weather::Weather;
