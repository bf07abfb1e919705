//! Arbitrary values of any operation, without a generator for each: a value that a fixture shows is changed in one place
//! after the other, and a change stays if the type still takes the whole. Fewer changes is what proptest shrinks to.

use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// One change: where, and what; both are taken modulo what there is.
pub(super) type Change = (usize, usize);

/// Up to two dozen changes.
pub(super) fn changes() -> impl Strategy<Value = Vec<Change>> {
    proptest::collection::vec((any::<usize>(), any::<usize>()), 0..24)
}

/// What texts are replaced by: what types are made for, and what they are not.
const TEXTS: &[&str] = &[
    "a",
    "Ünïcödé/日本語/🦀.txt",
    "a & b < c > \"d\" 'e' = f + g % h ; i , j # k ? l",
    "two  blanks",
    "line\nbreak\ttab",
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
pub(super) fn arbitrary<T: Serialize + DeserializeOwned>(start: &Value, changes: &[Change]) -> Value {
    let mut value = start.clone();
    for change in changes {
        let mut changed = value.clone();
        let mut at = change.0 % places(&changed);
        apply(&mut changed, &mut at, change.1);
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
fn apply(value: &mut Value, at: &mut usize, what: usize) -> bool {
    if *at == 0 {
        change(value, what);
        return true;
    }
    *at -= 1;
    match value {
        Value::Array(items) => items.iter_mut().any(|item| apply(item, at, what)),
        Value::Object(fields) => fields.values_mut().any(|field| apply(field, at, what)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn change(value: &mut Value, what: usize) {
    match value {
        Value::Array(items) => change_list(items, what),
        Value::Object(fields) if !fields.is_empty() => {
            let name = fields.keys().nth(what % fields.len()).cloned().unwrap_or_default();
            fields.insert(name, Value::Null);
        }
        Value::Object(_) => {}
        Value::Bool(flag) => *flag = !*flag,
        Value::Number(_) => *value = number(what),
        Value::String(_) => *value = text(what),
        Value::Null => {
            *value = match what % 4 {
                0 => number(what / 4),
                1 => Value::Bool(true),
                2 | 3 => text(what / 4),
                _ => unreachable!("modulo four"),
            }
        }
    }
}

fn change_list(items: &mut Vec<Value>, what: usize) {
    match (what % 4, items.is_empty()) {
        (0, false) => items.push(items[what / 4 % items.len()].clone()),
        (1, false) => drop(items.remove(what / 4 % items.len())),
        (2, false) => items.reverse(),
        (3, false) => items.clear(),
        _ => items.push(text(what / 4)),
    }
}

fn number(what: usize) -> Value {
    NUMBERS[what % NUMBERS.len()].into()
}

/// One of the texts, or a long one: most limits are below 1,100 characters.
fn text(what: usize) -> Value {
    let lengths = 1_100;
    let which = what % (TEXTS.len() + 8);
    match TEXTS.get(which) {
        Some(text) => (*text).into(),
        None => "ä".repeat(what / (TEXTS.len() + 8) % lengths).into(),
    }
}
