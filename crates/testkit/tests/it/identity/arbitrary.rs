//! Arbitrary values of any operation, without a generator for each: a value that a fixture shows is changed in one place
//! after the other, and a change stays if the type still takes the whole. Fewer changes is what proptest shrinks to.

use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// One change: where, and what; both are taken modulo what there is.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    place: usize,
    what: usize,
    /// What a text may become beside the fixed ones: any characters, those among them that hardly any format can hold.
    text: String,
}

/// Up to two dozen changes.
pub(crate) fn changes() -> impl Strategy<Value = Vec<Change>> {
    let text = proptest::collection::vec(any::<char>(), 0..12).prop_map(String::from_iter);
    let change = (any::<usize>(), any::<usize>(), text).prop_map(|(place, what, text)| Change { place, what, text });
    proptest::collection::vec(change, 0..24)
}

/// What texts are replaced by: what types are made for, and what they are not.
const TEXTS: &[&str] = &[
    "a",
    "Ünïcödé/日本語/🦀.txt",
    "a & b < c > \"d\" 'e' = f + g % h ; i , j # k ? l",
    "two  blanks",
    "  ",
    "line\nbreak\ttab",
    "\r",
    "a\rb\r\n",
    "a\u{1}b",
    "\u{FFFE}",
    "0",
    "1",
    "2",
    "90",
    "500",
    "18446744073709551615",
    "-1",
    "1.5",
    "true",
    "TEXT",
    "2009-06-17",
    "Wed, 17 Jun 2009 10:20:30 GMT",
    "2009-06-17T10:20:30Z",
    "1B2M2Y8AsgTpgAmY7PhCfg==",
    "192.0.2.7",
    "2001:db8::7",
    "http://example.com/a?b=c",
    "someone@example.com",
    "//App/user/a folder/a file.txt",
    "type:a value: with colons",
    "{\"json\":[null]}",
    "<xml a=\"b\">c</xml>",
    "]]>",
    "a|b",
    "",
];

/// Numbers at the edges of what types hold.
const NUMBERS: &[u64] = &[0, 1, 2, 3, 90, 180, 1_000, 1_001, 65_535, 1 << 32, 1 << 53, (1 << 53) + 1, u64::MAX];

/// `start`, changed as far as `T` goes along with it.
pub(crate) fn arbitrary<T: Serialize + DeserializeOwned>(start: &Value, changes: &[Change]) -> Value {
    let mut value = start.clone();
    for change in changes {
        let mut changed = value.clone();
        let mut at = change.place % places(&changed);
        apply(&mut changed, &mut at, change);
        let taken = serde_json::from_value::<T>(changed).ok();
        if let Some(canonical) = taken.and_then(|taken| serde_json::to_value(&taken).ok()) {
            value = canonical;
        }
    }
    value
}

/// How many places a value has, itself included.
fn places(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(places).sum(),
        Value::Object(fields) => fields.values().map(places).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0_usize,
    }
}

/// Changes the place number `at`; counts `at` down on its way there.
fn apply(value: &mut Value, at: &mut usize, by: &Change) -> bool {
    if *at == 0 {
        change(value, by);
        return true;
    }
    *at -= 1;
    match value {
        Value::Array(items) => items.iter_mut().any(|item| apply(item, at, by)),
        Value::Object(fields) => fields.values_mut().any(|field| apply(field, at, by)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn change(value: &mut Value, by: &Change) {
    let what = by.what;
    match value {
        Value::Array(items) => change_list(items, by),
        Value::Object(fields) if !fields.is_empty() => {
            let name = fields.keys().nth(what % fields.len()).cloned().unwrap_or_default();
            fields.insert(name, Value::Null);
        }
        Value::Object(_) => {}
        Value::Bool(flag) => *flag = !*flag,
        Value::Number(_) => *value = number(what),
        Value::String(_) => *value = by.text(what),
        Value::Null => {
            *value = match what % 4 {
                0 => number(what / 4),
                1 => Value::Bool(true),
                2 | 3 => by.text(what / 4),
                _ => unreachable!("modulo four"),
            }
        }
    }
}

fn change_list(items: &mut Vec<Value>, by: &Change) {
    let what = by.what;
    match (what % 4, items.is_empty()) {
        (0, false) => items.push(items[what / 4 % items.len()].clone()),
        (1, false) => drop(items.remove(what / 4 % items.len())),
        (2, false) => items.reverse(),
        (3, false) => items.clear(),
        _ => items.push(by.text(what / 4)),
    }
}

fn number(what: usize) -> Value {
    NUMBERS[what % NUMBERS.len()].into()
}

impl Change {
    /// One of the fixed texts, a long one (most limits are below 1,100 characters), or the change's own.
    fn text(&self, what: usize) -> Value {
        let lengths = 1_100;
        let choices = TEXTS.len() + 24;
        let which = what % choices;
        match TEXTS.get(which) {
            Some(text) => (*text).into(),
            None if which < TEXTS.len() + 8 => "ä".repeat(what / choices % lengths).into(),
            None => self.text.as_str().into(),
        }
    }
}
