//! A scenario of Nirvanix.

use core::time::Duration;

use larder_core::wire::ReplyBody;
use larder_core::{Api, Note, Session};
use larder_proto_nvx::authentication::Login;
use larder_proto_nvx::{Code, Fault, Nvx, Style};
use larder_testkit::sim::{Laws, Run, Scenario, Tally, Weather, at_most, narrow};
use larder_testkit::{Canned, Pair};

use super::cabinet::{APP_KEY, CHILDS_PASSWORD, Cabinet, PASSWORD, USER};
use super::calls::Calls;
use super::oracle::{Oracle, There};
use super::strangers::WRONG;
use crate::nvx::parse;

/// One scenario: as it is drawn from its dice.
struct Drawn {
    scenario: Scenario<Nvx, Cabinet>,
    calls: Calls,
}

/// Runs one.
pub(super) fn scenario(run: &mut Run) -> Result<Tally, String> {
    let Drawn { mut scenario, mut calls } = Drawn::draw(run);
    scenario.play(run, |pair| calls.go_on(pair), Cabinet::restart)?;
    scenario.laws.promises.clone_from(&calls.promises.made);
    scenario.laws.secrets = scenario.pair.service.issued.clone();
    scenario.laws.secrets.extend([PASSWORD, APP_KEY, CHILDS_PASSWORD, WRONG].map(str::to_owned));
    scenario.judge()?;
    let (mut tally, Scenario { pair, laws, .. }) = (scenario.tally(), &scenario);
    crate::journal::are_discreet_and_done_again(&pair.journals(), laws, &mut tally)?;
    at_most("carried out", &pair.service.executed, &calls.once)?;
    tally.join(&pair.service.tally);
    for call in 0..pair.calls() {
        let notes = &pair.history(call).notes;
        count(&mut tally, notes);
        laws.is_discreet("a note", &format!("{notes:?}"))?;
    }
    let oracle = Oracle::new(&pair.service);
    for check in calls.checks.drain(..) {
        check(pair, &oracle, &mut tally)?;
    }
    calls.shared(&oracle)?;
    laws.is_discreet("an error", &oracle.said())?;
    Ok(tally)
}

impl Drawn {
    fn draw(run: &mut Run) -> Self {
        let (traces, dice) = (run.traces(), &mut run.dice);
        let style = dice.pick(&[Style::XML, Style::JSON, Style::JSON, Style::SOAP_1_1]).clone();
        let (ill, hasty) = (*dice.pick(&[0, 0, 5, 20]), *dice.pick(&[0, 0, 5, 20]));
        let trouble = *dice.pick(&[0, 10, 30, 60]);
        let mut cabinet = Cabinet::new(dice.fork(), ill, hasty);
        cabinet.deaf = *dice.pick(&[0, 0, 0, 50]);
        let shared = if dice.one_in(2) { There::File(dice.bytes(500)) } else { There::Nothing };
        if let There::File(content) = &shared {
            cabinet.put("in", "both.bin", content);
        }
        cabinet.put("elsewhere", "kept", b"");

        let mut pair = Pair::new(Session::with_login(login()), dice.bits(), cabinet);
        if !traces {
            pair.be_quiet();
        } else {
            pair.record();
        }
        let clients = usize::try_from(dice.within(1..=4)).unwrap();
        for _ in 1..clients {
            pair.join(Session::with_login(login()), dice.bits());
        }
        let mut budgets: Vec<u32> = (0..clients).map(|client| narrow(&mut pair, client, dice)).collect();
        let weather = Weather::new(dice.fork(), trouble, failures(&style));

        let latest = Duration::from_millis(*dice.pick(&[0, 0, 500, 5_000, 60_000, 2_000_000]));
        let mut calls = Calls::new(dice.fork(), style, latest, shared, trouble + ill + hasty == 0);
        for client in 0..clients {
            (0..dice.within(1..=3)).for_each(|_| calls.add(&mut pair, client));
        }
        budgets.extend(calls.guests.iter().map(|guest| narrow(&mut pair, *guest, dice)));
        let mut scenario = Scenario::new(pair, weather, Laws::new("Login.ashx", budgets, Vec::new()));
        scenario.disturb(dice, calls.promises.made.len(), 300);
        Self { scenario, calls }
    }
}

/// The login of every client.
pub(super) fn login() -> Login {
    Login { app_key: parse(APP_KEY), user_name: parse(USER), password: parse(PASSWORD) }
}

/// Refusals within a good status, as the service writes them.
pub(super) fn failures(style: &Style) -> Vec<Canned> {
    let codes = [Code::Database, Code::SessionNotFound, Code::InvalidSessionToken, Code::StorageLimitExceeded];
    let written = codes.map(|code| {
        let reply = Nvx::refuse(&Fault::from(code), None, style);
        let ReplyBody::Whole(body) = reply.body else { panic!("a refusal is a message") };
        Canned { head: reply.head.0, body }
    });
    written.to_vec()
}

/// What calls told.
fn count(tally: &mut Tally, notes: &[Note]) {
    for note in notes {
        match note {
            Note::Resuming { .. } => tally.add("note: resuming"),
            Note::Restarting => tally.add("note: restarting"),
            Note::Recovered(_) => tally.add("note: recovered"),
            Note::SessionExpired => tally.add("note: session expired"),
            Note::SessionIdle => tally.add("note: session idle"),
            Note::Verified => tally.add("note: verified"),
            Note::LoggingIn
            | Note::Attempted(_)
            | Note::Retrying { .. }
            | Note::Redirected
            | Note::Acknowledged { .. }
            | Note::TokenExpired
            | _ => {}
        }
    }
}
