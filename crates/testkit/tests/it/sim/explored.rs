//! Three calls on one session, and everything that can happen to them.

use core::hash::Hash;
use core::time::Duration;

use larder_core::wire::ReplyBody;
use larder_core::{Api, Permits, Policy, Session, Settings};
use larder_proto_nvx::transfer::Download;
use larder_proto_nvx::{Code, Fault as Refusal, Name, Nvx, Style};
use larder_testkit::sim::{Bounds, Counterexample, Explored, Fault, Laws, Promise, Small, alphabet, explore};
use larder_testkit::{Canned, Pair};

use crate::nvx::{Little, PASSWORD, create, json, login, parse};

/// What is explored where nobody wishes for more: any two departures from the usual run, at most one of them a delay and one from
/// outside; and up to five delays where nothing else happens.
const USUAL: [Bounds; 2] =
    [Bounds { faults: 2, delays: 1, events: 1, together: 2 }, Bounds { faults: 0, delays: 5, events: 0, together: 5 }];

/// States, transitions, runs, and runs to their end, of each.
const COUNTED: [[u64; 4]; 2] = [[877_602, 937_409, 70_331, 24_419], [10_562, 20_314, 7_654, 226]];

/// What they are in `LARDER_EXPLORE`: numbers of faults, delays, events, and of all together, as `3,1,0,3`; several with spaces.
fn wished() -> Option<Vec<Bounds>> {
    let text = std::env::var("LARDER_EXPLORE").ok()?;
    let bounds = text.split_whitespace().map(|bounds| {
        let numbers: Vec<u32> = bounds.split(',').map(|number| number.parse().unwrap_or(u32::MAX)).collect();
        let [faults, delays, events, together] = numbers[..] else { panic!("LARDER_EXPLORE=3,1,0,3, not {bounds}") };
        Bounds { faults, delays, events, together }
    });
    Some(bounds.collect())
}

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
                Some(Err(error)) if is_there && !error.is_outcome_unknown() => {
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

/// A refusal as the service writes it, to everything but logins; or to logins alone.
fn refusals() -> Vec<Fault> {
    let written = |code: Code, name: Option<Name>| {
        let reply = Nvx::refuse(&Refusal::from(code), name, &Style::JSON);
        let ReplyBody::Whole(body) = reply.body else { panic!("a refusal is a message") };
        Canned { head: reply.head.0, body }
    };
    let mut all = Vec::new();
    for code in [Code::SessionNotFound, Code::Database, Code::StorageLimitExceeded] {
        // Only who is in trouble may say so after it was carried out: the others would lie.
        for is_after in [false, true].into_iter().filter(|is_after| !is_after || code == Code::Database) {
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
    match wished() {
        Some(bounds) => {
            bounds.into_iter().map(all).for_each(|explored| assert!(explored.ended > 0, "{explored}"));
        }
        // Counted, so that a change of what is explored is seen.
        None => USUAL.into_iter().zip(COUNTED).for_each(|(bounds, counted)| {
            let Explored { states, transitions, runs, ended } = all(bounds);
            assert_eq!([states, transitions, runs, ended], counted, "{bounds:?}");
        }),
    }
}

/// Whoever logs in twice is found, with what it takes: a session that ended.
#[test]
fn what_breaks_a_law_is_found_and_told() {
    let flawed = || Small {
        always: Box::new(
            |pair: &mut Pair<Nvx, Little>| if pair.service.logins > 1 { Err("logged in twice".to_owned()) } else { Ok(()) },
        ),
        ..three()
    };
    let bounds = Bounds { faults: 0, delays: 0, events: 1, together: 1 };
    let found = explore(bounds, Vec::new(), flawed).map_err(|found| *found).unwrap_err();
    assert_eq!((found.law.as_str(), found.path.len()), ("logged in twice", 1), "{}", show(&found));
    assert!(found.path[0].starts_with("Restart") && found.trace.contains("the server restarts"), "{}", show(&found));
    let nothing = Bounds { events: 0, together: 0, ..bounds };
    let Explored { runs, ended, .. } = explore(nothing, Vec::new(), flawed).unwrap();
    assert_eq!((runs, ended), (1, 1));
}
