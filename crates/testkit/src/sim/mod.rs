//! What a seeded simulation is made of, beside the [`Pair`](crate::Pair) that it runs in: for your own machines, your own API and
//! your own service as well as for ours.
//!
//! A scenario is a function of its [`Run`]: [`Dice`] decide how many clients there are, what they ask for and when, and what
//! [`Weather`] every exchange has. [`Scenario`] is the frame: it plays a [`Pair`](crate::Pair) in that weather, with calls that are
//! [cancelled and dropped, and servers that restart](Event), looks at the [`Laws`] after every move and at the end, and leaves
//! laws of your own to you. [`Seeds`] runs scenarios by the thousand on all cores.
//!
//! # What fails, shrinks
//! Dice write down what they decide. When a scenario fails, choices are left out and made simpler as long as the same law is
//! broken: fewer calls, less trouble, shorter pauses. What is left is shown with its trace and a line that repeats it.
//!
//! * `LARDER_SCENARIOS=500000` runs as many,
//! * `LARDER_SEED=7` runs one with its trace, as it was drawn,
//! * `LARDER_CHOICES=1-2..5` (or the name of a file) runs what another was shrunk to.
//!
//! A scenario must decide everything with its dice: no clock, no other randomness, nothing whose order is by chance. What need not
//! become simpler but must differ each time, as tokens, is [`Dice::noise`]. Draw first what does not depend on how many clients and
//! calls there are, or from a [fork](Dice::fork): what is left out then moves nothing else. `examples/simulate.rs` is a whole simulation on a
//! screen.

mod alphabet;
mod dice;
mod explore;
mod later;
mod laws;
mod promises;
mod run;
mod scenario;
mod seeds;
mod shrink;
mod tally;
mod tape;
mod weather;

pub use self::alphabet::{Fault, alphabet};
pub use self::dice::Dice;
pub use self::explore::{Bounds, Counterexample, Explored, Small, explore};
pub use self::later::Later;
pub use self::laws::{Laws, Promise};
pub use self::promises::{Promises, hurry};
pub use self::run::{Run, Size};
pub use self::scenario::{Event, Scenario, at_most, narrow};
pub use self::seeds::Seeds;
pub use self::shrink::Shrunken;
pub use self::tally::Tally;
pub use self::tape::Choices;
pub use self::weather::Weather;
