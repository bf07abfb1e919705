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

/// Ledger E16: one code means several things; status and message decide.
#[test]
fn what_may_pass_and_what_will_not() {
    use larder_core::FaultClass::{Permanent, Transient};
    let class = |status: u16, body: &str| {
        let head = http::Response::builder().status(status).body(()).unwrap().into_parts().0;
        read(&head, body.as_bytes()).class()
    };
    let body = |code: &str, message: &str| format!(r#"{{"error":{{"type":"api_error","code":"{code}","message":"{message}"}}}}"#);
    let failed = |message: &str| body("request_processing_failed", message);
    assert_eq!(class(500, &failed("something new")), Transient);
    assert_eq!(class(500, &failed("data not found for given dns")), Permanent);
    assert_eq!(class(500, &body("another", "data not found for given dns")), Transient);
    assert_eq!(class(403, &failed("cannot be reached right now")), Transient);
    assert_eq!(class(403, &body("another", "cannot be reached right now")), Permanent);
    assert_eq!(class(403, &failed("user exists")), Permanent);
    assert_eq!(class(502, "<html>bad gateway</html>"), Transient);
    assert_eq!(class(404, ""), Permanent);
}
