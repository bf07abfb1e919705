//! The facade is complete: every layer is re-exported, and every feature of a layer can be reached.

use crate::{Result, no_findings, workspace};
use cargo_metadata::{Metadata, Package};

const FACADE: &str = "larder";
const LAYERS: [&str; 4] = ["larder-core", "larder-proto-e2", "larder-proto-nvx", "larder-transport"];

/// Reads the manifests and `crates/larder/src/lib.rs`.
///
/// # Errors
/// Every feature out of reach and every layer without a re-export.
pub fn run() -> Result<()> {
    let metadata = workspace::metadata()?;
    let path = workspace::root().join("crates/larder/src/lib.rs");
    let source = std::fs::read_to_string(&path).map_err(|problem| format!("{}: {problem}", path.display()))?;
    let mut findings = unreachable_features(&metadata)?;
    findings.extend(missing_re_exports(&source));
    no_findings("facade", &findings)
}

fn member<'a>(metadata: &'a Metadata, name: &str) -> Result<&'a Package> {
    let found = metadata.workspace_packages().into_iter().find(|package| *package.name == name);
    found.ok_or_else(|| format!("there is no member {name}").into())
}

fn unreachable_features(metadata: &Metadata) -> Result<Vec<String>> {
    let facade = member(metadata, FACADE)?;
    let mut findings = Vec::new();
    for layer in LAYERS {
        for feature in member(metadata, layer)?.features.keys().filter(|feature| *feature != "default") {
            if !reaches(facade, layer, feature) {
                findings.push(format!("no feature of {FACADE} turns on {layer}/{feature} (crates/larder/Cargo.toml)"));
            }
        }
    }
    Ok(findings)
}

fn reaches(facade: &Package, layer: &str, feature: &str) -> bool {
    let wanted = [format!("{layer}/{feature}"), format!("{layer}?/{feature}")];
    let by_feature = facade.features.values().flatten().any(|turned_on| wanted.contains(turned_on));
    let always = facade.dependencies.iter().any(|it| it.name == layer && it.features.iter().any(|on| on == feature));
    by_feature || always
}

fn missing_re_exports(source: &str) -> Vec<String> {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let missing = LAYERS.iter().filter(|layer| {
        let start = format!("pub use {}", layer.replace('-', "_"));
        let ends_there = |rest: &str| !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_');
        !lines.iter().any(|line| line.strip_prefix(&start).is_some_and(ends_there))
    });
    missing
        .map(|layer| format!("crates/larder/src/lib.rs re-exports nothing of {layer}: `pub use {}…`", layer.replace('-', "_")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::missing_re_exports;

    #[test]
    fn each_layer_needs_its_line() {
        let source = "pub use larder_core as core;\n    pub use larder_proto_e2::*;\npub use larder_proto_nvx;\npub use larder_transport::{A};";
        assert!(missing_re_exports(source).is_empty());
        assert_eq!(missing_re_exports("pub use larder_core_other::X; // pub use larder_core").len(), 4);
    }
}
