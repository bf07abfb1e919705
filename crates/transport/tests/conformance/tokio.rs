//! The driver on tokio.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use larder_core::Shared;
use larder_testkit::conformance::{self, Abilities, Bench, Driver, Job, Order};
use larder_transport::client::{self, Client};

use crate::log::Log;

#[derive(Default)]
struct Tokio(Arc<Log>);

struct Source(conformance::Source);

impl client::Source for Source {
    async fn read(&mut self, offset: u64, max: usize) -> io::Result<Option<Bytes>> {
        self.0.read(offset, max)
    }

    fn length(&self) -> Option<u64> {
        self.0.length()
    }
}

struct Sink(conformance::Sink);

impl client::Sink for Sink {
    async fn write(&mut self, offset: u64, chunk: Bytes) -> io::Result<()> {
        self.0.write(offset, &chunk)
    }
}

async fn drive(client: Client<Bench>, job: Job) {
    tokio::select! {
        // What it came to is the suite's business.
        _ = client.drive(job.machine, Source(job.source), Sink(job.sink)) => {}
        () = job.give_up => {}
    }
}

impl Driver for Tokio {
    fn abilities(&self) -> Abilities {
        // To cancel is to drop, here.
        Abilities { cancels: false, ..Abilities::ALL }
    }

    fn run(&self, shared: Shared<Bench>, jobs: Vec<Job>, order: Order) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let client = Client::with_shared(shared, self.0.options());
            let mut tasks = tokio::task::JoinSet::new();
            for job in jobs {
                tasks.spawn(drive(client.clone(), job));
                if order == Order::InTurn {
                    tasks.join_next().await;
                }
            }
            tasks.join_all().await;
        });
    }

    fn log(&self) -> Option<String> {
        Some(self.0.text())
    }
}

#[test]
fn conforms() {
    let report = conformance::run(Tokio::default());
    println!("{report}");
    report.assert_clean();
    assert_eq!(report.not_tested.len(), 1, "{report}");
}
