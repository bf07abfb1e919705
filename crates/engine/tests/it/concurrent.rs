//! Many callers at once, and changes awaited without a runtime.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Instant;

use larder_engine::{Engine, Refusal};

use crate::support::{World, noise, page};

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// The smallest executor.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        if let Poll::Ready(outcome) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return outcome;
        }
        thread::park();
    }
}

#[test]
fn changes_are_futures_that_need_no_runtime() {
    World::both(|world| {
        block_on(async {
            world.engine.create_folders(&world.kid, vec!["a".into()]).await.unwrap();
            let again = world.engine.create_folders(&world.kid, vec!["a".into()]).await;
            assert_eq!(again, Err(Refusal::FolderAlreadyExists));
        });
    });
}

#[test]
fn a_group_takes_back_only_the_refused() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::sqlite(&folder.path().join("data"));
    let all: Vec<_> = (0..200).map(|n| world.engine.create_folders(&world.kid, vec![format!("f/{}", n % 150)])).collect();
    let refused = all.into_iter().map(larder_engine::Pending::wait).filter(Result::is_err).count();
    assert_eq!(refused, 50);
    assert_eq!(world.engine.list_folder(&world.kid, "f", &page(1, 1)).unwrap().total_folders, 150);
}

#[test]
fn threads_share_one_engine() {
    fn shared<T: Send + Sync + 'static>() {}
    fn sent<T: Send + 'static>() {}
    shared::<Engine>();
    sent::<larder_engine::engine::Upload>();
    sent::<larder_engine::engine::Download>();
    sent::<larder_engine::Pending<()>>();
    World::both(|world| {
        thread::scope(|scope| {
            for worker in 0..4 {
                scope.spawn(move || {
                    for number in 0..8 {
                        let name = format!("{worker}-{number}");
                        world.put(&world.kid, "same/folder", &name, &noise(17_000)).unwrap();
                        assert_eq!(world.get(&world.kid, &format!("same/folder/{name}")).unwrap(), noise(17_000));
                    }
                });
            }
        });
        assert_eq!(world.engine.list_folder(&world.kid, "same/folder", &page(1, 1)).unwrap().total_files, 32);
    });
}

#[test]
#[ignore = "measures; run it alone and optimised"]
fn rates() {
    let folder = tempfile::tempdir_in(".").unwrap();
    let world = World::sqlite(&folder.path().join("data"));
    let rate = |what: &str, count: u32, start: Instant| {
        println!("{what}: {:.0} per s", f64::from(count) / start.elapsed().as_secs_f64());
    };
    let block = noise(1 << 20);
    let start = Instant::now();
    let sum = (0..500).fold(0, |sum, _| larder_engine::blobs::crc32c(sum, &block));
    rate(&format!("MiB under a checksum ({sum:08x})"), 500, start);
    let start = Instant::now();
    for number in 0..500 {
        world.mkdir(&world.kid, &format!("one/{number:06}"));
    }
    rate("folders made one at a time", 500, start);
    let start = Instant::now();
    let all: Vec<_> = (0..20_000).map(|n| world.engine.create_folders(&world.kid, vec![format!("many/{n:06}")])).collect();
    all.into_iter().for_each(|change| change.wait().unwrap());
    rate("folders made as groups", 20_000, start);
    let start = Instant::now();
    for number in 0..100_u32 {
        world.engine.create_folders(&world.kid, (0..1_000).map(|n| format!("deep/{number:03}{n:03}")).collect()).wait().unwrap();
    }
    rate("folders made by the thousand", 100_000, start);
    for number in [1, 99, 100, 99] {
        let start = Instant::now();
        world.names(&world.kid, "deep", &page(number, 1_000)).unwrap();
        println!("page {number} of a thousand: {:?}", start.elapsed());
    }
    for size in [1_000, 1 << 20] {
        let start = Instant::now();
        thread::scope(|scope| {
            for worker in 0..16 {
                let world = &world;
                scope.spawn(move || {
                    let mut upload = world.upload(&world.kid, Default::default()).unwrap();
                    for number in 0..20 {
                        upload.file(&[], &format!("{size}-{worker}-{number}"), None).unwrap();
                        upload.push(&vec![0; size]).unwrap();
                        upload.end_file(None).unwrap();
                    }
                });
            }
        });
        rate(&format!("files of {size} bytes, 16 at once"), 320, start);
    }
    let start = Instant::now();
    world.engine.delete_folders(&world.kid, vec!["deep".into()]).wait().unwrap();
    rate("entries deleted with their folder", 100_000, start);
}
