//! Where a file goes at the service: the node that takes it, and a look at what is there.

use larder_core::{ContentFlaw, ErrorKind, Operation, PeerFlaw, Phase, Reject, Settings, Target};

use serde::{Deserialize, Serialize};

use super::base::{Base, Failed};
use super::child::Child;
use crate::imfs::{GetPathInfo, GetStorageNode, GetStorageNodeExtended, PathFacts, StorageNode};
use crate::values::{FileName, FolderPath, Md5, Path, Token};
use crate::{Code, Nvx};

/// A file at the service.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) folder: FolderPath,
    pub(super) name: FileName,
}

/// A host that takes the file, and the token that allows it.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) target: Target,
    pub(super) token: Token,
}

/// What a look has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// No file.
    Nothing,
    /// The service does not say.
    Unknown,
    /// A file of this length; with its MD5, if the service says it.
    File { bytes: Option<u64>, md5: Option<Md5> },
}

impl Place {
    /// The path of the file.
    pub(super) fn path(&self) -> Result<Path, Reject> {
        let (folder, name) = (self.folder.as_str().trim_end_matches('/'), self.name.as_str());
        let path = if self.folder.is_root() { name.to_owned() } else { format!("{folder}/{name}") };
        Path::try_from(path).map_err(|rule| Reject::new("itemPath", rule))
    }

    /// The call that asks for a node: one whose token allows overwriting is had for a folder only.
    pub(super) fn ask_for_node(&self, settings: Settings<Nvx>, size_bytes: u64, overwrite: bool) -> Child {
        if overwrite {
            let node = GetStorageNodeExtended::new(size_bytes, self.folder.clone());
            Child::from((settings, GetStorageNodeExtended { file_overwrite: Some(true), ..node }))
        } else {
            Child::from((settings, GetStorageNode { size_bytes, restricted_ip: None }))
        }
    }

    /// The call that looks at what is there.
    pub(super) fn look(&self, base: &Base) -> Result<Child, Failed> {
        let path = self.path().map_err(|reject| base.error(ErrorKind::Encode(reject)))?;
        Ok(look(path, base))
    }
}

/// The call that looks at what is at a path: its size and its MD5.
pub(super) fn look(item_path: Path, base: &Base) -> Child {
    let look = GetPathInfo { item_path, show_metadata: Some(true), show_tags: None, show_is_shared: None };
    Child::from((base.to_ask(), look))
}

impl Node {
    /// The node that the service named.
    pub(super) fn named(answer: StorageNode, base: &Base) -> Result<Self, Failed> {
        let unusable = |reject| {
            let mut error = base.error(ErrorKind::Peer(PeerFlaw::Malformed { status: 200, reject }));
            (error.operation, error.phase) = (GetStorageNode::META, Phase::Receive);
            error
        };
        let token = Token::try_from(answer.upload_token).map_err(|rule| unusable(Reject::new("UploadToken", rule)))?;
        let target = base.to_ask().target.on_host(&answer.upload_host).map_err(unusable)?;
        Ok(Self { target, token })
    }
}

impl From<PathFacts> for Found {
    fn from(facts: PathFacts) -> Self {
        let md5 = facts.metadata.get("MD5").and_then(|text| text.parse().ok());
        if facts.is_file { Self::File { bytes: facts.size_bytes, md5 } } else { Self::Nothing }
    }
}

impl Found {
    /// What a look came to: that there is nothing is no error.
    pub(super) fn of(result: Result<PathFacts, Failed>) -> Result<Self, Failed> {
        const NOTHING: [Code; 4] = [Code::InvalidPath, Code::PathNotFound, Code::FileNotFound, Code::FolderNotFound];
        match result {
            Ok(facts) => Ok(facts.into()),
            Err(error) if error.fault().is_some_and(|fault| NOTHING.contains(&fault.code)) => Ok(Self::Nothing),
            // Who may upload, or fetch what is public, need not be one who may look.
            Err(error) if error.kind == ErrorKind::NoSession || error.fault().is_some() => Ok(Self::Unknown),
            Err(error) => Err(error),
        }
    }

    /// Whether it is a file of these bytes: none when the service does not say its MD5, or there is none to compare with.
    ///
    /// # Errors
    /// How it differs.
    pub(super) fn is(self, bytes: u64, md5: Option<Md5>) -> Result<Option<Md5>, ContentFlaw> {
        let (theirs, their_md5) = match self {
            Self::File { bytes, md5 } => (bytes, md5),
            Self::Nothing => return Err(ContentFlaw::Missing),
            Self::Unknown => return Ok(None),
        };
        if let Some(theirs) = theirs.filter(|theirs| *theirs != bytes) {
            return Err(ContentFlaw::Length { ours: bytes, theirs });
        }
        match (md5, their_md5) {
            (Some(ours), Some(theirs)) if ours != theirs => Err(ContentFlaw::Checksum),
            (Some(ours), Some(_)) => Ok(Some(ours)),
            (None, _) | (_, None) => Ok(None),
        }
    }
}
