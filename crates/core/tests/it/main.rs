//! The machines of the core, with a toy API whose messages are plain text.

mod call_states;
mod drive;

mod toy;
