//! How making an access key ends when it does not succeed.

use larder_proto_e2::Fault;
use larder_proto_e2::flow::LostKey;

/// How `create_access_key` ends when it does not succeed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The reply was lost: there may be a key whose secret nobody has. `remove_orphans` removes it.
    #[error(transparent)]
    Lost(Box<LostKey>),
    /// There is no new key.
    #[error(transparent)]
    Failed(#[from] crate::Error<Fault>),
}
