//! Features in combination: every crate that has some compiles with each subset, what `tracing` adds is tested, and features only
//! add.

use crate::{Result, api, workspace};

/// Each crate that has features, and those of which all subsets are tried. `tracing` stands beside all others and changes none
/// of them: with each crate's defaults, and alone, is enough.
const FEATURES: [(&str, &[&str]); 5] = [
    ("larder-core", &["schema"]),
    ("larder-proto-e2", &["schema"]),
    ("larder-proto-nvx", &["schema"]),
    ("larder-transport", &["tls", "hyper"]),
    ("larder", &["e2", "nvx", "tls", "hyper", "schema"]),
];

const TRACED: [&str; 2] = ["larder-transport", "larder"];

/// Checks each subset with `cargo check`.
///
/// # Errors
/// The first combination that does not compile; what is there with fewer features and not with more.
pub fn run() -> Result<()> {
    for (package, features) in FEATURES {
        for subset in subsets(features) {
            check(package, &["--no-default-features", "--features", &subset])?;
        }
    }
    for package in TRACED {
        check(package, &["--features", "tracing"])?;
        check(package, &["--no-default-features", "--features", "tracing"])?;
    }
    let traced = ["test", "--quiet", "--locked", "-p", "larder-transport", "--features", "tracing", "traced"];
    workspace::run(workspace::cargo(&traced))?;
    api::hold_additive()
}

fn check(package: &str, features: &[&str]) -> Result<()> {
    println!("{package} {}", features.join(" "));
    let mut all = vec!["check", "--quiet", "--locked", "-p", package];
    all.extend(features);
    workspace::run(workspace::cargo(&all))
}

fn subsets(features: &[&str]) -> Vec<String> {
    let chosen = |mask: usize| features.iter().enumerate().filter(move |(bit, _)| mask & (1 << bit) != 0).map(|(_, name)| *name);
    (0..1 << features.len()).map(|mask| chosen(mask).collect::<Vec<_>>().join(",")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_subset_once() {
        let subsets = subsets(FEATURES[4].1);
        assert_eq!(subsets[..8], ["", "e2", "nvx", "e2,nvx", "tls", "e2,tls", "nvx,tls", "e2,nvx,tls"]);
        assert_eq!((subsets.len(), subsets[8].as_str(), subsets[31].as_str()), (32, "hyper", "e2,nvx,tls,hyper,schema"));
    }

    #[test]
    fn no_feature_is_forgotten() {
        let metadata = workspace::metadata().expect("metadata");
        for package in metadata.workspace_packages().into_iter().filter(|package| !package.features.is_empty()) {
            let listed =
                FEATURES.iter().find(|(name, _)| *name == package.name.as_str()).map_or(&[][..], |(_, features)| features);
            let traced = TRACED.contains(&package.name.as_str()).then_some("tracing");
            let known: BTreeSet<&str> = listed.iter().copied().chain(traced).chain(["default"]).collect();
            let unknown: Vec<_> = package.features.keys().filter(|feature| !known.contains(feature.as_str())).collect();
            assert!(unknown.is_empty(), "{}: {unknown:?}", package.name);
        }
    }
}
