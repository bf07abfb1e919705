//! How fast the engine is on this machine's disk, in a temporary folder in the current one.
//!
//! `cargo run --release -p larder-engine --example rates`

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use larder_engine::blobs::crc32c;
use larder_engine::engine::Destination;
use larder_engine::rules::listing::Page;
use larder_engine::rules::uploads::{FirstByte, UploadTerms};
use larder_engine::store::Sort;
use larder_engine::{Caller, Engine, Founding, Parts, Refusal, generate};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir_in(".")?;
    let parts = Parts::default();
    let made_up = generate(&*parts.random)?;
    let engine = Arc::new(Engine::open(&folder.path().join("data"), parts)?);
    let founded = engine.found(Founding {
        master: "boss".into(),
        password: made_up.password.clone(),
        application: "App".into(),
        app_key: None,
        api_key: None,
    })?;
    let caller = engine.login(&founded.app_key, "boss", &made_up.password, HERE)?.caller;
    checksums();
    folders(&engine, &caller)?;
    listings(&engine, &caller)?;
    for size in [1_000, 1 << 20] {
        uploads(&engine, &caller, size)?;
    }
    let start = Instant::now();
    engine.delete_folders(&caller, vec!["deep".into()]).wait()?;
    rate("entries deleted with their folder", 100_000, start);
    Ok(())
}

fn rate(what: &str, count: u32, start: Instant) {
    println!("{what}: {:.0} per s", f64::from(count) / start.elapsed().as_secs_f64());
}

fn checksums() {
    let block: Vec<u8> = (0..1 << 20).map(|at: u32| at.to_le_bytes()[1]).collect();
    let start = Instant::now();
    let sum = (0..500).fold(0, |sum, _| crc32c(sum, &block));
    rate(&format!("MiB under a checksum ({sum:08x})"), 500, start);
}

fn folders(engine: &Engine, caller: &Caller) -> Result<(), Refusal> {
    let start = Instant::now();
    for number in 0..500 {
        engine.create_folders(caller, vec![format!("one/{number:06}")]).wait()?;
    }
    rate("folders made one at a time", 500, start);
    let start = Instant::now();
    let all: Vec<_> = (0..20_000).map(|n| engine.create_folders(caller, vec![format!("many/{n:06}")])).collect();
    all.into_iter().try_for_each(larder_engine::Pending::wait)?;
    rate("folders made as groups", 20_000, start);
    let start = Instant::now();
    for number in 0..100_u32 {
        engine.create_folders(caller, (0..1_000).map(|n| format!("deep/{number:03}{n:03}")).collect()).wait()?;
    }
    rate("folders made by the thousand", 100_000, start);
    Ok(())
}

fn listings(engine: &Engine, caller: &Caller) -> Result<(), Refusal> {
    for number in [1, 99, 100, 99] {
        let start = Instant::now();
        engine.list_folder(caller, "deep", &Page { number, size: 1_000, sort: Sort::Name, descending: false })?;
        println!("page {number} of a thousand: {:?}", start.elapsed());
    }
    Ok(())
}

fn uploads(engine: &Arc<Engine>, caller: &Caller, size: usize) -> Result<(), Refusal> {
    let content = vec![0; size];
    let work = |worker: u32| {
        let token = engine.grant_upload(caller, UploadTerms::default()).wait()?;
        let to = Destination { token, peer: HERE, folder: None, first_byte: FirstByte::Enforced };
        let mut upload = engine.begin_upload(&to)?;
        for number in 0..20 {
            upload.file(&[], &format!("{size}-{worker}-{number}"), None)?;
            upload.push(&content)?;
            upload.end_file(None)?;
        }
        Ok(())
    };
    let start = Instant::now();
    let outcomes: Vec<Result<(), Refusal>> = thread::scope(|scope| {
        let work = &work;
        let all: Vec<_> = (0..16).map(|worker| scope.spawn(move || work(worker))).collect();
        all.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    outcomes.into_iter().collect::<Result<(), _>>()?;
    rate(&format!("files of {size} bytes, 16 at once"), 320, start);
    Ok(())
}
