//! What stands where a download is to go.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf, is_separator};

/// Symbolic links one behind the other, as on Linux.
const LINKS: u32 = 40;

/// Where a download goes.
#[derive(Debug)]
pub(crate) enum Target {
    /// A file, which is replaced if it is there.
    File(Place),
    /// A device, a pipe or the like, which takes the bytes as they come.
    Stream(File),
}

/// The place of a file, and what is there now.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) path: PathBuf,
    before: Option<Box<Metadata>>,
}

impl Target {
    /// Looks what is there. Symbolic links are followed. A pipe without a reader is waited for.
    ///
    /// # Errors
    /// A folder or a socket is there; or the file system's own.
    pub(crate) fn look(path: PathBuf) -> io::Result<Self> {
        let path = follow(path)?;
        if is_descriptor(&path) {
            return Self::stream(&path);
        }
        match fs::metadata(&path) {
            Ok(facts) if facts.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            Ok(facts) if facts.is_file() => Ok(Self::File(Place { path, before: Some(Box::new(facts)) })),
            Ok(facts) if is_socket(&facts) => Err(io::Error::new(io::ErrorKind::Unsupported, "a socket is no place for a file")),
            Ok(_) => Self::stream(&path),
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Err(_) if ends_in_separator(&path) => Err(io::ErrorKind::IsADirectory.into()),
            Err(_) => Ok(Self::File(Place { path, before: None })),
        }
    }

    fn stream(path: &Path) -> io::Result<Self> {
        // Where it is a file after all, as standard output may be, what is there stays.
        OpenOptions::new().append(true).open(path).map(Self::Stream)
    }
}

/// The file that symbolic links lead to, which need not be there.
fn follow(mut path: PathBuf) -> io::Result<PathBuf> {
    for _ in 0..LINKS {
        match fs::read_link(&path) {
            Ok(next) if !is_descriptor(&path) => path = path.parent().unwrap_or(Path::new("")).join(next),
            Ok(_) | Err(_) => return Ok(path),
        }
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "too many symbolic links"))
}

/// Whether it names what this process has open: replacing the file behind it would not reach whoever else has it open.
fn is_descriptor(path: &Path) -> bool {
    cfg!(unix) && ["/dev/fd", "/dev/stdout", "/dev/stderr", "/proc"].into_iter().any(|start| path.starts_with(start))
}

fn ends_in_separator(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().last().is_some_and(|last| is_separator(char::from(*last)))
}

#[cfg(unix)]
fn is_socket(facts: &Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_socket(&facts.file_type())
}

#[cfg(not(unix))]
fn is_socket(_: &Metadata) -> bool {
    false
}

impl Place {
    /// How its replacement is begun: nobody reads of it who could not read what it replaces.
    pub(crate) fn options(&self) -> OpenOptions {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        if self.before.is_some() {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        options
    }

    /// Gives the replacement the mode of what it replaces, and the owner and the group if this process may.
    ///
    /// # Errors
    /// The file system's own.
    #[cfg(unix)]
    pub(crate) fn dress(&self, file: &File) -> io::Result<()> {
        use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
        let Some(before) = &self.before else { return Ok(()) };
        let ours = file.metadata()?;
        // Without the right to give files away, or on a file system that has no owners.
        let _ = (ours.gid() != before.gid()).then(|| fchown(file, None, Some(before.gid())));
        let _ = (ours.uid() != before.uid()).then(|| fchown(file, Some(before.uid()), None));
        // What its group may do, another group may not.
        let group = if file.metadata()?.gid() == before.gid() { 0o777 } else { 0o707 };
        match file.set_permissions(fs::Permissions::from_mode(before.mode() & group)) {
            // A file system without modes.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
            set => set,
        }
    }

    #[cfg(not(unix))]
    pub(crate) fn dress(&self, file: &File) -> io::Result<()> {
        self.before.as_ref().map_or(Ok(()), |before| file.set_permissions(before.permissions()))
    }
}
