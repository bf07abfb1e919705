//! Errors can grow: every public enum that is one is `#[non_exhaustive]`, or is here with the reason why a new variant must break
//! whoever matches it.

use std::collections::BTreeSet;

use crate::listing::Listed;

/// Errors that must be matched in full, and why.
const EXHAUSTIVE: &[(&str, &str)] = &[
    ("larder_core::operation::RequestFlaw", "every API says what it answers to each of them"),
    ("larder_core::Rule", "every API has a code for each of them"),
    ("larder_proto_nvx::flow::Stuck", "whoever wraps it has an error for each: there is nothing else to make of one"),
    ("larder_transport::blocking::CallError", "the call, or one of the caller's two ends: there is no third"),
    ("larder_transport::client::CallError", "the same"),
];

const ERROR: &str = " core::error::Error for ";
const ENUM: &str = "pub enum ";

/// The enums that are errors, and closed without a reason.
pub(crate) fn find(items: &[Listed]) -> Vec<String> {
    let lines = || items.iter().map(|item| item.line.as_str());
    let errors: BTreeSet<&str> = lines().filter_map(|line| line.split_once(ERROR)).map(|(_, path)| name(path)).collect();
    let closed = lines().filter_map(|line| line.strip_prefix(ENUM)).map(name).filter(|path| errors.contains(path));
    let unreasoned = closed.filter(|path| EXHAUSTIVE.iter().all(|(known, _)| known != path));
    unreasoned
        .map(|path| format!("{path} is an error and can never grow: #[non_exhaustive], or a row in xtask/api/src/open.rs"))
        .collect()
}

/// A path without generics and bounds.
fn name(path: &str) -> &str {
    path.split(['<', ' ']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_error_is_told() {
        let lines = [
            "pub enum a::Closed<F: a::Fault>",
            "impl<F: a::Fault> core::error::Error for a::Closed<F>",
            "#[non_exhaustive] pub enum a::Open",
            "impl core::error::Error for a::Open",
            "pub enum a::NoError",
        ];
        let items: Vec<_> = lines.map(|line| Listed { line: line.to_owned(), libraries: BTreeSet::new() }).into();
        let findings = find(&items);
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert!(findings[0].starts_with("a::Closed is an error"));
    }
}
