//! The commands behind `cargo xtask`, one file each, as a library so that tests can hold them too.
//!
//! * [`ci`]: everything below in order, then the tests
//! * [`fixtures`]: raw messages from what the documents print
//! * [`coverage`]: what there is of each operation
//! * [`openapi`]: what machines read of the reseller API
//! * [`api`]: the public API of each published crate
//! * [`layers`], [`facade`], [`features`], [`alone`]: the shape of the workspace
//! * [`wasm`]: the core in WebAssembly, and at work there
//! * [`embeddings`]: what stands at the top of each embedding
//! * [`examples`], [`licences`], [`snapshots`]: what else must hold before a merge
//! * [`mod@bench`], [`fuzz`], [`mutants`], [`torture`]: what needs more than a test may ask for
//! * [`workspace`]: where things lie and how cargo is called

pub mod alone;
pub mod api;
pub mod bench;
pub mod ci;
pub mod coverage;
pub mod embeddings;
pub mod examples;
pub mod facade;
pub mod features;
pub mod fixtures;
pub mod fuzz;
pub mod layers;
pub mod licences;
pub mod mutants;
pub mod openapi;
pub mod snapshots;
pub mod torture;
pub mod wasm;
pub mod workspace;

/// A command ends well or with one message for the person who ran it.
pub type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// Fails with all findings in one message, or passes when there are none.
///
/// # Errors
/// When `findings` is not empty.
pub fn no_findings(subject: &str, findings: &[String]) -> Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    Err(format!("{subject}: {} found\n  {}", findings.len(), findings.join("\n  ")).into())
}
