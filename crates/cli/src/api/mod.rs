//! `larder api`: the operations of both APIs, from the catalogs that the service itself is made of.
//!
//! * `source`: what the two APIs say of an operation, each in its own way
//! * `fields`: parameters and members of answers, from their schemas
//! * `description`: all that is known of one operation
//! * `find`: which operation somebody means
//! * `list`, `print`: the texts

mod description;
mod fields;
mod find;
mod list;
mod print;
mod source;

use std::io::{ErrorKind, Write};

use clap::{Args, ValueEnum};

pub(crate) use self::find::find;
pub(crate) use self::source::{Entry, entries};
use crate::Failure;

/// Lists the operations, or describes one: what it takes and answers, what it may be refused with, whether it may be
/// repeated, and what it destroys.
#[derive(Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["list", "describe"])))]
pub(crate) struct Arguments {
    /// A line for each operation: API, namespace, name, kind, what authenticates, whether repeating is safe, what it
    /// destroys.
    #[arg(long)]
    list: bool,
    /// Everything about one operation. Case does not matter; where two have one name, `Namespace/Name` tells them apart.
    #[arg(long, value_name = "OPERATION")]
    describe: Option<String>,
    /// The operations of this API only.
    #[arg(long)]
    api: Option<Api>,
    /// JSON, for programs.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Api {
    /// IDrive e2 Reseller
    E2,
    /// Nirvanix Web Services
    Nvx,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut entries = entries();
    let text = match &arguments.describe {
        Some(name) => {
            let description = (find(&entries, arguments.api, name)?.describe)();
            if arguments.json { json(&description)? } else { print::text(&description) }
        }
        None => {
            entries.retain(|entry| arguments.api.is_none_or(|api| api == entry.api));
            if arguments.json { json(&entries.iter().map(list::Row::from).collect::<Vec<_>>())? } else { list::text(&entries) }
        }
    };
    write(text.trim_end())
}

/// Prints the text: all of it, unless its reader has had enough.
pub(crate) fn write(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(format!("the text could not be written: {error}").into()),
        _ => Ok(()),
    }
}

fn json(value: &impl serde::Serialize) -> Result<String, Failure> {
    Ok(serde_json::to_string_pretty(value)?)
}
