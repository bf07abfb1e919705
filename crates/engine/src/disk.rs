//! The file system as an argument, so that tests can make every step of it fail.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// The steps that the durable write protocol takes.
pub trait Disk: Send + Sync {
    /// Creates a file that must not exist, for writing and reading.
    ///
    /// # Errors
    /// Those of the operating system, as with every method here.
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;

    /// Opens a file for reading.
    ///
    /// # Errors
    /// See [`Self::create`].
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;

    /// Opens a file for writing and reading.
    ///
    /// # Errors
    /// See [`Self::create`].
    fn reopen(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;

    /// Creates one folder. One that exists is an error of the kind [`io::ErrorKind::AlreadyExists`].
    ///
    /// # Errors
    /// See [`Self::create`].
    fn create_dir(&self, path: &Path) -> io::Result<()>;

    /// Renames a file over whatever is at `to`.
    ///
    /// # Errors
    /// See [`Self::create`].
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Makes the entries of a folder durable.
    ///
    /// # Errors
    /// See [`Self::create`].
    fn sync_dir(&self, path: &Path) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// See [`Self::create`].
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// What is in a folder, in no order.
    ///
    /// # Errors
    /// See [`Self::create`].
    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>>;
}

/// An open file.
pub trait DiskFile: Send {
    /// Appends all of `data`.
    ///
    /// # Errors
    /// Those of the operating system, as with every method here.
    fn write_all(&mut self, data: &[u8]) -> io::Result<()>;

    /// Cuts off all that is behind the first `length` bytes, and appends from there on.
    ///
    /// # Errors
    /// See [`Self::write_all`].
    fn truncate(&mut self, length: u64) -> io::Result<()>;

    /// The length, in bytes.
    ///
    /// # Errors
    /// See [`Self::write_all`].
    fn length(&self) -> io::Result<u64>;

    /// Fills `buffer` from byte `offset` on. What is written next goes behind that; see [`Self::truncate`].
    ///
    /// # Errors
    /// See [`Self::write_all`].
    fn read_exact_at(&mut self, buffer: &mut [u8], offset: u64) -> io::Result<()>;

    /// Makes the content durable, as `fdatasync` does.
    ///
    /// # Errors
    /// See [`Self::write_all`].
    fn sync_data(&mut self) -> io::Result<()>;
}

/// The real file system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemDisk;

impl Disk for SystemDisk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(OpenOptions::new().read(true).write(true).create_new(true).open(path)?))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(File::open(path)?))
    }

    fn reopen(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(OpenOptions::new().read(true).write(true).open(path)?))
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        private_folder(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect()
    }
}

impl DiskFile for File {
    fn write_all(&mut self, data: &[u8]) -> io::Result<()> {
        io::Write::write_all(self, data)?;
        self.flush()
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)?;
        self.seek(SeekFrom::Start(length)).map(drop)
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_exact_at(&mut self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.seek(SeekFrom::Start(offset))?;
        self.read_exact(buffer)
    }

    fn sync_data(&mut self) -> io::Result<()> {
        Self::sync_data(self)
    }
}

/// Makes a folder that nobody but the server's own user can look into.
pub(crate) fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Makes a file, unless it is there, that nobody but the server's own user can read.
pub(crate) fn private_file(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}
