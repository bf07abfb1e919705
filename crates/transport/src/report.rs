//! What a call came to, with the way there.

use larder_core::{Attempted, Error, Note, Recovered};

/// A call that succeeded, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report<T> {
    /// What the service answered.
    pub answer: T,
    /// Set when the reply to the attempt that did it was lost, and the answer was made from what a later attempt was told.
    pub recovered: Option<Recovered>,
    /// The attempts that were made, logins among them; the newest [`Error::ATTEMPTS`] of them.
    pub attempts: Vec<Attempted>,
}

/// Keeps what a report says. Both drivers tell it the notes of a call.
#[derive(Debug, Default)]
pub(crate) struct Log {
    recovered: Option<Recovered>,
    attempts: Vec<Attempted>,
}

impl Log {
    pub(crate) fn note(&mut self, note: &Note) {
        if let Note::Attempted(attempted) = note {
            if self.attempts.len() == Error::<()>::ATTEMPTS {
                self.attempts.remove(0);
            }
            self.attempts.push(*attempted);
        } else if let Note::Recovered(recovered) = note {
            self.recovered = Some(*recovered);
        }
    }

    pub(crate) fn into_report<T>(self, answer: T) -> Report<T> {
        Report { answer, recovered: self.recovered, attempts: self.attempts }
    }
}
