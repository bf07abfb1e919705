//! Writes down what one machine is told and asked.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};
use http::{Response, header::HeaderValue};

use super::ear::Ear;
use super::entry::{Act, Entry, Hand, Text, Title, VERSION};
use super::line::Sum;
use super::mask::Mask;
use super::recipe::Recipe;
use super::state::State;
use super::words::without_long_words;
use crate::machine::{Action, Input, Shared};
use crate::operation::Api;
use crate::wire::ResponseHead;
use crate::{ExchangeId, Meta, Misuse, Time};

/// Where a journal goes: it is given one whole line at a time. What becomes of it there is its own business.
pub type Out = Box<dyn FnMut(&[u8]) + Send>;

/// Bytes of an answer that are held back, at most, until it has been understood: twice what a call collects of one by default
/// ([`Limits::answer`](crate::Limits::answer)). What is longer is written as if it would never be.
pub const HELD: usize = 32 << 20;

/// What is not written yet.
enum Held {
    /// The answer's head, or a piece of it.
    Answer(Input, Option<String>),
    /// What is free of secrets already.
    Entry(Entry),
}

/// What the recorder of one machine knows.
pub(super) struct Recorder {
    out: Out,
    title: Option<(Title, Option<Recipe>)>,
    sum: Sum,
    mask: Mask,
    /// What was shared after the last poll.
    last: Option<State>,
    /// The exchange that was opened last.
    at: Option<ExchangeId>,
    /// Whether its answer may hold a secret.
    confides: bool,
    /// Whether its answer is a file.
    is_file: bool,
    held: VecDeque<Held>,
    bytes: usize,
    /// The piece of the caller's file that was told last: sent, it is still that.
    piece: Bytes,
    is_over: bool,
}

impl Recorder {
    pub(super) fn new<A: Api>((operation, host): (&Meta, &str), recipe: Option<Recipe>, out: Out) -> Self {
        let (api, operation, host) = (A::NAME.to_owned(), operation.to_string(), host.to_owned());
        let title = Title { version: VERSION, api, operation, host, recipe: None };
        Self {
            out,
            title: Some((title, recipe)),
            sum: Sum::default(),
            mask: Mask::default(),
            last: None,
            at: None,
            confides: false,
            is_file: false,
            held: VecDeque::new(),
            bytes: 0,
            piece: Bytes::new(),
            is_over: false,
        }
    }

    /// What is shared, if it is not what the last poll left.
    pub(super) fn before<A: Api>(&mut self, shared: &Shared<A>) -> Option<Box<State>> {
        let mut state = State::of(shared, &mut self.mask);
        if self.last.as_ref() == Some(&state) {
            return None;
        }
        if self.last.is_none() {
            state = state.with_login(shared, &mut self.mask);
        }
        Some(Box::new(state))
    }

    /// The machine was polled.
    pub(super) fn polled<A: Api, T: core::fmt::Debug>(
        &mut self,
        (at, before): (Time, Option<Box<State>>),
        shared: &Shared<A>,
        ear: &Ear,
        action: &Action<T, A::Fault>,
    ) {
        self.mask.learn_all(ear.secrets());
        ear.places().iter().for_each(|place| self.mask.learn_place(place.expose()));
        let is_done = matches!(action, Action::Done(_));
        if ear.is_over || ear.is_file || ear.begun.is_some() || is_done {
            self.release(ear.is_understood || ear.is_file);
        }
        self.is_file = (self.is_file || ear.is_file) && ear.begun.is_none() && !ear.is_over;
        self.confides = ear.begun.unwrap_or(self.confides);
        if let Action::Open { at, .. } = action {
            self.at = Some(*at);
        }
        let act = self.act(action);
        // After what the poll has learned: tokens among it.
        self.last = Some(State::of(shared, &mut self.mask));
        self.write(Entry::Polled { at, shared: before, action: act });
        self.is_over |= is_done;
    }

    fn act<T: core::fmt::Debug, F: core::fmt::Debug>(&self, action: &Action<T, F>) -> Act {
        let is_of_file = matches!(action, Action::Write { chunk, .. } if is_within(&self.piece, chunk));
        if is_of_file { Hand::PLAIN.act(action) } else { self.hand(|hand| hand.act(action)) }
    }

    fn hand<T>(&self, write: impl FnOnce(&Hand<'_>) -> T) -> T {
        let masked = |bytes: &Bytes| Bytes::from(self.mask.apply(bytes));
        write(&Hand { bytes: &masked, file: &Bytes::clone })
    }

    /// The machine was told something. `told` is what it said to it.
    pub(super) fn told(&mut self, input: Input, told: Result<(), Misuse>) {
        let misuse = told.err().map(|misuse| misuse.to_string());
        if let Input::Body { chunk, .. } = &input {
            self.piece = chunk.clone();
        }
        let is_answer = matches!(input, Input::Head { .. } | Input::Data { .. });
        match input {
            Input::Data { at, chunk } if self.is_file && Some(at) == self.at => {
                let input = super::entry::Heard::Data { at: at.0, chunk: Text(chunk) };
                self.write(Entry::Told { input, misuse });
            }
            input if is_answer && input.at() == self.at => self.hold(input, misuse),
            // The machine does not look at what comes late, nor can anybody know what is in it.
            input if is_answer => {
                let input = Hand::PLAIN.heard(&withheld(input));
                self.write(Entry::Told { input, misuse });
            }
            Input::Connected { .. }
            | Input::Wrote { .. }
            | Input::Head { .. }
            | Input::Data { .. }
            | Input::End { .. }
            | Input::Failed { .. }
            | Input::Body { .. }
            | Input::BodyEnd
            | Input::BodyGone
            | Input::Cancel => {
                let input = self.hand(|hand| hand.heard(&input));
                self.write(Entry::Told { input, misuse });
            }
        }
    }

    fn hold(&mut self, input: Input, misuse: Option<String>) {
        if let Input::Data { chunk, .. } = &input {
            self.bytes += chunk.len();
        }
        self.held.push_back(Held::Answer(input, misuse));
        if self.bytes > HELD {
            self.release(false);
        }
    }

    /// Writes what was held back.
    fn release(&mut self, is_understood: bool) {
        let pieces = self.held.iter().filter_map(|held| match held {
            Held::Answer(Input::Data { chunk, .. }, _) => Some(chunk),
            Held::Answer(..) | Held::Entry(_) => None,
        });
        let mut body = BytesMut::new();
        pieces.for_each(|chunk| body.extend_from_slice(chunk));
        let body = self.mask.apply(&body);
        let mut body = Bytes::from(if !is_understood && self.confides { without_long_words(&body) } else { body });
        self.bytes = 0;
        for held in core::mem::take(&mut self.held) {
            let entry = match held {
                Held::Answer(Input::Data { at, chunk }, misuse) => {
                    let input = super::entry::Heard::Data { at: at.0, chunk: Text(body.split_to(chunk.len().min(body.len()))) };
                    Entry::Told { input, misuse }
                }
                Held::Answer(input, misuse) => Entry::Told { input: self.hand(|hand| hand.heard(&input)), misuse },
                Held::Entry(entry) => entry,
            };
            self.put(&entry);
        }
    }

    /// The machine was dropped. The journal ends here.
    pub(super) fn abandoned(&mut self) {
        if !self.is_over {
            self.release(false);
            self.write(Entry::Abandoned {});
            self.is_over = true;
        }
    }

    fn write(&mut self, entry: Entry) {
        if self.held.is_empty() {
            self.put(&entry);
        } else {
            if let Entry::Told { input: super::entry::Heard::Body { chunk, .. }, .. } = &entry {
                self.bytes += chunk.0.len();
            }
            self.held.push_back(Held::Entry(entry));
        }
    }

    fn put(&mut self, entry: &Entry) {
        if let Some((title, recipe)) = self.title.take() {
            self.title(title, recipe);
        }
        // It cannot fail: there are no maps with keys that are no texts.
        let object = serde_json::to_string(entry).unwrap_or_default();
        self.seal(&object);
    }

    fn title(&mut self, title: Title, recipe: Option<Recipe>) {
        let recipe = recipe.and_then(|recipe| {
            self.mask.learn_all(recipe.secrets().secrets());
            let written = self.mask.apply_value(serde_json::to_value(recipe.made()).ok()?);
            self.mask.publish(&written.to_string());
            Some(written)
        });
        let object = serde_json::to_string(&Title { recipe, ..title }).unwrap_or_default();
        self.seal(&object);
    }

    fn seal(&mut self, object: &str) {
        let line = self.sum.seal(object);
        (self.out)(line.as_bytes());
    }
}

impl Drop for Recorder {
    /// A driver that forgets to abandon its machine leaves a journal that can be read up to here, and what was held back.
    fn drop(&mut self) {
        if !self.is_over {
            self.release(false);
        }
    }
}

/// Whether a piece is a part of another, by its place in memory.
fn is_within(whole: &Bytes, piece: &Bytes) -> bool {
    let (whole, piece) = (whole.as_ptr_range(), piece.as_ptr_range());
    piece.start < piece.end && whole.start <= piece.start && piece.end <= whole.end
}

/// The same, with nothing in it.
fn withheld(input: Input) -> Input {
    match input {
        Input::Data { at, chunk } => Input::Data { at, chunk: vec![b'x'; chunk.len()].into() },
        Input::Head { at, head } => {
            let mut empty = Response::new(());
            *empty.status_mut() = head.0.status();
            let names = head.0.headers().keys().map(|name| (name.clone(), HeaderValue::from_static("x")));
            empty.headers_mut().extend(names);
            Input::Head { at, head: ResponseHead(empty) }
        }
        Input::Connected { .. }
        | Input::Wrote { .. }
        | Input::End { .. }
        | Input::Failed { .. }
        | Input::Body { .. }
        | Input::BodyEnd
        | Input::BodyGone
        | Input::Cancel => input,
    }
}
