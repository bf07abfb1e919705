//! The tables of refusals beside the operations, held against the prints.

use core::fmt::Write;

use larder_core::operation::Names;
use larder_core::wire::ReplyBody;
use larder_core::{Api, Fault as _, Refusal};
use larder_proto_e2::{Documented, E2, ErrorCode, Fault, Json, ListUsers, Name};
use larder_testkit::fixtures::{self, Direction, Fixture};

fn read(head: &http::response::Parts, body: &[u8]) -> Fault {
    match E2::decode::<ListUsers>(head, body) {
        Err(Refusal::Fault(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

/// The refusals among the fixtures of one operation.
fn fixtures_of(name: Name) -> Vec<(Fixture, Fault)> {
    let operation = format!("e2:{}", name.meta().name);
    let rows = fixtures::of("e2", Direction::Response).into_iter().filter(|row| row.operation == operation);
    let refusals = rows.filter_map(|row| {
        let (head, body) = row.response().unwrap().into_parts();
        (head.status != http::StatusCode::OK).then(|| (row, read(&head, &body)))
    });
    refusals.collect()
}

fn is(fault: &Fault, row: &Documented) -> bool {
    (fault.status, fault.kind.as_str(), fault.code.as_str(), &*fault.message) == (row.status, row.kind, row.code, row.message)
}

/// Ledger E17: word for word.
#[test]
fn types_and_prints_list_the_same_refusals() {
    for &name in Name::ALL {
        let fixtures = fixtures_of(name);
        for (fixture, fault) in &fixtures {
            assert!(name.faults().iter().any(|row| is(fault, row)), "{}: {fault} is not in the table", fixture.id);
        }
        for row in name.faults() {
            assert!(fixtures.iter().any(|(_, fault)| is(fault, row)), "{}: no fixture for {row:?}", name.meta());
        }
    }
}

/// Ledger E16: what each means for the next step, and that our server writes what our client reads.
#[test]
fn every_refusal_is_written_and_judged() {
    let mut page = String::new();
    for &name in Name::ALL {
        let _ = writeln!(page, "{}", name.meta());
        for row in name.faults() {
            let reply = E2::refuse(&Fault::from(*row), Some(name), &Json);
            let ReplyBody::Whole(body) = reply.body else { panic!("a fault is no file") };
            let fault = read(&reply.head.0.into_parts().0, &body);
            assert!(is(&fault, row), "{row:?}: {fault}");
            assert!(!matches!(fault.code, ErrorCode::Other(_)), "{row:?}");
            let _ = writeln!(page, "  {:?}: {} {} {}: {:?}", fault.class(), row.status, row.kind, row.code, row.message);
        }
    }
    insta::assert_snapshot!(page);
}

fn fault(status: u16, body: &str) -> Fault {
    let head = http::Response::builder().status(status).header("x-canary", "c2VjcmV0").body(()).unwrap().into_parts().0;
    read(&head, body.as_bytes())
}

/// Ledger E16: one code means several things; status, type and message decide. E19: other statuses too.
#[test]
fn what_may_pass_and_what_will_not() {
    use larder_core::FaultClass::{Permanent, Transient};
    const FAILED: &str = "request_processing_failed";
    const LATER: &str = "Unable to process this request, please try again later";
    const UNREACHABLE: &str = "Storage server cannot be reached right now, please try again later";
    const NO_DATA: &str = "data not found for given dns";
    for (expected, status, kind, code, message) in [
        (Transient, 500, "api_error", FAILED, LATER),
        (Transient, 500, "api_error", FAILED, "something new"),
        (Transient, 500, "server_error", FAILED, "something new"),
        (Transient, 500, "", "", ""),
        (Transient, 500, "api_error", FAILED, "Upstream host not found, please try again later"),
        (Transient, 500, "api_error", "another", NO_DATA),
        (Permanent, 500, "api_error", FAILED, NO_DATA),
        (Permanent, 500, "api_error", FAILED, " Data not found for given DNS "),
        (Permanent, 500, "invalid_request_error", FAILED, "Could not verify CNAME or certificates. Please try again"),
        (Permanent, 500, "invalid_request_error", FAILED, LATER),
        (Transient, 403, "invalid_request_error", FAILED, UNREACHABLE),
        (Permanent, 403, "api_error", FAILED, UNREACHABLE),
        (Transient, 403, "api_error", FAILED, LATER),
        (Permanent, 403, "invalid_request_error", FAILED, LATER),
        (Permanent, 403, "invalid_request_error", FAILED, "Could not verify CNAME or certificates. Please try again"),
        (Permanent, 403, "invalid_request_error", FAILED, "You cannot do that right now because the account is closed"),
        (Permanent, 403, "invalid_request_error", "another", UNREACHABLE),
        (Permanent, 400, "api_error", FAILED, LATER),
        (Permanent, 401, "invalid_request_error", "unauthorized", LATER),
        (Permanent, 501, "api_error", "not_implemented", LATER),
    ] {
        let body = format!(r#"{{"error":{{"type":"{kind}","code":"{code}","message":"{message}"}}}}"#);
        assert_eq!(fault(status, &body).class(), expected, "{status} {body}");
    }
    for (expected, statuses) in [(Transient, [429, 502, 503, 504]), (Permanent, [404, 409, 501, 505])] {
        for status in statuses {
            assert_eq!(fault(status, "<html>").class(), expected, "{status}");
        }
    }
}

/// What services echo of a request may be a secret.
#[test]
fn what_the_peer_repeats_is_not_shown() {
    let shown = |errors: &str| {
        let fault = fault(400, &format!(r#"{{"error":{{"code":"invalid_parameters","message":"m","errors":{errors}}}}}"#));
        assert_eq!(fault.code, ErrorCode::InvalidParameters, "{errors}");
        let shown = format!("{fault} {fault:?} {fault:#?}");
        assert!(!shown.contains("c2VjcmV0"), "{shown}");
        fault.to_string()
    };
    let (plain, counted) = ("400 invalid_parameters: m", "400 invalid_parameters: m; 1 not shown");
    assert_eq!(shown(r#"[{"param":"password","value":"c2VjcmV0"}]"#), format!("{plain}; password"));
    assert_eq!(
        shown(r#"[{"field":"a","message":"b"},{"msg":"c","param":["c2VjcmV0"]},7]"#),
        format!("{plain}; a b; c; 1 not shown")
    );
    for errors in
        [r#"["c2VjcmV0 is no password"]"#, r#"{"password":"c2VjcmV0"}"#, r#"[["c2VjcmV0"]]"#, r#"{"c2VjcmV0":1}"#, "\"c2VjcmV0\""]
    {
        assert_eq!(shown(errors), counted);
    }
    for errors in ["null", "[]"] {
        assert_eq!(shown(errors), plain);
    }
    assert!(Fault::invalid("", "is malformed").to_string().ends_with("details; is malformed"));
}

/// Ledger E46.
#[test]
fn a_refusal_that_is_slightly_off_keeps_its_code() {
    for (error, kind, message) in [
        (r#"{"type":"api_error","code":"user_signed_up","message":"m","errors":null}"#, "api_error", "m"),
        (r#"{"type":"api_error","code":"user_signed_up","message":null}"#, "api_error", ""),
        (r#"{"code":"user_signed_up","message":7}"#, "", "7"),
        (r#"{"type":null,"code":"user_signed_up","errors":{"email":"bad"}}"#, "", ""),
    ] {
        let fault = fault(403, &format!(r#"{{"error":{error}}}"#));
        assert_eq!((fault.code, fault.kind.as_str(), &*fault.message), (ErrorCode::UserSignedUp, kind, message), "{error}");
    }
    let list = |errors: &str| fault(400, &format!(r#"{{"error":{{"errors":{errors}}}}}"#)).errors.values().to_vec();
    assert_eq!(list(r#"{"email":"bad"}"#), [serde_json::json!({ "email": "bad" })]);
    assert_eq!(list("[1,null]"), [1.into(), serde_json::Value::Null]);
    for body in ["", "<html>", "{}", r#"{"error":null}"#, r#"{"error":"no"}"#, r#"{"error":{"code":["user_signed_up"]}}"#] {
        let fault = fault(403, body);
        assert_eq!((fault.kind.as_str(), fault.code.as_str(), &*fault.message), ("", "", "Forbidden"), "{body}");
        assert_eq!(fault.raw.bytes(), body.as_bytes());
    }
}

/// Ledger E19.
#[test]
fn headers_are_kept_and_not_shown() {
    let fault = fault(503, "");
    assert_eq!(fault.headers.map()["x-canary"], "c2VjcmV0");
    let shown = format!("{fault:?}");
    assert!(shown.contains("x-canary") && !shown.contains("c2VjcmV0"), "{shown}");
    assert!(Fault::failed().headers.map().is_empty());
}

#[test]
fn what_is_not_built_is_no_fault_of_the_request() {
    let fault = E2::fault(larder_core::RequestFlaw::NotImplemented, None);
    assert_eq!((fault.status, fault.kind.as_str(), fault.class()), (501, "api_error", larder_core::FaultClass::Permanent));
}
