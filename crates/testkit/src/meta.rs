//! What is known of every operation, for a snapshot: a change of it is a change of what callers rely on.

use core::fmt::Write;

use larder_core::Meta;
use larder_core::operation::Names;

/// One aligned line for each operation of an API, in the catalog's order, below a line of headings.
#[must_use]
pub fn table<N: Names>() -> String {
    let headings = ["operation", "verb", "kind", "auth", "token", "repeat", "pace", "destroys"].map(str::to_owned);
    let rows: Vec<[String; 8]> = [headings].into_iter().chain(N::ALL.iter().map(|name| row(name.meta()))).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or_default();
    let widths: [usize; 8] = core::array::from_fn(width);
    let mut table = String::new();
    for row in &rows {
        let line: String = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}  ")).collect();
        let _ = writeln!(table, "{}", line.trim_end());
    }
    table
}

fn row(meta: &Meta) -> [String; 8] {
    let Meta { verb, kind, auth, token_name, repeat, destroys, pace, .. } = meta;
    let or_none = |text: &Option<&str>| text.unwrap_or("-").to_owned();
    [
        meta.to_string(),
        format!("{verb:?}"),
        format!("{kind:?}"),
        format!("{auth:?}"),
        or_none(token_name),
        format!("{repeat:?}"),
        format!("{pace:?}"),
        or_none(destroys),
    ]
}
