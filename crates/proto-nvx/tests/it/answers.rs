//! Every answer of the fixtures: what our client makes of it, and what our server writes for the same, in each format.
#![expect(clippy::unwrap_used, reason = "helpers of tests, which have no one to hand an error to")]

use larder_core::operation::{Names, Visit};
use larder_core::{Api, Kind, Operation, Refusal};
use larder_proto_nvx::codec::soap::{self, Version};
use larder_proto_nvx::codec::{json, xml_write};
use larder_proto_nvx::{Format, Name, Nvx, Style};
use larder_testkit::fixtures::{self, Direction, Fixture};

/// The operation of a fixture; any will do for what belongs to all.
fn name(fixture: &Fixture) -> Name {
    let wanted = fixture.operation.trim_start_matches("nvx:");
    let found = Name::ALL.iter().find(|name| name.meta().to_string() == wanted);
    *found.unwrap_or(&Name::ImfsCreateFolders)
}

struct Page<'a>(&'a Fixture);

impl Visit for Page<'_> {
    type Output = String;

    fn visit<O: Operation>(self) -> String {
        let (head, body) = self.0.response().unwrap().into_parts();
        let decoded = decode::<O>(&head, &body);
        let mut page = format!("{}\n=== decoded\n{decoded:#?}\n", self.0.operation);
        let Ok(answer) = decoded else { return page };
        if O::META.kind == Kind::Download {
            return page;
        }
        // What SOAP writes is what XML does in other wrapping: it is shown where it was read.
        let is_soap = body.windows(9).any(|nine| nine == b":Envelope");
        for format in [Format::Xml, Format::Json, Format::Soap(Version::V1_1), Format::Soap(Version::V1_2)] {
            let text = write::<O>(format, &answer);
            if is_soap || matches!(format, Format::Xml | Format::Json) {
                page.push_str(&format!("=== our server writes {format:?}\n{text}\n"));
            }
            let again = decode::<O>(&http::Response::new(()).into_parts().0, text.as_bytes()).unwrap();
            assert_eq!(format!("{answer:?}"), format!("{again:?}"), "{} in {format:?}", self.0.id);
            assert_eq!(text, write::<O>(format, &again), "{} in {format:?}", self.0.id);
        }
        page
    }
}

/// `O` is of this API: the fault's own type is recovered through its text.
fn decode<O: Operation>(head: &http::response::Parts, body: &[u8]) -> Result<O::Answer, String> {
    O::Api::decode::<O>(head, body).map_err(|refusal| match refusal {
        Refusal::Fault(fault) => format!("fault {fault:?}"),
        Refusal::Peer(flaw) => format!("flaw {flaw:?}"),
    })
}

fn write<O: Operation>(format: Format, answer: &O::Answer) -> String {
    match format {
        Format::Xml => xml_write::answer(0, None, answer).unwrap(),
        Format::Json => json::answer(0, None, answer).unwrap(),
        Format::Soap(version) => soap::answer(version, &O::META, answer).unwrap(),
    }
}

#[test]
fn every_answer_is_read_and_written_again() {
    let answers = fixtures::of("nvx", Direction::Response);
    assert!(answers.len() > 50, "the fixtures are there: {}", answers.len());
    for fixture in answers {
        insta::assert_snapshot!(fixture.snapshot.clone(), name(&fixture).visit(Page(&fixture)));
    }
}

#[test]
fn faults_are_written_in_both_formats_and_read_again() {
    let fault = larder_proto_nvx::Fault::from(larder_proto_nvx::Code::SessionNotFound);
    for style in [Style::XML, Style::JSON] {
        let reply = Nvx::refuse(&fault, Some(Name::ImfsListFolder), &style);
        let larder_core::wire::ReplyBody::Whole(body) = reply.body else { panic!("a fault is no file") };
        let head = reply.head.0.into_parts().0;
        let read = Nvx::decode::<larder_proto_nvx::imfs::ListFolder>(&head, &body);
        assert_eq!(read, Err(Refusal::Fault(fault.clone())));
    }
}
