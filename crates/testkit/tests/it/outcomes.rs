//! What becomes of a call whose exchange breaks, by the place where it breaks.

use core::fmt::Write;
use core::time::Duration;

use larder_core::{ErrorKind, Operation, Policy, Settings};
use larder_proto_e2::{E2, EnableUserRegion};
use larder_proto_nvx::{Code, Nvx};
use larder_testkit::{Ended, Plan, Point, Trouble};

use crate::{e2, nvx, show};

const TROUBLES: [Trouble; 14] = [
    Trouble::Reset(Point::Connect),
    Trouble::Reset(Point::Head),
    Trouble::Reset(Point::Body(0)),
    Trouble::Reset(Point::Body(9)),
    Trouble::Reset(Point::Complete),
    Trouble::Reset(Point::AnswerHead),
    Trouble::Reset(Point::AnswerBody(5)),
    Trouble::Drop(Point::Connect),
    Trouble::Drop(Point::Head),
    Trouble::Drop(Point::Body(9)),
    Trouble::Drop(Point::Complete),
    Trouble::Drop(Point::AnswerHead),
    Trouble::Drop(Point::AnswerBody(5)),
    Trouble::Truncate(5),
];

/// Breaks the exchanges of the operation itself (the login's is the first): the first one, or all of them.
fn breaks<O: Operation<Api = Nvx>>(operation: O, trouble: Trouble, always: bool) -> String {
    let mut pair = nvx::pair();
    pair.link(move |opening| match opening.nth {
        0 => Plan::default(),
        1 => Plan::trouble(trouble),
        _ if always => Plan::trouble(trouble),
        _ => Plan::default(),
    });
    let call = pair.start(operation, nvx::json());
    pair.run_until(|pair| pair.trace().contains("call 0 > Done"));
    let at = pair.now().0;
    pair.run();
    let ended = show(call.outcome());
    format!("{ended:40} {} sent, {} carried out, {:?}", pair.exchanges() - 1, pair.service.asked, at)
}

#[test]
fn where_it_breaks_decides_what_follows() {
    let mut table = String::new();
    for trouble in TROUBLES {
        writeln!(table, "{trouble:?}").unwrap();
        writeln!(table, "    safe, once:      {}", breaks(nvx::list(), trouble, false)).unwrap();
        writeln!(table, "    safe, always:    {}", breaks(nvx::list(), trouble, true)).unwrap();
        writeln!(table, "    unsafe, once:    {}", breaks(nvx::create("a"), trouble, false)).unwrap();
        writeln!(table, "    unsafe, always:  {}", breaks(nvx::create("a"), trouble, true)).unwrap();
    }
    insta::assert_snapshot!(table);
}

/// Ledger E22: what is known to take long is waited for, and what is not is not.
#[test]
fn a_slow_operation_has_more_time() {
    fn silence<O: Operation<Api = E2>>(operation: O) -> Duration {
        let mut pair = e2::pair("key");
        pair.link(|_| Plan::trouble(Trouble::Drop(Point::Complete)));
        let once = Policy { attempts: 1, ..Policy::default() };
        let call = pair.start(operation, Settings { policy: once, ..e2::settings() });
        pair.run_until(|pair| pair.trace().contains("call 0 > Done"));
        let at = pair.now().0;
        pair.run();
        assert!(matches!(call.outcome().unwrap().unwrap_err().kind, ErrorKind::OutcomeUnknown { .. }));
        at
    }
    let enable = EnableUserRegion { email: nvx::parse("a@example.com"), region: nvx::parse("LDN"), ssd_storage: None };
    assert_eq!(silence(e2::create()), Duration::from_secs(30));
    assert_eq!(silence(enable), Duration::from_secs(120));
}

fn said<O: Operation<Api = Nvx>>(operation: O, codes: &[Code]) -> (Option<Ended<Nvx, O::Answer>>, u32) {
    let mut pair = nvx::pair();
    pair.service.says = codes.to_vec();
    let call = pair.start(operation, nvx::json());
    pair.run();
    (call.outcome(), pair.service.asked)
}

#[test]
fn a_failure_in_a_200_is_a_typed_fault_and_final() {
    let (ended, asked) = said(nvx::list(), &[Code::FolderNotFound]);
    assert_eq!(ended.unwrap().unwrap_err().fault().unwrap().code, Code::FolderNotFound);
    assert_eq!(asked, 1);
}

#[test]
fn a_transient_fault_is_tried_again_if_that_is_safe() {
    let (ended, asked) = said(nvx::list(), &[Code::Database, Code::Database]);
    assert!(ended.unwrap().is_ok());
    assert_eq!(asked, 3);
    let (ended, asked) = said(nvx::create("a"), &[Code::Database]);
    let error = ended.unwrap().unwrap_err();
    // The login is one of them.
    assert_eq!((error.fault().unwrap().code, error.attempts.len()), (Code::Database, 2));
    assert_eq!(asked, 1);
    let (ended, asked) = said(nvx::list(), &[Code::Database; 9]);
    let error = ended.unwrap().unwrap_err();
    assert_eq!((error.fault().unwrap().code, error.attempts.len()), (Code::Database, 5));
    assert_eq!(asked, 4);
}

#[test]
fn an_outage_is_not_multiplied_by_retrying() {
    let mut pair = nvx::pair();
    pair.link(|opening| if opening.nth == 0 { Plan::default() } else { Plan::trouble(Trouble::Reset(Point::Connect)) });
    let calls: Vec<_> = (0..100).map(|_| pair.start(nvx::list(), nvx::json())).collect();
    pair.run();
    assert!(calls.iter().all(|call| call.outcome().unwrap().is_err()));
    assert_eq!(pair.exchanges(), 1 + 100 + 20, "the budget of all calls together is twenty retries");
}

#[test]
fn a_wrong_key_is_a_fault_of_the_service() {
    let mut pair = e2::pair("another");
    let call = pair.start(e2::create(), e2::settings());
    pair.run();
    let error = call.outcome().unwrap().unwrap_err();
    assert_eq!(error.fault().unwrap().status, 401);
    assert_eq!(pair.exchanges(), 1);
}
