//! Answers that are none, answers that never end, and answers that come when nobody waits any more.

use core::time::Duration;

use http::{Response, header};
use larder_core::wire::RequestHead;
use larder_core::{Clock, Clocks, Duty, ErrorKind, Exchange, Limits, Machine, PeerFlaw, Serving, Settings, Time, Told, Why};
use larder_proto_nvx::Nvx;
use larder_proto_nvx::transfer::Download;
use larder_testkit::{Canned, Plan, Point, Trouble};

use crate::{nvx, redirect};

fn canned(status: u16, headers: &[(header::HeaderName, &str)], body: impl Into<bytes::Bytes>) -> Canned {
    let mut head = Response::new(());
    *head.status_mut() = status.try_into().unwrap_or_default();
    for (name, value) in headers {
        head.headers_mut().insert(name, value.parse().unwrap_or_else(|_| panic!("{value}")));
    }
    Canned { head, body: body.into() }
}

/// The error of a call that is answered like this, whatever it asks. The login is not.
fn answered(canned: Canned) -> String {
    let mut pair = nvx::pair();
    pair.link(move |opening| if opening.nth == 0 { Plan::default() } else { Plan::canned(canned.clone()) });
    let call = pair.start(nvx::list(), nvx::json());
    pair.run();
    format!("{} ({} sent)", crate::show(call.outcome()), pair.exchanges() - 1)
}

#[test]
fn what_is_no_answer_is_the_peers_flaw_and_final() {
    let shown = [
        answered(canned(200, &[], "")),
        answered(canned(200, &[], "<html>It works!</html>")),
        answered(canned(200, &[], "{\"ResponseCode\":0")),
        answered(canned(502, &[(header::CONTENT_TYPE, "text/html")], "<h1>Bad Gateway</h1>")),
        answered(canned(302, &[(header::LOCATION, "http://elsewhere.test/")], "")),
        answered(canned(200, &[(header::CONTENT_LENGTH, "9")], "{}")),
        answered(canned(200, &[(header::CONTENT_LENGTH, "1")], "{}")),
        answered(canned(200, &[(header::CONTENT_LENGTH, "nonsense")], "{}")),
    ];
    insta::assert_snapshot!(shown.join("\n"));
}

/// 429, 502, 503 and 504 of a proxy: tried again where that is safe, and only there.
#[test]
fn a_proxy_in_trouble_is_given_time() {
    for (operation_is_safe, sent) in [(true, 2), (false, 1)] {
        let mut pair = nvx::pair();
        let busy = canned(503, &[(header::RETRY_AFTER, "3")], "<h1>Service Unavailable</h1>");
        pair.link(move |opening| if opening.nth == 1 { Plan::canned(busy.clone()) } else { Plan::default() });
        let shown = if operation_is_safe {
            let call = pair.start(nvx::list(), nvx::json());
            pair.run();
            crate::show(call.outcome())
        } else {
            let call = pair.start(nvx::create("a"), nvx::json());
            pair.run();
            let error = call.outcome().unwrap().unwrap_err();
            assert!(error.is_outcome_unknown());
            crate::show::<_, ()>(Some(Err(error)))
        };
        assert_eq!(shown, if operation_is_safe { "Ok" } else { "Peer(Status(503)) in Receive" });
        assert_eq!(pair.exchanges() - 1, sent);
        assert_eq!(pair.now().0 >= Duration::from_secs(3), operation_is_safe, "its wish is respected");
    }
}

#[test]
fn an_answer_over_the_limit_is_given_up() {
    let limits = Limits { answer: 100, ..Limits::default() };
    let body = vec![b' '; 101];
    for declared in [true, false] {
        let mut pair = nvx::pair();
        let length: &[_] = if declared { &[(header::CONTENT_LENGTH, "101")] } else { &[] };
        let canned = canned(200, length, body.clone());
        pair.link(move |opening| if opening.nth == 0 { Plan::default() } else { Plan::canned(canned.clone()) });
        let call = pair.start(nvx::list(), Settings { limits, ..nvx::json() });
        pair.run();
        assert_eq!(call.outcome().unwrap().unwrap_err().kind, ErrorKind::Peer(PeerFlaw::TooLong(100)));
        assert!(pair.trace().contains("> Abort #3"), "{}", pair.trace());
        assert_eq!(pair.exchanges(), 2);
    }
}

#[test]
fn a_redirect_of_a_download_is_followed() {
    let mut pair = nvx::pair();
    pair.service.tree.insert("a.txt".to_owned(), Some("hello".into()));
    pair.link(|opening| {
        let path = opening.head.0.uri().path();
        if opening.nth == 1 { Plan::canned(redirect(&format!("http://node.test{path}"))) } else { Plan::default() }
    });
    let call = pair.start(Download::new(nvx::parse("a.txt")), nvx::json());
    pair.run();
    assert!(call.outcome().unwrap().is_ok());
    assert_eq!(pair.received(&call), b"hello");
    insta::assert_snapshot!(crate::notes(&pair, &[0]));
}

#[test]
fn redirects_in_a_circle_end() {
    let mut pair = nvx::pair();
    pair.link(|opening| if opening.nth == 0 { Plan::default() } else { Plan::canned(redirect("/again")) });
    let call = pair.start(Download::new(nvx::parse("a.txt")), nvx::json());
    pair.run();
    let error = call.outcome().unwrap().unwrap_err();
    assert_eq!(error.kind, ErrorKind::Peer(PeerFlaw::Redirect));
    assert_eq!((error.host.as_str(), error.raw.map(|raw| raw.status)), ("nvx.test", Some(302)));
    assert_eq!(pair.exchanges(), 1 + 6, "the login, the first request, five redirects");
}

#[test]
fn not_modified_may_state_the_length_of_what_it_does_not_send() {
    let mut pair = nvx::pair();
    let not_modified = canned(304, &[(header::CONTENT_LENGTH, "99999999")], "");
    pair.link(move |opening| if opening.nth == 0 { Plan::default() } else { Plan::canned(not_modified.clone()) });
    let download = Download { if_none_match: "\"1\"".parse().ok(), ..Download::new(nvx::parse("a.txt")) };
    let call = pair.start(download, nvx::json());
    pair.run();
    assert!(call.outcome().unwrap().unwrap().not_modified);
}

#[test]
fn late_and_repeated_events_of_an_abandoned_exchange_are_dropped() {
    let mut pair = nvx::pair();
    pair.link(|opening| match opening.nth {
        0 => Plan::default(),
        // The answer is on its way when the first-byte clock runs out.
        1 => Plan { late: true, split: 50, ..Plan::delay(Duration::ZERO, Duration::from_secs(31)) },
        _ => Plan::delay(Duration::from_secs(2), Duration::from_secs(2)),
    });
    let call = pair.start(nvx::list(), nvx::json());
    pair.run();
    assert!(call.outcome().unwrap().is_ok());
    insta::assert_snapshot!(crate::notes(&pair, &[0]));
}

#[test]
fn cancelling_works_in_every_state() {
    let steps = {
        let mut pair = nvx::pair();
        pair.start(nvx::create("a"), nvx::json());
        (0..).take_while(|_| pair.step()).count()
    };
    for moves in 0..steps {
        let mut pair = nvx::pair();
        let call = pair.start(nvx::create("a"), nvx::json());
        (0..moves).for_each(|_| assert!(pair.step()));
        if pair.trace().contains("call 0 > Done") {
            continue;
        }
        pair.cancel(&call);
        let other = pair.start(nvx::list(), nvx::json());
        pair.run();
        assert_eq!(call.outcome().unwrap().unwrap_err().kind, ErrorKind::Cancelled, "after {moves} moves");
        assert!(other.outcome().unwrap().is_ok(), "the session is free after {moves} moves");
        assert_eq!(pair.now().0, Duration::ZERO, "nobody waited, after {moves} moves");
    }
}

#[test]
fn the_total_deadline_ends_a_call_in_every_state() {
    let points = [Point::Connect, Point::Head, Point::Body(3), Point::Complete, Point::AnswerHead, Point::AnswerBody(3)];
    let clocks = Clocks { total: Clock::After(Duration::from_secs(10)), ..Clocks::default() };
    let mut shown = Vec::new();
    for (exchange, point) in (0..2).flat_map(|exchange| points.map(|point| (exchange, point))) {
        let mut pair = nvx::pair();
        pair.link(move |opening| if opening.nth == exchange { Plan::trouble(Trouble::Drop(point)) } else { Plan::default() });
        let call = pair.start(nvx::list(), Settings { clocks, ..nvx::json() });
        let waits = (exchange == 0).then(|| pair.start(nvx::list(), Settings { clocks, ..nvx::json() }));
        pair.run_until(|pair| pair.trace().contains("call 0 > Done"));
        assert_eq!(pair.now().0, Duration::from_secs(10));
        pair.run();
        let waited = waits.map(|call| crate::show(call.outcome())).unwrap_or_default();
        shown.push(format!("exchange {exchange} {point:?}: {} {waited}", crate::show(call.outcome())));
    }
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn the_total_deadline_ends_a_pause_too() {
    let mut pair = nvx::pair();
    pair.service.says = vec![larder_proto_nvx::Code::Database; 999];
    let pause = Duration::from_secs(8);
    let policy = larder_core::Policy { attempts: 99, base: pause, cap: pause, ..larder_core::Policy::default() };
    let call = pair.start(nvx::list(), Settings { policy, ..nvx::json() });
    pair.run();
    assert!(pair.now().0 <= Duration::from_secs(60), "{:?}", pair.now());
    assert!(call.outcome().unwrap().is_err());
}

#[test]
fn a_caller_that_is_slow_is_not_blamed_on_the_peer() {
    let clocks = Clocks { total: Clock::After(Duration::from_secs(10)), ..Clocks::default() };
    let mut pair = nvx::pair();
    let source = larder_testkit::Source { pause: Duration::from_secs(60), ..larder_testkit::Source::from("hello") };
    let call = pair.upload(nvx::upload("a"), Settings { clocks, ..nvx::sized(5) }, source);
    pair.run();
    assert_eq!(call.outcome().unwrap().unwrap_err().kind, ErrorKind::Deadline(Why::Body));
}

/// Silence is not the only way to hold a server up.
#[test]
fn a_message_that_trickles_is_cut_off_in_the_end() {
    let head = http::Request::post("/ws/Authentication/Login.ashx").header(header::CONTENT_LENGTH, 1_000_000).body(()).unwrap();
    let mut exchange = Exchange::<Nvx>::new(RequestHead(head), Serving::default());
    let mut now = Time::ZERO;
    while let Duty::Wait { on, .. } = exchange.poll(now, &mut ()) {
        assert!(on.peer && now.0 <= Duration::from_secs(60), "{now:?}");
        now = now + Duration::from_secs(9);
        exchange.handle(Told::Data("a".into())).unwrap();
    }
    assert_eq!(now.0, Duration::from_secs(63), "nine seconds a byte, and a minute for all of it");
}

#[test]
fn who_redirects_in_a_circle_is_named() {
    let mut pair = nvx::pair();
    pair.link(|opening| {
        let host = opening.nth % 2;
        if opening.nth == 0 { Plan::default() } else { Plan::canned(redirect(&format!("http://node{host}.test/x"))) }
    });
    let call = pair.start(Download::new(nvx::parse("a.txt")), nvx::json());
    pair.run();
    let error = call.outcome().unwrap().unwrap_err();
    assert_eq!((&error.kind, error.host.as_str()), (&ErrorKind::Peer(PeerFlaw::Redirect), "node1.test"));
    assert_eq!(error.to_string(), "Transfer/Download at node1.test: a redirect that cannot be followed (attempt 6)");
}
