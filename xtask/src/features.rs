//! Every combination of the facade's features compiles, and so do those of the transport; what `tracing` adds is tested.

use crate::{Result, workspace};

const FEATURES: [&str; 5] = ["e2", "nvx", "tls", "hyper", "schema"];
const OF_THE_TRANSPORT: [&str; 2] = ["tls", "hyper"];

/// Checks each subset with `cargo check`.
///
/// # Errors
/// The first combination that does not compile.
pub fn run() -> Result<()> {
    for (package, features) in [("larder", &FEATURES[..]), ("larder-transport", &OF_THE_TRANSPORT)] {
        for subset in subsets(features) {
            println!("{package} with [{subset}]");
            check(&["-p", package, "--no-default-features", "--features", &subset])?;
        }
    }
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

fn subsets(features: &[&str]) -> Vec<String> {
    let chosen = |mask: usize| features.iter().enumerate().filter(move |(bit, _)| mask & (1 << bit) != 0).map(|(_, name)| *name);
    (0..1 << features.len()).map(|mask| chosen(mask).collect::<Vec<_>>().join(",")).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_subset_once() {
        let subsets = super::subsets(&super::FEATURES);
        assert_eq!(subsets[..8], ["", "e2", "nvx", "e2,nvx", "tls", "e2,tls", "nvx,tls", "e2,nvx,tls"]);
        assert_eq!((subsets.len(), subsets[8].as_str(), subsets[31].as_str()), (32, "hyper", "e2,nvx,tls,hyper,schema"));
    }
}
