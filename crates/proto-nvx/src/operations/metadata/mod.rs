//! The Metadata namespace: what files and folders say of themselves beyond their names, and their tags.
//!
//! All of them need a session. The service itself knows the types `Width`, `Height`, `Duration`, `BitRate`, `FrameRate`,
//! `Title`, `Artist`, `Album`, `Genre`, `Track` and `IsVariableBitRate`; callers may use any other. The type `MD5` is a
//! file's checksum: it can be read, and neither set nor deleted.

mod items;
mod search;
mod tags;

pub use items::{DeleteAllMetadata, DeleteMetadata, GetMetadata, MetadataEntry, MetadataList, SetMetadata};
pub use search::{SearchMetadata, SearchTags};
pub use tags::{DeleteAllTags, DeleteTags, GetTags, SetTags, TagList};

const NAMESPACE: &str = "Metadata";
