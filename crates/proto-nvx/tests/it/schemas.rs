//! The documents' schemas, corrected: successes of the fixtures and all that our server writes keep to the schema of their
//! operation. `xmllint` is the judge. What the documents call optional is so for the sake of failures: a success holds every
//! element, and a failure an `ErrorMessage`.
#![expect(clippy::unwrap_used, reason = "helpers of tests, which have no one to hand an error to")]

use std::path::{Path, PathBuf};
use std::process::Command;

use larder_core::operation::{Names, Visit};
use larder_core::wire::ReplyBody;
use larder_core::{Api, Operation};
use larder_proto_nvx::codec::xml_write;
use larder_proto_nvx::{Code, Fault, Name, Nvx, Style};
use larder_testkit::fixtures::{self, Direction, Fixture};
use larder_testkit::foreign;

/// The last part of an identifier, such as `xsd-1`.
pub(super) fn last(fixture: &Fixture) -> &str {
    fixture.id.rsplit('/').next().unwrap()
}

fn schemas() -> Vec<Fixture> {
    fixtures::of("nvx", Direction::Other).into_iter().filter(|row| last(row).starts_with("xsd-")).collect()
}

/// The operation of a schema; none for that of failures, which belongs to all.
fn name(schema: &Fixture) -> Option<Name> {
    Name::ALL.iter().copied().find(|name| schema.operation == format!("nvx:{}", name.meta()))
}

/// What our server writes for an answer, unless that is a failure.
pub(super) struct Written<'a>(pub(super) &'a Fixture);

impl Visit for Written<'_> {
    type Output = Option<String>;

    fn visit<O: Operation>(self) -> Option<String> {
        let (head, body) = self.0.response().unwrap().into_parts();
        O::Api::decode::<O>(&head, &body).ok().map(|answer| xml_write::answer(0, None, &answer).unwrap())
    }
}

pub(super) fn failure(name: Option<Name>) -> String {
    let fault = Fault { code: Code::SessionNotFound, message: "No such session: <a> & \"b\"".to_owned() };
    let ReplyBody::Whole(body) = Nvx::refuse(&fault, name, &Style::XML).body else { panic!("a failure is no file") };
    String::from_utf8(body.to_vec()).unwrap()
}

/// A message that a schema is held against.
struct Message {
    name: String,
    text: String,
    expected: Expected,
}

/// What becomes of a message. A fixture that only a lenient reader takes is named after what it lacks.
#[derive(PartialEq, Eq)]
enum Expected {
    /// It is a whole failure.
    Failure,
    /// It is a whole success.
    Success,
    /// It is what our server would write for one that lacks something: no more than that.
    Partial,
    /// It is one that lacks something, or has it elsewhere: no whole success.
    Odd,
}

fn messages(schema: &Fixture) -> Vec<Message> {
    let name = name(schema);
    let mut messages = vec![Message { name: "failure".to_owned(), text: failure(name), expected: Expected::Failure }];
    let Some(name) = name else { return messages };
    for row in fixtures::of("nvx", Direction::Response).into_iter().filter(|row| row.operation == schema.operation) {
        let Some(written) = name.visit(Written(&row)) else { continue };
        let odd = ["flat", "lenient"].iter().any(|odd| last(&row).starts_with(odd));
        let (ours, theirs) = if odd { (Expected::Partial, Expected::Odd) } else { (Expected::Success, Expected::Success) };
        let id = row.id.replace('/', "__");
        messages.push(Message { name: format!("{id}.ours"), text: written, expected: ours });
        let text = String::from_utf8(row.response().unwrap().body().to_vec()).unwrap();
        if text.starts_with('<') && !text.contains(":Envelope") {
            messages.push(Message { name: id, text, expected: theirs });
        }
    }
    messages
}

/// The schema for successes alone, which have every element but `ErrorMessage`, or for failures alone, which have that. A
/// list may be empty either way.
fn narrow(schema: &str, is_success: bool) -> String {
    const OPTIONAL: &str = "minOccurs=\"0\"";
    let narrow = |tag: &str| match (tag.contains("\"ErrorMessage\""), is_success) {
        (true, true) => tag.replace(OPTIONAL, "minOccurs=\"0\" maxOccurs=\"0\""),
        (false, true) if tag.contains("unbounded") => tag.to_owned(),
        (false, true) | (true, false) => tag.replace(OPTIONAL, ""),
        (false, false) => tag.to_owned(),
    };
    schema.split_inclusive('>').map(narrow).collect()
}

pub(super) fn file(folder: &Path, name: &str, content: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path
}

pub(super) fn validate(schema: &Path, files: &[PathBuf]) -> Result<(), String> {
    let ended = Command::new("xmllint").args(["--nonet", "--noout", "--schema"]).arg(schema).args(files).output().unwrap();
    if ended.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&ended.stderr).into_owned()) }
}

/// Holds all messages of a schema's operation against it.
fn check(folder: &Path, schema: &Fixture) {
    let folder = folder.join(schema.operation.replace([':', '/', '*'], "_"));
    std::fs::create_dir_all(&folder).unwrap();
    let printed = std::str::from_utf8(&schema.content).unwrap();
    let xsd = |name: &str, text: &str| file(&folder, &format!("{name}.xsd"), text.as_bytes());
    let whole = [xsd("failures", &narrow(printed, false)), xsd("successes", &narrow(printed, true)), xsd("schema", printed)];
    let mut messages = messages(schema);
    let wholes = messages.iter().filter(|message| message.expected == Expected::Success).count();
    assert!(wholes > 0 || name(schema).is_none(), "{}: no success to validate", schema.id);
    let write = |message: &Message| file(&folder, &format!("{}.xml", message.name), message.text.as_bytes());
    for odd in messages.extract_if(.., |message| message.expected == Expected::Odd) {
        let refused = validate(&whole[1], &[write(&odd)]).unwrap_err();
        assert!(refused.contains("fails to validate"), "{}: {refused}", odd.name);
    }
    for (xsd, expected) in whole.iter().zip([Expected::Failure, Expected::Success, Expected::Partial]) {
        let files: Vec<PathBuf> = messages.iter().filter(|message| message.expected == expected).map(write).collect();
        let validated = if files.is_empty() { Ok(()) } else { validate(xsd, &files) };
        assert_eq!(validated, Ok(()), "{}", schema.id);
    }
}

#[test]
fn n61_answers_keep_to_the_corrected_schemas() {
    if foreign::program("xmllint").is_none() {
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("schemas");
    let schemas = schemas();
    assert!(schemas.len() > 10, "the schemas are there: {}", schemas.len());
    for schema in &schemas {
        check(&folder, schema);
    }
}
