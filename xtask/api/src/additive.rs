//! Features only add: whatever is there with fewer of them is there with more.

use std::collections::{BTreeMap, BTreeSet};

use crate::packages::{Package, Workspace};
use crate::{Result, document, listing};

/// Sets of features as bits, in the order of the package's list.
type Set = usize;

/// Looks at a package with no feature, with each alone, with all but one, and with all: the lines of each are among those of
/// every larger set that is looked at.
pub(crate) fn hold(workspace: &Workspace, package: &Package) -> Result<Vec<String>> {
    let mut seen: BTreeMap<Set, BTreeSet<String>> = BTreeMap::new();
    for set in chosen(package.features.len()) {
        let names = names(package, set);
        let document = document::of(workspace, package, &["--no-default-features", "--features", &names])?;
        let lines: BTreeSet<_> = listing::of(&document)?.into_iter().map(|item| in_one_place(&item.line)).collect();
        println!("{} with [{names}]: {} items", package.name, lines.len());
        seen.insert(set, lines);
    }
    let mut findings = Vec::new();
    for (fewer, lines) in &seen {
        for (more, others) in seen.iter().filter(|(more, _)| fewer & *more == *fewer) {
            let gone = lines.difference(others);
            let (fewer, more) = (names(package, *fewer), names(package, *more));
            findings.extend(gone.map(|line| format!("{}: there with [{fewer}], not with [{more}]: {line}", package.name)));
        }
    }
    Ok(findings)
}

/// A line as if the facade's two clients stood in one place: what both have is one type, which is named by the first of its two
/// places, and which is the first depends on the features.
fn in_one_place(line: &str) -> String {
    line.replace("larder::blocking::", "larder::")
}

/// Of so many features: none, each, all but each, all.
fn chosen(features: usize) -> BTreeSet<Set> {
    let all: Set = (1 << features) - 1;
    let single = (0..features).map(|bit| 1 << bit);
    let but_one = single.clone().map(|one: Set| all & !one);
    [0, all].into_iter().chain(single).chain(but_one).collect()
}

fn names(package: &Package, set: Set) -> String {
    let chosen = package.features.iter().enumerate().filter(|(bit, _)| set & (1 << bit) != 0);
    chosen.map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_corners_are_looked_at() {
        assert_eq!(chosen(0), [0].into());
        assert_eq!(chosen(1), [0, 1].into());
        assert_eq!(chosen(2), [0, 1, 2, 3].into());
        assert_eq!(chosen(4).len(), 10);
    }
}
