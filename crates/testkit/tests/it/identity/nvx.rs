//! Nirvanix Web Services: requests as forms, envelopes, multipart bodies and URLs; answers as XML, JSON, JSONP and SOAP.

use larder_core::operation::{Names, Visit};
use larder_core::{Api, Kind, Meta, Operation};
use larder_proto_nvx::codec::{json, soap, xml_write};
use larder_proto_nvx::{Format, Name, Nvx, Style};
use larder_testkit::trees::{answers, full, possible, read, requests};
use proptest::prelude::*;
use serde_json::Value;

use super::arbitrary::{Change, arbitrary, changes};
use super::through_the_wire;

/// Writes a changed answer in each format, and reads it again.
struct BackAgain<'a>(&'a Value, &'a [Change]);

impl Visit for BackAgain<'_> {
    type Output = Result<(), String>;

    fn visit<O: Operation>(self) -> Self::Output {
        let tree = arbitrary::<O::Answer>(self.0, self.1);
        let answer: O::Answer = read(tree.clone()).map_err(|reject| reject.to_string())?;
        let jsonp = Style { callback: "a.b".parse().ok(), ..Style::JSON };
        for style in [Style::XML, Style::JSON, jsonp, Style::SOAP_1_1, Style::SOAP_1_2] {
            let text = write(&style, &answer, &O::META).map_err(|reject| format!("{reject}: {tree}"))?;
            let head = http::Response::new(()).into_parts().0;
            let again = O::Api::decode::<O>(&head, text.as_bytes()).map_err(|refusal| format!("{refusal:?}\n{text}"))?;
            let again = serde_json::to_value(&again).map_err(|error| error.to_string())?;
            let same = if style.format == Format::Json { tree == again } else { full(&possible(&tree)) == full(&again) };
            if !same {
                return Err(format!("{tree}\nbecame\n{again}\nby\n{text}"));
            }
        }
        Ok(())
    }
}

pub(crate) fn write<T: serde::Serialize>(style: &Style, answer: &T, operation: &Meta) -> Result<String, larder_core::Reject> {
    match (style.format, &style.callback) {
        (Format::Xml, _) => xml_write::answer(0, None, answer),
        (Format::Soap(version), _) => soap::answer(version, operation, answer),
        (Format::Json, None) => json::answer(0, None, answer),
        (Format::Json, Some(callback)) => Ok(json::jsonp(callback, &json::answer(0, None, answer)?)),
    }
}

#[test]
fn every_operation_has_a_start() {
    let (requests, answers) = (requests::<Nvx>("nvx"), answers::<Nvx>("nvx"));
    for name in Name::ALL {
        assert!(requests.iter().any(|(of, _)| of == name), "no request of {}", name.meta());
        let file = name.meta().kind == Kind::Download;
        assert!(file || answers.iter().any(|(of, _)| of == name), "no answer of {}", name.meta());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn requests_come_back(changes in changes()) {
        for (name, start) in requests::<Nvx>("nvx") {
            for style in [Style::default(), Style::SOAP_1_1, Style::SOAP_1_2] {
                let there = through_the_wire::<Nvx>(name, &start, &changes, &style);
                prop_assert!(there.is_ok(), "{}: {}", name.meta(), there.unwrap_err());
            }
        }
    }

    #[test]
    fn answers_come_back(changes in changes()) {
        for (name, start) in answers::<Nvx>("nvx") {
            let back = name.visit(BackAgain(&start, &changes));
            prop_assert!(back.is_ok(), "{}: {}", name.meta(), back.unwrap_err());
        }
    }
}
