//! A journal for people.

use core::time::Duration;
use std::fmt::Write;

use larder::larder_core::journal::{Act, Entry, Heard, Journal, Text};

/// Characters of a body that are shown.
const SHOWN: usize = 160;

/// Who says what, a line each, with the time since the first poll.
pub(super) fn explain(journal: &Journal) -> String {
    let title = &journal.title;
    let mut text = String::new();
    put(&mut text, &format!("{} at {} ({})", title.operation, title.host, title.api));
    put(&mut text, "");
    let (mut began, mut now) = (None, Duration::ZERO);
    for entry in &journal.entries {
        let (who, what) = match entry {
            Entry::Polled { at, shared, action } => {
                now = at.0.saturating_sub(*began.get_or_insert(at.0));
                if shared.is_some() && now > Duration::ZERO {
                    line(&mut text, now, "shared", "others have changed the session, the budget or the permits");
                }
                ("call", said(action, began.unwrap_or_default()))
            }
            Entry::Told { input, misuse } => {
                let misuse = misuse.as_ref().map_or(String::new(), |misuse| format!(" (refused: {misuse})"));
                (speaker(input), heard(input) + &misuse)
            }
            Entry::Abandoned {} => ("driver", "drops the call".to_owned()),
        };
        line(&mut text, now, who, &what);
        for (name, value) in headers(entry) {
            put(&mut text, &format!("                       {name}: {}", value.to_text()));
        }
    }
    text
}

fn line(text: &mut String, now: Duration, who: &str, what: &str) {
    put(text, &format!("{:>5}.{:06} {who:<7} {what}", now.as_secs(), now.subsec_micros()));
}

/// The one place where a line is made: what peers say stays within its line, and commands no terminal.
fn put(text: &mut String, line: &str) {
    let _ = writeln!(text, "{}", harmless(line));
}

/// With what is no character to look at as an escape: control characters, ends of lines, and what turns the direction of a text.
pub(super) fn harmless(text: &str) -> String {
    let is_harmful = |c: char| {
        c.is_control() || matches!(c, '\u{61C}' | '\u{200E}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_harmful(c) { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    shown
}

fn headers(entry: &Entry) -> &[(String, Text)] {
    match entry {
        Entry::Polled { action: Act::Open { headers, .. }, .. } | Entry::Told { input: Heard::Head { headers, .. }, .. } => {
            headers
        }
        Entry::Polled { .. } | Entry::Told { .. } | Entry::Abandoned {} => &[],
    }
}

fn said(action: &Act, began: Duration) -> String {
    match action {
        Act::Open { at, method, uri, length, .. } => {
            let length = length.map_or("a body of unknown length".to_owned(), |length| format!("{length} bytes"));
            format!("opens exchange {at}: {method} {uri}, {length}")
        }
        Act::Write { at, chunk } => format!("sends in {at}: {}", body(chunk)),
        Act::Finish { at } => format!("has sent all of request {at}"),
        Act::Abort { at } => format!("gives exchange {at} up"),
        Act::Feed { offset, max } => format!("asks for the file from {offset} on, at most {max} bytes"),
        Act::Data { offset, chunk } => format!("hands over the file from {offset} on: {} bytes", chunk.0.len()),
        Act::Note(note) => format!("notes: {note}"),
        Act::Wait { until, why, on } => {
            let until = until.map_or(String::new(), |until| {
                let until = until.0.saturating_sub(began);
                format!(" until {}.{:06}", until.as_secs(), until.subsec_micros())
            });
            let on = if on.is_empty() { String::new() } else { format!(", or for: {}", on.join(", ")) };
            format!("waits for {why}{until}{on}")
        }
        Act::Done { ok: true, result } => format!("is done: {result}"),
        Act::Done { ok: false, result } => format!("has failed: {result}"),
    }
}

fn speaker(input: &Heard) -> &'static str {
    match input {
        Heard::Head { .. } | Heard::Data { .. } | Heard::End { .. } => "peer",
        Heard::Connected { .. } | Heard::Wrote { .. } | Heard::Failed { .. } => "wire",
        Heard::Body { .. } | Heard::BodyEnd {} | Heard::BodyGone {} => "file",
        Heard::Cancel {} => "caller",
    }
}

fn heard(input: &Heard) -> String {
    match input {
        Heard::Connected { at } => format!("exchange {at} has its connection"),
        Heard::Wrote { at } => format!("took what was sent in {at}"),
        Heard::Head { at, status, .. } => format!("answers {at}: {status}"),
        Heard::Data { at, chunk } => format!("answers {at}: {}", body(chunk)),
        Heard::End { at } => format!("ends answer {at}"),
        Heard::Failed { at, failure, phase, detail } => {
            let detail = detail.as_ref().map_or(String::new(), |detail| format!(" ({detail})"));
            format!("exchange {at} broke in {phase:?}: {failure}{detail}")
        }
        Heard::Body { offset, chunk } => format!("{} bytes from {offset} on", chunk.0.len()),
        Heard::BodyEnd {} => "ends here".to_owned(),
        Heard::BodyGone {} => "cannot be had again".to_owned(),
        Heard::Cancel {} => "has lost interest".to_owned(),
    }
}

fn body(chunk: &Text) -> String {
    let bytes = chunk.0.len();
    let text = chunk.to_text();
    let shown: String = text.chars().take(SHOWN).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let more = if text.chars().count() > SHOWN { " ..." } else { "" };
    if core::str::from_utf8(&chunk.0).is_ok() { format!("{bytes} bytes: {shown}{more}") } else { format!("{bytes} bytes") }
}
