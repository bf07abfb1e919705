//! Which operation somebody means.

use super::Api;
use super::list::api;
use super::source::Entry;
use crate::Failure;

/// How much like a name something must look to be suggested.
const LIKENESS: f64 = 0.75;
/// How many are suggested.
const SUGGESTIONS: usize = 3;

/// The operation of this name, of one API or of any: on the wire or of its type, alone or behind its namespace or its API.
pub(crate) fn find<'e>(entries: &'e [Entry], wanted: Option<Api>, name: &str) -> Result<&'e Entry, Failure> {
    let (here, elsewhere): (Vec<_>, Vec<_>) = entries.iter().partition(|entry| wanted.is_none_or(|wanted| wanted == entry.api));
    let named = called(&here, name);
    match *named {
        [one] => Ok(one),
        [] => Err(not_here(wanted, &called(&elsewhere, name), name).unwrap_or_else(|| unknown(&here, name)).into()),
        _ => Err(format!("`{}` may be {}: say which", shown(name), full_names(&named).join(" or ")).into()),
    }
}

/// Those of this name.
fn called<'e>(entries: &[&'e Entry], name: &str) -> Vec<&'e Entry> {
    let wanted = letters(name);
    entries.iter().copied().filter(|entry| names(entry).iter().any(|name| letters(name) == wanted)).collect()
}

/// When it is the other API that has it.
fn not_here(wanted: Option<Api>, named: &[&Entry], name: &str) -> Option<String> {
    let (wanted, other) = (api(wanted?), api(named.first()?.api));
    let all = full_names(named).join(", ");
    Some(format!("`{}` is an operation of {other}, not of {wanted}: {all}", shown(name)))
}

fn unknown(entries: &[&Entry], name: &str) -> String {
    let likeness = |entry: &Entry| {
        let all = names(entry).into_iter().map(|other| strsim::jaro_winkler(&letters(&other), &letters(name)));
        all.fold(0.0, f64::max)
    };
    let mut near: Vec<(f64, &Entry)> = entries.iter().map(|entry| (likeness(entry), *entry)).collect();
    near.retain(|(likeness, _)| *likeness >= LIKENESS);
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    let near: Vec<&Entry> = near.into_iter().take(SUGGESTIONS).map(|(_, entry)| entry).collect();
    let name = shown(name);
    match &*full_names(&near) {
        [] => format!("there is no operation `{name}`; `larder api --list` has them all"),
        near => format!("there is no operation `{name}`; near it: {}", near.join(", ")),
    }
}

/// What an operation may be called.
fn names(entry: &Entry) -> Vec<String> {
    let (meta, api) = (entry.meta, api(entry.api));
    let alone = [meta.name.to_owned(), meta.to_string(), entry.variant.clone()];
    alone.into_iter().flat_map(|name| [format!("{api}:{name}"), name]).collect()
}

/// What is shown of names: nothing else has them.
fn full_names(entries: &[&Entry]) -> Vec<String> {
    let full = |entry: &&Entry| if entry.api == Api::E2 { entry.meta.name.to_owned() } else { entry.meta.to_string() };
    entries.iter().map(full).collect()
}

/// What somebody wrote, without what a terminal would obey.
fn shown(name: &str) -> String {
    let escaped = |letter: char| if "'\"\\".contains(letter) { letter.to_string() } else { letter.escape_debug().to_string() };
    name.chars().map(escaped).collect()
}

/// Its letters and digits, in lower case.
fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}
