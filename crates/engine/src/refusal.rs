//! Why something was not done: refusals by the rules, failures of the storage, and failures to open it.

mod resellers;

use std::io;
use std::path::PathBuf;

pub use resellers::ResellerRefusal;

/// An operation was refused, and nothing of it was done. The texts hold no names, paths or tokens.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The folder to list does not exist.
    #[error("folder not found")]
    FolderNotFound,
    /// The named file does not exist, where an operation tells files from paths.
    #[error("file not found")]
    FileNotFound,
    /// A path leads to nothing, or to a folder where a file is needed or the other way round.
    #[error("invalid path")]
    InvalidPath,
    /// Nothing can be downloaded from there.
    #[error("download path not found")]
    DownloadPathNotFound,
    /// A folder of that name is there already.
    #[error("folder already exists")]
    FolderAlreadyExists,
    /// A file of that name is there already.
    #[error("already exists")]
    AlreadyExists,
    /// A path of more than [`crate::path::MAX_PATH`] characters.
    #[error("path is longer than the maximum allowable length of 512")]
    PathTooLong,
    /// A name of more than [`crate::path::MAX_NAME`] characters.
    #[error("file or folder name is longer than the maximum allowable length of 256")]
    NameTooLong,
    /// A path or a name with a character, or a segment, that is not allowed in it.
    #[error("invalid path character")]
    PathCharacter,
    /// The caller may not act on that account.
    #[error("access denied")]
    AccessDenied,
    /// Wrong password, unknown user or locked account: one refusal for all three.
    #[error("login failed")]
    LoginFailed,
    /// The session is unknown here: never opened, ended, expired, or bound to another address.
    #[error("session not found")]
    SessionNotFound,
    /// The text is no session token at all.
    #[error("invalid session token")]
    InvalidSessionToken,
    /// No application has that key.
    #[error("invalid application key")]
    InvalidAppKey,
    /// No application has that name.
    #[error("application not found")]
    AppNameNotFound,
    /// An application of that name exists.
    #[error("duplicate application name")]
    DuplicateAppName,
    /// The application has an account of that name.
    #[error("duplicate user name")]
    DuplicateUserName,
    /// A master account of that name exists.
    #[error("duplicate master account user name")]
    DuplicateMasterName,
    /// The application has no account of that name.
    #[error("user name not found")]
    UserNameNotFound,
    /// An application key that is neither a UUID nor usable as a name in paths.
    #[error("the application key must be a UUID, or be usable as a name in paths")]
    UnusableAppKey,
    /// An API key that breaks the rule for them, or that another reseller has.
    #[error("the API key must be 16 to 128 visible ASCII characters, and nobody else's")]
    UnusableApiKey,
    /// Only a master account may do this.
    #[error("invalid account type")]
    InvalidAccountType,
    /// A page of more than [`crate::MAX_PAGE_SIZE`] entries, or of none, or page number zero.
    #[error("page size exceeds the limit of 1000")]
    PageSizeExceedsLimit,
    /// The upload token is unknown.
    #[error("invalid upload token")]
    InvalidUploadToken,
    /// The upload token has expired, or its first byte came too late.
    #[error("expired upload token")]
    ExpiredUploadToken,
    /// The token of a link is unknown, or the link has ended.
    #[error("invalid download token")]
    InvalidDownloadToken,
    /// The token of an upload or of a link is bound to another address.
    #[error("restricted address")]
    RestrictedIp,
    /// A part of a file that does not continue what is there, or another length than the one announced.
    #[error("range not satisfiable")]
    RangeNotSatisfiable,
    /// Another upload is at work on the same unfinished file, or a whole file has taken its place meanwhile.
    #[error("file locked")]
    FileLocked,
    /// The content is not the announced one.
    #[error("file integrity error")]
    Integrity,
    /// Too many of these exist at once; [`crate::engine`] names the limits.
    #[error("too many unfinished files")]
    TooMany,
    /// A reseller's user with that e-mail address exists under the same reseller.
    #[error("user already signed up")]
    UserSignedUp,
    /// Another reseller has a user with that e-mail address.
    #[error("e-mail already in use")]
    EmailInUse,
    /// No reseller has that key.
    #[error("unauthorized")]
    Unauthorized,
    /// A reseller's user, or what belongs to one, is not as it must be.
    #[error("{0}")]
    Reseller(#[from] ResellerRefusal),
    /// The storage failed.
    #[error("storage: {0}")]
    Storage(#[from] StoreError),
}

impl Refusal {
    /// `other` where this is `one`, and this otherwise.
    pub(crate) fn mapped(self, one: &Self, other: Self) -> Self {
        if self == *one { other } else { self }
    }
}

/// The storage failed: a fault of the machine or of the program, never of the caller.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The operating system refused.
    #[error("{doing}: {message}")]
    Io {
        /// What the engine was doing.
        doing: &'static str,
        /// What the operating system said.
        message: String,
    },
    /// The database refused.
    #[error("database: {0}")]
    Database(String),
    /// There is no room for the database to grow. What needs no more room may still be done.
    #[error("the database is full")]
    Full,
    /// A sync of the database failed. Nothing more is written from then on.
    #[error("syncing the database: {0}")]
    Sync(String),
    /// A sync failed earlier. The kernel may have dropped what it could not write, so that nothing more is written
    /// until the process starts anew and recovers.
    #[error("an earlier sync failed; nothing more is written")]
    Poisoned,
    /// The writer is gone, since the engine is shutting down.
    #[error("the store has stopped")]
    Stopped,
    /// What was read is not what was written.
    #[error("damaged data: {0}")]
    Damaged(&'static str),
    /// The password machinery refused; its parameters are unusable.
    #[error("password hashing: {0}")]
    Hashing(String),
}

impl StoreError {
    /// Takes the text of an operating system's error, for use in `map_err`.
    pub(crate) fn io(doing: &'static str) -> impl Fn(io::Error) -> Self {
        move |error| Self::Io { doing, message: error.to_string() }
    }
}

/// A data folder could not be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process has it open.
    #[error("{} is in use by another process", .0.display())]
    InUse(PathBuf),
    /// A newer program wrote it.
    #[error("the data folder has schema {found}; this program knows {known} and older")]
    NewerSchema {
        /// The version found.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// The database file belongs to another program.
    #[error("the database is not one of ours")]
    Foreign,
    /// The storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
