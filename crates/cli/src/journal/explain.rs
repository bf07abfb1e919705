//! A journal for people.

use core::time::Duration;
use std::fmt::Write;

use larder::larder_core::journal::{Act, Entry, Heard, Journal, Text};

/// Characters of a body that are shown.
const SHOWN: usize = 160;

/// Who says what, a line each, with the time since the first poll.
pub(super) fn explain(journal: &Journal) -> String {
    let title = &journal.title;
    let mut text = format!("{} at {} ({})\n\n", title.operation, title.host, title.api);
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
    }
    text
}

fn line(text: &mut String, now: Duration, who: &str, what: &str) {
    let _ = writeln!(text, "{:>5}.{:06} {who:<7} {what}", now.as_secs(), now.subsec_micros());
}

fn said(action: &Act, began: Duration) -> String {
    match action {
        Act::Open { at, method, uri, headers, length } => {
            let length = length.map_or("a body of unknown length".to_owned(), |length| format!("{length} bytes"));
            format!("opens exchange {at}: {method} {uri}, {length}{}", fields(headers))
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
        Heard::Head { at, status, headers } => format!("answers {at}: {status}{}", fields(headers)),
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

fn fields(headers: &[(String, Text)]) -> String {
    headers.iter().map(|(name, value)| format!("\n                       {name}: {}", value.to_text())).collect()
}

fn body(chunk: &Text) -> String {
    let bytes = chunk.0.len();
    let text = chunk.to_text();
    let shown: String = text.chars().take(SHOWN).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let more = if text.chars().count() > SHOWN { " ..." } else { "" };
    if core::str::from_utf8(&chunk.0).is_ok() { format!("{bytes} bytes: {shown}{more}") } else { format!("{bytes} bytes") }
}
