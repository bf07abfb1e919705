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

/// The last part of an identifier, such as `xsd-1`.
fn last(fixture: &Fixture) -> &str {
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
struct Written<'a>(&'a Fixture);

impl Visit for Written<'_> {
    type Output = Option<String>;

    fn visit<O: Operation>(self) -> Option<String> {
        let (head, body) = self.0.response().unwrap().into_parts();
        O::Api::decode::<O>(&head, &body).ok().map(|answer| xml_write::answer(0, None, &answer).unwrap())
    }
}

fn failure(name: Option<Name>) -> String {
    let fault = Fault { code: Code::SessionNotFound, message: "No such session: <a> & \"b\"".to_owned() };
    let ReplyBody::Whole(body) = Nvx::refuse(&fault, name, &Style::XML).body else { panic!("a failure is no file") };
    String::from_utf8(body.to_vec()).unwrap()
}

/// A message that a schema is held against.
struct Message {
    name: String,
    is_success: bool,
    text: String,
    /// Whether only a lenient reader takes it: such fixtures are named after what they lack.
    odd: bool,
}

fn messages(schema: &Fixture) -> Vec<Message> {
    let name = name(schema);
    let mut messages = vec![Message { name: "failure".to_owned(), is_success: false, text: failure(name), odd: false }];
    let Some(name) = name else { return messages };
    for row in fixtures::of("nvx", Direction::Response).into_iter().filter(|row| row.operation == schema.operation) {
        let Some(written) = name.visit(Written(&row)) else { continue };
        let id = row.id.replace('/', "__");
        messages.push(Message { name: format!("{id}.ours"), is_success: true, text: written, odd: false });
        let text = String::from_utf8(row.response().unwrap().body().to_vec()).unwrap();
        if text.starts_with('<') {
            let odd = ["flat", "lenient"].iter().any(|odd| last(&row).starts_with(odd));
            messages.push(Message { name: id, is_success: true, text, odd });
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

fn file(folder: &Path, name: &str, content: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path
}

fn validate(schema: &Path, files: &[PathBuf]) -> Result<(), String> {
    let ended = Command::new("xmllint").args(["--nonet", "--noout", "--schema"]).arg(schema).args(files).output().unwrap();
    if ended.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&ended.stderr).into_owned()) }
}

#[test]
fn n61_answers_keep_to_the_corrected_schemas() {
    if Command::new("xmllint").arg("--version").output().is_err() {
        // CI installs what tests need, and sets this: there, nothing may be left out.
        assert!(std::env::var_os("LARDER_NO_SKIP").is_none(), "xmllint is missing");
        eprintln!("skipped: there is no xmllint to validate answers with");
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("schemas");
    let schemas = schemas();
    assert!(schemas.len() > 10, "the schemas are there: {}", schemas.len());
    for schema in schemas {
        let folder = folder.join(schema.operation.replace([':', '/', '*'], "_"));
        std::fs::create_dir_all(&folder).unwrap();
        let schema_text = std::str::from_utf8(&schema.content).unwrap();
        let [failures, successes] = [false, true]
            .map(|is_success| file(&folder, &format!("schema-{is_success}.xsd"), narrow(schema_text, is_success).as_bytes()));
        let (odd, plain): (Vec<_>, Vec<_>) = messages(&schema).into_iter().partition(|message| message.odd);
        assert!(plain.len() > 1 || name(&schema).is_none(), "{}: no success to validate", schema.id);
        let write = |message: &Message| file(&folder, &format!("{}.xml", message.name), message.text.as_bytes());
        for (xsd, is_success) in [(&failures, false), (&successes, true)] {
            let files: Vec<PathBuf> = plain.iter().filter(|message| message.is_success == is_success).map(write).collect();
            assert!(files.is_empty() || validate(xsd, &files) == Ok(()), "{}: {:?}", schema.id, validate(xsd, &files));
        }
        for message in odd {
            let refused = validate(&successes, &[write(&message)]).unwrap_err();
            assert!(refused.contains("fails to validate"), "{}: {refused}", message.name);
        }
    }
}
