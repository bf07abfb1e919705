//! What a transfer tells on its way, on standard error: where it goes on, and what is done again.

use std::sync::Arc;

use larder::blocking::Options;
use larder::larder_core::Note;
use larder::larder_transport::observe::{Event, What};

use crate::warn;

/// These options, with somebody who tells.
pub(super) fn telling(options: Options) -> Options {
    let before = options.observer.clone();
    let observer = move |event: &Event<'_>| {
        if let Some(before) = &before {
            before.on(event);
        }
        if let What::Note(note) = event.what
            && let Some(text) = text(note)
        {
            warn(format_args!("larder: {text}"));
        }
    };
    Options { observer: Some(Arc::new(observer)), ..options }
}

fn text(note: Note) -> Option<String> {
    Some(match note {
        Note::Resuming { offset } => format!("goes on at byte {offset}"),
        Note::ReadingAgain { bytes } => {
            format!("the MD5 of {bytes} bytes that were sent is recomputed: the file was changed or copied since")
        }
        Note::Restarting => "begins anew: the service has forgotten what it had".to_owned(),
        Note::Recovered(_) => "all of it had arrived before".to_owned(),
        Note::LoggingIn
        | Note::SessionIdle
        | Note::SessionExpired
        | Note::Attempted(_)
        | Note::Retrying { .. }
        | Note::Redirected
        | Note::Acknowledged { .. }
        | Note::TokenExpired
        | Note::Verified
        | _ => return None,
    })
}
