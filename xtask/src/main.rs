//! `cargo xtask …`: the table of contents. Each command is a file of the library beside this one.

use clap::{Parser, Subcommand};
use std::process::ExitCode;
use xtask::{
    alone, api, bench, ci, coverage, embeddings, facade, features, fixtures, fuzz, layers, licences, mutants, openapi, snapshots,
    torture, workspace,
};

/// Everything a person runs to develop Larder.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run every check in order, the tests last; stop at the first that fails
    Ci(ci::Options),
    /// Derive fixtures/messages and fixtures/index.tsv from what was printed
    Fixtures(fixtures::Options),
    /// Tell what there is of each operation on the wire; fail where something is missing
    Coverage(coverage::Options),
    /// Write the reseller API's OpenAPI document, or hold that it is there
    Openapi(openapi::Options),
    /// Hold the arrows between the crates, and what no layer may pull in
    Layers,
    /// Build each published crate in an empty project, let it do its job there, and hold what comes along
    Alone,
    /// List the public API of each published crate in its api.txt; hold that no package below 1.0 stands in it
    Api(api::Options),
    /// Hold what stands at the top of each embedding: its packages and how many come along
    Embeddings,
    /// Hold that the facade reaches every feature and layer
    Facade,
    /// Check every crate that has features under combinations of them, and hold that they only add
    Features,
    /// Hold that every dependency's licence is on the list
    Licences,
    /// Hold that no snapshot waits for review
    Snapshots,
    /// Measure codecs (`bench wire`) and clients (`bench client`) against other crates and code written by hand (allocations, and with valgrind instructions)
    Bench(bench::Options),
    /// Run the fuzz targets under cargo-fuzz (`cargo install cargo-fuzz`) and print a table of what came of it
    Fuzz(fuzz::Options),
    /// Change each rule of the core in turn, under cargo-mutants (`cargo install cargo-mutants`), and hold that a test notices, but for the survivors that crates/core/mutants.txt names; no part of `ci`: all of them take about an hour
    Mutants(mutants::Options),
    /// Cut the power under a running service (needs root, mkfs.ext4, loop devices, python3)
    Torture,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Ci(options) => ci::run(&options),
        Command::Fixtures(options) => fixtures::run(&workspace::root().join("fixtures"), &options),
        Command::Coverage(options) => coverage::run(&options),
        Command::Openapi(options) => openapi::run(&options),
        Command::Layers => layers::run(),
        Command::Alone => alone::run(),
        Command::Api(options) => api::run(&options),
        Command::Embeddings => embeddings::run(),
        Command::Facade => facade::run(),
        Command::Features => features::run(),
        Command::Licences => licences::run(),
        Command::Snapshots => snapshots::run(&workspace::root()),
        Command::Bench(options) => bench::run(&options),
        Command::Fuzz(options) => fuzz::run(&options),
        Command::Mutants(options) => mutants::run(&options),
        Command::Torture => torture::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("xtask: {problem}");
            ExitCode::FAILURE
        }
    }
}
