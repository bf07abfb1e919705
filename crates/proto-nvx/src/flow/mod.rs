//! What takes several calls, as parent machines without IO: a driver does not notice that it drives one.
//!
//! | flow | calls |
//! |---|---|
//! | [`UploadFile`] | storage node, file or pieces, a look at what arrived |
//! | [`UpdateFile`] | storage node, several ranges in one request, a look at the result |
//! | [`AppendFiles`] | storage node, messages with pieces in them (as SOAP has it), a look |
//! | [`DownloadFile`] | file, a look at what it should be |
//! | [`Ranges`] | one for each range, several at once (no machine: it says which) |
//! | [`Pages`] | one for each page (no machine: it says which) |
//!
//! A flow has one exchange open at a time. Its calls try once; what is tried again, the flow decides, by
//! [`Policy`](larder_core::Policy), the client's [`Budget`](larder_core::Budget) and what the service asks for (`Retry-After`).
//! Attempts count from the last time that it came further. Where the policy is the default of single calls, a flow is as patient
//! as [`PATIENCE`] says. What it knows of its transfer is plain data, apart from the call that is under way.
//!
//! [`UploadFile`] and [`Ranges`] survive their process by checkpoints ([`UploadCheckpoint`], [`RangesCheckpoint`]). The others have
//! none: of an update nothing is acknowledged before all is, and a message that broke off sends its file back to its first byte
//! (N193); a [`DownloadFile`] goes to a caller who alone knows what became of its bytes, and whose rest is a [`Download`] with a range.
//!
//! [`Download`]: crate::transfer::Download

mod append;
mod base;
mod checkpoint;
mod child;
mod download;
mod gather;
mod pages;
mod place;
mod ranges;
mod sending;
mod sum;
mod update;
mod upload;
mod verdict;

pub use self::append::{AppendFiles, Appending};
pub(crate) use self::base::Replay;
pub use self::base::{PATIENCE, patient};
pub use self::checkpoint::{CheckpointFlaw, Checkpointed, Keeping, MAX_CHECKPOINT, RangesCheckpoint, UploadCheckpoint};
pub use self::download::{DownloadFile, Fetched};
pub use self::pages::{Paged, Pages, Stuck};
pub use self::ranges::{Fetch, Ranges, Turn};
pub use self::sum::Sum;
pub use self::update::{Expect, UpdateFile};
pub use self::upload::{Stored, UploadFile, Uploading, When};
