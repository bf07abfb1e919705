//! Which code of Nirvanix stands for which refusal.

use larder_proto_nvx::{Code, Fault};

use crate::refusal::Refusal;

/// The code that stands for a refusal.
const fn code(refusal: &Refusal) -> Code {
    match refusal {
        Refusal::FolderNotFound => Code::FolderNotFound,
        Refusal::FileNotFound => Code::FileNotFound,
        Refusal::InvalidPath => Code::InvalidPath,
        Refusal::DownloadPathNotFound => Code::DownloadPathNotFound,
        Refusal::FolderAlreadyExists => Code::FolderAlreadyExists,
        Refusal::AlreadyExists => Code::AlreadyExists,
        Refusal::PathTooLong => Code::PathTooLong,
        Refusal::NameTooLong => Code::FileFolderNameTooLong,
        Refusal::PathCharacter => Code::InvalidPathCharacter,
        Refusal::AccessDenied | Refusal::Unauthorized | Refusal::Reseller(_) => Code::AccessDenied,
        Refusal::LoginFailed => Code::LoginFailed,
        Refusal::SessionNotFound => Code::SessionNotFound,
        Refusal::InvalidSessionToken => Code::InvalidSessionToken,
        Refusal::InvalidAppKey => Code::InvalidAppKey,
        Refusal::AppNameNotFound => Code::AppNameNotFound,
        Refusal::DuplicateAppName => Code::DuplicateAppName,
        Refusal::DuplicateUserName | Refusal::UserSignedUp | Refusal::EmailInUse => Code::DuplicateUserNameUnderAppKey,
        Refusal::DuplicateMasterName => Code::DuplicateMasterAccountUserName,
        Refusal::UserNameNotFound => Code::UserNameNotFound,
        Refusal::InvalidAccountType => Code::InvalidAccountType,
        Refusal::PageSizeExceedsLimit => Code::PageSizeExceedsLimit,
        Refusal::InvalidUploadToken => Code::InvalidAccessToken,
        Refusal::ExpiredUploadToken => Code::ExpiredAccessToken,
        Refusal::InvalidDownloadToken => Code::InvalidDownloadToken,
        Refusal::RestrictedIp => Code::RestrictedIpAddress,
        Refusal::RangeNotSatisfiable => Code::RangeNotSatisfiable,
        Refusal::FileLocked => Code::FileLocked,
        Refusal::Integrity => Code::FileIntegrityError,
        Refusal::UnusableAppKey | Refusal::UnusableApiKey | Refusal::TooMany => Code::ParameterOutOfAcceptedRange,
        Refusal::Storage(_) => Code::Database,
    }
}

/// The fault that reports a refusal. What the storage said stays here: it may name files of the server.
#[must_use]
pub fn nvx_fault(refusal: &Refusal) -> Fault {
    Fault::from(code(refusal))
}
