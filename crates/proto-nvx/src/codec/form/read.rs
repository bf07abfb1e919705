//! A form's pairs as a serde source.

use std::borrow::Cow;

use larder_core::Reject;
use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};

use crate::codec::from_text::{FromText, Source, visit_text};
use crate::codec::to_text::unfit;
use crate::codec::{INLINE, Seen, place};

/// A whole form.
pub(super) struct Pairs<'p, K, V>(pub(super) &'p [(K, V)]);

impl<'p, K: AsRef<str>, V: AsRef<str>> Source<'p> for Pairs<'p, K, V> {
    fn text(&self) -> Cow<'p, str> {
        Cow::Borrowed("")
    }

    fn is_none(&self) -> bool {
        false
    }

    fn list<W: Visitor<'p>>(self, visitor: W) -> Result<W::Value, Reject> {
        self.any(visitor)
    }

    fn record<W: Visitor<'p>>(self, fields: Option<&'static [&'static str]>, visitor: W) -> Result<W::Value, Reject> {
        let inline = fields.and_then(|fields| fields.iter().position(|field| *field == INLINE));
        visitor.visit_map(Parameters { whole: self.0, rest: self.0, fields, inline, seen: Seen::default(), value: None })
    }

    fn any<W: Visitor<'p>>(self, visitor: W) -> Result<W::Value, Reject> {
        self.record(None, visitor)
    }
}

/// Notes which parameters are looked for.
pub(super) struct Names<'n>(pub(super) &'n mut Vec<&'static str>);

impl<'p> Source<'p> for Names<'_> {
    fn text(&self) -> Cow<'p, str> {
        Cow::Borrowed("")
    }

    fn is_none(&self) -> bool {
        false
    }

    fn list<W: Visitor<'p>>(self, _visitor: W) -> Result<W::Value, Reject> {
        Err(unfit())
    }

    fn record<W: Visitor<'p>>(self, fields: Option<&'static [&'static str]>, visitor: W) -> Result<W::Value, Reject> {
        let fields = fields.unwrap_or_default();
        self.0.extend(fields.iter().filter(|field| **field != INLINE));
        if fields.contains(&INLINE) { visitor.visit_map(self) } else { Err(unfit()) }
    }
}

/// The record that stands among the parameters, and nothing else.
impl<'p> MapAccess<'p> for Names<'_> {
    type Error = Reject;

    fn next_key_seed<S: DeserializeSeed<'p>>(&mut self, seed: S) -> Result<Option<S::Value>, Reject> {
        seed.deserialize(BorrowedStrDeserializer::<Reject>::new(INLINE)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'p>>(&mut self, seed: S) -> Result<S::Value, Reject> {
        seed.deserialize(FromText(Names(self.0)))
    }
}

/// Walks a form's parameters once; a record that stands among them reads them all by itself, first.
struct Parameters<'p, K, V> {
    whole: &'p [(K, V)],
    rest: &'p [(K, V)],
    fields: Option<&'static [&'static str]>,
    inline: Option<usize>,
    seen: Seen,
    value: Option<(&'p str, Value<'p, K, V>)>,
}

/// What a field is read from.
enum Value<'p, K, V> {
    Values(Values<'p, K, V>),
    Whole(Pairs<'p, K, V>),
}

impl<'p, K: AsRef<str>, V: AsRef<str>> MapAccess<'p> for Parameters<'p, K, V> {
    type Error = Reject;

    fn next_key_seed<S: DeserializeSeed<'p>>(&mut self, seed: S) -> Result<Option<S::Value>, Reject> {
        if let Some(at) = self.inline.take() {
            self.seen.first(at);
            self.value = Some((INLINE, Value::Whole(Pairs(self.whole))));
            return seed.deserialize(BorrowedStrDeserializer::<Reject>::new(INLINE)).map(Some);
        }
        while let [(name, _), tail @ ..] = self.rest {
            let from = self.rest;
            self.rest = tail;
            let name = name.as_ref();
            let key = match self.fields {
                Some(fields) => match place(fields, name).filter(|at| self.seen.first(*at)).and_then(|at| fields.get(at)) {
                    Some(field) => *field,
                    None => continue,
                },
                None => name,
            };
            self.value = Some((key, Value::Values(Values { pairs: from, list: true })));
            return seed.deserialize(BorrowedStrDeserializer::<Reject>::new(key)).map(Some);
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'p>>(&mut self, seed: S) -> Result<S::Value, Reject> {
        let (key, value) = self.value.take().ok_or_else(unfit)?;
        match value {
            // A key that is no field's is the caller's own text.
            Value::Values(values) if self.fields.is_none() => seed.deserialize(FromText(values)),
            Value::Values(values) => seed.deserialize(FromText(values)).map_err(|reject| reject.at(key)),
            // It names its own fields.
            Value::Whole(pairs) => seed.deserialize(FromText(pairs)),
        }
    }
}

/// One parameter: the first pair is its first value, later pairs of the same name are the others.
struct Values<'p, K, V> {
    pairs: &'p [(K, V)],
    list: bool,
}

impl<'p, K: AsRef<str>, V: AsRef<str>> Source<'p> for Values<'p, K, V> {
    fn text(&self) -> Cow<'p, str> {
        Cow::Borrowed(self.pairs.first().map_or("", |(_, value)| value.as_ref()))
    }

    fn is_none(&self) -> bool {
        self.text().trim().is_empty()
    }

    fn list<W: Visitor<'p>>(self, visitor: W) -> Result<W::Value, Reject> {
        let name = self.pairs.first().map_or("", |(name, _)| name.as_ref());
        visitor.visit_seq(Repeats { rest: if self.list { self.pairs } else { self.pairs.get(..1).unwrap_or_default() }, name })
    }

    fn record<W: Visitor<'p>>(self, _fields: Option<&'static [&'static str]>, visitor: W) -> Result<W::Value, Reject> {
        visit_text(self.text(), visitor)
    }
}

/// Walks the values of one parameter.
struct Repeats<'p, K, V> {
    rest: &'p [(K, V)],
    name: &'p str,
}

impl<'p, K: AsRef<str>, V: AsRef<str>> SeqAccess<'p> for Repeats<'p, K, V> {
    type Error = Reject;

    fn next_element_seed<S: DeserializeSeed<'p>>(&mut self, seed: S) -> Result<Option<S::Value>, Reject> {
        while let [(name, _), tail @ ..] = self.rest {
            let pairs = self.rest;
            self.rest = tail;
            if name.as_ref().eq_ignore_ascii_case(self.name) {
                return seed.deserialize(FromText(Values { pairs, list: false })).map(Some);
            }
        }
        Ok(None)
    }
}
