//! The wire of the reseller API, held against every fixture.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests, which have no one to hand an error to"
)]

mod answers;
mod faults;
mod forms;
mod meta;
mod recovery;
mod requests;
mod schemas;

use larder_core::operation::{Answers, Encode, Names, Visit};
use larder_core::{Api, Operation, Pace, Refusal, Secret};
use larder_proto_e2::{Answer, ByteCount, E2, Json, ListCnames, Name, Quota, User, Users};
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

/// The fixture's operation; any where it belongs to all.
fn name_of(fixture: &Fixture) -> Name {
    let wanted = fixture.operation.strip_prefix("e2:").expect(&fixture.id);
    if wanted == "*" {
        return Name::CreateUser;
    }
    *Name::ALL.iter().find(|name| name.meta().name == wanted).expect(&fixture.id)
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
        insta::assert_snapshot!(fixture.snapshot.clone(), name_of(&fixture).visit(AnswerPage(&fixture)));
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
        is_signed_up: Some(true),
        is_active: Some(true),
        storage_used: Some(ByteCount(1_000_000_000_000_000_000)),
        storage_quota: Some(Quota::Unlimited.into()),
    };
    let answer = Answer::ListUsers(Users { id: "1".to_owned(), users: vec![user] });
    assert!(answer.encode(Text).contains("\"storage_used\":1000000000000000000,\"storage_quota\":0"));
}

/// A secret of a request or an answer, by the name of its field; in lines, since `Debug` writes these in one.
fn secrets(body: &[u8]) -> Vec<String> {
    let fields: Vec<(String, String)> = match serde_json::from_slice::<serde_json::Value>(body) {
        Ok(json) => {
            let members = [&json, &json["data"]].into_iter().filter_map(|it| it.as_object()).flatten();
            members.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
        }
        Err(_) => form_urlencoded::parse(body).into_owned().collect(),
    };
    let secret = ["password", "public_key", "private_key", "secret_key"];
    let values = fields.into_iter().filter(|(name, _)| secret.contains(&name.as_str()));
    values.flat_map(|(_, value)| value.lines().map(str::to_owned).collect::<Vec<_>>()).filter(|line| line.len() > 3).collect()
}

#[test]
fn no_secret_of_any_message_is_shown() {
    let mut found = 0;
    for fixture in fixtures::all().into_iter().filter(|row| row.operation.starts_with("e2:")) {
        let (body, shown) = match fixture.direction {
            Direction::Request => {
                let request = fixture.request().unwrap();
                let seen = wire::understand::<E2>(request.clone()).unwrap();
                (request.into_body(), format!("{seen:?}"))
            }
            Direction::Response => {
                let page = name_of(&fixture).visit(AnswerPage(&fixture));
                let decoded = page.split("=== our server writes").next().unwrap_or_default().to_owned();
                (fixture.response().unwrap().into_body(), decoded)
            }
            Direction::Other => continue,
        };
        for secret in secrets(&body) {
            found += 1;
            assert!(!shown.contains(&secret), "{}: {shown}", fixture.id);
        }
    }
    assert!(found > 10, "{found}");
}

/// The answer's side of the ceiling that `codec` states.
#[test]
fn answers_nest_so_deep() {
    let head = http::Response::new(()).into_parts().0;
    let nested = |depth: usize| {
        let info = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        E2::decode::<ListCnames>(&head, format!(r#"{{"cname_list":[{{"cname":"a","certificate_info":{info}}}]}}"#).as_bytes())
    };
    assert!(nested(124).is_ok());
    assert!(matches!(nested(125), Err(Refusal::Peer(_))));
    assert!(matches!(nested(1 << 20), Err(Refusal::Peer(_))));
}

/// Ledger E22.
#[test]
fn only_one_operation_takes_long() {
    let slow = Name::ALL.iter().filter(|name| name.meta().pace == Pace::Slow);
    assert_eq!(slow.collect::<Vec<_>>(), [&Name::EnableUserRegion]);
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
