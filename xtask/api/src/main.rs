//! The public API of each published crate, one line per item, in `crates/<crate>/api.txt`: so that whoever changes it sees that,
//! and so does whoever reviews the change.
//!
//! ```text
//!   cargo rustdoc --output-format json ──▶ listing ──▶ lines ──▶ api.txt       written, or compared (--check)
//!   (document)                                │          └─────▶ additive      fewer features, fewer lines (--additive)
//!                                             └──▶ foreign: no package below 1.0; open: errors can grow
//! ```
//!
//! What it does not see: auto traits (`Send`), blanket impls, items that are hidden from documentation, what a macro expands to,
//! the values of constants.

mod additive;
mod document;
mod files;
mod foreign;
mod listing;
mod open;
mod packages;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Writes `crates/*/api.txt`.
#[derive(Parser)]
struct Arguments {
    /// Write nothing: tell what would change
    #[arg(long)]
    check: bool,
    /// Write nothing: hold that features only add
    #[arg(long, conflicts_with = "check")]
    additive: bool,
    /// Only this crate; repeatable
    #[arg(long = "package", short, value_name = "PACKAGE")]
    packages: Vec<String>,
}

fn main() -> ExitCode {
    if document::is_rustdoc() {
        return document::rustdoc();
    }
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(findings) if findings.is_empty() => ExitCode::SUCCESS,
        Ok(findings) => {
            findings.iter().for_each(|finding| eprintln!("{finding}"));
            ExitCode::FAILURE
        }
        Err(problem) => {
            eprintln!("larder-public-api: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<Vec<String>> {
    let workspace = packages::Workspace::read()?;
    let mut findings = Vec::new();
    for package in workspace.published(&arguments.packages)? {
        if arguments.additive {
            findings.extend(additive::hold(&workspace, &package)?);
            continue;
        }
        let document = document::of(&workspace, &package, &["--all-features"])?;
        let items = listing::of(&document)?;
        println!("{}: {} items", package.name, items.len());
        findings.extend(foreign::find(&workspace, &items));
        findings.extend(open::find(&items));
        let lines: Vec<_> = items.into_iter().map(|item| item.line).collect();
        findings.extend(files::keep(&package, &lines, arguments.check)?);
    }
    Ok(findings)
}
