//! A clock that stands still, a random source that repeats, and small helpers.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::pin::pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use larder_core::Secret;
use larder_engine::contact::Contact;
use larder_engine::disk::SystemDisk;
use larder_engine::engine::{Destination, EndOfFile, Founding, Upload};
use larder_engine::password::PasswordCost;
use larder_engine::rules::listing::{Entry, Page};
use larder_engine::rules::uploads::{FirstByte, UploadTerms};
use larder_engine::store::{Sort, dump};
use larder_engine::{Caller, Clock, Engine, Founded, Parts, Random, Refusal, Timestamp};

/// 2026-01-01T00:00:00Z.
pub(crate) const START: i64 = 1_767_225_600_000;
pub(crate) const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
pub(crate) const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2));

pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn advance(&self, milliseconds: i64) {
        self.0.fetch_add(milliseconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// SplitMix64 from a seed: the same bytes in every run.
pub(crate) struct TestRandom(Mutex<u64>);

impl TestRandom {
    pub(crate) fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self(Mutex::new(seed)))
    }
}

impl Random for TestRandom {
    fn fill(&self, bytes: &mut [u8]) -> io::Result<()> {
        let mut state = self.0.lock().unwrap();
        for chunk in bytes.chunks_mut(8) {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = *state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

pub(crate) fn parts(seed: u64) -> (Arc<TestClock>, Parts) {
    let clock = Arc::new(TestClock(AtomicI64::new(START)));
    let parts = Parts {
        clock: clock.clone(),
        random: TestRandom::new(seed),
        disk: Arc::new(SystemDisk),
        password_cost: PasswordCost::CHEAPEST,
    };
    (clock, parts)
}

/// A master whose password is its name with an exclamation mark, and whose keys are random.
pub(crate) fn founding(master: &str, application: &str) -> Founding {
    Founding {
        master: master.into(),
        password: format!("{master}!").into(),
        application: application.into(),
        app_key: None,
        api_key: None,
    }
}

/// The contact of `kid` and his like.
pub(crate) fn contact(name: &str) -> Contact {
    [("LastName", "Doe"), ("FirstName", name), ("City", "Zürich")].into_iter().collect()
}

/// An engine with the master `boss`, the application `App`, and the children `kid` and `sis`.
pub(crate) struct World {
    pub(crate) engine: Arc<Engine>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) founded: Founded,
    pub(crate) boss: Caller,
    pub(crate) kid: Caller,
    pub(crate) sis: Caller,
}

impl World {
    pub(crate) fn model() -> Self {
        let (clock, parts) = parts(1);
        Self::settle(Engine::in_memory(parts).unwrap(), clock)
    }

    pub(crate) fn sqlite(folder: &Path) -> Self {
        let (clock, parts) = parts(1);
        Self::settle(Engine::open(folder, parts).unwrap(), clock)
    }

    /// Runs a test on both stores.
    pub(crate) fn both(test: impl Fn(&Self)) {
        test(&Self::model());
        let folder = tempfile::tempdir().unwrap();
        test(&Self::sqlite(&folder.path().join("data")));
    }

    fn settle(engine: Engine, clock: Arc<TestClock>) -> Self {
        let founding = founding("boss", "App");
        let founded = engine.found(founding).unwrap();
        let enter = |user: &str| engine.login(&founded.app_key, user, &Secret::new(format!("{user}!")), HERE).unwrap().caller;
        let boss = enter("boss");
        for child in ["kid", "sis"] {
            engine.create_child_account(&boss, child, &Secret::new(format!("{child}!")), contact(child)).unwrap();
        }
        let (kid, sis) = (enter("kid"), enter("sis"));
        Self { engine: Arc::new(engine), clock, founded, boss, kid, sis }
    }

    pub(crate) fn mkdir(&self, caller: &Caller, path: &str) {
        self.engine.create_folders(caller, vec![path.into()]).wait().unwrap();
    }

    pub(crate) fn upload(&self, caller: &Caller, terms: UploadTerms) -> Result<Upload, Refusal> {
        let folder = None;
        let token = self.engine.grant_upload(caller, terms).wait()?;
        self.engine.begin_upload(&Destination { token, peer: caller.ip, folder, first_byte: FirstByte::Enforced })
    }

    pub(crate) fn put(&self, caller: &Caller, folder: &str, name: &str, data: &[u8]) -> Result<Entry, Refusal> {
        self.put_with(caller, folder, name, data, false)
    }

    pub(crate) fn put_with(
        &self,
        who: &Caller,
        folder: &str,
        name: &str,
        data: &[u8],
        overwrite: bool,
    ) -> Result<Entry, Refusal> {
        let mut upload = self.upload(who, UploadTerms { folder: Some(folder.into()), overwrite, ..UploadTerms::default() })?;
        upload.file(&[], name, None)?;
        upload.push(data)?;
        match upload.end_file(None)? {
            EndOfFile::Published(entry) => Ok(entry),
            EndOfFile::Kept(_) => panic!("a whole file"),
        }
    }

    pub(crate) fn get(&self, caller: &Caller, path: &str) -> Result<Vec<u8>, Refusal> {
        let mut download = self.engine.open_file(caller, path)?;
        let size = usize::try_from(download.content.size()).unwrap();
        Ok(download.content.read_at(0, size)?.to_vec())
    }

    pub(crate) fn names(&self, caller: &Caller, path: &str, page: &Page) -> Result<Vec<String>, Refusal> {
        Ok(self.engine.list_folder(caller, path, page)?.entries.into_iter().map(|entry| entry.name).collect())
    }

    pub(crate) fn dump(&self) -> String {
        // Behind all that was queued without anybody waiting for it.
        self.engine.store().change(|_| Ok(())).wait().unwrap();
        self.engine.store().read(|view| Ok(dump(view)?)).unwrap()
    }
}

pub(crate) const fn page(number: u32, size: u32) -> Page {
    Page { number, size, sort: Sort::Name, descending: false }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// The smallest executor.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        if let Poll::Ready(outcome) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return outcome;
        }
        thread::park();
    }
}

/// Bytes that differ from block to block.
pub(crate) fn noise(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    TestRandom::new(length as u64).fill(&mut bytes).unwrap();
    bytes
}
