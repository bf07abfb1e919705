//! The program `larder`.

mod api;
mod client;
mod init;
mod journal;
mod quickstart;
mod serve;

use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Larder: two cloud storage service APIs, served from one data folder, and their client.
#[derive(Parser)]
#[command(name = "larder", version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Create a service in a data folder, and print what opens it, once.
    Init(init::Arguments),
    /// Serve a data folder; an empty one becomes a service first.
    Serve(serve::Arguments),
    /// Start a service, use it through HTTP with our own client, and check every answer.
    Quickstart(quickstart::Arguments),
    /// Tell which operations there are, and what each takes, answers, refuses and destroys.
    Api(api::Arguments),
    /// Call any operation of a running service, and print its answer as JSON.
    Call(client::call::Arguments),
    /// Upload a file to a running service.
    Upload(client::upload::Arguments),
    /// Download a file from a running service.
    Download(client::download::Arguments),
    /// Explain a journal of a call, and verify that the same happens again.
    Replay(journal::replay::Arguments),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Init(arguments) => init::run(arguments),
        Command::Serve(arguments) => serve::run(arguments),
        Command::Quickstart(arguments) => quickstart::run(arguments),
        Command::Api(arguments) => api::run(&arguments),
        Command::Call(arguments) => client::call::run(&arguments),
        Command::Upload(arguments) => client::upload::run(&arguments),
        Command::Download(arguments) => client::download::run(&arguments),
        Command::Replay(arguments) => journal::replay::run(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            warn(format_args!("larder: {error}"));
            error.downcast_ref::<client::Ended>().map_or(ExitCode::FAILURE, |ended| ended.status().into())
        }
    }
}

/// Prints a line. Whether anybody reads it is no concern of a service.
fn say(line: impl Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Prints a line on standard error, if there is any.
fn warn(line: impl Display) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Whatever ends the program early, as it is told to the user.
type Failure = Box<dyn std::error::Error + Send + Sync>;
