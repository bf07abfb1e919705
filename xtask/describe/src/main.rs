//! `cargo xtask openapi`: joins what the catalog says of the reseller API with the examples in `fixtures/`, and writes it to
//! `openapi/e2.json`, or holds that it is there.
//!
//! * `examples`: which message is shown where

mod examples;
#[cfg(test)]
mod judged;

use std::path::PathBuf;
use std::process::ExitCode;

use larder_proto_e2::describe::openapi;
use larder_testkit::fixtures;

type Error = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let check = std::env::args().skip(1).any(|argument| argument == "--check");
    match if check { hold() } else { write() } {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("openapi: {error}");
            ExitCode::FAILURE
        }
    }
}

fn path() -> PathBuf {
    fixtures::folder().join("../openapi/e2.json")
}

/// The document as it is kept.
fn text() -> Result<String, Error> {
    Ok(serde_json::to_string_pretty(&openapi(&examples::all()?))? + "\n")
}

fn write() -> Result<(), Error> {
    Ok(std::fs::write(path(), text()?)?)
}

fn hold() -> Result<(), Error> {
    if std::fs::read_to_string(path())? == text()? {
        return Ok(());
    }
    Err("openapi/e2.json is not what the catalog and the fixtures say; `cargo xtask openapi` renews it".into())
}
