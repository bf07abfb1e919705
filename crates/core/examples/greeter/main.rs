//! An API of one's own (`api.rs`), and a call of it that is driven by hand. There is no network: the connection is a queue of what
//! the peer would say. The first attempt is refused a connection; the call pauses, and comes again.
//!
//! `cargo run -p larder-core --example greeter`

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use larder_core::wire::ResponseHead;
use larder_core::{Action, Call, ExchangeId, Failure, Input, Machine, Phase, Session, Settings, Shared, Target, Time};

mod api;

use crate::api::{Greet, Greeter};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut shared = Shared::<Greeter>::new(Session::with_token("a key".into()), 42);
    let mut call = Call::new(Greet { name: "Ada".to_owned() }, Settings::new(Target::parse("http://greeter.example")?));
    let mut peer = Peer::default();
    let mut now = Time::ZERO;
    loop {
        match call.poll(now, &mut shared) {
            Action::Open { at, head, .. } => peer.open(at, head.0.uri()),
            Action::Write { at, chunk } => peer.write(at, &chunk),
            Action::Finish { at } => peer.answer(at),
            Action::Abort { .. } => peer.says.clear(),
            Action::Note(note) => println!("{note:?}"),
            Action::Wait { until, .. } => match peer.says.pop_front() {
                Some(input) => call.handle(input)?,
                // Nothing is sent and nobody speaks: time passes, and here it costs nothing.
                None => now = until.unwrap_or(Time(now.0 + Duration::from_secs(1))),
            },
            Action::Done(greeting) => {
                println!("after {:?}: {}", now.0, greeting?.text);
                return Ok(());
            }
            Action::Feed { .. } | Action::Data { .. } => unreachable!("there is no file in this API"),
        }
    }
}

/// What the other end does, and says.
#[derive(Default)]
struct Peer {
    says: VecDeque<Input>,
    was_refused: bool,
}

impl Peer {
    fn open(&mut self, at: ExchangeId, uri: &http::Uri) {
        println!("POST {uri}");
        let is_up = std::mem::replace(&mut self.was_refused, true);
        self.says.push_back(if is_up { Input::Connected { at } } else { refused(at) });
    }

    fn write(&mut self, at: ExchangeId, chunk: &Bytes) {
        println!("{}", chunk.escape_ascii());
        self.says.push_back(Input::Wrote { at });
    }

    fn answer(&mut self, at: ExchangeId) {
        let chunk = Bytes::from_static(br#"{"text":"Good day, Ada."}"#);
        let head = ResponseHead(http::Response::new(()));
        self.says.extend([Input::Head { at, head }, Input::Data { at, chunk }, Input::End { at }]);
    }
}

/// Nothing was sent: whatever the operation is, it can be tried again.
fn refused(at: ExchangeId) -> Input {
    Input::Failed { at, failure: Failure::Refused, phase: Phase::Connect, detail: None }
}
