//! The machines of the core, with a toy API whose messages are plain text.

mod call_random;
mod call_splits;
mod call_states;
mod drive;
mod exchange_random;
mod exchange_splits;
mod exchange_states;
mod policy;
mod secrets;
mod session;
mod toy;
mod world;
