//! `cargo xtask coverage`: for each operation of both APIs, what there is of it on the wire, and whether our client and
//! our server know it. Everything is found out: operations from the catalogs and from `fixtures/`, messages by decoding
//! them, the client by letting it send, the server by asking a running one. Holes in the wire columns are failures.
//!
//! * `api`: the two APIs as this table sees them
//! * `wire`: the wire columns of one operation
//! * `soap`: their column of SOAP
//! * `service`: a running server that is asked
//! * `prints`: the printed examples, and which test holds each
//! * `readme`: the summary in README.md

mod api;
mod prints;
mod readme;
mod service;
mod soap;
mod wire;

use std::process::ExitCode;

use larder_proto_e2::E2;
use larder_proto_nvx::Nvx;
use larder_testkit::fixtures;

use crate::wire::Row;

type Error = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let write = std::env::args().skip(1).any(|argument| argument == "--write");
    match run(write) {
        Ok(holes) if holes.is_empty() => ExitCode::SUCCESS,
        Ok(holes) => {
            holes.iter().for_each(|hole| eprintln!("hole: {hole}"));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("coverage: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Prints the tables and answers the holes.
fn run(write: bool) -> Result<Vec<String>, Error> {
    let all = fixtures::all();
    let snapshots = prints::Snapshots::read()?;
    let mut rows = wire::rows::<E2>(&all, &snapshots);
    rows.extend(wire::rows::<Nvx>(&all, &snapshots));
    service::ask(&mut rows)?;
    println!("{}", Row::HEADER);
    rows.iter().for_each(|row| println!("{row}"));
    let prints = prints::held(&all, &snapshots)?;
    let summary = readme::summary(&rows, &prints);
    println!("\n{summary}");
    let mut holes: Vec<String> = rows.iter().flat_map(Row::holes).collect();
    holes.extend(prints.missing);
    holes.extend(prints::orphans(&all, &snapshots));
    holes.extend(readme::keep(&summary, write)?);
    Ok(holes)
}
