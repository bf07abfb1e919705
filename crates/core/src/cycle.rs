//! The HTTP cycle: every legal order of events of one request and its response, in one table.
//!
//! Client and server both hold a [`Cycle`] and pass every event through [`Cycle::step`]; nothing here knows which of
//! the two it serves.
//!
//! ```text
//! request:   Idle ──Head──▶ Open ──Data*──▶ Open ──End──▶ Ended
//! response:  Idle ──Head──▶ Open ──Data*──▶ Open ──End──▶ Ended      (Head only once the request's head is out)
//! either:    any ──Fail──▶ both Ended
//! ```

use serde::{Deserialize, Serialize};

/// One half of the cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Half {
    /// Nothing yet.
    #[default]
    Idle,
    /// The head is through; data may follow.
    Open,
    /// Nothing more will come.
    Ended,
}

/// Which half an event belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// From client to server.
    Request,
    /// From server to client.
    Response,
}

/// What can happen to a half.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Its head passed.
    Head,
    /// A chunk of its body passed.
    Data,
    /// It is complete.
    End,
    /// The exchange is broken: both halves are over.
    Fail,
}

/// How far an exchange has come. It decides what may be repeated after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub enum Phase {
    /// No exchange is open.
    #[default]
    Idle,
    /// No byte of the request can have reached the peer.
    Connect,
    /// The request is on its way; the peer may have some of it.
    Send,
    /// The request is complete; no answer yet.
    Await,
    /// The answer has begun.
    Receive,
}

/// An event that cannot come now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{event:?} of the {side:?} cannot come when that half is {half:?}")]
pub struct Illegal {
    /// The half concerned.
    pub side: Side,
    /// The event.
    pub event: Event,
    /// The state in which it came.
    pub half: Half,
}

/// The state of one request and its response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cycle {
    /// The request.
    pub request: Half,
    /// The response.
    pub response: Half,
}

impl Cycle {
    /// The state after `event` of `side`.
    ///
    /// # Errors
    /// [`Illegal`] when the event cannot come now; the state is unchanged.
    pub fn step(self, side: Side, event: Event) -> Result<Self, Illegal> {
        let half = match side {
            Side::Request => self.request,
            Side::Response => self.response,
        };
        let next = match (event, half) {
            (Event::Fail, _) => return Ok(Self { request: Half::Ended, response: Half::Ended }),
            (Event::Head, Half::Idle) if side == Side::Request || self.request != Half::Idle => Half::Open,
            (Event::Data, Half::Open) => Half::Open,
            (Event::End, Half::Open) => Half::Ended,
            (Event::Head | Event::Data | Event::End, Half::Idle | Half::Open | Half::Ended) => {
                return Err(Illegal { side, event, half });
            }
        };
        Ok(match side {
            Side::Request => Self { request: next, ..self },
            Side::Response => Self { response: next, ..self },
        })
    }

    /// How far it has come.
    #[must_use]
    pub fn phase(self) -> Phase {
        match (self.request, self.response) {
            (Half::Idle, _) => Phase::Idle,
            (_, Half::Open | Half::Ended) => Phase::Receive,
            (Half::Open, Half::Idle) => Phase::Send,
            (Half::Ended, Half::Idle) => Phase::Await,
        }
    }

    /// Whether both halves are over.
    #[must_use]
    pub fn is_over(self) -> bool {
        self.request == Half::Ended && self.response == Half::Ended
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::fmt::Write;

    #[test]
    fn it_is_over_when_both_halves_are_and_a_failure_ends_both() {
        let halves = [Half::Idle, Half::Open, Half::Ended];
        for (request, response) in halves.into_iter().flat_map(|request| halves.map(|response| (request, response))) {
            let cycle = Cycle { request, response };
            assert_eq!(cycle.is_over(), (request, response) == (Half::Ended, Half::Ended), "{cycle:?}");
            for side in [Side::Request, Side::Response] {
                assert!(cycle.step(side, Event::Fail).is_ok_and(Cycle::is_over), "{cycle:?}");
            }
        }
    }

    /// The whole table, so that a change of it is seen in review.
    #[test]
    fn every_transition() {
        let mut table = String::new();
        for request in [Half::Idle, Half::Open, Half::Ended] {
            for response in [Half::Idle, Half::Open, Half::Ended] {
                let from = Cycle { request, response };
                for (side, event) in [
                    (Side::Request, Event::Head),
                    (Side::Request, Event::Data),
                    (Side::Request, Event::End),
                    (Side::Response, Event::Head),
                    (Side::Response, Event::Data),
                    (Side::Response, Event::End),
                ] {
                    if let Ok(to) = from.step(side, event) {
                        writeln!(
                            table,
                            "{request:?}/{response:?} {side:?} {event:?} -> {:?}/{:?} ({:?})",
                            to.request,
                            to.response,
                            to.phase()
                        )
                        .unwrap();
                    }
                }
            }
        }
        insta::assert_snapshot!(table);
    }
}
