//! The machines of the core, with a toy API whose messages are plain text.

mod call_random;
mod call_splits;
mod call_states;
mod clocks;
mod drive;
mod ends;
mod errors;
mod exchange_random;
mod exchange_splits;
mod exchange_states;
mod journal;
mod journal_held;
mod lost;
mod permits;
mod plan;
mod policy;
mod resume;
mod secrets;
mod session;
mod toy;
mod world;
