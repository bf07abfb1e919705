//! The drivers of the examples, under the suite for drivers (`larder_testkit::conformance`).

#![expect(clippy::unwrap_used, reason = "tests")]

use larder_core::Shared;
use larder_testkit::conformance::{self, Abilities, Bench, Driver, Job, Order, Report};

/// The examples whole, of which only the drivers are used.
macro_rules! example {
    ($name:ident, $path:literal) => {
        #[path = $path]
        #[expect(dead_code, reason = "its main is not used here")]
        mod $name;
    };
}

example!(blocking_std, "../examples/blocking_std.rs");
example!(smol, "../examples/smol.rs");
example!(tokio_by_hand, "../examples/tokio_by_hand.rs");

/// They take a file whole, and give one whole. None can be cancelled.
const WHOLE: Abilities = Abilities { cancels: false, drops: false, at_once: false, streams: false, ..Abilities::ALL };

fn judged(driver: impl Driver) -> Report {
    let report = conformance::run(driver);
    println!("{report}");
    report.assert_clean();
    report
}

struct BlockingStd;

impl Driver for BlockingStd {
    fn abilities(&self) -> Abilities {
        WHOLE
    }

    fn run(&self, shared: Shared<Bench>, jobs: Vec<Job>, _: Order) {
        let mut driver = blocking_std::Driver::new(shared.session, 7);
        for mut job in jobs {
            let mut file = Vec::new();
            // What it came to is the suite's business.
            let _ = driver.drive(job.machine, &job.source.whole(), &mut file);
            job.sink.write(0, &file).unwrap();
        }
    }
}

#[test]
fn blocking_std_conforms() {
    judged(BlockingStd);
}

struct Smol;

impl Driver for Smol {
    fn abilities(&self) -> Abilities {
        Abilities { drops: true, ..WHOLE }
    }

    fn run(&self, shared: Shared<Bench>, jobs: Vec<Job>, _: Order) {
        ::smol::block_on(async {
            let mut driver = smol::Driver::new(shared.session, 7);
            for mut job in jobs {
                let (content, mut file) = (job.source.whole(), Vec::new());
                let is_dropped = async {
                    job.give_up.await;
                    true
                };
                let is_driven = async {
                    let _ = driver.drive(job.machine, &content, &mut file).await;
                    false
                };
                if !::smol::future::or(is_dropped, is_driven).await {
                    job.sink.write(0, &file).unwrap();
                }
            }
        });
    }
}

#[test]
fn smol_conforms() {
    judged(Smol);
}

struct TokioByHand;

async fn drive(driver: &tokio_by_hand::Driver<Bench>, mut job: Job) {
    let (content, mut file) = (job.source.whole(), Vec::new());
    tokio::select! {
        _ = driver.drive(job.machine, &content, &mut file) => {}
        () = job.give_up => return,
    }
    job.sink.write(0, &file).unwrap();
}

impl Driver for TokioByHand {
    fn abilities(&self) -> Abilities {
        Abilities { at_once: true, drops: true, ..WHOLE }
    }

    fn run(&self, shared: Shared<Bench>, jobs: Vec<Job>, order: Order) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let driver = std::sync::Arc::new(tokio_by_hand::Driver::new(shared.session, 7));
        runtime.block_on(async {
            let mut tasks = tokio::task::JoinSet::new();
            for job in jobs {
                let driver = std::sync::Arc::clone(&driver);
                tasks.spawn(async move { drive(&driver, job).await });
                if order == Order::InTurn {
                    tasks.join_next().await;
                }
            }
            tasks.join_all().await;
        });
    }
}

#[test]
fn tokio_by_hand_conforms() {
    assert_eq!(judged(TokioByHand).not_tested.len(), 3);
}
