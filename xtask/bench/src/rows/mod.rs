//! The rows of the table, each made when it is wanted.

mod calls;
mod listing;
mod multipart;

use crate::contest::Row;
use crate::options::Once;

type Make = fn() -> Row;

/// Every row's name, and how it is made.
pub(crate) const ALL: &[(&str, Make)] = &[
    ("read-xml", listing::read_xml),
    ("read-json", listing::read_json),
    ("write-xml", listing::write_xml),
    ("write-json", listing::write_json),
    ("call", calls::call),
    ("done-xml", calls::done_xml),
    ("done-json", calls::done_json),
    ("login-xml", calls::login_xml),
    ("login-json", calls::login_json),
    ("multipart", multipart::file),
];

/// Runs one contender, for callgrind.
pub(crate) fn once(once: &Once) {
    let Some((_, row)) = ALL.iter().find(|(name, _)| *name == once.row) else { return };
    if let Some(contender) = row().contenders.get_mut(once.contender) {
        for _ in 0..once.times {
            (contender.run)();
        }
    }
}
