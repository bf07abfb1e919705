//! The summary in README.md, between two comments.

use larder_testkit::fixtures::folder;

use crate::Error;
use crate::prints::Prints;
use crate::wire::Row;

const BEGIN: &str = "<!-- cargo xtask coverage -->\n";
const END: &str = "<!-- end of coverage -->";

/// The lines that README shows.
pub(crate) fn summary(rows: &[Row], prints: &Prints) -> String {
    let mut text = String::from("| | e2 | Nirvanix | together |\n|---|---|---|---|\n");
    let mut line = |name: &str, counts: &dyn Fn(&[&Row]) -> String| {
        let of = |prefix: &str| rows.iter().filter(|row| row.operation.starts_with(prefix)).collect::<Vec<_>>();
        let [e2, nvx, both] = ["e2:", "nvx:", ""].map(|prefix| counts(&of(prefix)));
        text.push_str(&format!("| {name} | {e2} | {nvx} | {both} |\n"));
    };
    line("operations on the wire, both ends", &|rows| {
        format!("{} of {}", rows.iter().filter(|row| row.holes().is_empty()).count(), rows.len())
    });
    line("of these, by SOAP 1.1 and 1.2 too", &|rows| {
        let by_soap: Vec<_> = rows.iter().filter_map(|row| row.soap).collect();
        let full = by_soap.iter().filter(|(some, all)| some == all).count();
        if by_soap.is_empty() { String::from("-") } else { format!("{full} of {}", by_soap.len()) }
    });
    line("of these, served by `larder serve`", &|rows| rows.iter().filter(|row| row.server).count().to_string());
    text + &format!("| printed examples with a test | | | {} of {} |\n", prints.held(), prints.all)
}

/// Holds README to the summary, or writes it there.
pub(crate) fn keep(summary: &str, write: bool) -> Result<Option<String>, Error> {
    let path = folder().join("../README.md");
    let readme = std::fs::read_to_string(&path)?;
    let (before, rest) = readme.split_once(BEGIN).ok_or_else(|| format!("README.md lacks {BEGIN}"))?;
    let (shown, after) = rest.split_once(END).ok_or_else(|| format!("README.md lacks {END}"))?;
    if shown == summary {
        return Ok(None);
    }
    if write {
        std::fs::write(&path, format!("{before}{BEGIN}{summary}{END}{after}"))?;
        return Ok(None);
    }
    Ok(Some("README.md: its summary is not this one; `cargo xtask coverage --write` renews it".to_owned()))
}
