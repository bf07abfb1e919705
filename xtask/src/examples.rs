//! Examples compile; those that need no network and end by themselves also run.

use crate::{Result, workspace};

/// Package and name of each example that runs here. Add one when it ends by itself within seconds.
const RUN: &[(&str, &str)] = &[];

/// Builds all examples and runs those on the list.
///
/// # Errors
/// The first that does not compile or ends with another status than 0.
pub fn run() -> Result<()> {
    workspace::run(workspace::cargo(&["build", "--workspace", "--examples", "--locked"]))?;
    for (package, example) in RUN {
        println!("{package}: {example}");
        workspace::run(workspace::cargo(&["run", "--quiet", "--locked", "-p", package, "--example", example]))?;
    }
    Ok(())
}
