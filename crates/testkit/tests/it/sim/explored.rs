//! Three calls on one session, and everything that can happen to them.

use core::hash::Hash;
use core::time::Duration;

use larder_core::wire::ReplyBody;
use larder_core::{Api, ErrorKind, Permits, Policy, Session, Settings};
use larder_proto_nvx::transfer::Download;
use larder_proto_nvx::{Code, Fault as Refusal, Name, Nvx, Style};
use larder_testkit::sim::{Bounds, Counterexample, Explored, Fault, Laws, Promise, Small, alphabet, explore};
use larder_testkit::{Canned, Pair};

use crate::nvx::{Little, PASSWORD, create, json, login, parse};

/// What is explored where nobody wishes for more: any two departures from the usual run, at most one of them from outside; and every
/// order of moves when nothing else happens.
const USUAL: [Bounds; 2] = [
    Bounds { faults: 2, delays: 1, events: 1, together: 2 },
    Bounds { faults: 0, delays: u32::MAX, events: 0, together: u32::MAX },
];

/// With `LARDER_EXPLORE=large`: any two departures of any kind, and three with at least two faults.
const LARGE: [Bounds; 3] = [
    Bounds { faults: 2, delays: 2, events: 2, together: 2 },
    Bounds { faults: 3, delays: 1, events: 0, together: 3 },
    Bounds { faults: 1, delays: u32::MAX, events: 0, together: u32::MAX },
];

/// A folder is made (which must not be done twice), and a file is fetched twice, for which there is one permit. All need the session,
/// which nobody has opened yet.
fn three() -> Small<Nvx, Little> {
    let mut service = Little::default();
    service.tree.insert("a.txt".into(), Some("all that there is".into()));
    let mut pair = Pair::new(Session::with_login(login(PASSWORD)), 7, service);
    pair.shared(0).permits = Permits::new(1);
    let settings = || {
        // No pause: jitter would make a state of its own of each.
        let policy = Policy { attempts: 2, base: Duration::ZERO, ..Policy::default() };
        Settings { policy, style: Style::JSON, ..json() }
    };
    let made = pair.start(create("b"), settings());
    let fetched = [(); 2].map(|()| pair.start(Download::new(parse("/a.txt")), settings()));
    let promise = |call, total| Promise { call, begins: larder_core::Time::ZERO, total, attempts: Some(2) };
    let promises = vec![promise(0, Some(Duration::from_secs(60))), promise(1, None), promise(2, None)];
    let budget = pair.shared(0).budget.left();
    Small {
        pair,
        laws: Laws::new("Login.ashx", vec![budget], promises),
        digest: Box::new(|service, into| format!("{service:?}").hash(into)),
        always: Box::new(|pair| if pair.service.created > 1 { Err("carried out twice".to_owned()) } else { Ok(()) }),
        finally: Box::new(move |pair| {
            let is_there = pair.service.tree.contains_key("b");
            match made.outcome() {
                Some(Ok(_)) if !is_there => return Err("told that it was made, and it is not".to_owned()),
                Some(Err(error)) if is_there && !error.is_outcome_unknown() && !is_in_doubt(&error.kind) => {
                    return Err(format!("told that it was not made, and it is: {:?}", error.kind));
                }
                _ => {}
            }
            for ticket in &fetched {
                let all = pair.received(ticket) == b"all that there is";
                match ticket.outcome() {
                    Some(Ok(head)) if !all && head.length.is_some() => return Err("told all, and it is not".to_owned()),
                    _ => {}
                }
            }
            Ok(())
        }),
        restart: Some(Little::forget),
    }
}

/// Somebody in front of the service says so after it: the caller knows that nobody knows.
fn is_in_doubt(kind: &ErrorKind<Refusal>) -> bool {
    matches!(kind, ErrorKind::Peer(_)) || matches!(kind, ErrorKind::Fault(fault) if fault.code == Code::Database)
}

/// A refusal as the service writes it, to everything but logins; or to logins alone.
fn refusals() -> Vec<Fault> {
    let written = |code: Code, name: Option<Name>| {
        let reply = Nvx::refuse(&Refusal::from(code), name, &Style::JSON);
        let ReplyBody::Whole(body) = reply.body else { panic!("a refusal is a message") };
        Canned { head: reply.head.0, body }
    };
    let mut all = Vec::new();
    for code in [Code::SessionNotFound, Code::Database, Code::StorageLimitExceeded] {
        for is_after in [false, true] {
            let canned = written(code, Some(Name::ImfsCreateFolders));
            all.push(Fault::answer(format!("{code:?}, after: {is_after}"), "CreateFolders.ashx", canned, is_after));
        }
        all.push(Fault::answer(format!("{code:?} of a file"), "a.txt", written(code, Some(Name::TransferDownload)), false));
    }
    for code in [Code::LoginFailed, Code::Database] {
        let canned = written(code, Some(Name::AuthenticationLogin));
        all.push(Fault::answer(format!("login: {code:?}"), "Login.ashx", canned, false));
    }
    all
}

fn all(bounds: Bounds) -> Explored {
    let faults: Vec<Fault> = alphabet().into_iter().chain(refusals()).collect();
    let letters = faults.len();
    let began = std::time::Instant::now();
    let explored = explore(bounds, faults, three).unwrap_or_else(|found| panic!("{}", show(&found)));
    println!("{bounds:?}, {letters} faults: {explored}, {:.1} s", began.elapsed().as_secs_f64());
    explored
}

fn show(found: &Counterexample) -> String {
    format!("{}\n{}\n{}", found.law, found.path.join("\n"), found.trace)
}

#[test]
fn three_calls_on_one_session_keep_the_laws_whatever_happens() {
    let bounds = if std::env::var("LARDER_EXPLORE").is_ok_and(|how| how == "large") { &LARGE[..] } else { &USUAL };
    let explored: Vec<Explored> = bounds.iter().map(|bounds| all(*bounds)).collect();
    println!("{explored:?}");
}
