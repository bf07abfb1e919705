//! The reseller API: JSON both ways, and forms that real clients send.

use bytes::Bytes;
use larder_core::operation::{Names, Requests, Visit};
use larder_core::{Api, Operation, Secret};
use larder_proto_e2::{E2, Name};
use larder_testkit::trees::{Tree, answers, read, requests};
use larder_testkit::wire;
use proptest::prelude::*;
use serde_json::Value;

use super::arbitrary::{Change, arbitrary, changes};
use super::{Changed, through_the_wire};

/// The same request as a form, as real clients send it: texts, and a key for each member of a list.
pub(crate) fn as_form(message: &http::Request<Bytes>) -> Option<http::Request<Bytes>> {
    let tree: serde_json::Map<String, Value> = serde_json::from_slice(message.body()).ok()?;
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in &tree {
        let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
        for value in values.iter().filter(|value| !value.is_null()) {
            form.append_pair(name, value.as_str().map_or_else(|| value.to_string(), str::to_owned).as_str());
        }
    }
    let mut message = message.clone();
    *message.body_mut() = form.finish().into();
    Some(message)
}

/// Whether a server understands a form as it understands the JSON of our client.
fn form_is_json(name: Name, start: &Value, changes: &[Change]) -> Result<(), String> {
    let request = name.decode(Changed(start, changes)).map_err(|reject| reject.to_string())?;
    let key = Secret::new("key");
    let json = wire::encode::<E2>(&request, Some(&key), &Bytes::new()).map_err(|reject| reject.to_string())?;
    let Some(form) = as_form(&json) else { return Ok(()) };
    let text = wire::text(&form);
    let understood = wire::understand::<E2>(form).map_err(|misuse| misuse.to_string())?.request.map(|it| it.inspect(Tree));
    let sent = request.inspect(Tree);
    if understood.as_ref() == Some(&sent) { Ok(()) } else { Err(format!("{sent}\nbecame\n{understood:?}\nby\n{text}")) }
}

/// Writes a changed answer, and reads it again.
struct BackAgain<'a>(&'a Value, &'a [Change]);

impl Visit for BackAgain<'_> {
    type Output = Result<(), String>;

    fn visit<O: Operation>(self) -> Self::Output {
        let tree = arbitrary::<O::Answer>(self.0, self.1);
        let answer: O::Answer = read(tree.clone()).map_err(|reject| reject.to_string())?;
        let text = serde_json::to_string(&answer).map_err(|error| error.to_string())?;
        let head = http::Response::new(()).into_parts().0;
        let again = O::Api::decode::<O>(&head, text.as_bytes()).map_err(|refusal| format!("{refusal:?}\n{text}"))?;
        let again = serde_json::to_value(&again).map_err(|error| error.to_string())?;
        if tree == again { Ok(()) } else { Err(format!("{tree}\nbecame\n{again}\nby\n{text}")) }
    }
}

#[test]
fn every_operation_has_a_start() {
    let (requests, answers) = (requests::<E2>("e2"), answers::<E2>("e2"));
    for name in Name::ALL {
        assert!(requests.iter().any(|(of, _)| of == name), "no request of {}", name.meta());
        assert!(answers.iter().any(|(of, _)| of == name), "no answer of {}", name.meta());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn requests_come_back(changes in changes()) {
        for (name, start) in requests::<E2>("e2") {
            let there = through_the_wire::<E2>(name, &start, &changes, &Default::default());
            prop_assert!(there.is_ok(), "{}: {}", name.meta(), there.unwrap_err());
            let form = form_is_json(name, &start, &changes);
            prop_assert!(form.is_ok(), "{}: {}", name.meta(), form.unwrap_err());
        }
    }

    #[test]
    fn answers_come_back(changes in changes()) {
        for (name, start) in answers::<E2>("e2") {
            let back = name.visit(BackAgain(&start, &changes));
            prop_assert!(back.is_ok(), "{}: {}", name.meta(), back.unwrap_err());
        }
    }
}
