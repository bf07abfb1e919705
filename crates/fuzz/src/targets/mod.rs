//! The targets, a file each: `run` tries one input, `seeds` makes the first ones of the fixtures.

pub mod call;
pub mod callback;
pub mod dates;
pub mod e2_answer;
pub mod e2_request;
pub mod exchange;
pub mod form;
pub mod h1;
pub mod json;
mod message;
pub mod multipart;
pub mod paths;
pub mod ranges;
pub mod soap;
mod texts;
pub mod xml;
