//! The wire of Nirvanix Web Services, held against every fixture.

mod answers;
mod codecs;
mod faults;
mod pages;
mod requests;
mod routes;
mod samples;
mod schemas;
mod updates;
