//! The e2 API through somebody else's HTTP client: `ureq`. It does the HTTP, the machine everything else.
//!
//! ```toml
//! [dependencies]
//! larder-core = "0.1"
//! larder-proto-e2 = "0.1"
//! ureq = { version = "3.5", default-features = false }
//! ```
//!
//! 29 packages, 2 of them Larder's.
//!
//! `cargo run -p larder-embeddings --example e2_ureq -- http://127.0.0.1:8080 API_KEY`

use std::collections::VecDeque;
use std::error::Error;
use std::io::ErrorKind;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use larder_core::wire::{RequestHead, ResponseHead};
use larder_core::{Action, Api, Call, ClientMachine, ExchangeId, Failure, Input, Phase, Session, Settings, Shared, Target, Time};
use larder_proto_e2::{CreateUser, DisableUser, E2, Email, EncodedPassword, ListUsers, Quota, RemoveUser};
use ureq::{Agent, Timeout};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Result<()> {
    let [_, url, key] = &std::env::args().collect::<Vec<_>>()[..] else { return Err("usage: e2_ureq URL API_KEY".into()) };
    let seed = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos() as u64;
    let settings = Settings::new(Target::parse(url)?);
    let mut driver = Driver::<E2>::new(Session::with_token(key.as_str().into()), seed);

    let email: Email = format!("ureq-{seed}@example.com").parse()?;
    let create = CreateUser {
        email: email.clone(),
        password: EncodedPassword::encode("correct horse")?,
        first_name: "Ada".parse()?,
        last_name: None,
        quota: Quota::gigabytes(1),
        email_notification: Some(false),
    };
    println!("{email} was created: {}", driver.drive(Call::new(create, settings.clone()))?.user_created);
    let users = driver.drive(Call::new(ListUsers {}, settings.clone()))?.users;
    println!("there are {} users", users.len());
    driver.drive(Call::new(DisableUser { email: email.clone() }, settings.clone()))?;
    println!("{email} was removed: {}", driver.drive(Call::new(RemoveUser { email: email.clone() }, settings))?.user_removed);
    if users.iter().any(|user| user.email == *email.as_str()) { Ok(()) } else { Err("the user was not listed".into()) }
}

/// What all calls share, and when [`Time::ZERO`] was.
pub(crate) struct Driver<A: Api> {
    shared: Shared<A>,
    began: Instant,
    agent: Agent,
}

impl<A: Api> Driver<A> {
    pub(crate) fn new(session: Session<A>, seed: u64) -> Self {
        // What to make of a status, where to go and whether to try again is the machine's to say. A connection that is kept may
        // be closed by then, and what is lost to that ureq does not tell from a lost reply.
        let config = Agent::config_builder().http_status_as_error(false).max_redirects(0).max_idle_connections(0).build();
        Self { shared: Shared::new(session, seed), began: Instant::now(), agent: config.new_agent() }
    }

    /// Drives `machine`, which moves no files, to its end.
    pub(crate) fn drive<M: ClientMachine<A>>(&mut self, mut machine: M) -> Result<M::Answer> {
        let result = self.run(&mut machine);
        machine.abandon(&mut self.shared);
        result
    }

    fn run<M: ClientMachine<A>>(&mut self, machine: &mut M) -> Result<M::Answer> {
        let (mut request, mut inputs) = (None::<(ExchangeId, RequestHead, Vec<u8>)>, VecDeque::new());
        loop {
            let now = Time(self.began.elapsed());
            match machine.poll(now, &mut self.shared) {
                Action::Open { at, head, .. } => {
                    request = Some((at, head, Vec::new()));
                    inputs = VecDeque::from([Input::Connected { at }]);
                }
                Action::Write { at, chunk } => {
                    request.iter_mut().for_each(|(_, _, body)| body.extend_from_slice(&chunk));
                    inputs.push_back(Input::Wrote { at });
                }
                Action::Finish { .. } | Action::Note(_) => {}
                Action::Abort { .. } => (request, inputs) = (None, VecDeque::new()),
                Action::Feed { .. } => machine.handle(Input::BodyGone)?,
                Action::Data { .. } => return Err("there are no files in this API".into()),
                Action::Wait { until, .. } => {
                    let patience = until.map_or(Duration::from_secs(60), |until| until.since(now)).max(Duration::from_millis(1));
                    match (inputs.pop_front(), request.take()) {
                        (Some(input), asked) => {
                            request = asked;
                            machine.handle(input)?;
                        }
                        // The machine waits for the answer: now the request is complete.
                        (None, Some((at, head, body))) => inputs.extend(self.exchange(at, head, body, patience)),
                        (None, None) => std::thread::sleep(patience),
                    }
                }
                Action::Done(result) => return Ok(result?),
            }
        }
    }

    /// A whole exchange; nothing when it took too long, which the machine then sees by its clock.
    fn exchange(&self, at: ExchangeId, head: RequestHead, body: Vec<u8>, patience: Duration) -> Vec<Input> {
        let answer = if body.is_empty() {
            let request = self.agent.configure_request(head.0).timeout_global(Some(patience)).build();
            self.agent.run(request)
        } else {
            let request = self.agent.configure_request(head.0.map(|()| body)).timeout_global(Some(patience)).build();
            self.agent.run(request)
        };
        let whole = answer.and_then(|mut answer| Ok((answer.body_mut().read_to_vec()?, answer.map(drop))));
        match whole {
            Ok((body, head)) => {
                let body = (!body.is_empty()).then(|| Input::Data { at, chunk: body.into() });
                [Some(Input::Head { at, head: ResponseHead(head) }), body, Some(Input::End { at })]
                    .into_iter()
                    .flatten()
                    .collect()
            }
            Err(ureq::Error::Timeout(kind)) if !matches!(kind, Timeout::Resolve | Timeout::Connect) => Vec::new(),
            Err(error) => vec![failed(at, &error)],
        }
    }
}

/// How far it came: what was certainly not sent is told apart, since it may be sent again whatever it is.
#[expect(clippy::wildcard_enum_match_arm, reason = "whatever else goes wrong may have reached the peer")]
fn failed(at: ExchangeId, error: &ureq::Error) -> Input {
    let (failure, phase) = match error {
        ureq::Error::HostNotFound => (Failure::Resolve, Phase::Connect),
        ureq::Error::Io(error) if error.kind() == ErrorKind::ConnectionRefused => (Failure::Refused, Phase::Connect),
        ureq::Error::ConnectionFailed | ureq::Error::Timeout(_) => (Failure::Connect, Phase::Connect),
        ureq::Error::Tls(_) => (Failure::Tls, Phase::Connect),
        ureq::Error::Protocol(_) => (Failure::Protocol, Phase::Send),
        _ => (Failure::Reset, Phase::Send),
    };
    Input::Failed { at, failure, phase, detail: Some(error.to_string().into()) }
}
