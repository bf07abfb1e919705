//! A line for each operation.

use std::fmt::Write;

use serde::Serialize;

use super::Api;
use super::description::kind;
use super::source::Entry;

/// What is known of an operation at a glance.
#[derive(Serialize)]
pub(super) struct Row {
    api: &'static str,
    namespace: &'static str,
    name: &'static str,
    kind: &'static str,
    authentication: &'static str,
    repeat: &'static str,
    destroys: Option<&'static str>,
}

impl From<&Entry> for Row {
    fn from(entry: &Entry) -> Self {
        let meta = entry.meta;
        Self {
            api: api(entry.api),
            namespace: meta.namespace,
            name: meta.name,
            kind: kind(meta.kind),
            authentication: entry.credential,
            repeat: meta.repeat.as_str(),
            destroys: meta.destroys,
        }
    }
}

pub(super) fn api(api: Api) -> &'static str {
    match api {
        Api::E2 => "e2",
        Api::Nvx => "nvx",
    }
}

/// Columns; none but the last has blanks in it, and what is nothing is a dash.
pub(super) fn text(entries: &[Entry]) -> String {
    let rows: Vec<[String; 7]> = entries.iter().map(|entry| columns(&Row::from(entry))).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..6).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        for (column, width) in row.iter().zip(&widths) {
            let _ = write!(text, "{column:width$}  ");
        }
        let _ = writeln!(text, "{}", row[6]);
    }
    text
}

fn columns(row: &Row) -> [String; 7] {
    let namespace = row.namespace.replace(' ', "-");
    let texts = [row.name, row.kind, row.authentication, row.repeat, row.destroys.unwrap_or("-")];
    let [name, kind, authentication, repeat, destroys] = texts.map(str::to_owned);
    [row.api.to_owned(), namespace, name, kind, authentication, repeat, destroys]
}
