//! What cargo knows: the published crates, their features, and how old each package is.

use std::collections::BTreeMap;
use std::path::PathBuf;

use cargo_metadata::{Metadata, MetadataCommand, TargetKind};

use crate::Result;

/// The crates that users depend on, in the order of their layers.
const PUBLISHED: [&str; 8] = [
    "larder-core",
    "larder-proto-e2",
    "larder-proto-nvx",
    "larder-transport",
    "larder",
    "larder-engine",
    "larder-server",
    "larder-testkit",
];

/// One of them.
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    /// Without `default`.
    pub(crate) features: Vec<String>,
}

/// The workspace, as cargo resolves it.
pub(crate) struct Workspace {
    metadata: Metadata,
}

/// How far a package's promises go.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Age {
    /// Ours, or the compiler's.
    Home,
    /// 1.0 or later.
    Grown,
    /// 0.x: any version may break what the one before it said.
    Young,
    /// No package of this name is in Cargo.lock.
    Unknown,
}

impl Workspace {
    pub(crate) fn read() -> Result<Self> {
        let mut command = MetadataCommand::new();
        command.other_options(["--locked".to_owned()]);
        Ok(Self { metadata: command.exec()? })
    }

    /// Where cargo builds, and where rustdoc leaves what it writes.
    pub(crate) fn target(&self) -> PathBuf {
        self.metadata.target_directory.clone().into_std_path_buf()
    }

    /// The published crates, or those of them that are named.
    pub(crate) fn published(&self, named: &[String]) -> Result<Vec<Package>> {
        if let Some(unknown) = named.iter().find(|name| !PUBLISHED.contains(&name.as_str())) {
            return Err(format!("{unknown} is no published crate: {}", PUBLISHED.join(", ")).into());
        }
        let wanted = PUBLISHED.iter().filter(|name| named.is_empty() || named.iter().any(|it| it == *name));
        wanted.map(|name| self.package(name)).collect()
    }

    fn package(&self, name: &str) -> Result<Package> {
        let found = self.metadata.workspace_packages().into_iter().find(|package| *package.name == name);
        let package = found.ok_or_else(|| format!("there is no member {name}"))?;
        let folder = package.manifest_path.parent().ok_or("a manifest has no folder")?;
        let features = package.features.keys().filter(|feature| *feature != "default").cloned().collect();
        Ok(Package { name: name.to_owned(), folder: folder.into(), features })
    }

    /// Of the package whose library has this name. Of several versions, the youngest decides.
    pub(crate) fn age(&self, library: &str) -> Age {
        if ["core", "alloc", "std", "proc_macro"].contains(&library) {
            return Age::Home;
        }
        let libraries = self.metadata.packages.iter().filter(|package| {
            let is_library = |kind: &TargetKind| matches!(kind, TargetKind::Lib | TargetKind::RLib | TargetKind::ProcMacro);
            package.targets.iter().any(|target| target.kind.iter().any(is_library) && target.name.replace('-', "_") == library)
        });
        let ages = libraries.map(|package| match (package.source.is_none(), package.version.major) {
            (true, _) => Age::Home,
            (false, 0) => Age::Young,
            (false, _) => Age::Grown,
        });
        let ages: Vec<_> = ages.collect();
        [Age::Young, Age::Home, Age::Grown].into_iter().find(|age| ages.contains(age)).unwrap_or(Age::Unknown)
    }

    /// Ages by library, each looked up once.
    pub(crate) fn ages<'a>(&self, libraries: impl Iterator<Item = &'a String>) -> BTreeMap<String, Age> {
        let mut ages = BTreeMap::new();
        for library in libraries {
            ages.entry(library.clone()).or_insert_with(|| self.age(library));
        }
        ages
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_below_1_0_are_young() {
        let workspace = Workspace::read().expect("metadata");
        assert_eq!(workspace.age("larder_core"), Age::Home);
        assert_eq!(workspace.age("std"), Age::Home);
        assert_eq!(workspace.age("http"), Age::Grown);
        assert_eq!(workspace.age("tokio"), Age::Grown, "somebody's benchmark has this name too");
        assert_eq!(workspace.age("futures_core"), Age::Young);
        assert_eq!(workspace.age("md5"), Age::Young, "the name of the library, not of the package");
        assert_eq!(workspace.age("nothing_of_this_name"), Age::Unknown);
    }
}
