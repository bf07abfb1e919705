//! Sessions end, and nobody but the service knows when.

use core::time::Duration;

use larder_core::{ErrorKind, Session};
use larder_proto_nvx::imfs::FolderListing;
use larder_proto_nvx::transfer::Download;
use larder_proto_nvx::{Code, Nvx};
use larder_testkit::{Pair, Plan, Ticket};

use crate::nvx::{self, Little};

/// A pair whose session has ended without the client knowing.
fn expired() -> Pair<Nvx, Little> {
    let mut pair = nvx::pair();
    pair.start(nvx::list(), nvx::json());
    pair.run();
    pair.service.forget();
    pair
}

fn many(pair: &mut Pair<Nvx, Little>) -> Vec<Ticket<Nvx, FolderListing>> {
    (0..50).map(|_| pair.start(nvx::list(), nvx::json())).collect()
}

/// The answers come one after another.
fn staggered(pair: &mut Pair<Nvx, Little>) {
    pair.link(|opening| Plan::delay(Duration::ZERO, Duration::from_millis(100 * opening.call as u64)));
}

#[test]
fn an_ended_session_costs_one_login_and_no_error() {
    let mut pair = expired();
    let call = pair.start(nvx::create("a"), nvx::json());
    pair.run();
    assert!(call.outcome().unwrap().is_ok(), "nothing was carried out, so that even this may be repeated");
    assert_eq!(pair.service.logins, 2);
    insta::assert_snapshot!(crate::notes(&pair, &[1]));
}

#[test]
fn many_calls_notice_at_once_and_one_logs_in() {
    let mut pair = expired();
    let calls = many(&mut pair);
    pair.run();
    assert!(calls.iter().all(|call| call.outcome().unwrap().is_ok()));
    assert_eq!(pair.service.logins, 2);
}

#[test]
fn many_calls_notice_one_after_another_and_one_logs_in() {
    let mut pair = expired();
    staggered(&mut pair);
    let calls = many(&mut pair);
    pair.run();
    assert!(calls.iter().all(|call| call.outcome().unwrap().is_ok()));
    assert_eq!(pair.service.logins, 2);
}

#[test]
fn when_the_new_login_is_refused_the_others_do_not_try_it_too() {
    let mut pair = expired();
    pair.service.no_login = Some(Code::LoginFailed);
    staggered(&mut pair);
    let calls = many(&mut pair);
    pair.run();
    for call in &calls {
        assert_eq!(call.outcome().unwrap().unwrap_err().fault().unwrap().code, Code::LoginFailed);
    }
    assert_eq!(pair.service.logins, 2, "five failures lock the account");
}

#[test]
fn a_session_that_ends_again_at_once_is_a_fault() {
    let mut pair = nvx::pair();
    pair.service.says = vec![Code::SessionNotFound; 2];
    let call = pair.start(nvx::list(), nvx::json());
    pair.run();
    assert_eq!(call.outcome().unwrap().unwrap_err().fault().unwrap().code, Code::SessionNotFound);
    assert_eq!((pair.service.logins, pair.service.asked), (2, 2));
}

#[test]
fn without_credentials_it_is_the_end() {
    let mut pair = Pair::<Nvx, _>::new(Session::with_token("gone".into()), 1, Little::default());
    let call = pair.start(nvx::list(), nvx::json());
    pair.run();
    assert_eq!(call.outcome().unwrap().unwrap_err().fault().unwrap().code, Code::SessionNotFound);
    let mut pair = Pair::<Nvx, _>::new(Session::none(), 1, Little::default());
    let call = pair.start(nvx::list(), nvx::json());
    pair.run();
    assert_eq!(call.outcome().unwrap().unwrap_err().kind, ErrorKind::NoSession);
    assert_eq!(pair.exchanges(), 0);
}

#[test]
fn a_download_that_was_sent_elsewhere_starts_over_with_the_new_session() {
    let mut pair = expired();
    pair.service.tree.insert("a".to_owned(), Some("x".into()));
    let first = pair.exchanges();
    pair.link(move |opening| {
        let path = opening.head.0.uri().path();
        if opening.nth == first { Plan::canned(crate::redirect(&format!("http://node.test{path}"))) } else { Plan::default() }
    });
    let call = pair.start(Download::new(nvx::parse("a")), nvx::json());
    pair.run();
    assert!(call.outcome().unwrap().is_ok(), "the place that it was sent to holds the token that has ended");
    assert_eq!(pair.received(&call), b"x");
}
