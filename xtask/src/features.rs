//! Every combination of the facade's features compiles, and so does the transport without TLS; what `tracing` adds is tested.

use crate::{Result, workspace};

const FEATURES: [&str; 4] = ["e2", "nvx", "tls", "schema"];

/// Checks each subset with `cargo check`.
///
/// # Errors
/// The first combination that does not compile.
pub fn run() -> Result<()> {
    for subset in subsets() {
        println!("larder with [{subset}]");
        check(&["-p", "larder", "--no-default-features", "--features", &subset])?;
    }
    println!("larder-transport with []");
    check(&["-p", "larder-transport", "--no-default-features"])?;
    // It stands beside all others and changes none of them: once is enough, and its tests run here only.
    println!("larder and larder-transport with [tracing]");
    check(&["-p", "larder", "--features", "tracing"])?;
    workspace::run(workspace::cargo(&[
        "test",
        "--quiet",
        "--locked",
        "-p",
        "larder-transport",
        "--features",
        "tracing",
        "traced",
    ]))
}

fn check(arguments: &[&str]) -> Result<()> {
    let mut all = vec!["check", "--quiet", "--locked"];
    all.extend(arguments);
    workspace::run(workspace::cargo(&all))
}

fn subsets() -> Vec<String> {
    let chosen = |mask: usize| FEATURES.iter().enumerate().filter(move |(bit, _)| mask & (1 << bit) != 0).map(|(_, name)| *name);
    (0..1 << FEATURES.len()).map(|mask| chosen(mask).collect::<Vec<_>>().join(",")).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_subset_once() {
        let subsets = super::subsets();
        assert_eq!(subsets[..8], ["", "e2", "nvx", "e2,nvx", "tls", "e2,tls", "nvx,tls", "e2,nvx,tls"]);
        assert_eq!((subsets.len(), subsets[8].as_str(), subsets[15].as_str()), (16, "schema", "e2,nvx,tls,schema"));
    }
}
