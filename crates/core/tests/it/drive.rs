//! Drives a machine by hand and writes down what was said.

mod client;
mod server;
pub(crate) mod world;
mod written;

pub(crate) use client::{Client, body, data, end, failed, head, head_with, login, settings, token, wrote};
pub(crate) use server::{Server, form, request, upload_body, upload_head};
pub(crate) use written::Written;
