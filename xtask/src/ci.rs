//! The whole CI: every step in order, the tests last, so that the output ends with their own summary.

use crate::{
    Result, alone, api, coverage, embeddings, examples, facade, features, fixtures, layers, licences, openapi, snapshots, wasm,
    workspace,
};
use clap::{Args, ValueEnum};
use std::time::Instant;

/// What to run.
#[derive(Args, Default)]
pub struct Options {
    /// Run only this step; repeatable
    #[arg(long, value_name = "STEP")]
    pub only: Vec<Step>,
}

/// One step, in the order in which they run: the quick ones that fail often come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Step {
    /// Formatting
    Fmt,
    /// Lints, warnings denied
    Clippy,
    /// Documentation, warnings denied
    Docs,
    /// Derived fixtures are up to date and the prints untouched
    Fixtures,
    /// No operation lacks anything on the wire, and README says so
    Coverage,
    /// The OpenAPI document is what the catalog says
    Openapi,
    /// Arrows between the crates
    Layers,
    /// The published crates do their jobs in empty projects
    Alone,
    /// Public APIs are what api.txt says, and name no package below 1.0
    Api,
    /// The facade reaches everything
    Facade,
    /// Combinations of features compile, and features only add
    Features,
    /// Embeddings are as short, and bring as few packages, as they say
    Embeddings,
    /// Examples compile, and those that talk to a service run against one
    Examples,
    /// The core compiles for WebAssembly, and works there under node
    Wasm,
    /// Licences of dependencies
    Licences,
    /// No pending snapshot
    Snapshots,
    /// The tests of the workspace
    Tests,
}

/// Runs the steps and prints a header and the elapsed time for each.
///
/// # Errors
/// The first step that fails ends the run.
pub fn run(options: &Options) -> Result<()> {
    let all = Step::value_variants();
    let steps: Vec<Step> = all.iter().copied().filter(|step| options.only.is_empty() || options.only.contains(step)).collect();
    let whole = Instant::now();
    for (number, step) in steps.iter().enumerate() {
        let name = format!("{step:?}").to_lowercase();
        // The tests' summary stays last: what is worth saying about the others is said before.
        if *step == Step::Tests && number > 0 {
            println!("== all other steps passed in {:.1} s", whole.elapsed().as_secs_f64());
        }
        println!("== [{}/{}] {name}", number + 1, steps.len());
        let started = Instant::now();
        perform(*step)
            .map_err(|problem| format!("step `{name}` failed: {problem}\nrepeat it with: cargo xtask ci --only {name}"))?;
        if *step != Step::Tests {
            println!("== {name}: ok in {:.1} s", started.elapsed().as_secs_f64());
        }
    }
    Ok(())
}

fn perform(step: Step) -> Result<()> {
    match step {
        Step::Fmt => cargo(&["fmt", "--all", "--check"]),
        Step::Clippy => cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]),
        Step::Docs => {
            let mut command = workspace::cargo(&["doc", "--workspace", "--no-deps", "--locked"]);
            command.env("RUSTDOCFLAGS", "-D warnings");
            workspace::run(command)
        }
        Step::Fixtures => fixtures::run(&workspace::root().join("fixtures"), &fixtures::Options { check: true, seal: false }),
        Step::Coverage => coverage::run(&coverage::Options::default()),
        Step::Openapi => openapi::run(&openapi::Options { check: true }),
        Step::Layers => layers::run(),
        Step::Alone => alone::run(),
        Step::Api => api::run(&api::Options { check: true, packages: Vec::new() }),
        Step::Facade => facade::run(),
        Step::Features => features::run(),
        Step::Embeddings => embeddings::run(),
        Step::Examples => examples::run(),
        Step::Wasm => wasm::run(),
        Step::Licences => licences::run(),
        Step::Snapshots => snapshots::run(&workspace::root()),
        Step::Tests => cargo(&["test", "--workspace", "--locked"]),
    }
}

fn cargo(arguments: &[&str]) -> Result<()> {
    workspace::run(workspace::cargo(arguments))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tests_come_last() {
        assert_eq!(Step::value_variants().last(), Some(&Step::Tests));
    }
}
