//! A scenario of the reseller API.

mod bureau;
mod keys;
mod orders;

use core::time::Duration;

use larder_core::wire::ReplyBody;
use larder_core::{Api, Session};
use larder_proto_e2::{E2, Fault, Json};
use larder_testkit::sim::{Laws, Run, Scenario, Tally, Weather, at_most, narrow};
use larder_testkit::{Canned, Pair};

use self::bureau::Bureau;
pub(super) use self::bureau::{API_KEY, PASSWORD};
use self::orders::Orders;

/// One scenario: as it is drawn from its dice.
struct Drawn {
    scenario: Scenario<E2, Bureau>,
    orders: Orders,
}

/// Runs one.
pub(super) fn scenario(run: &mut Run) -> Result<Tally, String> {
    let Drawn { mut scenario, mut orders } = Drawn::draw(run);
    scenario.play(run, |pair| orders.go_on(pair), Bureau::restart)?;
    scenario.laws.promises.clone_from(&orders.promises.made);
    scenario.laws.secrets.clone_from(&scenario.pair.service.issued);
    scenario.laws.secrets.extend([PASSWORD, API_KEY].map(str::to_owned));
    scenario.judge()?;
    let (mut tally, Scenario { pair, laws, .. }) = (scenario.tally(), &scenario);
    crate::journal::are_discreet_and_done_again(&pair.journals(), laws, &mut tally)?;
    at_most("carried out", &pair.service.executed, &orders.once)?;
    at_most("took effect", &pair.service.changed, &orders.changes)?;
    tally.join(&pair.service.tally);
    for check in orders.checks.drain(..) {
        check(pair, &mut tally)?;
    }
    laws.is_discreet("an error or an outcome", &orders.said.borrow())?;
    Ok(tally)
}

impl Drawn {
    fn draw(run: &mut Run) -> Self {
        let (traces, dice) = (run.traces(), &mut run.dice);
        let (ill, confused) = (*dice.pick(&[0, 0, 5, 20]), *dice.pick(&[0, 0, 0, 10]));
        let bureau = Bureau::new(dice.fork(), ill, confused);
        let mut pair = Pair::new(Session::with_token(API_KEY.into()), dice.bits(), bureau);
        if !traces {
            pair.be_quiet();
        } else {
            pair.record();
        }
        let clients = usize::try_from(dice.within(1..=3)).unwrap();
        for _ in 1..clients {
            pair.join(Session::with_token(API_KEY.into()), dice.bits());
        }
        let budgets = (0..clients).map(|client| narrow(&mut pair, client, dice)).collect();
        let weather = Weather::new(dice.fork(), *dice.pick(&[0, 10, 30, 60]), failures());

        let latest = Duration::from_millis(*dice.pick(&[0, 0, 500, 5_000, 60_000]));
        let mut orders = Orders::new(dice.fork(), latest);
        for client in 0..clients {
            (0..dice.within(1..=3)).for_each(|_| orders.add(&mut pair, client));
        }
        let mut scenario = Scenario::new(pair, weather, Laws::new("", budgets, Vec::new()));
        scenario.disturb(dice, orders.promises.made.len(), 200);
        Self { scenario, orders }
    }
}

/// Refusals of the service, within a good status.
fn failures() -> Vec<Canned> {
    let written = [Fault::failed(), Fault::unauthorized(), Fault::invalid("email", "is none")].map(|fault| {
        let reply = E2::refuse(&fault, None, &Json);
        let ReplyBody::Whole(body) = reply.body else { panic!("a refusal is a message") };
        let mut head = reply.head.0;
        *head.status_mut() = http::StatusCode::OK;
        Canned { head, body }
    });
    written.to_vec()
}
