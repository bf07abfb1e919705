//! Placeholders of secrets: as long as they are in every spelling, so that what is recorded without the secrets is what the
//! machine would say and hear if the placeholders were the secrets.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use serde_json::Value;

use super::letters::{DIGITS, is_hidden, is_hidden_sign, sign_stand_in, stand_in};
use super::respell::respell;
use crate::secrets::spelled::{Found, begins, spellings};
use crate::secrets::{is_alone, least, parts_of_url, text_in_base64};
use crate::{Redactor, Secret};

/// Secrets, and what stands for each.
#[derive(Default)]
pub(super) struct Mask {
    known: Vec<(Secret, String)>,
    fakes: BTreeSet<String>,
    /// How many have the same shape.
    shapes: BTreeMap<String, u32>,
    /// What the machine was made of, as it is written.
    public: String,
    starts: Starts,
}

/// The bytes that a spelling of a secret may begin with: most of a text is passed over by them.
struct Starts([bool; 256]);

impl Default for Starts {
    fn default() -> Self {
        let mut starts = Self([false; 256]);
        // Escapes, a blank as forms have it, and the first byte of what was no UTF-8.
        [b'%', b'\\', b'&', b'+', 0xEF].into_iter().for_each(|byte| starts.add(byte));
        starts
    }
}

impl Starts {
    fn add(&mut self, byte: u8) {
        for byte in [byte, byte.to_ascii_lowercase(), byte.to_ascii_uppercase()] {
            if let Some(is) = self.0.get_mut(usize::from(byte)) {
                *is = true;
            }
        }
    }

    fn has(&self, text: &str, place: usize) -> bool {
        text.as_bytes().get(place).is_some_and(|byte| self.0.get(usize::from(*byte)) == Some(&true))
    }
}

/// A secret that a text begins with.
struct Hit<'m> {
    secret: &'m str,
    fake: &'m str,
    /// Bytes of text.
    end: usize,
}

impl Mask {
    /// This is written already: what of it also stands in a URL with a token is no secret.
    pub(super) fn publish(&mut self, text: &str) {
        self.public.push_str(text);
    }

    /// A part of a place that somebody was sent to: it may be a token, or the name of a file.
    pub(super) fn learn_place(&mut self, part: &str) {
        if !self.public.contains(part) && !is_trivial(part) {
            self.learn(part);
        }
    }

    /// All that a [`Redactor`] knows: secrets, and parts of those that are URLs.
    pub(super) fn learn_all(&mut self, secrets: &[Secret]) {
        let urls: Vec<&str> = secrets.iter().map(Secret::expose).filter(|secret| secret.contains("://")).collect();
        let is_part = |secret: &str| is_trivial(secret) && urls.iter().any(|url| url.contains(secret));
        secrets.iter().map(Secret::expose).filter(|secret| !is_part(secret)).for_each(|secret| self.learn(secret));
    }

    /// One more secret, and those within it.
    pub(super) fn learn(&mut self, secret: &str) {
        if secret.trim().is_empty() || self.known.iter().any(|(known, _)| known.expose() == secret) {
            return;
        }
        parts_of_url(secret).iter().for_each(|part| self.learn_place(part));
        let inner = text_in_base64(secret);
        let fake = match &inner {
            Some(text) => {
                self.learn(text);
                STANDARD.encode(self.apply_text(text))
            }
            None => self.fake(secret),
        };
        self.fakes.insert(fake.clone());
        self.insert(secret, fake);
    }

    /// With its lines, and without the blanks around it.
    fn insert(&mut self, secret: &str, fake: String) {
        for (line, other) in secret.lines().zip(fake.lines()) {
            if line.trim().chars().count() >= Redactor::EITHER_CASE {
                self.push(line.trim(), other.trim());
            }
        }
        self.push(&secret.trim().replace("\r\n", "\n"), &fake.trim().replace("\r\n", "\n"));
        self.push(secret, &fake);
    }

    fn push(&mut self, secret: &str, fake: &str) {
        if !secret.is_empty() && self.known.iter().all(|(known, _)| known.expose() != secret) {
            self.known.push((Secret::new(secret), fake.to_owned()));
            secret.bytes().take(1).for_each(|byte| self.starts.add(byte));
            // The end of a line may have a carriage return before it.
            if secret.starts_with('\n') {
                self.starts.add(b'\r');
            }
        }
    }

    /// What stands for a secret: a slice of what is known, or what is known of it and stand-ins for the rest.
    fn fake(&self, secret: &str) -> String {
        let length = secret.chars().count();
        let around = self.known.iter().filter(|_| length >= Redactor::WORD).find_map(|(known, fake)| {
            let before = known.expose().find(secret)?;
            let skipped = known.expose().get(..before)?.chars().count();
            Some(fake.chars().skip(skipped).take(length).collect())
        });
        around.unwrap_or_else(|| self.numbered(secret))
    }

    fn numbered(&self, secret: &str) -> String {
        // What is known already stays what it became.
        let mut open = Vec::new();
        let known = self.replaced(secret, |characters, is_secret| open.extend(core::iter::repeat_n(!is_secret, characters)));
        close_known(secret, &self.public, &mut open);
        let start = secret.find("://").map_or(0, |scheme| {
            let rest = secret.get(scheme + 3..).unwrap_or_default();
            let host = rest.find('/').map_or(0, |end| scheme + 3 + end);
            secret.get(..host).unwrap_or_default().chars().count()
        });
        let is_signs = !secret.chars().any(is_hidden);
        let mut places: Vec<usize> = Vec::new();
        let mut escape = 0;
        for (at, (c, open)) in secret.chars().zip(&open).enumerate() {
            // In a URL, `%4F` is one character.
            escape = if c == '%' && start > 0 { 3_usize } else { escape }.saturating_sub(1);
            let is_hidden = if is_signs { is_hidden_sign(c) } else { is_hidden(c) };
            if *open && at >= start && escape == 0 && is_hidden {
                places.push(at);
            }
        }
        let most = DIGITS.checked_pow(u32::try_from(places.len()).unwrap_or(u32::MAX)).unwrap_or(u32::MAX);
        let with = |number: u32| write(&known, &places, number, is_signs);
        let from = self.shapes.get(&with(0)).copied().unwrap_or_default();
        let is_free = |fake: &String| fake != secret && !self.fakes.contains(fake) && self.is_no_secret(fake);
        (from..most.min(from.saturating_add(10_000))).map(with).find(is_free).unwrap_or_else(|| with(0))
    }

    fn is_no_secret(&self, fake: &str) -> bool {
        self.known.iter().all(|(known, _)| !known.expose().eq_ignore_ascii_case(fake))
    }

    /// A value without the secrets: its texts only, since numbers and names are none.
    pub(super) fn apply_value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.apply_text(&text)),
            Value::Array(items) => items.into_iter().map(|item| self.apply_value(item)).collect(),
            // In the order of their names: theirs otherwise depends on a feature of serde_json, which somebody may ask for.
            Value::Object(fields) => {
                let sorted: BTreeMap<_, _> = fields.into_iter().map(|(name, field)| (name, self.apply_value(field))).collect();
                sorted.into_iter().collect()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value,
        }
    }

    /// Bytes without the secrets, as many.
    pub(super) fn apply(&self, bytes: &[u8]) -> Vec<u8> {
        let mut masked = Vec::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            masked.extend_from_slice(self.apply_text(chunk.valid()).as_bytes());
            masked.extend_from_slice(chunk.invalid());
        }
        // Rather nothing of it than a secret.
        if masked.len() == bytes.len() { masked } else { vec![b'x'; bytes.len()] }
    }

    /// A text without the secrets.
    pub(super) fn apply_text(&self, text: &str) -> String {
        self.replaced(text, |_, _| {})
    }

    /// The same; says of how many characters each piece is, and whether it was a secret.
    fn replaced(&self, text: &str, mut piece: impl FnMut(usize, bool)) -> String {
        let mut masked = String::with_capacity(text.len());
        let mut place = 0;
        while let Some(c) = text.get(place..).and_then(|rest| rest.chars().next()) {
            let hit = if self.starts.has(text, place) { self.find(text, place) } else { None };
            let Some((hit, spelled)) = hit.and_then(|hit| text.get(place..place + hit.end).map(|spelled| (hit, spelled))) else {
                masked.push(c);
                piece(1, false);
                place += c.len_utf8();
                continue;
            };
            let ignores_case = hit.secret.chars().count() >= Redactor::EITHER_CASE;
            let other = respell(spelled, hit.secret, hit.fake, ignores_case);
            masked.push_str(&other.unwrap_or_else(|| "x".repeat(spelled.len())));
            piece(spelled.chars().count(), true);
            place += hit.end;
        }
        masked
    }

    /// The longest of what begins at `place`, by the rules of [`Redactor`].
    fn find(&self, text: &str, place: usize) -> Option<Hit<'_>> {
        let (before, rest) = text.split_at(place);
        let mut longest: Option<Hit<'_>> = None;
        for (secret, fake) in &self.known {
            let (secret, fake) = (secret.expose(), fake.as_str());
            let mut is_it = false;
            let first = secret.chars().next()?;
            spellings(rest, first, true, |_| is_it = true);
            if !is_it {
                continue;
            }
            let length = secret.chars().count();
            let (found, beginning) = begins(rest, secret, length >= Redactor::EITHER_CASE);
            let end = match found {
                Found::Whole(end) if length >= Redactor::WORD || is_alone(before, rest.get(end..).unwrap_or_default()) => end,
                Found::Whole(_) | Found::No | Found::Perhaps if beginning.characters >= least(secret, length) => beginning.end,
                Found::Whole(_) | Found::No | Found::Perhaps => continue,
            };
            if longest.as_ref().is_none_or(|hit| end > hit.end) {
                longest = Some(Hit { secret, fake, end });
            }
        }
        longest
    }
}

/// What no secret is that stands in a URL beside one: a word of two characters, or a small number. In its place, there would be
/// holes in every text.
fn is_trivial(part: &str) -> bool {
    part.len() < 3 || part.len() < 4 && part.bytes().all(|byte| byte.is_ascii_digit())
}

/// Leaves as it is what of a URL is no secret: what is trivial, and what stands in a text that is written already, as the path of
/// a file does in what a download was made of. Who is sent to such a place may go back to its own, which begins in the same way.
fn close_known(url: &str, public: &str, open: &mut [bool]) {
    const ENDS: [char; 5] = ['/', '?', '&', '#', '='];
    let Some((scheme, rest)) = url.split_once("://") else { return };
    let mut at = scheme.chars().count() + 3;
    for piece in rest.split_inclusive(ENDS) {
        let part = piece.trim_end_matches(ENDS);
        let decoded = percent_encoding::percent_decode_str(part).decode_utf8_lossy();
        if is_trivial(part) || public.contains(decoded.as_ref()) {
            open.iter_mut().skip(at).take(part.chars().count()).for_each(|open| *open = false);
        }
        at += piece.chars().count();
    }
}

/// A text with stand-ins at these places, the last of which hold a number.
fn write(text: &str, places: &[usize], number: u32, is_signs: bool) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let mut left = number;
    for place in places.iter().rev() {
        let stand_in = if is_signs { sign_stand_in } else { stand_in };
        if let Some(c) = chars.get_mut(*place) {
            *c = stand_in(*c, left % DIGITS);
        }
        left /= DIGITS;
    }
    chars.into_iter().collect()
}
