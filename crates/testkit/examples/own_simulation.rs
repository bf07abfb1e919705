//! A simulation of one's own code: a service that counts, a client that calls it, and a network that breaks at a chosen point of
//! an exchange. A thousand seeds in a second or so, and each gives the same run again.
//!
//! What is held: whoever was told the answer was served, and nothing is served that was not sent.
//!
//! `cargo run -p larder-testkit --example own_simulation`

use larder_core::{Credential, Session, Settings, Target, Time};
use larder_testkit::sim::Dice;
use larder_testkit::{Pair, Plan, Point, Served, Service, Trouble};

#[path = "../../core/examples/greeter/api.rs"]
mod api;

use crate::api::{Answer, Fault, Greet, Greeter, Greeting, Request};

const SEEDS: u64 = 1_000;

fn main() -> Result<(), String> {
    let mut told = 0;
    for seed in 0..SEEDS {
        told += scenario(seed).map_err(|broken| format!("seed {seed}: {broken}"))?;
    }
    println!("{SEEDS} scenarios: {told} of {} calls were told their answer; the others, that it could not be had", SEEDS * 3);
    // A network that breaks at every second exchange must cost some calls their answer, and not all of them.
    if told > SEEDS && told < SEEDS * 3 { Ok(()) } else { Err(format!("a network that breaks nothing, or all: {told}")) }
}

/// Three calls of one client; how many of them were told the answer.
fn scenario(seed: u64) -> Result<u64, String> {
    let target = Target::parse("http://greeter.example").map_err(|reject| reject.to_string())?;
    let mut pair = Pair::new(Session::with_token("a key".into()), seed, Counting::default());
    let mut dice = Dice::new(seed);
    pair.link(move |_| if dice.one_in(2) { Plan::trouble(trouble(&mut dice)) } else { Plan::default() });
    let calls =
        ["Ada", "Charles", "Mary"].map(|name| (name, pair.start(Greet { name: name.to_owned() }, Settings::new(target.clone()))));
    pair.run();
    if pair.service.greeted.len() > pair.exchanges() {
        return Err(format!("more was served than sent\n{}", pair.trace()));
    }
    let mut told = 0;
    for (name, call) in &calls {
        if let Some(Ok(greeting)) = call.outcome() {
            told += 1;
            if !pair.service.greeted.iter().any(|greeted| greeted == name) || greeting.text != format!("Good day, {name}.") {
                return Err(format!("{name} was told {:?}\n{}", greeting.text, pair.trace()));
            }
        }
    }
    Ok(told)
}

fn trouble(dice: &mut Dice) -> Trouble {
    let point = *dice.pick(&[Point::Connect, Point::Head, Point::Complete, Point::AnswerHead]);
    if dice.one_in(2) { Trouble::Reset(point) } else { Trouble::Drop(point) }
}

/// The code under test.
#[derive(Default)]
struct Counting {
    greeted: Vec<String>,
}

impl Service<Greeter> for Counting {
    type Caller = ();
    type Transfer = ();

    fn identify(&mut self, _now: Time, credential: Credential) -> Result<(), Fault> {
        if credential == Credential::Key("a key".into()) { Ok(()) } else { Err(Fault(401)) }
    }

    fn serve(&mut self, _now: Time, (): &(), request: Request) -> Result<Served<Greeter, ()>, Fault> {
        let Request::Greet(Greet { name }) = request;
        let text = format!("Good day, {name}.");
        self.greeted.push(name);
        Ok(Served::Answer(Answer::Greet(Greeting { text })))
    }
}
