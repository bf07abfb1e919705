//! Nirvanix Web Services as types: operations, answers, faults and their XML, JSON and form codecs.

pub mod codec;
pub mod values;
