//! The IMFS namespace: folders and files.
//!
//! All of them need a session, and may answer 100, 101, 80006 and 80101 besides the faults that each one names. Those that
//! take a path may also answer 70005, 70009, 70010 and 70102, and 80003 for an absolute path to a stranger's account:
//! [`GetStorageNode`] and [`SearchFileSystem`] take none.

mod change;
mod copy;
mod links;
mod listing;
mod node;
mod node_extended;
mod path_info;
mod search;
mod sideload;

pub use change::{CreateFolders, DeleteFiles, DeleteFolders, MoveFiles, MoveFolders, RenameFile, RenameFolder};
pub use copy::{CopyFiles, CopyFolders};
pub use links::{DownloadNodes, GetDownloadNodes, GetOptimalUrls, OptimalUrl, OptimalUrls};
pub use listing::{FileEntry, FolderEntry, FolderListing, FolderPage, ListFolder};
pub use node::{GetStorageNode, StorageNode};
pub use node_extended::GetStorageNodeExtended;
pub use path_info::{GetPathInfo, PathFacts, PathInfo};
pub use search::{Found, FoundItem, SearchFileSystem, SearchResults};
pub use sideload::Sideload;

const NAMESPACE: &str = "IMFS";
