//! JSON answers of every operation of Nirvanix Web Services, also within a script. What is read is written, as XML and as
//! JSON, and read back as the same.
//!
//! The first line is the operation, the rest the answer.

use larder_core::Operation;
use larder_core::operation::{Names, Visit};
use larder_proto_nvx::codec::json;
use larder_proto_nvx::values::Callback;
use larder_proto_nvx::{Name, Nvx};
use larder_testkit::trees;

use super::xml::{self, Written};
use crate::input;

/// Tries one input.
pub fn run(data: &[u8]) {
    let (name, text) = input::operation::<Name>(data);
    let Ok(text) = core::str::from_utf8(text) else { return };
    name.visit(Answer(text));
}

struct Answer<'a>(&'a str);

impl Visit for Answer<'_> {
    type Output = ();

    fn visit<O: Operation>(self) {
        xml::holds::<O>(self.0, json::read);
    }
}

/// The answers of the fixtures that are not XML, and those that are, written as JSON and as a script.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = xml::bodies(|body| !body.trim_ascii_start().starts_with(b"<"));
    let callback = "app.on_answer".parse::<Callback>();
    for (at, (name, tree)) in trees::answers::<Nvx>("nvx").into_iter().enumerate() {
        let Some(text) = name.visit(Written(tree, false)) else { continue };
        match &callback {
            Ok(callback) if at % 8 == 0 => seeds.push(xml::input(name, json::jsonp(callback, &text).as_bytes())),
            _ => seeds.push(xml::input(name, text.as_bytes())),
        }
    }
    seeds.sort();
    seeds.dedup();
    seeds
}
