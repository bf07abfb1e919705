//! Simulates a service of one's own: an account, and deposits. It says that a deposit may be repeated, which is a lie: when a reply is
//! lost, the money comes twice. The simulation finds that, shrinks it to one call and one trouble, and shows it.
//!
//! `cargo run -p larder-testkit --example simulate`. In a test, one would call [`Seeds::run`], which fails.

mod api;

use core::time::Duration;

use larder_core::{Credential, Session, Settings, Target, Time};
use larder_testkit::sim::{Laws, Promises, Run, Scenario, Seeds, Tally, Weather, hurry, narrow};
use larder_testkit::{Pair, Served, Service};

use self::api::{Answer, Bank, Deposit, Deposited, Refused, Request};

/// The service: it adds what it is told to add.
#[derive(Default)]
struct Account {
    balance: u64,
}

impl Service<Bank> for Account {
    type Caller = ();
    type Transfer = ();

    fn identify(&mut self, _: Time, _: Credential) -> Result<(), Refused> {
        Ok(())
    }

    fn serve(&mut self, _: Time, (): &(), request: Request) -> Result<Served<Bank, ()>, Refused> {
        let Request::Deposit(Deposit { amount }) = request;
        self.balance += amount;
        Ok(Served::Answer(Answer::Deposit(Deposited { balance: self.balance })))
    }
}

/// Some deposits in bad weather. Never is there more than was deposited.
fn scenario(run: &mut Run) -> Result<Tally, String> {
    let (traces, dice) = (run.traces(), &mut run.dice);
    // First what does not depend on how many there are: with fewer of them, it stays the same.
    let weather = Weather::new(dice.fork(), *dice.pick(&[0, 10, 30]), Vec::new());
    let mut promises = Promises::until(Duration::from_secs(*dice.pick(&[0, 5, 60])));
    let mut pair = Pair::new(Session::none(), dice.bits(), Account::default());
    if !traces {
        pair.be_quiet();
    }
    let budget = narrow(&mut pair, 0, dice);

    let (mut deposited, calls) = (0, dice.within(1..=8));
    for _ in 0..calls {
        let target = Target::parse("http://bank.test").map_err(|reject| reject.to_string())?;
        let settings = Settings { clocks: hurry(dice), ..Settings::new(target) };
        let amount = dice.within(1..=1_000);
        deposited += amount;
        promises.say(&mut pair, dice, 0, (Deposit { amount }, settings));
    }

    let mut scenario = Scenario::new(pair, weather, Laws::new("", vec![budget], promises.made));
    scenario.disturb(dice, scenario.pair.calls(), 100);
    // The account is in a database: a restart forgets nothing.
    scenario.play(run, |_| (), |_| ())?;
    scenario.judge()?;
    let balance = scenario.pair.service.balance;
    if balance > deposited { Err(format!("{deposited} were deposited, and {balance} are there")) } else { Ok(scenario.tally()) }
}

fn main() {
    let Some(found) = (0..1_000).find_map(|seed| Seeds::shrink(seed, scenario)) else { panic!("nothing was found") };
    println!("{}\n{}", found.law, found.trace);
    println!("shrunk in {} runs from {} to {}", found.runs, found.before, found.size);
    println!("in a test: LARDER_CHOICES={} repeats it", found.choices);
    assert_eq!((found.size.calls, found.size.exchanges), (1, 2), "one deposit, sent twice");
}
