//! The program as its users have it: a process, its output, its exit status, signals, and what is in its folder.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod api;
mod arguments;
mod checkpoints;
mod client;
mod crash;
mod http;
mod init;
mod process;
mod quickstart;
mod replay;
mod schemathesis;
mod serve;
mod soap;
