//! The driver on threads.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use larder_core::Shared;
use larder_testkit::conformance::{self, Abilities, Bench, Driver, Job, Order};
use larder_transport::blocking::{self, Cancel, Client};

use crate::log::Log;

#[derive(Default)]
struct Blocking(Arc<Log>);

struct Source(conformance::Source);

impl blocking::Source for Source {
    fn read(&mut self, offset: u64, max: usize) -> io::Result<Option<Bytes>> {
        self.0.read(offset, max)
    }

    fn length(&self) -> Option<u64> {
        self.0.length()
    }
}

struct Sink(conformance::Sink);

impl blocking::Sink for Sink {
    fn write(&mut self, offset: u64, chunk: Bytes) -> io::Result<()> {
        self.0.write(offset, &chunk)
    }
}

fn drive(client: &Client<Bench>, job: Job) {
    let cancel = Cancel::new().unwrap();
    let client = client.clone().with_cancel(&cancel);
    job.cancel.on_raise(move || cancel.cancel());
    // What it came to is the suite's business.
    let _ = client.drive(job.machine, Source(job.source), Sink(job.sink));
}

impl Driver for Blocking {
    fn abilities(&self) -> Abilities {
        // A thread cannot be dropped.
        Abilities { drops: false, ..Abilities::ALL }
    }

    fn run(&self, shared: Shared<Bench>, jobs: Vec<Job>, order: Order) {
        let client = Client::with_shared(shared, self.0.options());
        match order {
            Order::InTurn => jobs.into_iter().for_each(|job| drive(&client, job)),
            Order::AtOnce => std::thread::scope(|scope| {
                for job in jobs {
                    let client = &client;
                    scope.spawn(move || drive(client, job));
                }
            }),
        }
    }

    fn log(&self) -> Option<String> {
        Some(self.0.text())
    }
}

#[test]
fn conforms() {
    let report = conformance::run(Blocking::default());
    println!("{report}");
    report.assert_clean();
    assert_eq!(report.not_tested.len(), 2, "{report}");
}
