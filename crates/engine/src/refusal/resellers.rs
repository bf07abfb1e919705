//! Refusals about resellers' users.

/// A reseller's user, or what belongs to one, is not as it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResellerRefusal {
    /// The reseller has no user of that address.
    #[error("no such user")]
    UserNotFound,
    /// The user is disabled, and so cannot be disabled.
    #[error("user already disabled")]
    AlreadyDisabled,
    /// The user is enabled, and so cannot be enabled.
    #[error("user already enabled")]
    AlreadyEnabled,
    /// The user is enabled, and so cannot be removed.
    #[error("user not disabled")]
    NotDisabled,
    /// The user is disabled, and so cannot be given anything.
    #[error("user disabled")]
    Disabled,
    /// The user has storage in that region.
    #[error("region already enabled")]
    RegionAlreadyEnabled,
    /// The user has no storage of that domain.
    #[error("no such storage")]
    StorageNotFound,
    /// The storage has no such access key.
    #[error("no such access key")]
    AccessKeyNotFound,
}
