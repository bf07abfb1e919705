//! Founding a service in a data folder: one master account, one application, and the keys to them.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use larder_core::Secret;
use larder_engine::engine::{Founding, generate};
use larder_engine::env::SystemRandom;
use larder_engine::{Engine, OpenError, Parts, Refusal, StoreError};
use serde::{Deserialize, Serialize};

/// The file that [`found_if_empty`] leaves in the data folder.
pub const CREDENTIALS_FILE: &str = "credentials.json";

/// Everything that opens a service. Serialised, it shows its secrets: that is what it is for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Credentials {
    /// The application's name, as it stands in paths.
    pub app_name: String,
    /// The application's key, which every login needs.
    pub app_key: String,
    /// The master account's name.
    pub master_user: String,
    /// The master account's password.
    pub master_password: Secret,
    /// The key of the reseller API.
    pub e2_api_key: Secret,
}

/// What is wanted of them; what is not given is made up.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// The application's name; `App` when absent.
    pub app_name: Option<String>,
    /// The application's key; random when absent.
    pub app_key: Option<String>,
    /// The master account's name; `master` when absent.
    pub master_user: Option<String>,
    /// The master account's password; random when absent.
    pub master_password: Option<Secret>,
    /// The key of the reseller API; random when absent.
    pub e2_api_key: Option<Secret>,
}

/// A data folder could not be opened.
#[derive(Debug)]
pub struct NotOpened {
    /// The folder.
    pub data: PathBuf,
    /// What went wrong.
    pub error: OpenError,
}

impl fmt::Display for NotOpened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !matches!(self.error, OpenError::InUse(_)) {
            // That one names the folder itself.
            write!(f, "{}: ", self.data.display())?;
        }
        write!(f, "{}", self.error)
    }
}

impl std::error::Error for NotOpened {}

/// Opens a data folder, founded or not.
pub(crate) fn open(data: &Path) -> Result<Engine, NotOpened> {
    Engine::open(data, Parts::default()).map_err(|error| NotOpened { data: data.to_owned(), error })
}

/// A service could not be founded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InitError {
    /// The data folder could not be opened.
    #[error(transparent)]
    Open(#[from] NotOpened),
    /// The engine refused a name or a key, or its storage failed.
    #[error(transparent)]
    Engine(#[from] Refusal),
    /// There is a service already.
    #[error("{} holds a service already", .0.display())]
    Founded(PathBuf),
    /// The credentials cannot be read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        error: io::Error,
    },
}

impl From<StoreError> for InitError {
    fn from(error: StoreError) -> Self {
        Self::Engine(error.into())
    }
}

impl Wanted {
    /// What is wanted here, and what `other` wants of the rest.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            app_name: self.app_name.or(other.app_name),
            app_key: self.app_key.or(other.app_key),
            master_user: self.master_user.or(other.master_user),
            master_password: self.master_password.or(other.master_password),
            e2_api_key: self.e2_api_key.or(other.e2_api_key),
        }
    }

    fn complete(self) -> Result<Credentials, StoreError> {
        let made_up = generate(&SystemRandom)?;
        Ok(Credentials {
            app_name: self.app_name.unwrap_or_else(|| "App".to_owned()),
            app_key: self.app_key.unwrap_or(made_up.app_key),
            master_user: self.master_user.unwrap_or_else(|| "master".to_owned()),
            master_password: self.master_password.unwrap_or(made_up.password),
            e2_api_key: self.e2_api_key.unwrap_or(made_up.api_key),
        })
    }
}

/// Founds a service in a folder that holds none, and returns what opens it. Nothing keeps the password or the reseller's
/// key in the clear: whoever loses them cannot read them again.
///
/// # Errors
/// There is a service already; a name or a key breaks a rule; the storage failed.
pub fn init(data: &Path, wanted: Wanted) -> Result<Credentials, InitError> {
    let engine = open(data)?;
    if engine.is_founded()? {
        return Err(InitError::Founded(data.to_owned()));
    }
    let credentials = wanted.complete()?;
    found(&engine, &credentials)?;
    Ok(credentials)
}

/// Founds a service if the folder holds none, and leaves what opens it in [`CREDENTIALS_FILE`], which only the service's
/// own user can read. Returns the file's path if it did.
///
/// The file is written first: a crash in between founds with the same credentials the next time.
///
/// # Errors
/// As for [`init`]; or the file cannot be written.
pub fn found_if_empty(data: &Path) -> Result<Option<PathBuf>, InitError> {
    let engine = open(data)?;
    if engine.is_founded()? {
        return Ok(None);
    }
    let path = data.join(CREDENTIALS_FILE);
    let wrong = |error| InitError::File { path: path.clone(), error };
    let credentials = match std::fs::read(&path) {
        Ok(text) => serde_json::from_slice(&text).map_err(|error| wrong(error.into()))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let credentials = Wanted::default().complete()?;
            write_private(&path, &credentials).map_err(wrong)?;
            credentials
        }
        Err(error) => return Err(wrong(error)),
    };
    found(&engine, &credentials)?;
    Ok(Some(path))
}

fn found(engine: &Engine, credentials: &Credentials) -> Result<(), Refusal> {
    let founding = Founding {
        master: credentials.master_user.clone(),
        password: credentials.master_password.clone(),
        application: credentials.app_name.clone(),
        app_key: Some(credentials.app_key.clone()),
        api_key: Some(credentials.e2_api_key.clone()),
    };
    engine.found(founding).map(drop)
}

/// Writes the file as a whole or not at all, durably, for the owner's eyes only.
fn write_private(path: &Path, credentials: &Credentials) -> io::Result<()> {
    let text = serde_json::to_string_pretty(credentials)? + "\n";
    let temporary = path.with_extension("json.new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)?;
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
