//! One operation, for people.

use std::fmt::Write;

use super::description::{Description, Times};
use super::fields::{Field, Named};

/// The description as a text. Lines are as long as they are.
pub(super) fn text(it: &Description) -> String {
    let mut text = format!("{}/{} ({})\n\n{}\n", it.namespace, it.name, it.api, it.summary);
    if !it.text.is_empty() {
        let _ = writeln!(text, "\n{}", it.text);
    }
    text.push('\n');
    for (name, value) in facts(it) {
        let _ = writeln!(text, "{name:<16}{value}");
    }
    let (parameters, others): (Vec<_>, Vec<_>) = it.parameters.iter().partition(|field| !field.name.starts_with('$'));
    section(&mut text, "Parameters", &parameters, ["optional", "required"]);
    if !others.is_empty() {
        section(&mut text, "In the head, the path or beside the message", &others, ["optional", "required"]);
    }
    let answer: Vec<_> = it.answer.iter().collect();
    section(&mut text, "Answer", &answer, ["may be absent", "always there"]);
    types(&mut text, it.parameters.iter().chain(&it.answer));
    text.push_str("\nErrors\n");
    let width = it.errors.iter().map(|error| error.code.len()).max().unwrap_or_default();
    for error in &it.errors {
        let passes = match error.class {
            "transient" => " (may pass)",
            "session" => " (log in again)",
            _ => "",
        };
        let _ = writeln!(text, "  {:width$}  HTTP {}  {}{passes}", error.code, error.status, error.text);
    }
    text.replace('`', "")
}

fn facts(it: &Description) -> Vec<(&'static str, String)> {
    let repeat = match it.repeat {
        "safe" => "safe to repeat",
        "telling" => "our client does: a refusal then tells whether it was carried out before",
        _ => "not safe: our client does not, once it may have been carried out",
    };
    let mut facts = vec![("Address", format!("{} {}", it.method, it.address))];
    facts.extend(it.soap_action.clone().map(|action| ("SOAP action", action)));
    facts.extend([
        ("Authentication", it.authentication.clone()),
        ("Repeating", repeat.to_owned()),
        ("Destroys", it.destroys.unwrap_or("nothing").to_owned()),
        ("Clocks", clocks(&it.clocks)),
    ]);
    facts
}

fn clocks(times: &Times) -> String {
    let time = |clock: Option<u64>| clock.map_or("any time".to_owned(), |seconds| format!("{seconds} s"));
    let (first, stall, total) = (time(times.first_byte), time(times.stall), time(times.total));
    format!("{first} for the answer to begin, {stall} of silence, {total} in all")
}

/// Fields, and what is said of each that must be there or not.
fn section(text: &mut String, title: &str, fields: &[&Field], presence: [&str; 2]) {
    let _ = writeln!(text, "\n{title}");
    if fields.is_empty() {
        text.push_str("  none\n");
    }
    fields.iter().for_each(|field| write_field(text, field, presence, 1));
}

/// What several fields may be, once.
fn types<'f>(text: &mut String, fields: impl Iterator<Item = &'f Field>) {
    let mut all = Vec::new();
    fields.for_each(|field| collect(field, &mut all));
    if !all.is_empty() {
        text.push_str("\nTypes\n");
    }
    for named in all {
        let _ = writeln!(text, "  {}\n      {}", named.name, named.description);
    }
}

fn collect<'f>(field: &'f Field, all: &mut Vec<&'f Named>) {
    all.extend(field.of.iter().filter(|named| !named.description.is_empty() && !all.contains(named)).collect::<Vec<_>>());
    field.members.iter().for_each(|member| collect(member, all));
}

fn write_field(text: &mut String, field: &Field, presence: [&str; 2], depth: usize) {
    let name = if field.name.is_empty() { "" } else { &format!("{} ", field.name.trim_start_matches('$')) };
    let kind = field.of.as_ref().map_or_else(|| field.kind.clone(), |of| format!("{}: {}", of.name, field.kind));
    let limits = field.limits.iter().map(String::as_str);
    let default = field.default.as_ref().map(|default| format!("default {default}"));
    let facts = [&*kind, presence[usize::from(field.required)]].into_iter().chain(limits).chain(default.as_deref());
    let facts: Vec<&str> = facts.collect();
    let indent = 2 * depth;
    let _ = writeln!(text, "{:indent$}{name}({})", "", facts.join(", "));
    if !field.description.is_empty() {
        let _ = writeln!(text, "{:indent$}    {}", "", field.description);
    }
    field.members.iter().for_each(|member| write_field(text, member, presence, depth + 2));
}
