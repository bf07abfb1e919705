//! Which operation somebody means.

use super::list::api;
use super::source::Entry;
use crate::Failure;

/// How much like a name something must look to be suggested.
const LIKENESS: f64 = 0.75;
/// How many are suggested.
const SUGGESTIONS: usize = 3;

/// The operation of this name: on the wire or of its type, alone or behind its namespace or its API.
pub(super) fn find<'e>(entries: &'e [Entry], name: &str) -> Result<&'e Entry, Failure> {
    let wanted = letters(name);
    let named: Vec<&Entry> = entries.iter().filter(|entry| names(entry).iter().any(|name| letters(name) == wanted)).collect();
    match *named {
        [one] => Ok(one),
        [] => Err(unknown(entries, name).into()),
        _ => {
            let all: Vec<String> = named.iter().map(|entry| full(entry)).collect();
            Err(format!("`{name}` may be {}: say which", all.join(" or ")).into())
        }
    }
}

fn unknown(entries: &[Entry], name: &str) -> String {
    let likeness = |entry: &Entry| {
        let all = names(entry).into_iter().map(|other| strsim::jaro_winkler(&letters(&other), &letters(name)));
        all.fold(0.0, f64::max)
    };
    let mut near: Vec<(f64, &Entry)> = entries.iter().map(|entry| (likeness(entry), entry)).collect();
    near.retain(|(likeness, _)| *likeness >= LIKENESS);
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    let near: Vec<String> = near.iter().take(SUGGESTIONS).map(|(_, entry)| full(entry)).collect();
    match &*near {
        [] => format!("there is no operation `{name}`; `larder api --list` has them all"),
        near => format!("there is no operation `{name}`; near it: {}", near.join(", ")),
    }
}

/// What an operation may be called.
fn names(entry: &Entry) -> [String; 4] {
    let (meta, api) = (entry.meta, api(entry.api));
    [meta.name.to_owned(), meta.to_string(), entry.variant.clone(), format!("{api}:{meta}")]
}

/// What is shown of a name: nothing else has it.
fn full(entry: &Entry) -> String {
    if entry.api == super::Api::E2 { entry.meta.name.to_owned() } else { entry.meta.to_string() }
}

/// Its letters and digits, in lower case.
fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}
