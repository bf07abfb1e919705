//! What a call would send, as a person reads it.

use larder_core::operation::Operation;
use larder_core::{Auth, Clock, Clocks, Plan, PlanPiece, Policy, Reject, Rule, Session, Settings};

use crate::drive::{Client, login, settings, token};
use crate::toy::{Change, Enter, Fetch, Finish, Keep, Look, Mint, Ping, Toy};

fn plan<O: Operation<Api = Toy>>(operation: &O, session: &Session<Toy>) -> Plan {
    plan_with(operation, &settings(), session)
}

fn plan_with<O: Operation<Api = Toy>>(operation: &O, settings: &Settings<Toy>, session: &Session<Toy>) -> Plan {
    Plan::of(operation, settings, session).unwrap_or_else(|reject| panic!("{reject}"))
}

fn header<'a>(plan: &'a Plan, name: &str) -> Option<&'a str> {
    plan.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
}

#[test]
fn of_each_kind_of_operation() {
    let length = Settings { length: Some(8), ..settings() };
    let plans = [
        plan(&Ping { text: "hi".to_owned() }, &Session::none()),
        plan(&Look::default(), &login()),
        plan(&Finish::default(), &token()),
        plan_with(&Keep::default(), &length, &Session::none()),
        plan(&Keep::default(), &Session::none()),
        plan(&Fetch::default(), &Session::none()),
    ];
    insta::assert_snapshot!(plans.map(|plan| plan.to_string()).join("\n\n"));
}

#[test]
fn a_login_comes_before_it_only_where_there_is_no_session_yet() {
    let before = plan(&Look::default(), &login());
    assert_eq!((before.login, header(&before, "token")), (Some(Enter::META), Some("REDACTED")));
    let mut client = Client::new(Look::default(), login());
    client.poll().answered(2, 200, "fresh");
    let open = plan(&Look::default(), &client.shared.session);
    assert_eq!((open.login, header(&open, "token")), (None, Some("REDACTED")));
}

#[test]
fn an_operation_that_needs_no_session_is_sent_without_one() {
    for session in [login(), token(), Session::none()] {
        let ping = plan(&Ping::default(), &session);
        assert_eq!((ping.operation.auth, ping.login, header(&ping, "token")), (Auth::Own, None, None));
    }
    assert_eq!(Plan::of(&Look::default(), &settings(), &Session::none()), Err(Reject::new("session", Rule::Missing)));
}

#[test]
fn its_secrets_are_not_shown() {
    let mint = plan(&Mint { text: "hunter22".into() }, &token());
    assert_eq!(mint.body, [PlanPiece::Text("text=REDACTED".to_owned())]);
    assert_eq!(format!("{mint:?}"), mint.to_string());
    assert_eq!(format!("{:?}", mint.body), "[text=REDACTED]");
}

#[test]
fn clocks_and_policy_are_those_of_the_call() {
    let clocks = Clocks { stall: Clock::Off, ..Clocks::default() };
    let policy = Policy { attempts: 7, ..Policy::default() };
    let plan = plan_with(&Change::default(), &Settings { clocks, policy, ..settings() }, &token());
    assert_eq!(plan.clocks, clocks.or(Clocks::of(&Change::META)));
    assert_eq!(plan.policy, policy);
    assert!(plan.to_string().contains("\n# clocks: connection 10s, answer 30s, all 60s\n"), "{plan}");
}

#[test]
fn a_piece_of_a_file_says_which() {
    let shown = |offset, length| PlanPiece::File { offset, length }.to_string();
    assert_eq!(shown(0, None), "[a file of unknown length]");
    assert_eq!(shown(0, Some(7)), "[a file of 7 bytes]");
    assert_eq!(shown(3, Some(4)), "[4 bytes of a file, from 3 on]");
    assert_eq!(PlanPiece::Text("a\r\nb".to_owned()).to_string(), "a\nb");
}
