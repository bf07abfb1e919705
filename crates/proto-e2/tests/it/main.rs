//! The wire of the reseller API, held against every fixture.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests, which have no one to hand an error to"
)]

use larder_core::operation::{Answers, Encode, Names, Visit};
use larder_core::{Api, Operation, Refusal, Secret};
use larder_proto_e2::{Answer, ByteCount, E2, Json, Name, Quota, User, Users};
use larder_testkit::fixtures::{self, Direction, Fixture};
use larder_testkit::wire;

fn request_page(fixture: &Fixture) -> String {
    let seen = wire::understand::<E2>(fixture.request().unwrap()).unwrap();
    let mut page = format!("{}\n=== understood\n{}", fixture.operation, seen.log);
    let Some(request) = seen.request else { return page + &format!("refused: {}\n", seen.fault.unwrap()) };
    let key = Secret::new("the key");
    let again = wire::encode::<E2>(&request, Some(&key), &bytes::Bytes::new()).unwrap();
    page.push_str(&format!("=== our client sends\n{}\n", wire::text(&again)));
    let twice = wire::understand::<E2>(again.clone()).unwrap().request.expect("our own request is understood");
    let again_twice = wire::encode::<E2>(&twice, Some(&key), &bytes::Bytes::new()).unwrap();
    assert_eq!(wire::text(&again), wire::text(&again_twice), "{}", fixture.id);
    page
}

#[test]
fn every_request_is_understood_and_sent_again() {
    for fixture in fixtures::of("e2", Direction::Request) {
        insta::assert_snapshot!(fixture.snapshot.clone(), request_page(&fixture));
    }
}

struct AnswerPage<'a>(&'a Fixture);

impl Visit for AnswerPage<'_> {
    type Output = String;

    fn visit<O: Operation>(self) -> String {
        let (head, body) = self.0.response().unwrap().into_parts();
        let decoded = O::Api::decode::<O>(&head, &body).map_err(|refusal| match refusal {
            Refusal::Fault(fault) => format!("fault {fault:?}"),
            Refusal::Peer(flaw) => format!("flaw {flaw:?}"),
        });
        let mut page = format!("{}\n=== decoded\n{decoded:#?}\n", self.0.operation);
        if let Ok(answer) = decoded {
            let text = serde_json::to_vec(&answer).unwrap();
            let again = O::Api::decode::<O>(&head, &text);
            assert_eq!(format!("{answer:?}"), format!("{:?}", again.ok().unwrap()), "{}", self.0.id);
            page.push_str(&format!("=== our server writes\n{}\n", String::from_utf8(text).unwrap()));
        }
        page
    }
}

#[test]
fn every_answer_is_read_and_written_again() {
    for fixture in fixtures::of("e2", Direction::Response) {
        let wanted = fixture.operation.trim_start_matches("e2:");
        let name = Name::ALL.iter().find(|name| name.meta().name == wanted).unwrap_or(&Name::CreateUser);
        insta::assert_snapshot!(fixture.snapshot.clone(), name.visit(AnswerPage(&fixture)));
    }
}

struct Text;

impl Encode for Text {
    type Output = String;

    fn encode<O: Operation>(self, answer: &O::Answer) -> String {
        serde_json::to_string(answer).unwrap()
    }
}

/// Ledger E12: byte counts are typed as doubles.
#[test]
fn byte_counts_never_have_an_exponent() {
    let user = User {
        email: "a".to_owned(),
        first_name: None,
        last_name: None,
        account_creation_timestamp: None,
        invite_url: None,
        is_signed_up: true,
        is_active: true,
        storage_used: ByteCount(1_000_000_000_000_000_000),
        storage_quota: Quota::Unlimited,
    };
    let answer = Answer::ListUsers(Users { id: "1".to_owned(), users: vec![user] });
    assert!(answer.encode(Text).contains("\"storage_used\":1000000000000000000,\"storage_quota\":0"));
}

/// Ledger E16: one code means several things; status and message decide.
#[test]
fn what_may_pass_and_what_will_not() {
    use larder_core::{Fault as _, FaultClass};
    let read = |status: u16, body: &str| {
        let head = http::Response::builder().status(status).body(()).unwrap().into_parts().0;
        match E2::decode::<larder_proto_e2::ListUsers>(&head, body.as_bytes()) {
            Err(Refusal::Fault(fault)) => fault.class(),
            other => panic!("{other:?}"),
        }
    };
    let body =
        |message: &str| format!(r#"{{"error":{{"type":"api_error","code":"request_processing_failed","message":"{message}"}}}}"#);
    assert_eq!(read(500, &body("try again later")), FaultClass::Transient);
    assert_eq!(read(500, &body("data not found for given dns")), FaultClass::Permanent);
    assert_eq!(read(403, &body("cannot be reached right now")), FaultClass::Transient);
    assert_eq!(read(403, &body("user exists")), FaultClass::Permanent);
    assert_eq!(read(502, "<html>bad gateway</html>"), FaultClass::Transient);
    assert_eq!(read(404, ""), FaultClass::Permanent);
}

/// The key is in no Debug output, and no other style exists.
#[test]
fn the_key_is_not_shown() {
    let target = larder_core::Target::parse("http://larder.example").unwrap();
    let key = Secret::new("canary-key");
    let address = larder_core::wire::Address::<E2> { target: &target, token: Some(&key), style: &Json, bits: [0, 0] };
    let outgoing = E2::encode(&larder_proto_e2::ListUsers {}, &address).unwrap();
    assert_eq!(outgoing.head.0.headers()["token"], "canary-key");
    assert!(!format!("{address:?} {outgoing:?} {:?}", outgoing.head.0.headers()).contains("canary"));
}
