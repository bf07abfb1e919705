//! What must be there at the end, by what clients were told.

use core::fmt::Write;
use std::cell::RefCell;

use larder_core::ErrorKind;
use larder_engine::rules::listing::EntryKind;
use larder_engine::{Caller, Refusal};
use larder_proto_nvx::Nvx;
use larder_testkit::Ended;
use larder_testkit::sim::Tally;

use super::cabinet::Cabinet;

/// What a caller knows of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// It was made.
    Made,
    /// Nobody can know.
    Unknown,
    /// It was not made.
    Not,
}

/// What there is at a path.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum There {
    Nothing,
    Folder,
    File(Vec<u8>),
}

impl core::fmt::Debug for There {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing"),
            Self::Folder => f.write_str("a folder"),
            Self::File(content) => write!(f, "{} bytes, {:02x?}…", content.len(), &content[..content.len().min(4)]),
        }
    }
}

impl There {
    pub(super) fn file(content: &[u8]) -> Self {
        Self::File(content.to_vec())
    }
}

/// What the caller knows. A call that was dropped told nobody anything.
pub(super) fn told<T>(ended: Option<&Ended<Nvx, T>>) -> Told {
    match ended {
        None => Told::Unknown,
        Some(Ok(_)) => Told::Made,
        Some(Err(error)) if error.is_outcome_unknown() => Told::Unknown,
        Some(Err(_)) => Told::Not,
    }
}

/// One place, as it was and as a change would make it.
pub(super) struct Place {
    pub(super) path: String,
    pub(super) before: There,
    pub(super) after: There,
}

/// Looks what is there at the end.
pub(super) struct Oracle<'a> {
    cabinet: &'a Cabinet,
    caller: Caller,
    /// What clients were told, as text: for a search.
    said: RefCell<String>,
}

impl<'a> Oracle<'a> {
    pub(super) fn new(cabinet: &'a Cabinet) -> Self {
        Self { cabinet, caller: cabinet.insider(), said: RefCell::default() }
    }

    /// Counts how a call ended, and remembers what was said of it.
    pub(super) fn hears<T>(&self, tally: &mut Tally, ended: Option<&Ended<Nvx, T>>) {
        if let Some(Err(error)) = ended {
            let _ = writeln!(self.said.borrow_mut(), "{error}\n{error:?}");
        }
        tally.add("calls");
        tally.add(match ended.map(|ended| ended.as_ref().map_err(|error| &error.kind)) {
            None => "ended: dropped",
            Some(Ok(_)) => "ended: well",
            Some(Err(ErrorKind::Fault(_))) => "ended: fault",
            Some(Err(ErrorKind::Peer(_))) => "ended: peer",
            Some(Err(ErrorKind::Failure(_))) => "ended: failure",
            Some(Err(ErrorKind::OutcomeUnknown(_))) => "ended: outcome unknown",
            Some(Err(ErrorKind::Deadline(_))) => "ended: deadline",
            Some(Err(ErrorKind::Body(_))) => "ended: body",
            Some(Err(ErrorKind::Content(_))) => "ended: content",
            Some(Err(ErrorKind::Cancelled)) => "ended: cancelled",
            Some(Err(ErrorKind::Encode(_) | ErrorKind::NoSession)) => "ended: never sent",
            Some(Err(_)) => "ended: otherwise",
        });
    }

    /// All errors that clients were given.
    pub(super) fn said(&self) -> String {
        self.said.borrow().clone()
    }

    pub(super) fn at(&self, path: &str) -> There {
        let entry = match self.cabinet.engine().path_info(&self.caller, path) {
            Ok(entry) => entry,
            Err(Refusal::InvalidPath) => return There::Nothing,
            Err(refusal) => panic!("{path}: {refusal}"),
        };
        let EntryKind::File { size, .. } = entry.kind else { return There::Folder };
        let mut file = self.cabinet.engine().open_file(&self.caller, path).unwrap();
        let size = usize::try_from(size).unwrap();
        let content = if size == 0 { Vec::new() } else { file.content.read_at(0, size).unwrap().to_vec() };
        There::File(content)
    }

    /// All places of one change are as it was told, and all in the same state.
    pub(super) fn is_as_told(&self, told: Told, places: &[Place]) -> Result<(), String> {
        let there: Vec<There> = places.iter().map(|place| self.at(&place.path)).collect();
        let is = |wanted: fn(&Place) -> &There| places.iter().zip(&there).all(|(place, there)| wanted(place) == there);
        let (is_before, is_after) = (is(|place| &place.before), is(|place| &place.after));
        let holds = match told {
            Told::Made => is_after,
            Told::Not => is_before,
            Told::Unknown => is_before || is_after,
        };
        if holds {
            return Ok(());
        }
        let paths: Vec<&str> = places.iter().map(|place| place.path.as_str()).collect();
        Err(format!("{paths:?}: told {told:?}, there is {there:?}"))
    }
}
