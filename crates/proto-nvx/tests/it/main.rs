//! The wire of Nirvanix Web Services, held against every fixture.

mod answers;
mod broken;
mod call;
mod codecs;
#[cfg(feature = "schema")]
mod described;
mod envelopes;
mod faults;
mod lengths;
mod meta;
mod pages;
mod requests;
mod routes;
mod samples;
mod schemas;
mod soap;
mod updates;
