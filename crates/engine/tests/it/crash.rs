//! What a crash leaves, step by step, and who may open what.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use larder_engine::disk::{Disk, DiskFile, SystemDisk};
use larder_engine::{Engine, OpenError, Refusal, StoreError};

use crate::support::{World, noise, page, parts};

/// The real file system for so many steps; then every step fails, as if the machine had stopped.
#[derive(Clone)]
pub(crate) struct StoppingDisk(pub(crate) Arc<AtomicI64>, pub(crate) Arc<Mutex<Vec<String>>>);

impl StoppingDisk {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicI64::new(i64::MAX)), Arc::default())
    }

    fn note(&self, step: &str, path: &Path) {
        let text = path.display().to_string();
        let below = text.split_once("/data").map_or("", |(_, below)| below);
        self.1.lock().unwrap().push(format!("{step} data{below}"));
    }

    fn step(&self) -> io::Result<()> {
        if self.0.fetch_sub(1, Ordering::SeqCst) > 0 { Ok(()) } else { Err(io::Error::other("stopped")) }
    }
}

struct StoppingFile(StoppingDisk, Box<dyn DiskFile>, PathBuf);

impl Disk for StoppingDisk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        self.note("create", path);
        self.step()?;
        Ok(Box::new(StoppingFile(self.clone(), SystemDisk.create(path)?, path.to_owned())))
    }
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        SystemDisk.open(path)
    }
    fn reopen(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        self.note("reopen", path);
        self.step()?;
        Ok(Box::new(StoppingFile(self.clone(), SystemDisk.reopen(path)?, path.to_owned())))
    }
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.note("make", path);
        self.step().and_then(|()| SystemDisk.create_dir(path))
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.note("rename to", to);
        self.step().and_then(|()| SystemDisk.rename(from, to))
    }
    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        self.note("sync folder", path);
        self.step().and_then(|()| SystemDisk.sync_dir(path))
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.step().and_then(|()| SystemDisk.remove(path))
    }
    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        SystemDisk.list(path)
    }
}

impl DiskFile for StoppingFile {
    fn write_all(&mut self, data: &[u8]) -> io::Result<()> {
        self.0.note("write", &self.2);
        self.0.step().and_then(|()| self.1.write_all(data))
    }
    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.0.step().and_then(|()| self.1.truncate(length))
    }
    fn length(&self) -> io::Result<u64> {
        self.1.length()
    }
    fn read_exact_at(&mut self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.1.read_exact_at(buffer, offset)
    }
    fn sync_data(&mut self) -> io::Result<()> {
        self.0.note("sync", &self.2);
        self.0.step().and_then(|()| self.1.sync_data())
    }
}

/// All files below `blobs`, temporary ones included.
pub(crate) fn blob_files(data: &Path) -> Vec<PathBuf> {
    let mut left = vec![data.join("blobs")];
    let mut found = Vec::new();
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(SystemDisk.list(&path).unwrap());
        } else {
            found.push(path);
        }
    }
    found
}

/// Notes the last shutdown as a crash, as a killed process would leave it.
pub(crate) fn make_unclean(data: &Path) {
    let database = rusqlite::Connection::open(data.join("larder.db")).unwrap();
    database.execute("UPDATE state SET value = 1 WHERE name = 'unclean'", ()).unwrap();
}

#[test]
fn a_stop_at_any_step_of_an_upload_leaves_nothing_or_all() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let world = World::sqlite(&data);
    world.put(&world.kid, "", "old", &noise(20_000)).unwrap();
    let kid = world.kid;
    drop(world);
    let mut published = 0;
    for steps in 0_i64..40 {
        let disk = StoppingDisk::new();
        let (_, mut parts) = parts(100 + steps.unsigned_abs());
        parts.disk = Arc::new(disk.clone());
        let engine = Arc::new(Engine::open(&data, parts).unwrap());
        let name = format!("new{steps}");
        disk.0.store(steps, Ordering::SeqCst);
        let mut upload = begin(&engine, &kid);
        upload.file(&[], &name, None).unwrap();
        let outcome = upload.push(&noise(30_000)).and_then(|()| upload.end_file(None));
        drop(upload);
        assert!(matches!(outcome, Ok(_) | Err(Refusal::Storage(StoreError::Io { .. }))), "{outcome:?}");
        drop(engine);
        make_unclean(&data);
        let (_, parts) = crate::support::parts(200);
        let engine = Engine::open(&data, parts).unwrap();
        published += usize::from(outcome.is_ok());
        assert_eq!(engine.open_file(&kid, &name).is_ok(), outcome.is_ok(), "{steps}");
        assert_eq!(blob_files(&data).len(), published + 1, "no file without a row, and none missing, after {steps}");
        let names = engine.list_folder(&kid, "", &page(1, 100)).unwrap().entries;
        for entry in names {
            let mut content = engine.open_file(&kid, &entry.path).unwrap().content;
            assert!(content.read_at(0, 30_000).is_ok());
        }
    }
    assert!((20..40).contains(&published), "{published}");
}

fn begin(engine: &Arc<Engine>, caller: &larder_engine::Caller) -> larder_engine::engine::Upload {
    let token = engine.grant_upload(caller, larder_engine::rules::uploads::UploadTerms::default()).wait().unwrap();
    let first_byte = larder_engine::rules::uploads::FirstByte::Enforced;
    engine.begin_upload(&larder_engine::engine::Destination { token, peer: caller.ip, folder: None, first_byte }).unwrap()
}

#[test]
fn a_failed_sync_is_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let kid = World::sqlite(&data).kid;
    let disk = StoppingDisk::new();
    let (_, mut parts) = parts(7);
    parts.disk = Arc::new(disk.clone());
    let engine = Arc::new(Engine::open(&data, parts).unwrap());
    let mut upload = begin(&engine, &kid);
    upload.file(&[], "x", None).unwrap();
    upload.push(&noise(30_000)).unwrap();
    disk.0.store(0, Ordering::SeqCst);
    assert!(matches!(upload.end_file(None), Err(Refusal::Storage(StoreError::Io { .. }))));
    disk.0.store(i64::MAX, Ordering::SeqCst);
    upload.file(&[], "x", None).unwrap();
    assert_eq!(upload.push(&noise(30_000)), Err(StoreError::Poisoned.into()), "although the disk works again");
    upload.file(&[], "small", None).unwrap();
    upload.push(b"in the metadata").unwrap();
    assert!(upload.end_file(None).is_ok());
}

#[test]
fn opening_removes_what_a_crash_left_and_only_that() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let world = World::sqlite(&data);
    world.put(&world.kid, "", "kept", &noise(20_000)).unwrap();
    let kid = world.kid;
    drop(world);
    let orphan = data.join("blobs/ab/cd/0123456789abcdef0123456789ab");
    std::fs::create_dir_all(orphan.parent().unwrap()).unwrap();
    std::fs::write(data.join("blobs/tmp/left"), b"half").unwrap();
    std::fs::write(&orphan, b"never published").unwrap();
    drop(Engine::open(&data, parts(8).1).unwrap());
    assert_eq!(blob_files(&data).len(), 2, "temporary files go at once, orphans only after a crash");
    make_unclean(&data);
    let engine = Engine::open(&data, parts(8).1).unwrap();
    assert!(!orphan.exists());
    assert!(engine.open_file(&kid, "kept").is_ok());
}

#[test]
fn one_engine_per_folder() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let first = Engine::open(&data, parts(1).1).unwrap();
    assert_eq!(Engine::open(&data, parts(1).1).map(drop), Err(OpenError::InUse(data.clone())));
    drop(first);
    drop(Engine::open(&data, parts(1).1).unwrap());
}

#[test]
fn other_databases_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    drop(Engine::open(&data, parts(1).1).unwrap());
    let database = rusqlite::Connection::open(data.join("larder.db")).unwrap();
    database.execute_batch("PRAGMA user_version = 99").unwrap();
    let newer = Engine::open(&data, parts(1).1).map(drop);
    assert!(matches!(newer, Err(OpenError::NewerSchema { found: 99, known: 2.. })), "{newer:?}");
    database.execute_batch("PRAGMA application_id = 1").unwrap();
    assert_eq!(Engine::open(&data, parts(1).1).map(drop), Err(OpenError::Foreign));
}

#[test]
fn acknowledged_changes_are_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let world = World::sqlite(&data);
    let waiting: Vec<_> = (0..300).map(|n| world.engine.create_folders(&world.kid, vec![format!("f/{n}")])).collect();
    for change in waiting {
        change.wait().unwrap();
    }
    let kid = world.kid;
    let before = world.dump();
    drop(world);
    let engine = Engine::open(&data, parts(3).1).unwrap();
    assert_eq!(engine.list_folder(&kid, "f", &page(1, 1)).unwrap().total_folders, 300);
    assert_eq!(engine.store().read(|view| Ok(larder_engine::store::dump(view)?)).unwrap(), before);
}

/// What no test without a power switch can show by its effects: the order of the steps.
#[test]
fn every_sync_comes_before_what_relies_on_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let kid = World::sqlite(&data).kid;
    let disk = StoppingDisk::new();
    let (_, mut parts) = parts(9);
    parts.disk = Arc::new(disk.clone());
    let engine = Arc::new(Engine::open(&data, parts).unwrap());
    let mut upload = begin(&engine, &kid);
    upload.file(&[], "x", None).unwrap();
    upload.push(&noise(10_000)).unwrap();
    upload.push(&noise(10_000)).unwrap();
    upload.end_file(None).unwrap();
    insta::assert_snapshot!(disk.1.lock().unwrap().join("\n"));
}

#[test]
fn after_an_orderly_end_the_database_file_alone_is_all_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let (data, copy) = (folder.path().join("data"), folder.path().join("copy"));
    let world = World::sqlite(&data);
    world.put(&world.kid, "", "small", &noise(1_000)).unwrap();
    let kid = world.kid;
    drop(world);
    std::fs::create_dir(&copy).unwrap();
    std::fs::copy(data.join("larder.db"), copy.join("larder.db")).unwrap();
    let engine = Engine::open(&copy, parts(2).1).unwrap();
    assert!(engine.is_founded().unwrap());
    assert!(engine.open_file(&kid, "small").is_ok());
    assert!(!data.join("larder.db-wal").exists());
}

#[test]
fn the_data_folder_is_durable_whoever_made_it() {
    for made in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        if made {
            std::fs::create_dir(&data).unwrap();
        }
        let disk = SyncedFolders::default();
        let (_, mut parts) = parts(1);
        parts.disk = Arc::new(disk.clone());
        drop(Engine::open(&data, parts).unwrap());
        let synced = disk.0.lock().unwrap();
        assert!(synced.contains(&(folder.path().to_owned(), true)), "{synced:?}");
        assert!(synced.iter().any(|(path, database)| *path == data && *database), "{synced:?}");
        assert_eq!(synced[1], (data.clone(), true), "before anything goes into it: {synced:?}");
    }
}

/// Notes the folders that are synced, and whether what is in them by then is there.
#[derive(Clone, Default)]
struct SyncedFolders(Arc<Mutex<Vec<(PathBuf, bool)>>>);

impl Disk for SyncedFolders {
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        SystemDisk.create(path)
    }
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        SystemDisk.open(path)
    }
    fn reopen(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        SystemDisk.reopen(path)
    }
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        SystemDisk.create_dir(path)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        SystemDisk.rename(from, to)
    }
    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        let there = path.join("data").exists() || path.join("larder.db").exists();
        self.0.lock().unwrap().push((path.to_owned(), there));
        SystemDisk.sync_dir(path)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        SystemDisk.remove(path)
    }
    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        SystemDisk.list(path)
    }
}
