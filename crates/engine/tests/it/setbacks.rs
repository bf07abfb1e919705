//! Pieces that were acknowledged before the disk or the database failed for a while.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use larder_engine::disk::{Disk, DiskFile, SystemDisk};
use larder_engine::engine::{Destination, EndOfFile, Upload};
use larder_engine::env::HOUR;
use larder_engine::rules::uploads::FirstByte;
use larder_engine::store::Store;
use larder_engine::{Engine, Refusal, StoreError};

use crate::crash::blob_files;
use crate::pieces::{File, PIECES, founded, open, rows, temporary};
use crate::support::{HERE, TestClock, parts};

/// Makes steps of this kind fail, and no others.
#[derive(Clone, Default)]
struct FailingDisk(Arc<Mutex<&'static str>>);

struct FailingFile(FailingDisk, Box<dyn DiskFile>);

impl FailingDisk {
    fn fail(&self, step: &'static str) {
        *self.0.lock().unwrap() = step;
    }

    fn step(&self, step: &str) -> io::Result<()> {
        if *self.0.lock().unwrap() == step { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn file(&self, file: Box<dyn DiskFile>) -> Box<dyn DiskFile> {
        Box::new(FailingFile(self.clone(), file))
    }
}

impl Disk for FailingDisk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(self.file(SystemDisk.create(path)?))
    }
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        SystemDisk.open(path)
    }
    fn reopen(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        self.step("reopen")?;
        Ok(self.file(SystemDisk.reopen(path)?))
    }
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.step("make")?;
        SystemDisk.create_dir(path)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step("rename")?;
        SystemDisk.rename(from, to)
    }
    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        self.step("sync folder")?;
        SystemDisk.sync_dir(path)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        SystemDisk.remove(path)
    }
    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        SystemDisk.list(path)
    }
}

impl DiskFile for FailingFile {
    fn write_all(&mut self, data: &[u8]) -> io::Result<()> {
        self.0.step("write")?;
        self.1.write_all(data)
    }
    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.0.step("truncate")?;
        self.1.truncate(length)
    }
    fn length(&self) -> io::Result<u64> {
        self.1.length()
    }
    fn read_exact_at(&mut self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.1.read_exact_at(buffer, offset)
    }
    fn sync_data(&mut self) -> io::Result<()> {
        self.0.step("sync")?;
        self.1.sync_data()
    }
}

fn failing(data: &Path, seed: u64) -> (Arc<Engine>, FailingDisk, Arc<TestClock>) {
    let disk = FailingDisk::default();
    let (clock, mut parts) = parts(seed);
    parts.disk = Arc::new(disk.clone());
    (open(data, parts), disk, clock)
}

/// The same file, whole, but for its end.
fn whole(engine: &Arc<Engine>, file: &File, content: &[u8]) -> Upload {
    let to = Destination { token: file.token.clone(), peer: HERE, folder: None, first_byte: FirstByte::Ignored };
    let mut upload = engine.begin_upload(&to).unwrap();
    upload.file(&[], &file.name, None).unwrap();
    upload.push(content).unwrap();
    upload
}

fn is_storage<T>(result: &Result<T, Refusal>) -> bool {
    matches!(result, Err(Refusal::Storage(_)))
}

/// The token's time is over: nothing of the file is left.
fn leaves_nothing(engine: &Engine, data: &Path, clock: &TestClock) {
    let there = blob_files(data).len();
    clock.advance(72 * HOUR + 1);
    engine.sweep().unwrap();
    assert_eq!((rows(engine), temporary(data).len()), (0, 0));
    assert_eq!(blob_files(data).len(), there - 1);
}

#[test]
fn a_disk_that_is_full_once_costs_no_acknowledged_piece() {
    for (seed, (piece, step)) in
        [(PIECES - 1, "make"), (PIECES - 1, "rename"), (PIECES - 1, "write"), (1, "write")].into_iter().enumerate()
    {
        let (_folder, data, kid) = founded();
        let (engine, disk, clock) = failing(&data, 100 + seed as u64);
        let (file, lost) = (File::new(&engine, &kid, "file", 30_000), File::new(&engine, &kid, "lost", 30_000));
        for file in [&file, &lost] {
            (0..piece).for_each(|number| drop(file.send(&engine, number).unwrap()));
            disk.fail(step);
            let failed = file.send(&engine, piece);
            assert!(is_storage(&failed), "{step}: {failed:?}");
            assert!(is_storage(&file.send(&engine, piece)), "{step}, again");
            disk.fail("");
        }
        assert_eq!(file.go_on(&engine, piece), PIECES, "{step} of {piece}");
        assert!(file.is_complete(&engine, &kid));
        leaves_nothing(&engine, &data, &clock);
    }
}

#[test]
fn what_cannot_be_shortened_or_opened_once_goes_on_later() {
    let (_folder, data, kid) = founded();
    let (engine, disk, _) = failing(&data, 110);
    let file = File::new(&engine, &kid, "file", 30_000);
    file.send(&engine, 0).unwrap();
    disk.fail("truncate");
    // Given up in the middle.
    drop(file.begin(&engine, 1).unwrap());
    disk.fail("reopen");
    assert!(is_storage(&file.send(&engine, 1)));
    disk.fail("");
    assert_eq!(file.go_on(&engine, 1), PIECES);
    assert!(file.is_complete(&engine, &kid));
    assert_eq!((rows(&engine), temporary(&data).len()), (0, 0));
}

#[test]
fn a_sync_that_fails_costs_no_acknowledged_piece_after_a_restart() {
    for (seed, step) in ["sync", "sync folder"].into_iter().enumerate() {
        let (_folder, data, kid) = founded();
        let (engine, disk, _) = failing(&data, 120 + seed as u64);
        let file = File::new(&engine, &kid, "file", 30_000);
        (0..PIECES - 1).for_each(|number| drop(file.send(&engine, number).unwrap()));
        disk.fail(step);
        assert!(is_storage(&file.send(&engine, PIECES - 1)));
        disk.fail("");
        // Nothing more is written by this process.
        for _ in 0..2 {
            assert!(is_storage(&file.send(&engine, PIECES - 1)));
        }
        drop(engine);
        let engine = open(&data, parts(130).1);
        assert_eq!(file.go_on(&engine, PIECES - 1), PIECES, "{step}");
        assert!(file.is_complete(&engine, &kid));
    }
}

#[test]
fn a_database_that_fails_once_costs_no_acknowledged_piece() {
    for (seed, piece) in [(140, 0), (141, 1), (142, PIECES - 1)] {
        let (_folder, data, kid) = founded();
        let (engine, _, clock) = failing(&data, seed);
        let database = rusqlite::Connection::open(data.join("larder.db")).unwrap();
        let fail = |table: &str| {
            let no = format!("CREATE TRIGGER no BEFORE INSERT ON {table} BEGIN SELECT RAISE(ROLLBACK, 'no'); END");
            database.execute_batch(&no).unwrap();
        };
        let (file, lost) = (File::new(&engine, &kid, "file", 30_000), File::new(&engine, &kid, "lost", 30_000));
        for file in [&file, &lost] {
            (0..piece).for_each(|number| drop(file.send(&engine, number).unwrap()));
            fail(if piece == PIECES - 1 { "nodes" } else { "unfinished_files" });
            let failed = file.send(&engine, piece);
            assert!(matches!(failed, Err(Refusal::Storage(StoreError::Database(_)))), "{failed:?}");
            database.execute_batch("DROP TRIGGER no").unwrap();
        }
        assert_eq!(file.go_on(&engine, piece), PIECES, "{piece}");
        assert!(file.is_complete(&engine, &kid));
        if piece > 0 {
            leaves_nothing(&engine, &data, &clock);
        }
        assert_eq!(temporary(&data).len(), 0);
        assert_eq!(blob_files(&data).len(), 1);
    }
}

#[test]
fn a_full_database_costs_no_acknowledged_piece_and_no_room() {
    let (_folder, data, kid) = founded();
    let (engine, _, clock) = failing(&data, 150);
    let Store::Sqlite(sqlite) = engine.store() else { panic!("on the disk") };
    let file = File::new(&engine, &kid, "file", 30_000);
    (0..PIECES - 1).for_each(|number| drop(file.send(&engine, number).unwrap()));
    let other = File::new(&engine, &kid, "other", 30_000);
    let mut whole = whole(&engine, &other, &[1; 30_000]);
    sqlite.limit_pages(Some(1)).wait().unwrap();
    let fill = |n: u32| engine.create_folders(&kid, vec![format!("{n}-{}", "x".repeat(200))]).wait();
    (0..).find(|n| fill(*n).is_err()).unwrap();
    let names = 0..10_000_u32;
    for n in names {
        let _ = engine.create_folders(&kid, vec![format!("f{n}")]).wait();
    }
    let last = file.send(&engine, PIECES - 1);
    for failed in [whole.end_file(None).map(drop), last.map(drop)] {
        assert_eq!(failed, Err(Refusal::Storage(StoreError::Full)));
    }
    assert_eq!(blob_files(&data).len(), 1, "of the whole file nothing is left");
    sqlite.limit_pages(None).wait().unwrap();
    assert_eq!(file.go_on(&engine, PIECES - 1), PIECES);
    assert!(file.is_complete(&engine, &kid));
    clock.advance(72 * HOUR + 1);
    engine.sweep().unwrap();
    assert_eq!(blob_files(&data).len(), 1);
}

#[test]
fn work_that_failed_and_was_for_nothing_leaves_nothing() {
    let (_folder, data, kid) = founded();
    let (engine, disk, _) = failing(&data, 160);
    let file = File::new(&engine, &kid, "file", 30_000);
    file.send(&engine, 0).unwrap();
    let work = file.begin(&engine, 1).unwrap();
    // A whole one takes its place meanwhile.
    assert!(matches!(whole(&engine, &file, b"whole").end_file(None), Ok(EndOfFile::Published(_))));
    disk.fail("truncate");
    drop(work);
    disk.fail("");
    engine.sweep().unwrap();
    assert_eq!((rows(&engine), blob_files(&data).len()), (0, 0));
}
