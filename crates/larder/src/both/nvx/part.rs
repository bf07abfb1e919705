//! A local file that appears only when it is complete.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{fs, io};

use larder_proto_nvx::flow::Sum;
use larder_proto_nvx::values::Md5;

use super::checkpoint::{Lock, Store};
use super::target::{Place, Target};
use crate::KeptFlaw;

/// What a download to a local path has begun with.
#[derive(Debug)]
pub(crate) enum Begun {
    /// A file that is to be there when it is complete.
    Part(Part),
    /// What takes the bytes as they come.
    Stream(Stream),
}

/// What takes the bytes as they come.
pub(crate) type Stream = fs::File;

/// See [`Target::look`].
///
/// # Errors
/// As there; or the file's folder cannot be written to.
pub(crate) fn begin(path: PathBuf) -> io::Result<Begun> {
    match Target::look(path)? {
        Target::File(place) => Part::create(place).map(Begun::Part),
        Target::Stream(file) => Ok(Begun::Stream(file)),
    }
}

/// What is known of a `.part` that may be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Known {
    /// Nothing: it is not ours.
    Nothing,
    /// It is ours, and what is in it does not count.
    Begun,
    /// What is in it counts, as this checkpoint says.
    Counts(PathBuf),
}

/// The same, but what came stays where it is until it is complete, in a file of the same name with `.part` behind it.
///
/// # Errors
/// As there; or a [`KeptFlaw`], and the `.part` is as it was.
pub(crate) fn begin_kept(path: PathBuf, known: Known) -> io::Result<Begun> {
    match Target::look(path)? {
        Target::File(place) => Part::keep(place, known).map(Begun::Part),
        Target::Stream(file) => Ok(Begun::Stream(file)),
    }
}

/// See [`Store::lock`].
pub(crate) fn lock(store: &Store, local: PathBuf) -> io::Result<Lock> {
    store.lock(&local)
}

/// How long a lock is waited for: a transfer of this process that was dropped a moment ago may still be writing its last piece.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often it is tried meanwhile.
const TURN: Duration = Duration::from_millis(10);

/// Makes a file this process's alone, as long as it is open.
///
/// # Errors
/// [`KeptFlaw::Busy`]; or the file system's own.
pub(crate) fn try_lock(file: &fs::File, path: &Path) -> io::Result<()> {
    let began = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(fs::TryLockError::WouldBlock) if began.elapsed() < PATIENCE => std::thread::sleep(TURN),
            Err(fs::TryLockError::WouldBlock) => return Err(KeptFlaw::Busy(path.to_owned()).io()),
            Err(fs::TryLockError::Error(error)) => return Err(error),
        }
    }
}

/// The file beside this one that has so much behind its name.
///
/// # Errors
/// It has no name.
pub(crate) fn beside(path: &Path, more: &str) -> io::Result<PathBuf> {
    let mut name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
    name.push(more);
    Ok(path.with_file_name(name))
}

/// Saves a checkpoint that tells what is in `file`: what it tells of is safe before.
///
/// # Errors
/// The file system's own.
pub(crate) fn keep(file: &fs::File, store: &Store, text: &str) -> io::Result<()> {
    file.sync_data()?;
    store.save(text)
}

/// What is in a checkpoint's file.
///
/// # Errors
/// The file system's own.
pub(crate) fn checkpoint(store: &Store) -> io::Result<Option<Vec<u8>>> {
    store.read()
}

/// See [`Store::save`].
pub(crate) fn save(store: &Store, text: String) -> io::Result<()> {
    store.save(&text)
}

/// See [`Store::remove`].
pub(crate) fn done(store: &Store) -> io::Result<()> {
    store.remove()
}

/// Ends what took the bytes as they came.
///
/// # Errors
/// The file system's own.
pub(crate) fn end(mut stream: Stream) -> io::Result<()> {
    stream.flush()
}

/// A file on its way, beside the place where it will be. Dropped before that, it is gone.
#[derive(Debug)]
pub(crate) struct Part {
    file: Arc<fs::File>,
    temporary: Temporary,
}

/// Removes what it names, unless that was moved away.
#[derive(Debug)]
struct Temporary {
    path: PathBuf,
    place: Place,
    /// It stays when this is dropped.
    is_kept: bool,
}

impl Part {
    fn keep(place: Place, known: Known) -> io::Result<Self> {
        let path = beside(&place.path, ".part")?;
        let is_new = !matches!(known, Known::Counts(_));
        let file = match (place.options().create_new(false).create(is_new).open(&path), &known) {
            (Err(error), Known::Counts(checkpoint)) if error.kind() == io::ErrorKind::NotFound => {
                return Err(KeptFlaw::NoPart { part: path, checkpoint: checkpoint.clone() }.io());
            }
            (file, _) => file?,
        };
        try_lock(&file, &path)?;
        match known {
            Known::Nothing if file.metadata()?.len() > 0 => return Err(KeptFlaw::Part(path).io()),
            Known::Begun => file.set_len(0)?,
            Known::Nothing | Known::Counts(_) => {}
        }
        Ok(Self { file: Arc::new(file), temporary: Temporary { path, place, is_kept: true } })
    }

    /// Removes it: what is in it is of no use.
    ///
    /// # Errors
    /// The file system's own.
    pub(crate) fn discard(self) -> io::Result<()> {
        fs::remove_file(&self.temporary.path)
    }

    fn create(place: Place) -> io::Result<Self> {
        let (file, temporary) = Temporary::create(place)?;
        Ok(Self { file: Arc::new(file), temporary })
    }

    /// Where the bytes go.
    pub(crate) fn file(&self) -> &Arc<fs::File> {
        &self.file
    }

    /// Cuts it to this length, in bytes, if one is given. Returns how long it is.
    ///
    /// # Errors
    /// The file system's own.
    pub(crate) fn cut(&self, length: Option<u64>) -> io::Result<u64> {
        cut(&self.file, length)
    }

    /// Puts the complete file in its place, so that it survives a power cut.
    ///
    /// # Errors
    /// The file system's own.
    pub(crate) fn publish(self) -> io::Result<()> {
        let Self { file, temporary } = self;
        temporary.place.dress(&file)?;
        file.sync_all()?;
        // Some systems do not rename an open file.
        drop(file);
        temporary.publish()
    }
}

/// A local file to be read, and what it is.
///
/// # Errors
/// The file system's own.
pub(crate) fn open(path: PathBuf) -> io::Result<(fs::File, fs::Metadata)> {
    let file = fs::File::open(path)?;
    let facts = file.metadata()?;
    Ok((file, facts))
}

/// See [`Part::cut`].
pub(crate) fn cut(file: &fs::File, length: Option<u64>) -> io::Result<u64> {
    length.map_or(Ok(()), |length| file.set_len(length))?;
    Ok(file.metadata()?.len())
}

/// The MD5 of a file, read from its start.
///
/// # Errors
/// The file system's own.
pub(crate) fn md5(file: &fs::File) -> io::Result<Md5> {
    let (mut file, mut sum, mut piece) = (file, Sum::new(), vec![0; PIECE]);
    file.rewind()?;
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok(sum.md5()),
            Ok(count) => sum.update(&piece[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Bytes that are read at once.
const PIECE: usize = 256 << 10;

impl Temporary {
    fn create(place: Place) -> io::Result<(fs::File, Self)> {
        place.path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        // Not to be met by chance; `create_new` refuses it if it is. Short, whatever the file's own name is.
        let name = format!(".larder-{:016x}.part", RandomState::new().hash_one(std::process::id()));
        let path = place.path.with_file_name(name);
        let file = place.options().open(&path)?;
        Ok((file, Self { path, place, is_kept: false }))
    }

    fn publish(mut self) -> io::Result<()> {
        fs::rename(&self.path, &self.place.path)?;
        self.path.clear();
        sync_folder(&self.place.path)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.is_kept && !self.path.as_os_str().is_empty() {
            // There is nobody to tell.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Makes the new name of `place` survive a power cut.
#[cfg(unix)]
pub(crate) fn sync_folder(place: &Path) -> io::Result<()> {
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty());
    fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(not(unix))]
pub(crate) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
