//! What the service says when it says no.

pub(crate) mod table;

use core::fmt;

use larder_core::{FaultClass, Redactor, Reject, Rule};

pub(crate) use table::faults;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal $text:literal,)*) => {
        /// A documented fault, or one that was seen. Numbers that are unknown are kept.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = concat!(stringify!($number), ": ", $text, ".")] $name,)*
            /// Any other number.
            Other(u32),
        }

        impl Code {
            /// All that have a name, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its number on the wire.
            #[must_use]
            pub const fn number(self) -> u32 {
                match self {
                    $(Self::$name => $number,)*
                    Self::Other(number) => number,
                }
            }

            /// What it means, in our words.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                    Self::Other(_) => "Undocumented fault",
                }
            }
        }

        impl From<u32> for Code {
            fn from(number: u32) -> Self {
                match number {
                    $($number => Self::$name,)*
                    other => Self::Other(other),
                }
            }
        }
    };
}

codes! {
    MissingRequiredParameter = 100 "A required parameter is missing",
    InvalidParameter = 101 "A parameter is invalid",
    UnsupportedOperation = 160 "The operation is not supported",
    ContentTooLarge = 10001 "The content is too large",
    ParameterOutOfAcceptedRange = 50103 "A parameter is out of its range",
    InvalidPayment = 55001 "The payment is invalid",
    CreditCardChargeFailed = 55100 "The credit card could not be charged",
    CreateAccountFailed = 65001 "The account could not be created",
    CreateAccountContactFailed = 65002 "The account's contact could not be created",
    InvalidSlaError = 65003 "The service level is invalid",
    InvalidAppKey = 65004 "The application key is invalid",
    InvalidAccountType = 65005 "The account's type does not allow this",
    DuplicateUserNameUnderAppKey = 65006 "The user name is taken in this application",
    DuplicateAppName = 65007 "The application's name is taken",
    PageSizeExceedsLimit = 65008 "The page is too large",
    DeletedAccount = 65009 "The account was deleted",
    InvalidStatus = 65010 "The status is invalid",
    InvalidSecurityResponse = 65011 "The security response is invalid",
    InvalidUserNameOrPassword = 65012 "The user name or the password is invalid",
    DuplicateMasterAccountUserName = 65016 "The master account's user name is taken",
    PastTheLastPage = 65017 "The page lies past the last one",
    InvalidContactParameter = 65101 "A contact parameter is invalid",
    AppNameNotFound = 65102 "There is no such application",
    Seen65103 = 65103 "Undocumented fault",
    UserNameNotFound = 65104 "There is no such user",
    FolderNotFound = 70001 "There is no such folder",
    FileNotFound = 70002 "There is no such file",
    PathNotFound = 70003 "There is no such path",
    AlreadyExists = 70004 "The name is taken",
    InvalidPath = 70005 "There is no such file or folder",
    DownloadPathNotFound = 70006 "There is no such file to download",
    MetadataDoesNotExist = 70007 "There is no such metadata",
    FolderAlreadyExists = 70008 "The folder exists already",
    PathTooLong = 70009 "The path is longer than 512 characters",
    FileFolderNameTooLong = 70010 "The name is longer than 256 characters",
    Seen70012 = 70012 "Undocumented fault",
    Seen70013 = 70013 "Undocumented fault",
    CannotOverrideMetadata = 70020 "The metadata cannot be overridden",
    FileLocked = 70026 "The file is locked",
    FolderLocked = 70027 "The folder is locked",
    FileFolderLockError = 70028 "The file or folder could not be locked",
    FileFolderUnlockError = 70029 "The file or folder could not be unlocked",
    NullOrEmptyPath = 70101 "The path is empty",
    InvalidPathCharacter = 70102 "The path has a character or a segment that is not allowed",
    InvalidAbsolutePath = 70103 "The absolute path is invalid",
    InvalidRelativePath = 70104 "The relative path is invalid",
    FileIntegrityError = 70106 "The file's checksum differs",
    InvalidMetadata = 70107 "The metadata is invalid",
    RangeNotSatisfiable = 70108 "The range cannot be satisfied",
    PathTooShort = 70109 "The path is too short",
    FileOffline = 70110 "The file is offline",
    InvalidImageDimensions = 70111 "The image's dimensions are invalid",
    Seen70112 = 70112 "Undocumented fault",
    Seen70113 = 70113 "Undocumented fault",
    Seen70114 = 70114 "Undocumented fault",
    RetryChunk = 70121 "The chunk is to be sent again",
    Seen70205 = 70205 "Undocumented fault",
    LoginFailed = 80001 "The login failed",
    AccessDenied = 80003 "Access is denied",
    InvalidMasterAccountId = 80004 "The master account's identifier is invalid",
    InvalidBillableAccountId = 80005 "The billable account's identifier is invalid",
    SessionNotFound = 80006 "The session does not exist, or has ended",
    AccountExpired = 80007 "The account has expired",
    OutOfBytes = 80015 "The account's download volume is used up",
    OutOfBytesNonOwner = 80016 "The owner's download volume is used up",
    InvalidIpAddress = 80018 "The IP address is invalid",
    DownloadFileSizeLimitExceeded = 80019 "The file is larger than the account's limit",
    UploadBandwidthLimitExceeded = 80020 "The account's upload volume is used up",
    StorageLimitExceeded = 80021 "The account's storage is full",
    LimitAlreadyExceeded = 80022 "The limit is exceeded already",
    InvalidAccessToken = 80023 "The upload token is invalid",
    InvalidSessionToken = 80101 "The session token is malformed",
    ExpiredAccessToken = 80102 "The upload token has expired",
    InvalidDownloadToken = 80103 "The download token is invalid",
    RestrictedIpAddress = 80104 "The token is restricted to another IP address",
    InvalidSoapSession = 82005 "The session token is invalid",
    Seen85001 = 85001 "Undocumented fault",
    Seen85003 = 85003 "Undocumented fault",
    Configuration = 90001 "The service is misconfigured",
    SslRequired = 90002 "TLS is required",
    Database = 100_001 "The service's database failed",
}

/// A refusal of the service: a code that is not zero, and a text. HTTP's status is 200 all the same, except where a
/// file was to be downloaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} {message}", code.number())]
pub struct Fault {
    /// Which one.
    pub code: Code,
    /// What the service says about it.
    pub message: String,
}

impl From<Code> for Fault {
    fn from(code: Code) -> Self {
        Self { code, message: code.text().to_owned() }
    }
}

impl From<Reject> for Fault {
    fn from(reject: Reject) -> Self {
        let is = |fields: &[&str]| fields.iter().any(|field| reject.field.eq_ignore_ascii_case(field));
        let code = match reject.rule {
            Rule::Missing => Code::MissingRequiredParameter,
            Rule::TooGreat if is(&["pageSize", "maxResults"]) => Code::PageSizeExceedsLimit,
            Rule::OutOfRange if is(&["width", "height", "scaleWidth", "scaleHeight"]) => Code::InvalidImageDimensions,
            Rule::OutOfRange | Rule::TooGreat => Code::ParameterOutOfAcceptedRange,
            Rule::Malformed if is(&["consumerIP", "restrictedIP"]) => Code::InvalidIpAddress,
            Rule::Malformed | Rule::TooLong if is(&["metadata", "searchKey", "tag"]) => Code::InvalidMetadata,
            Rule::Malformed | Rule::TooLong if is_of_contact(&reject.field) => Code::InvalidContactParameter,
            Rule::Malformed | Rule::TooLong | Rule::TooMany => Code::InvalidParameter,
            Rule::PathTooLong => Code::PathTooLong,
            Rule::NameTooLong => Code::FileFolderNameTooLong,
            Rule::PathCharacter => Code::InvalidPathCharacter,
        };
        Self { code, message: reject.to_string() }
    }
}

/// Whether a parameter is one of those that the document's table names a code for.
fn is_of_contact(field: &str) -> bool {
    const FIELDS: [&str; 12] = [
        "FirstName",
        "LastName",
        "MiddleInitial",
        "PhoneNumber",
        "EmailAddress",
        "Address1",
        "Address2",
        "AddressLine1",
        "AddressLine2",
        "City",
        "State",
        "PostalCode",
    ];
    FIELDS.contains(&field)
}

impl Fault {
    /// What the service said.
    pub(crate) fn said(code: u32, message: String) -> Self {
        Self { code: Code::from(code), message }
    }

    /// The HTTP status of a failed download: a 200 would be saved as if it were the file.
    pub(crate) fn download_status(&self) -> http::StatusCode {
        use http::StatusCode as S;
        const FORBIDDEN: [Code; 9] = [
            Code::LoginFailed,
            Code::AccessDenied,
            Code::SessionNotFound,
            Code::OutOfBytes,
            Code::OutOfBytesNonOwner,
            Code::DownloadFileSizeLimitExceeded,
            Code::InvalidSessionToken,
            Code::RestrictedIpAddress,
            Code::SslRequired,
        ];
        if FORBIDDEN.contains(&self.code) {
            return S::FORBIDDEN;
        }
        match self.code.number() {
            70_108 => S::RANGE_NOT_SATISFIABLE,
            80_102 | 80_103 => S::GONE,
            90_001 | 100_001 => S::INTERNAL_SERVER_ERROR,
            160 => S::METHOD_NOT_ALLOWED,
            100..=159 | 70_009..=70_010 | 70_101..=70_109 => S::BAD_REQUEST,
            _ => S::NOT_FOUND,
        }
    }
}

impl larder_core::Fault for Fault {
    fn class(&self) -> FaultClass {
        const SESSION: [Code; 3] = [Code::SessionNotFound, Code::InvalidSessionToken, Code::InvalidSoapSession];
        const TRANSIENT: [Code; 4] = [Code::Database, Code::Configuration, Code::FileOffline, Code::RetryChunk];
        if SESSION.contains(&self.code) {
            FaultClass::Session
        } else if TRANSIENT.contains(&self.code) {
            FaultClass::Transient
        } else {
            FaultClass::Permanent
        }
    }

    fn redacted(self, redactor: &Redactor) -> Self {
        Self { message: redactor.redact(&self.message), ..self }
    }

    fn written(&self) -> Option<String> {
        Some(self.to_string())
    }

    fn read_back(text: &str) -> Option<Self> {
        let (number, message) = text.split_once(' ')?;
        Some(Self::said(number.parse().ok()?, message.to_owned()))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_one_to_one_and_unknown_numbers_are_kept() {
        for code in Code::ALL {
            assert_eq!(Code::from(code.number()), *code);
        }
        assert!(Code::ALL.is_sorted_by_key(|code| code.number()));
        assert_eq!(Code::from(4711), Code::Other(4711));
    }
}
