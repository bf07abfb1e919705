//! What the engine takes from its surroundings: a clock that goes with the simulation's, and bytes of a seed.

use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

use larder_core::Time;
use larder_engine::disk::SystemDisk;
use larder_engine::password::PasswordCost;
use larder_engine::{Clock, Parts, Random, Timestamp};
use larder_testkit::sim::Dice;

/// 2026-01-01T00:00:00Z.
const START: i64 = 1_767_225_600_000;

/// Where every client is.
pub(super) const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

/// The server's clock: the simulation's, and what it has gone ahead of it.
#[derive(Debug, Default)]
pub(super) struct Wall {
    now: AtomicI64,
    ahead: AtomicI64,
}

impl Wall {
    pub(super) fn set(&self, now: Time) {
        self.now.store(i64::try_from(now.0.as_millis()).unwrap_or(i64::MAX), Relaxed);
    }

    /// So many milliseconds pass for the server, and for nobody else.
    pub(super) fn leap(&self, milliseconds: i64) {
        self.ahead.fetch_add(milliseconds, Relaxed);
    }
}

impl Clock for Wall {
    fn now(&self) -> Timestamp {
        Timestamp(START + self.now.load(Relaxed) + self.ahead.load(Relaxed))
    }
}

struct Chance(Mutex<Dice>);

impl Random for Chance {
    fn fill(&self, bytes: &mut [u8]) -> io::Result<()> {
        let random = self.0.lock().unwrap().bytes(bytes.len());
        bytes.copy_from_slice(&random);
        Ok(())
    }
}

/// An engine's surroundings, and its clock.
pub(super) fn parts(dice: Dice) -> (Arc<Wall>, Parts) {
    let wall = Arc::new(Wall::default());
    let random = Arc::new(Chance(Mutex::new(dice)));
    let parts = Parts { clock: wall.clone(), random, disk: Arc::new(SystemDisk), password_cost: PasswordCost::CHEAPEST };
    (wall, parts)
}

/// What a handler answers: on the model, it has nothing to wait for.
pub(super) fn at_once<T>(work: impl Future<Output = T>) -> T {
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a handler waits although everything is in memory"),
    }
}
