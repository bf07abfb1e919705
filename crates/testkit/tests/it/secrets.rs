//! Secrets of requests and of sessions in what calls end with.

use larder_core::operation::{Names, Visit};
use larder_core::{Api, Error, ErrorKind, Limits, Operation, PeerFlaw, RawAnswer, Redactor, Session, Settings};
use larder_proto_e2::E2;
use larder_proto_nvx::authentication::Login;
use larder_proto_nvx::{Fault, Nvx};
use larder_testkit::trees::{self, answers};
use larder_testkit::{Canned, Pair, Plan, Point, Trouble, fixtures};
use serde_json::Value;

use crate::{e2, nvx};

/// Whether an answer that a fixture shows holds a secret.
struct Holds(Value);

impl Visit for Holds {
    type Output = bool;

    fn visit<O: Operation>(self) -> bool {
        trees::read::<O::Answer>(self.0).is_ok_and(|answer| !Redactor::of(&answer).is_empty())
    }
}

fn check<A: Api>(api: &str) {
    let mut seen = 0;
    for (name, answer) in answers::<A>(api) {
        let holds = name.visit(Holds(answer));
        seen += usize::from(holds);
        assert!(!holds || name.meta().confides, "{}", name.meta());
    }
    for name in A::Names::ALL.iter().filter(|name| name.meta().confides) {
        assert!(answers::<A>(api).into_iter().any(|(of, answer)| of == *name && of.visit(Holds(answer))), "{}", name.meta());
    }
    assert!(seen > 0, "{api}");
}

#[test]
fn operations_say_that_their_answers_hold_secrets() {
    check::<Nvx>("nvx");
    check::<E2>("e2");
}

const PASSWORD: &str = "correct horse/battery&staple";
const APP_KEY: &str = "canary-of-an-application-key";

/// The first call of a client whose wire answers the login, or what comes after it.
fn answered(at: usize, canned: Canned) -> Error<Fault> {
    let login = Login { app_key: nvx::parse(APP_KEY), ..nvx::login(PASSWORD) };
    let mut pair = Pair::new(Session::with_login(login), 7, nvx::Little::default());
    let token = || canned_of(200, "{\"ResponseCode\":0,\"SessionToken\":\"canary-of-a-session\"}");
    pair.link(move |opening| Plan::canned(if opening.nth < at { token() } else { canned.clone() }));
    let call = pair.start(nvx::list(), nvx::json());
    pair.run();
    assert!(!pair.trace().contains("canary-") && !pair.trace().contains("horse"), "{}", pair.trace());
    match call.outcome() {
        Some(Err(error)) => *error,
        Some(Ok(_)) | None => panic!("{}", pair.trace()),
    }
}

fn canned_of(status: u16, body: impl Into<bytes::Bytes>) -> Canned {
    let mut head = http::Response::new(());
    *head.status_mut() = status.try_into().unwrap_or_default();
    Canned { head, body: body.into() }
}

fn shown(error: &Error<Fault>) -> String {
    format!("{error}\n{error:?}\n{error:#?}\n{:?}", error.raw)
}

fn body(error: &Error<Fault>) -> &str {
    error.raw.as_ref().map_or("", |raw| &raw.body)
}

/// The document's own sample of a service that repeats the token.
#[test]
fn n185_the_sample_that_repeats_the_token() {
    let sample = fixtures::all().into_iter().find(|row| row.id == "nvx/General/conventions/xml-response-2").unwrap();
    let (head, text) = sample.response().unwrap().into_parts();
    let text = String::from_utf8(text.to_vec()).unwrap();
    const TOKEN: &str = "2dc8542b-210d-45df-85df-b48b277c13c5";
    assert!(text.contains(TOKEN));
    for spelled in [TOKEN.to_owned(), TOKEN.to_uppercase()] {
        let canned = Canned { head: http::Response::from_parts(head.clone(), ()), body: text.replace(TOKEN, &spelled).into() };
        let mut pair = Pair::new(Session::with_token(TOKEN.into()), 7, nvx::Little::default());
        pair.link(move |_| Plan::canned(canned.clone()));
        let call = pair.start(nvx::list(), nvx::json());
        pair.run();
        let error = call.outcome().unwrap().unwrap_err();
        assert!(error.to_string().contains("Session not found for ip = 10.0.0.1, token = REDACTED"), "{error}");
        assert!(body(&error).contains("<ResponseCode>80006"), "{}", body(&error));
        assert!(!shown(&error).contains(&spelled), "{}", shown(&error));
    }
}

#[test]
fn what_a_login_was_refused_with() {
    let spelled = [
        PASSWORD.to_owned(),
        "correct+horse%2Fbattery%26staple".to_owned(),
        "correct horse\\/battery\\u0026staple".to_owned(),
        "correct horse/battery&amp;staple".to_owned(),
        APP_KEY.to_owned(),
        APP_KEY.to_uppercase(),
    ];
    for spelled in spelled {
        for status in [200, 403, 502] {
            for answer in [
                format!("<Response><ResponseCode>80001</ResponseCode><ErrorMessage>no {spelled} here</ErrorMessage></Response>"),
                format!("<html>{spelled}</html>"),
                format!("{{\"ResponseCode\":80001,\"ErrorMessage\":\"{spelled}\"}}"),
            ] {
                let error = answered(0, canned_of(status, answer));
                assert_eq!(error.raw.as_ref().unwrap().status, status);
                let shown = shown(&error);
                assert!(!shown.contains(&spelled) && !shown.contains("horse") && !shown.contains("canary"), "{shown}");
            }
        }
    }
}

#[test]
fn a_secret_in_an_answer_that_cannot_be_read_is_not_kept() {
    let fresh = "0f8fad5b-d9cb-469f-a165-70867728950e";
    let answer = format!("{{\"ResponseCode\":0,\"SessionToken\":\"{fresh}\"");
    for (status, kept) in [(200, ""), (500, "{\"ResponseCode\":0,\"SessionToken\":\"REDACTED\"")] {
        assert_eq!(body(&answered(0, canned_of(status, answer.clone()))), kept);
    }
    // Of an operation that has none to tell, it is.
    assert_eq!(body(&answered(1, canned_of(200, answer.clone()))), answer);
}

#[test]
fn the_beginning_of_an_answer_is_kept_and_no_secret_is_cut_in_two() {
    let token = "canary-of-a-session";
    for padding in RawAnswer::MAX - 2 * token.len()..RawAnswer::MAX + 2 {
        let text = format!("{}{token} and more", ".".repeat(padding));
        let error = answered(1, canned_of(503, text));
        let kept = body(&error);
        assert!(kept.len() <= RawAnswer::MAX && kept.len() + token.len() >= RawAnswer::MAX.min(padding), "{padding}");
        assert!(!kept.contains("can"), "{padding}: {}", &kept[padding.min(kept.len())..]);
    }
    let error = answered(1, canned_of(502, &b"\xFF\xFEno text \x80"[..]));
    assert_eq!(body(&error), "\u{FFFD}\u{FFFD}no text \u{FFFD}");
}

#[test]
fn an_answer_that_is_too_long_keeps_its_beginning() {
    let mut pair = nvx::pair();
    let long = canned_of(200, format!("<Response>{}", " ".repeat(10_000)));
    pair.link(move |opening| if opening.nth == 0 { Plan::default() } else { Plan::canned(long.clone()) });
    let limits = Limits { answer: 5_000, ..Limits::default() };
    let call = pair.start(nvx::list(), Settings { limits, ..nvx::json() });
    pair.run();
    let error = call.outcome().unwrap().unwrap_err();
    assert_eq!(error.kind, ErrorKind::Peer(PeerFlaw::TooLong(5_000)));
    assert!(body(&error).starts_with("<Response> ") && body(&error).len() == RawAnswer::MAX);
}

#[test]
fn without_an_answer_there_is_none() {
    let mut pair = nvx::pair();
    pair.link(|_| Plan::trouble(Trouble::Reset(Point::Head)));
    let call = pair.start(nvx::list(), nvx::json());
    pair.run();
    assert_eq!(call.outcome().unwrap().unwrap_err().raw, None);
}

#[test]
fn what_a_reseller_is_told_has_no_key_and_no_password() {
    let user = e2::create();
    let password = serde_json::to_value(&user).unwrap()["password"].as_str().unwrap().to_owned();
    let key = "canary-of-a-static-key";
    let said = format!(
        r#"{{"error":{{"type":"{key}","code":"{key}","message":"{password} {key}","errors":[{{"{key}":["{password}"],"message":"{key}"}}]}}}}"#
    );
    let mut pair = e2::pair(key);
    let mut canned = canned_of(403, said);
    canned.head.headers_mut().insert("x-echo", key.parse().unwrap());
    pair.link(move |_| Plan::canned(canned.clone()));
    let call = pair.start(user, e2::settings());
    pair.run();
    let error = call.outcome().unwrap().unwrap_err();
    let fault = error.fault().unwrap();
    let kept =
        format!("{error}{error:?}{:?}{:?}{:?}", fault.errors.values(), fault.headers.map(), fault.raw.bytes().escape_ascii());
    let kept = format!("{kept}{}", fault.raw.bytes().escape_ascii());
    assert!(!kept.contains(key) && !kept.contains(&password), "{kept}");
    assert_eq!(fault.message, "REDACTED REDACTED");
}
