//! No package below 1.0 in a public signature: its next version would be our next major one.

use crate::listing::Listed;
use crate::packages::{Age, Workspace};

/// Lines that may name one: library, how the line begins, and why.
const ALLOWED: &[(&str, &str, &str)] = &[(
    "futures_core",
    "impl futures_core::stream::Stream for ",
    "a stream is of use to others only as this trait; no signature names it, and its version has not changed since 2019",
)];

/// The lines that name a package below 1.0, or one that cargo does not know.
pub(crate) fn find(workspace: &Workspace, items: &[Listed]) -> Vec<String> {
    let ages = workspace.ages(items.iter().flat_map(|item| &item.libraries));
    let mut findings = Vec::new();
    for item in items {
        for library in &item.libraries {
            let what = match ages.get(library) {
                Some(Age::Young) if !is_allowed(library, &item.line) => "below 1.0",
                Some(Age::Unknown) => "not in Cargo.lock",
                _ => continue,
            };
            findings.push(format!("{library} is {what} and stands in a public signature: {}", item.line));
        }
    }
    findings
}

fn is_allowed(library: &str, line: &str) -> bool {
    ALLOWED.iter().any(|(allowed, begin, _)| *allowed == library && line.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(line: &str, library: &str) -> Listed {
        Listed { line: line.to_owned(), libraries: [library.to_owned()].into() }
    }

    #[test]
    fn a_package_below_1_0_is_told_unless_it_is_on_the_list() {
        let workspace = Workspace::read().expect("metadata");
        let stream = item("impl futures_core::stream::Stream for larder::nvx::Uploads", "futures_core");
        let grown = item("pub fn larder_core::f() -> http::method::Method", "http");
        assert_eq!(find(&workspace, &[stream, grown]), Vec::<String>::new());
        let named = item("pub fn larder::f() -> futures_core::future::BoxFuture<'static, ()>", "futures_core");
        let date = item("pub fn larder::date() -> jiff::civil::date::Date", "jiff");
        let findings = find(&workspace, &[named, date]);
        assert_eq!(findings.len(), 2, "{findings:?}");
        assert!(findings[1].starts_with("jiff is below 1.0"));
        assert_eq!(find(&workspace, &[item("pub fn larder::f() -> nowhere::T", "nowhere")]).len(), 1);
    }
}
