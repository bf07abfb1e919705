//! What the wire does to an exchange, by chance.

use core::time::Duration;

use bytes::Bytes;
use http::{Method, Response, StatusCode, header};

use super::{Dice, Tally};
use crate::pair::{Canned, Opening, Plan, Point, Trouble};

/// Makes a [`Plan`] for every exchange. Each has some trouble of its own, or none.
///
/// What it can do, by its names in the [tally](Self::tally). *Before anything is sent*: no connection (`connect: …`), TLS that does
/// not come about, a pooled connection that is dead (`stale …`). *On the way*: the head or the body breaks off with a reset or in
/// silence. *After it*: the reply is lost, breaks off in its head or body, or ends as if it were complete (`truncated`). *Late*: what
/// is under way when a client gives up arrives all the same, and twice; the answer's end comes twice. *Somebody else answers*: a
/// page of an error before the service was asked, or after (with `Retry-After`, bearable or not); a redirect; a refusal of the
/// service within a good status. Besides, every exchange has its own pace: ways of some length, pieces cut up or put together, a
/// slow drip. As exchanges have different ways, their messages arrive in any order; those of one connection keep theirs.
#[derive(Debug)]
pub struct Weather {
    dice: Dice,
    /// Of a hundred exchanges, how many something happens to.
    trouble: u64,
    /// Refusals of the service within a good status, which somebody gives in its place.
    failures: Vec<Canned>,
    /// The longest way, in milliseconds.
    delay: u64,
    /// What there was so far.
    tally: Tally,
}

/// The kinds of trouble, each as likely as another.
const KINDS: [Kind; 21] = [
    ("connect: refused", |_| broken(Trouble::Reset(Point::Connect))),
    ("connect: silence", |_| broken(Trouble::Drop(Point::Connect))),
    ("connect: TLS", |_| broken(Trouble::Tls)),
    ("stale connection, nothing sent", |_| broken(Trouble::Stale { sent: false })),
    ("stale connection, perhaps sent", |_| broken(Trouble::Stale { sent: true })),
    ("head: reset", |dice| broken(Trouble::Reset(*dice.pick(&[Point::InHead, Point::Head])))),
    ("head: silence", |dice| broken(Trouble::Drop(*dice.pick(&[Point::InHead, Point::Head])))),
    ("body: reset", |dice| broken(Trouble::Reset(Point::Body(place(dice))))),
    ("body: silence", |dice| broken(Trouble::Drop(Point::Body(place(dice))))),
    ("lost reply: reset", |_| broken(Trouble::Reset(Point::Complete))),
    ("lost reply: silence", |_| broken(Trouble::Drop(Point::Complete))),
    ("answer's head: reset", |_| broken(Trouble::Reset(Point::AnswerHead))),
    ("answer's head: silence", |_| broken(Trouble::Drop(Point::AnswerHead))),
    ("answer's body: reset", |dice| broken(Trouble::Reset(Point::AnswerBody(place(dice))))),
    ("answer's body: silence", |dice| broken(Trouble::Drop(Point::AnswerBody(place(dice))))),
    ("truncated", |dice| broken(Trouble::Truncate(place(dice)))),
    ("truncated, no length", |dice| Plan { unsized_answer: true, ..broken(Trouble::Truncate(place(dice))) }),
    ("late and twice", |dice| Plan { late: true, twice: true, back: dice.millis(0..=40_000), ..Plan::default() }),
    ("end twice", |_| Plan { twice: true, ..Plan::default() }),
    ("page before", |dice| Plan::canned(page(dice))),
    ("page after", |dice| Plan { instead: Some(page(dice)), ..Plan::default() }),
];

type Kind = (&'static str, fn(&mut Dice) -> Plan);

impl Weather {
    /// Weather that is the same for the same dice. Of a hundred exchanges, `trouble` have some; `failures` are answers that
    /// somebody may give in the service's place.
    #[must_use]
    pub fn new(mut dice: Dice, trouble: u64, failures: Vec<Canned>) -> Self {
        let delay = *dice.pick(&[0, 0, 20, 300, 2_000]);
        Self { dice, trouble, failures, delay, tally: Tally::default() }
    }

    /// What there was so far: how many exchanges had what.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// What happens to this exchange.
    pub fn plan(&mut self, opening: &Opening<'_>) -> Plan {
        self.tally.add("exchanges");
        let plan = if self.dice.percent(self.trouble) { self.trouble(opening) } else { Plan::default() };
        self.pace(plan)
    }

    fn trouble(&mut self, opening: &Opening<'_>) -> Plan {
        let is_file = opening.head.0.method() == Method::GET;
        match self.dice.within(0..=KINDS.len() as u64 + 1) {
            0 => {
                self.tally.add("redirect");
                Plan::canned(redirect(&mut self.dice, opening))
            }
            // Of a file, it would be the content.
            1 if !self.failures.is_empty() && !is_file => {
                self.tally.add("failure in 200");
                Plan::canned(self.dice.pick(&self.failures).clone())
            }
            _ => {
                let (name, plan) = *self.dice.pick(&KINDS);
                self.tally.add(name);
                plan(&mut self.dice)
            }
        }
    }

    /// How fast and in what pieces.
    fn pace(&mut self, plan: Plan) -> Plan {
        let dice = &mut self.dice;
        let split = match dice.towards(9, 0..=9) {
            0 => dice.within(1..=9),
            1..=3 => dice.within(10..=400),
            _ => u64::MAX,
        };
        let merge = if dice.one_in(5) { dice.within(2..=3_000) } else { 0 };
        // A piece now and then: whoever reads must not take that for silence.
        let drip = if split >= 100 && dice.one_in(8) { dice.millis(1..=3_000) } else { Duration::ZERO };
        if drip > Duration::ZERO {
            self.tally.add("slow drip");
        }
        let [connect, there, back] = [(); 3].map(|()| dice.millis(0..=self.delay));
        let [split, merge] = [split, merge].map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
        Plan { split, merge, drip, connect, there, back: plan.back.max(back), ..plan }
    }
}

fn broken(trouble: Trouble) -> Plan {
    Plan::trouble(trouble)
}

/// After how many bytes of a body.
fn place(dice: &mut Dice) -> u64 {
    let most = *dice.pick(&[0, 20, 200, 4_000]);
    dice.within(0..=most)
}

/// What stands in front of a service says something of its own.
fn page(dice: &mut Dice) -> Canned {
    let status = *dice.pick(&[500, 502, 503, 503, 504, 429, 429, 404, 403]);
    let mut head = Response::new(());
    *head.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    head.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/html"));
    if matches!(status, 429 | 503) && dice.one_in(2) {
        // What is bearable, and what is not.
        let seconds = *dice.pick(&[0, 1, 5, 9, 3_600]);
        head.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    }
    let body = format!("<html><head><title>{status}</title></head><body>Sorry.</body></html>");
    Canned { head, body: Bytes::from(body) }
}

/// Somewhere else, or right here again.
fn redirect(dice: &mut Dice, opening: &Opening<'_>) -> Canned {
    let mut head = Response::new(());
    *head.status_mut() = *dice.pick(&[StatusCode::FOUND, StatusCode::TEMPORARY_REDIRECT]);
    let uri = opening.head.0.uri();
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let to = if dice.one_in(2) { uri.to_string() } else { format!("http://node{}.test{path}", dice.within(1..=3)) };
    if let Ok(to) = header::HeaderValue::try_from(to) {
        head.headers_mut().insert(header::LOCATION, to);
    }
    Canned { head, body: Bytes::new() }
}
