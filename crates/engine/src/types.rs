//! The records that the stores hold, as plain values.

mod resellers;

pub use resellers::{AccessKey, Permissions, Region, UserStorage};

use std::net::IpAddr;
use std::num::NonZeroU64;

use bytes::Bytes;
use larder_core::Secret;

use crate::blobs::{BlobName, BlobPlace, StoredBlob};
use crate::env::Timestamp;
use crate::token::TokenHash;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);
    )*};
}

ids! {
    /// Numbers an application. Identifiers of all kinds come from one sequence and are never used again.
    ApplicationId,
    /// Numbers an account, master or child.
    AccountId,
    /// Numbers a file or a folder; stays when it is moved or renamed.
    NodeId,
    /// Numbers stored content.
    BlobId,
    /// Numbers a reseller's user.
    ResellerUserId,
    /// Numbers the storage of a reseller's user in one region.
    UserStorageId,
    /// Numbers an access key.
    AccessKeyId
}

/// The parent of every root folder; no node has this number.
pub const NOWHERE: NodeId = NodeId(0);

/// Who asks, as established by a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The application that the caller logged in to.
    pub application: ApplicationId,
    /// The caller's account.
    pub account: AccountId,
    /// The address that the call came from.
    pub ip: IpAddr,
}

/// An application: the room in which user names are unique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Its number.
    pub id: ApplicationId,
    /// The master account that owns it.
    pub master: AccountId,
    /// The key that clients log in with. It also stands in paths, and is no secret.
    pub key: String,
    /// Its name, unique on this server.
    pub name: String,
}

/// A master account, or a child account of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its number.
    pub id: AccountId,
    /// The application of a child account; `None` for a master account.
    pub application: Option<ApplicationId>,
    /// The user name.
    pub name: String,
    /// The password's hash as a PHC string.
    pub password: Secret,
    /// Failed logins since the last good one or the last lock.
    pub failures: u32,
    /// Until when nobody can log in.
    pub locked_until: Option<Timestamp>,
    /// When it was created.
    pub created: Timestamp,
}

impl Account {
    /// Whether this is a master account.
    #[must_use]
    pub const fn is_master(&self) -> bool {
        self.application.is_none()
    }
}

/// Where a node stands: its primary key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeKey {
    /// The account that owns it.
    pub account: AccountId,
    /// The folder that it is in.
    pub parent: NodeId,
    /// Its name there. For a root folder, the number of its application.
    pub name: String,
}

impl NodeKey {
    /// The root folder of `account` in `application`. A child account has one; a master has one in each application.
    #[must_use]
    pub fn root(account: AccountId, application: ApplicationId) -> Self {
        Self { account, parent: NOWHERE, name: application.0.to_string() }
    }
}

/// A file or a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Where it stands.
    pub key: NodeKey,
    /// Its number.
    pub id: NodeId,
    /// When it was created.
    pub created: Timestamp,
    /// When its content, or for a folder its name or place, last changed.
    pub modified: Timestamp,
    /// What it is.
    pub body: Body,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// A folder.
    Folder {
        /// How many folders are directly in it.
        folders: u64,
        /// How many files are directly in it.
        files: u64,
        /// Grows with every change of what is directly in it.
        revision: u64,
    },
    /// A file.
    File {
        /// Its length in bytes.
        size: u64,
        /// The MD5 of its content.
        md5: [u8; 16],
        /// Where its content is.
        blob: BlobId,
    },
}

impl Node {
    /// Which of the two it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self.body {
            Body::Folder { .. } => Kind::Folder,
            Body::File { .. } => Kind::File,
        }
    }

    /// The length in bytes; zero for a folder.
    #[must_use]
    pub const fn size(&self) -> u64 {
        match self.body {
            Body::Folder { .. } => 0,
            Body::File { size, .. } => size,
        }
    }

    /// The type that the name tells; empty for a folder.
    #[must_use]
    pub fn file_type(&self) -> &'static str {
        match self.body {
            Body::Folder { .. } => "",
            Body::File { .. } => FileType::of(&self.key.name).as_str(),
        }
    }
}

/// File or folder. Folders come first in every listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A folder.
    Folder,
    /// A file.
    File,
}

/// The broad type of a file, told by its name's extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileType {
    /// Sound.
    Audio,
    /// A picture.
    Image,
    /// Anything else.
    Other,
    /// Moving pictures.
    Video,
}

impl FileType {
    /// The type of a file of this name, without regard to the extension's case.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        match extension.as_deref() {
            Some("mp3" | "wav" | "wma" | "aac" | "m4a" | "flac" | "ogg" | "oga" | "opus" | "aif" | "aiff" | "mid") => Self::Audio,
            Some("jpg" | "jpeg" | "png" | "gif" | "bmp" | "tif" | "tiff" | "webp" | "ico" | "svg" | "heic") => Self::Image,
            Some("avi" | "mpg" | "mpeg" | "mp4" | "m4v" | "mov" | "wmv" | "flv" | "mkv" | "webm" | "3gp" | "ogv") => Self::Video,
            Some(_) | None => Self::Other,
        }
    }

    /// Its name in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Audio => "Audio",
            Self::Image => "Image",
            Self::Other => "Other",
            Self::Video => "Video",
        }
    }
}

/// Content, shared by the files that refer to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// Its number.
    pub id: BlobId,
    /// How many files refer to it; it is released at zero.
    pub references: u64,
    /// Its length, digests and place.
    pub stored: StoredBlob,
}

impl Blob {
    /// The content itself if it is kept in the metadata.
    #[must_use]
    pub fn inline(&self) -> Option<&Bytes> {
        match &self.stored.place {
            BlobPlace::Inline(content) => Some(content),
            BlobPlace::Named(_) => None,
        }
    }
}

/// A blob's file that nothing refers to any more, to be removed at `due` or later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// Its number, in order of release.
    pub id: i64,
    /// The name of the blob's file.
    pub name: BlobName,
    /// When it may go. Downloads that began before have until then to open it.
    pub due: Timestamp,
}

/// The right to upload, kept under the hash of its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadRight {
    /// The token's hash.
    pub hash: TokenHash,
    /// The application in which the account that asked had logged in.
    pub application: ApplicationId,
    /// The account that asked.
    pub account: AccountId,
    /// The only folder to upload into, as an absolute path `//application/user/path`; `None` leaves the choice open.
    pub folder: Option<String>,
    /// Whether a file of the same name is replaced.
    pub overwrite: bool,
    /// The only address to upload from.
    pub ip: Option<IpAddr>,
    /// When the first byte must have come.
    pub first_byte_by: Timestamp,
    /// When it ends, used or not.
    pub expires: Timestamp,
    /// Whether the first byte has come.
    pub started: bool,
}

/// A piece of a file that has its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// The first byte's position.
    pub first: u64,
    /// The last byte's position.
    pub last: u64,
    /// The MD5 of the piece.
    pub md5: [u8; 16],
}

/// A file of which acknowledged pieces are on the disk, and more are to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnfinishedFile {
    /// The name of its content's file.
    pub name: BlobName,
    /// The higher, the later it was last taken up.
    pub number: u64,
    /// The hash of the upload token that it belongs to.
    pub hash: TokenHash,
    /// The application of the tree that it goes into.
    pub application: ApplicationId,
    /// The owner of that tree.
    pub account: AccountId,
    /// Where in the tree it goes.
    pub path: String,
    /// How many bytes are acknowledged. The file may have more.
    pub size: u64,
    /// The MD5 of those.
    pub md5: [u8; 16],
    /// The last piece, if it was a range.
    pub latest: Option<Placed>,
    /// When its token ends.
    pub expires: Timestamp,
}

/// The right to download one file without a session, kept under the hash of its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DownloadLink {
    /// The token's hash.
    pub hash: TokenHash,
    /// The application in which the account that asked had logged in.
    pub application: ApplicationId,
    /// The account that asked.
    pub account: AccountId,
    /// The file, as an absolute path `//application/user/path`.
    pub path: String,
    /// The only address to download from.
    pub ip: Option<IpAddr>,
    /// When it ends.
    pub expires: Timestamp,
}

/// A user of the reseller API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResellerUser {
    /// The number.
    pub id: ResellerUserId,
    /// The reseller: a master account.
    pub reseller: AccountId,
    /// The e-mail address, an opaque text, unique on this server.
    pub email: String,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: Option<String>,
    /// The quota in gigabytes (10^9 bytes); `None` is unlimited.
    pub quota: Option<NonZeroU64>,
    /// The password's hash as a PHC string.
    pub password: Secret,
    /// Whether the user may log in.
    pub enabled: bool,
    /// When it was created.
    pub created: Timestamp,
}
