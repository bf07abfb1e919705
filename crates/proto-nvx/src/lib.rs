//! Nirvanix Web Services as types: operations, answers, faults and their XML, JSON and form codecs.

mod api;
pub mod codec;
mod fault;
pub mod flow;
mod operations;
pub mod values;

pub use api::{Format, Forward, Nvx, Style};
pub use fault::{Code, Fault};
pub use operations::*;
