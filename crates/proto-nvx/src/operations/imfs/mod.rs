//! The IMFS namespace: folders and files.
//!
//! All of them need a session, and all of them may answer 100, 70009, 70010, 70102, 80006 and 80101 besides the faults
//! that each one names.

mod change;
mod listing;
mod node;
mod path_info;

pub use change::{CreateFolders, DeleteFiles, DeleteFolders, MoveFiles, RenameFile, RenameFolder};
pub use listing::{FileEntry, FolderEntry, FolderListing, FolderPage, ListFolder};
pub use node::{GetStorageNode, StorageNode};
pub use path_info::{GetPathInfo, PathFacts, PathInfo};

const NAMESPACE: &str = "IMFS";
