//! Descriptions and what goes over the wire say the same: the requests that our client sends and the answers that our server
//! writes keep to the WSDL of their namespace, for all fixtures, and so do the fixtures' own envelopes. Python's xmlschema and
//! lxml are the judges.

use larder_core::operation::{Inspect, Names, Requests, Visit};
use larder_core::{Api, Auth, Operation, Secret};
use larder_proto_nvx::codec::soap::{self, Version};
use larder_proto_nvx::{Name, Nvx, describe};
use larder_testkit::fixtures::{self, Direction, Fixture};
use larder_testkit::{foreign, wire};
use serde_json::{Value, json};

use super::schemas::judge;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/described/judge.py");

/// What our client sends by SOAP; none for what REST alone has.
struct Sent;

impl Inspect for Sent {
    type Output = Option<String>;

    fn inspect<O: Operation>(self, request: &O) -> Option<String> {
        let token = Secret::new("22b16933-2cd5-40ab-981e-dc9b6cfba06d");
        let token = (O::META.auth == Auth::Session).then(|| (O::META.token_name.unwrap_or("sessionToken"), &token));
        soap::request(Version::V1_1, &O::META, token, request).ok()
    }
}

/// What our server writes by SOAP; none for a failure.
struct Written<'a>(&'a Fixture);

impl Visit for Written<'_> {
    type Output = Option<String>;

    fn visit<O: Operation>(self) -> Option<String> {
        let (head, body) = self.0.response().unwrap().into_parts();
        let answer = O::Api::decode::<O>(&head, &body).ok()?;
        Some(soap::answer(Version::V1_2, &O::META, &answer).unwrap())
    }
}

fn envelope(row: &Fixture, name: Name) -> Option<String> {
    match row.direction {
        Direction::Request => wire::understand::<Nvx>(row.request().unwrap()).unwrap().request?.inspect(Sent),
        Direction::Response => name.visit(Written(row)),
        Direction::Other => None,
    }
}

/// The envelope that a fixture is, if it is one and no fault, which no description declares.
fn as_it_is(row: &Fixture) -> Option<String> {
    let body = match row.direction {
        Direction::Request => row.request().unwrap().into_body(),
        Direction::Response => row.response().unwrap().into_body(),
        Direction::Other => return None,
    };
    let text = String::from_utf8(body.to_vec()).ok()?;
    (text.contains(":Envelope>") && !text.contains(":Fault>")).then_some(text)
}

/// An envelope, and two that are broken: one with an element too many, one with a parameter of another name.
fn cases(row: &Fixture, text: &str, name: Name) -> Vec<Value> {
    let called = name.meta().name;
    let case =
        |kind: &str, text: &str, valid: bool| json!({ "name": format!("{} {kind}", row.id), "text": text, "valid": valid });
    // REST takes sizes that no `xs:long` can say.
    let mut all = vec![case("", text, !text.contains(&u64::MAX.to_string()))];
    for end in [format!("</{called}>"), format!("</{called}Response>")] {
        if text.contains(&end) {
            all.push(case("with more", &text.replace(&end, &format!("<more>1</more>{end}")), false));
        }
    }
    if text.contains("<pageSize>") {
        all.push(case("with a text for a number", &text.replace("<pageSize>", "<pageSize>x"), false));
    }
    all
}

#[test]
fn what_is_sent_by_soap_keeps_to_the_descriptions() {
    let rows = [fixtures::of("nvx", Direction::Request), fixtures::of("nvx", Direction::Response)].concat();
    let all: Vec<Value> = describe::namespaces()
        .map(|namespace| {
            let mut envelopes = Vec::new();
            for name in describe::operations(namespace) {
                let wanted = format!("nvx:{}", name.meta());
                let mut count = 0;
                for row in rows.iter().filter(|row| row.operation == wanted) {
                    let Some(text) = envelope(row, name) else { continue };
                    envelopes.extend(cases(row, &text, name));
                    count += 1;
                }
                let own = rows.iter().filter(|row| row.operation == wanted).cloned().chain(fixtures::soap(&wanted));
                let own = own.filter_map(|row| as_it_is(&row).map(|text| cases(&row, &text, name)));
                let before = envelopes.len();
                envelopes.extend(own.flatten());
                assert!(envelopes.len() > before, "{wanted}: an envelope of its own");
                assert!(count > 1, "{wanted}: a request and an answer");
            }
            let wsdl = describe::wsdl(namespace, "http://localhost/").unwrap();
            json!({ "name": namespace, "wsdl": wsdl, "envelopes": envelopes })
        })
        .collect();
    let Some(python) = foreign::python(&["lxml", "xmlschema"]) else { return };
    assert_eq!(judge(python, SCRIPT, &all), "");
}
