//! Acknowledged pieces of unfinished files, after a crash, a power cut and an orderly end.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use larder_core::Secret;
use larder_engine::disk::{Disk, DiskFile, SystemDisk};
use larder_engine::engine::{Destination, EndOfFile, MAX_PARTIAL_PER_ACCOUNT, Piece, Upload};
use larder_engine::env::HOUR;
use larder_engine::rules::uploads::{FirstByte, UploadTerms};
use larder_engine::store::dump;
use larder_engine::{Caller, Engine, Parts, Refusal, StoreError};

use crate::crash::{StoppingDisk, blob_files, make_unclean};
use crate::support::{HERE, World, noise, parts};

/// Pieces of which each test's file has.
pub(crate) const PIECES: u64 = 4;

/// A file of pieces that are equally long.
#[derive(Clone)]
pub(crate) struct File {
    pub(crate) token: Secret,
    pub(crate) name: String,
    piece: u64,
}

impl File {
    pub(crate) fn new(engine: &Engine, who: &Caller, name: &str, piece: u64) -> Self {
        let token = engine.grant_upload(who, UploadTerms::default()).wait().unwrap();
        Self { token, name: name.to_owned(), piece }
    }

    fn content(&self) -> Vec<u8> {
        noise(usize::try_from(PIECES * self.piece).unwrap())
    }

    pub(crate) fn begin(&self, engine: &Arc<Engine>, number: u64) -> Result<Upload, Refusal> {
        let to = Destination { token: self.token.clone(), peer: HERE, folder: None, first_byte: FirstByte::Enforced };
        let mut upload = engine.begin_upload(&to)?;
        let (first, total) = (number * self.piece, PIECES * self.piece);
        upload.file(&[], &self.name, Some(Piece::Range { first, last: first + self.piece - 1, total }))?;
        let at = usize::try_from(first).unwrap();
        let content = self.content();
        // Not in one go, so that there are more steps to stop at.
        for data in content[at..at + usize::try_from(self.piece).unwrap()].chunks(17_000) {
            upload.push(data)?;
        }
        Ok(upload)
    }

    pub(crate) fn send(&self, engine: &Arc<Engine>, number: u64) -> Result<EndOfFile, Refusal> {
        self.begin(engine, number)?.end_file(None)
    }

    /// Sends all from there on, and says how many were acknowledged.
    pub(crate) fn go_on(&self, engine: &Arc<Engine>, from: u64) -> u64 {
        (from..PIECES).find(|number| self.send(engine, *number).is_err()).unwrap_or(PIECES)
    }

    pub(crate) fn is_complete(&self, engine: &Engine, who: &Caller) -> bool {
        let Ok(mut download) = engine.open_file(who, &self.name) else { return false };
        let content = self.content();
        assert!(download.content.read_at(0, content.len()).unwrap() == content);
        true
    }
}

pub(crate) fn temporary(data: &Path) -> Vec<u64> {
    SystemDisk.list(&data.join("blobs/tmp")).unwrap().iter().map(|path| path.metadata().unwrap().len()).collect()
}

pub(crate) fn rows(engine: &Engine) -> usize {
    // Behind all that was queued without anybody waiting for it.
    engine.store().change(|_| Ok(())).wait().unwrap();
    engine.store().read(|view| Ok(view.unfinished_files()?)).unwrap().len()
}

pub(crate) fn founded() -> (tempfile::TempDir, PathBuf, Caller) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let kid = World::sqlite(&data).kid;
    (folder, data, kid)
}

pub(crate) fn open(data: &Path, parts: Parts) -> Arc<Engine> {
    Arc::new(Engine::open(data, parts).unwrap())
}

#[test]
fn a_file_goes_on_after_any_number_of_ends() {
    let (_folder, data, kid) = founded();
    for (name, piece) in [("small", 10), ("large", 30_000)] {
        let mut engine = open(&data, parts(20 + piece).1);
        let file = File::new(&engine, &kid, name, piece);
        for number in 0..PIECES {
            if number > 0 {
                drop(engine);
                assert_eq!(temporary(&data), [number * piece], "{name}");
                engine = open(&data, parts(21 + piece + number).1);
                assert_eq!(rows(&engine), 1);
                assert_eq!(file.send(&engine, number - 1), Ok(EndOfFile::Kept(number * piece)), "the same piece again");
                assert_eq!(file.send(&engine, PIECES - 1).is_err(), number < PIECES - 1, "a gap is one");
            }
            if number == PIECES - 1 {
                break;
            }
            assert_eq!(file.send(&engine, number), Ok(EndOfFile::Kept((number + 1) * piece)), "{name}");
        }
        assert!(file.is_complete(&engine, &kid));
        assert_eq!((rows(&engine), temporary(&data).len()), (0, 0));
    }
}

#[test]
fn a_stop_at_any_step_loses_no_piece_that_was_acknowledged() {
    let (_folder, data, kid) = founded();
    for piece in [10, 30_000] {
        let mut seen = [0; 5];
        for steps in 0..60 {
            let disk = StoppingDisk::new();
            let (_, mut stopping) = parts(1_000 * piece + steps);
            stopping.disk = Arc::new(disk.clone());
            let engine = open(&data, stopping);
            let file = File::new(&engine, &kid, &format!("{piece}-{steps}"), piece);
            disk.0.store(i64::try_from(steps).unwrap(), Ordering::SeqCst);
            let acknowledged = file.go_on(&engine, 0);
            drop(engine);
            make_unclean(&data);
            seen[usize::try_from(acknowledged).unwrap()] += 1;

            let engine = open(&data, parts(7_000 * piece + steps).1);
            let left = if (1..PIECES).contains(&acknowledged) { vec![acknowledged * piece] } else { vec![] };
            assert_eq!(temporary(&data), left, "{piece} {steps}: what is there is what was acknowledged");
            assert_eq!(rows(&engine), left.len());
            assert_eq!(file.is_complete(&engine, &kid), acknowledged == PIECES);
            if acknowledged < PIECES {
                assert_eq!(file.go_on(&engine, acknowledged), PIECES, "{piece} {steps}");
                assert!(file.is_complete(&engine, &kid));
            }
            assert_eq!((rows(&engine), temporary(&data).len()), (0, 0));
        }
        assert!(seen.iter().all(|count| *count > 0), "each number of pieces was cut off: {seen:?}");
    }
    assert_eq!(blob_files(&data).len(), 120, "no file without a row, and none missing");
}

#[test]
fn a_power_cut_loses_no_piece_that_was_acknowledged() {
    let (_folder, data, kid) = founded();
    for piece in [10, 30_000] {
        for cut in 0..=2 * PIECES {
            let disk = PowerDisk::default();
            let (_, mut with_power) = parts(100 * piece + cut);
            with_power.disk = Arc::new(disk.clone());
            let engine = open(&data, with_power);
            let file = File::new(&engine, &kid, &format!("{piece}-{cut}"), piece);
            for number in 0..cut / 2 {
                file.send(&engine, number).unwrap();
            }
            // Every other time in the middle of a piece.
            let middle = (cut % 2 == 1).then(|| file.begin(&engine, cut / 2).unwrap());
            disk.cut(&data);
            drop(middle);
            drop(engine);
            make_unclean(&data);
            let engine = open(&data, parts(100 * piece + 50 + cut).1);
            assert_eq!(file.is_complete(&engine, &kid), cut / 2 == PIECES, "{piece} {cut}");
            assert_eq!(file.go_on(&engine, cut / 2), PIECES, "{piece} {cut}");
            assert!(file.is_complete(&engine, &kid));
        }
    }
}

#[test]
fn a_piece_is_synced_before_it_is_acknowledged() {
    let (_folder, data, kid) = founded();
    let disk = StoppingDisk::new();
    let (_, mut noting) = parts(30);
    noting.disk = Arc::new(disk.clone());
    let engine = open(&data, noting);
    let file = File::new(&engine, &kid, "x", 20_000);
    let mut text = String::new();
    for number in 0..PIECES {
        disk.1.lock().unwrap().clear();
        file.send(&engine, number).unwrap();
        text += &format!("piece {number}\n  {}\n", disk.1.lock().unwrap().join("\n  "));
    }
    insta::assert_snapshot!(text);
}

#[test]
fn what_has_changed_on_the_disk_is_not_gone_on_with() {
    let (_folder, data, kid) = founded();
    let engine = open(&data, parts(40).1);
    let files: Vec<_> = ["bit", "short", "gone"].map(|name| File::new(&engine, &kid, name, 30_000)).into();
    let mut paths = Vec::new();
    for file in &files {
        file.send(&engine, 0).unwrap();
        let there = blob_files(&data);
        paths.push(there.into_iter().find(|path| !paths.contains(path)).unwrap());
    }
    drop(engine);
    let mut bytes = std::fs::read(&paths[0]).unwrap();
    bytes[29_999] ^= 1;
    std::fs::write(&paths[0], bytes).unwrap();
    std::fs::write(&paths[1], noise(29_999)).unwrap();
    std::fs::remove_file(&paths[2]).unwrap();
    let engine = open(&data, parts(41).1);
    assert_eq!((rows(&engine), temporary(&data)), (1, vec![30_000]), "what is too short is given up at once");
    let damaged = files[0].send(&engine, 1);
    assert!(matches!(damaged, Err(Refusal::Storage(StoreError::Damaged(_)))), "{damaged:?}");
    assert_eq!((rows(&engine), temporary(&data).len()), (0, 0));
    for file in &files {
        assert_eq!(file.send(&engine, 1), Err(Refusal::RangeNotSatisfiable), "it begins anew");
        assert_eq!(file.go_on(&engine, 0), PIECES);
        assert!(file.is_complete(&engine, &kid));
    }
}

#[test]
fn the_limits_and_the_tokens_time_hold_after_a_restart() {
    let (_folder, data, kid) = founded();
    let engine = open(&data, parts(60).1);
    let files: Vec<_> = (0..MAX_PARTIAL_PER_ACCOUNT).map(|n| File::new(&engine, &kid, &format!("f{n}"), 5)).collect();
    for file in &files {
        file.send(&engine, 0).unwrap();
    }
    drop(engine);
    let (clock, later) = parts(61);
    let engine = open(&data, later);
    let more = File::new(&engine, &kid, "more", 5);
    more.send(&engine, 0).unwrap();
    assert_eq!(rows(&engine), MAX_PARTIAL_PER_ACCOUNT);
    assert_eq!(temporary(&data).len(), MAX_PARTIAL_PER_ACCOUNT);
    assert_eq!(files[0].send(&engine, 1), Err(Refusal::RangeNotSatisfiable), "the oldest gave way");
    files[1].send(&engine, 1).unwrap();
    clock.advance(72 * HOUR + 1);
    assert_eq!(engine.sweep().unwrap().partials, MAX_PARTIAL_PER_ACCOUNT);
    assert_eq!((rows(&engine), temporary(&data).len()), (0, 0));
    drop(engine);
    assert_eq!(rows(&open(&data, parts(62).1)), 0);
}

#[test]
fn whatever_ends_an_unfinished_file_takes_its_row() {
    World::both(|world| {
        let engine = &world.engine;
        let file = |name: &str| File::new(engine, &world.kid, name, 5);
        // A whole file in its place.
        let replaced = file("replaced");
        replaced.send(engine, 0).unwrap();
        let to = Destination { token: replaced.token.clone(), peer: HERE, folder: None, first_byte: FirstByte::Enforced };
        let mut upload = engine.begin_upload(&to).unwrap();
        upload.file(&[], "replaced", None).unwrap();
        upload.end_file(None).unwrap();
        assert_eq!(rows(engine), 0);
        // Another MD5 than announced.
        let other = file("other");
        (0..3).for_each(|number| drop(other.send(engine, number).unwrap()));
        assert_eq!(rows(engine), 1);
        assert_eq!(other.begin(engine, 3).unwrap().end_file(Some([1; 16])), Err(Refusal::Integrity));
        assert_eq!(rows(engine), 0);
        // A name that was taken meanwhile.
        let taken = file("taken");
        (0..3).for_each(|number| drop(taken.send(engine, number).unwrap()));
        let last = taken.begin(engine, 3);
        world.put(&world.kid, "", "taken", b"other").unwrap();
        assert_eq!(last.unwrap().end_file(None), Err(Refusal::AlreadyExists));
        assert_eq!(rows(engine), 0);
        // Work on a file that a whole one replaced.
        let slow = file("slow");
        slow.send(engine, 0).unwrap();
        let mut work = slow.begin(engine, 1).unwrap();
        let to = Destination { token: slow.token.clone(), peer: HERE, folder: None, first_byte: FirstByte::Enforced };
        let mut upload = engine.begin_upload(&to).unwrap();
        upload.file(&[], "slow", None).unwrap();
        upload.end_file(None).unwrap();
        assert_eq!(work.end_file(None), Err(Refusal::FileLocked));
        assert_eq!(rows(engine), 0);
        let text = engine.store().read(|view| Ok(dump(view)?)).unwrap();
        assert!(!text.contains("unfinished"), "{text}");
    });
}

#[test]
fn appended_pieces_survive_too() {
    let (_folder, data, kid) = founded();
    let token = open(&data, parts(70).1).grant_upload(&kid, UploadTerms::default()).wait().unwrap();
    for (number, end) in [(0, false), (1, false), (2, true)] {
        let engine = open(&data, parts(71 + number).1);
        let to = Destination { token: token.clone(), peer: HERE, folder: None, first_byte: FirstByte::Ignored };
        let mut upload = engine.begin_upload(&to).unwrap();
        upload.file(&[], "joined", Some(Piece::Append { end })).unwrap();
        upload.push(format!("{number};").as_bytes()).unwrap();
        upload.end_file(None).unwrap();
    }
    let engine = open(&data, parts(80).1);
    assert_eq!(engine.open_file(&kid, "joined").unwrap().content.read_at(0, 100).unwrap(), "0;1;2;");
}

#[test]
fn an_engine_in_memory_keeps_them_when_it_starts_again() {
    let World { engine, kid, .. } = World::model();
    let mut engine = Arc::into_inner(engine).unwrap();
    for piece in [10, 30_000] {
        let mut file = None;
        for number in 0..PIECES {
            let running = Arc::new(engine);
            let file = file.get_or_insert_with(|| File::new(&running, &kid, &piece.to_string(), piece));
            if number > 0 {
                assert_eq!(file.send(&running, number - 1), Ok(EndOfFile::Kept(number * piece)), "the same piece again");
            }
            file.send(&running, number).unwrap();
            drop(file.begin(&running, number + 1));
            engine = Arc::into_inner(running).unwrap().restarted(parts(number + piece).1).unwrap();
        }
        assert!(file.unwrap().is_complete(&engine, &kid));
        assert_eq!(rows(&engine), 0);
    }
}

/// A disk that loses what was not synced when the power is cut: bytes of files, and entries of folders.
#[derive(Clone, Default)]
struct PowerDisk(Arc<Mutex<Durable>>, Arc<AtomicI64>);

#[derive(Default)]
struct Durable {
    /// Which file is where, by a number for each.
    files: HashMap<PathBuf, u64>,
    /// How many bytes of each file are safe.
    synced: HashMap<u64, u64>,
    /// What was in each folder when it was synced.
    entries: HashMap<PathBuf, HashMap<PathBuf, u64>>,
    off: bool,
}

struct PowerFile(PowerDisk, Box<dyn DiskFile>, u64);

impl PowerDisk {
    fn alive(&self) -> io::Result<std::sync::MutexGuard<'_, Durable>> {
        let durable = self.0.lock().unwrap();
        if durable.off { Err(io::Error::other("no power")) } else { Ok(durable) }
    }

    /// Takes away all files that are not where a synced folder has them, and all bytes that were not synced.
    fn cut(&self, data: &Path) {
        let mut durable = self.0.lock().unwrap();
        durable.off = true;
        let safe: HashMap<u64, PathBuf> =
            durable.entries.values().flatten().map(|(path, number)| (*number, path.clone())).collect();
        for path in blob_files(data) {
            // Of an earlier process.
            let Some(number) = durable.files.get(&path) else { continue };
            match safe.get(number) {
                None => std::fs::remove_file(&path).unwrap(),
                Some(at) => {
                    let length = durable.synced.get(number).copied().unwrap_or(0);
                    std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(length).unwrap();
                    std::fs::rename(&path, at).unwrap();
                }
            }
        }
    }
}

impl Disk for PowerDisk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let number = u64::try_from(self.1.fetch_add(1, Ordering::SeqCst)).unwrap();
        self.alive()?.files.insert(path.to_owned(), number);
        Ok(Box::new(PowerFile(self.clone(), SystemDisk.create(path)?, number)))
    }
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        SystemDisk.open(path)
    }
    fn reopen(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        SystemDisk.reopen(path)
    }
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        drop(self.alive()?);
        SystemDisk.create_dir(path)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut durable = self.alive()?;
        SystemDisk.rename(from, to)?;
        if let Some(number) = durable.files.remove(from) {
            durable.files.insert(to.to_owned(), number);
        }
        Ok(())
    }
    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        let mut durable = self.alive()?;
        let there = durable.files.iter().filter(|(file, _)| file.parent() == Some(path));
        let there: HashMap<_, _> = there.map(|(file, number)| (file.clone(), *number)).collect();
        // A file is in one folder only: what the synced one has, the others had.
        durable.entries.values_mut().for_each(|entries| entries.retain(|_, number| !there.values().any(|it| it == number)));
        durable.entries.insert(path.to_owned(), there);
        SystemDisk.sync_dir(path)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.alive()?.files.remove(path);
        SystemDisk.remove(path)
    }
    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        SystemDisk.list(path)
    }
}

impl DiskFile for PowerFile {
    fn write_all(&mut self, data: &[u8]) -> io::Result<()> {
        drop(self.0.alive()?);
        self.1.write_all(data)
    }
    fn truncate(&mut self, length: u64) -> io::Result<()> {
        drop(self.0.alive()?);
        self.1.truncate(length)
    }
    fn length(&self) -> io::Result<u64> {
        self.1.length()
    }
    fn read_exact_at(&mut self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.1.read_exact_at(buffer, offset)
    }
    fn sync_data(&mut self) -> io::Result<()> {
        let length = self.1.length()?;
        self.0.alive()?.synced.insert(self.2, length);
        self.1.sync_data()
    }
}
