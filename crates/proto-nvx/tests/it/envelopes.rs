//! The messages of SOAP among the fixtures: those of 1.2 are the same as those of 1.1, and those written by hand the same as
//! what is printed in XML.
#![expect(clippy::unwrap_used, reason = "helpers of tests, which have no one to hand an error to")]

use larder_core::operation::{Names, Visit};
use larder_core::{Api, Operation};
use larder_proto_nvx::{Name, Nvx};
use larder_testkit::fixtures::{self, Direction, Fixture};
use larder_testkit::wire;

/// What a message is understood as.
struct Meaning<'a>(&'a Fixture);

impl Visit for Meaning<'_> {
    type Output = String;

    fn visit<O: Operation>(self) -> String {
        if self.0.direction == Direction::Request {
            // Who calls, and what for; answers differ by version.
            let log = wire::understand::<Nvx>(self.0.request().unwrap()).unwrap().log;
            return log.lines().take_while(|line| !line.starts_with("Open")).map(|line| format!("{line}\n")).collect();
        }
        let (head, body) = self.0.response().unwrap().into_parts();
        let Ok(answer) = O::Api::decode::<O>(&head, &body) else { panic!("{} is no success", self.0.id) };
        format!("{answer:#?}\n")
    }
}

#[test]
fn every_derived_message_is_understood() {
    for &name in Name::ALL {
        let operation = format!("nvx:{}", name.meta());
        let page: String = fixtures::soap(&operation)
            .iter()
            .map(|fixture| format!("=== {}\n{}", fixture.id, name.visit(Meaning(fixture))))
            .collect();
        if !page.is_empty() {
            insta::assert_snapshot!(format!("soap__nvx__{}", name.meta().to_string().replace('/', "__")), page);
        }
    }
}

#[test]
fn messages_of_both_versions_are_the_same() {
    let all = fixtures::all();
    let mut count = 0;
    for &name in Name::ALL {
        for twin in fixtures::soap(&format!("nvx:{}", name.meta())) {
            let id = twin.id.trim_start_matches("soap/").trim_end_matches("-of-1.2");
            let original = all.iter().find(|row| row.id == id || row.id == format!("extra/{id}"));
            let Some(original) = original.filter(|_| twin.id.ends_with("-of-1.2")) else { continue };
            assert_eq!(name.visit(Meaning(&twin)), name.visit(Meaning(original)), "{}", twin.id);
            count += 1;
        }
    }
    assert!(count > 70, "the fixtures are there: {count}");
}

#[test]
fn answers_written_by_hand_are_what_is_printed() {
    let all = fixtures::all();
    let mut count = 0;
    for &name in Name::ALL {
        let meta = name.meta();
        let Some(by_hand) = all.iter().find(|row| row.id == format!("extra/nvx/{meta}/soap-success")) else { continue };
        let printed = [format!("nvx/{meta}/xml-response-1"), format!("extra/nvx/{meta}/success-xml")];
        let printed = all.iter().find(|row| printed.contains(&row.id)).unwrap();
        assert_eq!(name.visit(Meaning(by_hand)), name.visit(Meaning(printed)), "{meta}");
        count += 1;
    }
    assert_eq!(count, 21);
}
