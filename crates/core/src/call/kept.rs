//! What an error keeps of the answer that caused it, and what of it nobody may see.

use http::StatusCode;

use super::engine::{Engine, Script};
use crate::machine::Shared;
use crate::operation::{Api, Fault, Refusal};
use crate::{Error, ErrorKind, Failure, Meta, PeerFlaw, RawAnswer, Redactor, Secret};

/// Characters from which on a part of a redirect's URL may be a token.
const TOKEN: usize = 20;
/// Characters from which on a word in an answer that may hold a fresh secret may be that secret.
const WORD: usize = 16;

impl<A: Api> Engine<A> {
    /// Keeps what an answer said that is a refusal, or none, and takes the secrets out of both.
    pub(super) fn keep<T>(
        &mut self,
        shared: &mut Shared<A>,
        script: &dyn Script<A>,
        operation: &Meta,
        (status, body): (StatusCode, &[u8]),
        answer: Result<T, Refusal<A::Fault>>,
    ) -> Result<T, Refusal<A::Fault>> {
        if let Some(ear) = &mut shared.session.ear {
            ear.judged(&script.confided(), !matches!(answer, Err(Refusal::Peer(_))));
        }
        let refusal = match answer {
            Ok(answer) => {
                self.raw = None;
                return Ok(answer);
            }
            Err(refusal) => refusal,
        };
        let redactor = self.redactor(shared, script);
        let may_confide = operation.confides && matches!(refusal, Refusal::Peer(_));
        let goes_on = matches!(refusal, Refusal::Peer(PeerFlaw::TooLong(_)));
        let body = redactor.beginning(body, goes_on, RawAnswer::MAX);
        let body = match may_confide {
            true if status.is_success() => String::new(),
            true => without_long_words(&body),
            false => body,
        };
        self.raw = Some(RawAnswer { status: status.as_u16(), body });
        Err(match refusal {
            Refusal::Fault(fault) => Refusal::Fault(fault.redacted(&redactor)),
            Refusal::Peer(flaw) => Refusal::Peer(flaw),
        })
    }

    /// Keeps what an answer said that is none.
    pub(super) fn keep_flaw(
        &mut self,
        shared: &mut Shared<A>,
        script: &dyn Script<A>,
        operation: &Meta,
        answer: (StatusCode, &[u8]),
        flaw: PeerFlaw,
    ) {
        // It is the caller who knows what to do about the flaw.
        let _ = self.keep::<()>(shared, script, operation, answer, Err(Refusal::Peer(flaw)));
    }

    /// Keeps what the system said of a failure.
    pub(super) fn keep_detail(&mut self, shared: &Shared<A>, script: &dyn Script<A>, failure: Failure, detail: Option<&str>) {
        self.detail = detail.map(|detail| {
            // A certificate's names are the peer's own text.
            let line = detail.replace(char::is_control, " ");
            let line = self.redactor(shared, script).beginning(line.as_bytes(), false, Error::<A::Fault>::DETAIL);
            (failure, line.into_boxed_str())
        });
    }

    /// What the system said of an error of this kind. What it said of a later attempt is no explanation.
    pub(super) fn detail_of(&mut self, kind: &ErrorKind<A::Fault>) -> Option<Box<str>> {
        let (failure, detail) = self.detail.take()?;
        let is_it = match kind {
            ErrorKind::Failure(told) | ErrorKind::OutcomeUnknown(told) => *told == failure,
            ErrorKind::Deadline(_) => true,
            ErrorKind::Encode(_)
            | ErrorKind::NoSession
            | ErrorKind::Fault(_)
            | ErrorKind::Peer(_)
            | ErrorKind::Body(_)
            | ErrorKind::Content(_)
            | ErrorKind::Cancelled => false,
        };
        is_it.then_some(detail)
    }

    /// The secrets of the operation, of the login, of the session, and of where a redirect led.
    fn redactor(&self, shared: &Shared<A>, script: &dyn Script<A>) -> Redactor {
        let mut redactor = script.secrets();
        if let Some(login) = shared.session.login() {
            redactor.join(Redactor::of(login));
        }
        // The session's, too, where the operation itself was sent without it.
        self.token.iter().chain(shared.session.token()).cloned().for_each(|token| redactor.add(token));
        redactor.join(self.led_by.clone());
        redactor
    }
}

/// What may be a token in a URL that a service has sent us to, and the URL itself: whoever has it has the file.
pub(super) fn tokens_of(location: &str) -> Vec<Secret> {
    let decoded = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let (path, query) = location.split_once('?').unwrap_or((location, ""));
    let segments = path.split('/').map(decoded);
    let values = form_urlencoded::parse(query.as_bytes()).map(|(_, value)| value.into_owned());
    let whole = core::iter::once(location.to_owned());
    whole.chain(segments).chain(values).filter(|part| part.chars().count() >= TOKEN).map(Secret::from).collect()
}

/// An answer that could not be read may hold the very secret that was asked for. Tokens and keys are long words.
fn without_long_words(text: &str) -> String {
    let is_of_word = |c: char| c.is_alphanumeric() || "-_~+/=.%".contains(c);
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_of_word) {
        let (before, from) = rest.split_at(start);
        let (word, after) = from.split_at(from.find(|c| !is_of_word(c)).unwrap_or(from.len()));
        shown.push_str(before);
        shown.push_str(if word.chars().count() < WORD { word } else { "REDACTED" });
        rest = after;
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_are_not_shown() {
        let text = "<h1>502 Bad Gateway</h1>: 0f8fad5b-d9cb-469f-a165-70867728950e, wJalrXUtnFEMI/K7MDENG+x=";
        assert_eq!(without_long_words(text), "<h1>502 Bad Gateway</h1>: REDACTED, REDACTED");
        assert_eq!(without_long_words("a fifteen-letters and a sixteen--letters!"), "a fifteen-letters and a REDACTED!");
    }

    #[test]
    fn tokens_of_urls_are_found() {
        let uri = "http://node.example/Goh7ot5p~BeuoQ45icq~L9TM2K%73h/a/file.txt?key=0f8fad5bd9cb469fa16570867728950e&b=c";
        let found = tokens_of(uri);
        let found: Vec<&str> = found.iter().map(Secret::expose).collect();
        assert_eq!(found, [uri, "Goh7ot5p~BeuoQ45icq~L9TM2Ksh", "0f8fad5bd9cb469fa16570867728950e"]);
    }
}
