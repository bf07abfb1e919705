//! Tables of refusals: what each operation's documentation lists, of groups and single codes.

use super::Code;

/// Parameters that are missing or invalid: any operation that has some.
pub(crate) const PARAMETERS: [Code; 2] = [Code::MissingRequiredParameter, Code::InvalidParameter];
/// Any operation that needs a session.
pub(crate) const SESSION: [Code; 2] = [Code::SessionNotFound, Code::InvalidSessionToken];
/// Any operation that takes paths or names.
pub(crate) const NAMES: [Code; 3] = [Code::PathTooLong, Code::FileFolderNameTooLong, Code::InvalidPathCharacter];
/// What the document lists for the whole IMFS namespace, and 101.
pub(crate) const COMMON: [Code; 8] = [
    Code::MissingRequiredParameter,
    Code::InvalidParameter,
    Code::InvalidPath,
    Code::PathTooLong,
    Code::FileFolderNameTooLong,
    Code::InvalidPathCharacter,
    Code::SessionNotFound,
    Code::InvalidSessionToken,
];
/// Any operation that puts new files into the tree: a name may be taken, and storage may be full.
pub(crate) const NEW_FILES: [Code; 4] =
    [Code::AlreadyExists, Code::FolderAlreadyExists, Code::StorageLimitExceeded, Code::LimitAlreadyExceeded];
/// Any operation that an upload token allows.
pub(crate) const UPLOADS: [Code; 5] = [
    Code::ContentTooLarge,
    Code::UploadBandwidthLimitExceeded,
    Code::InvalidAccessToken,
    Code::ExpiredAccessToken,
    Code::RestrictedIpAddress,
];
/// What the document lists for changes of an account's contact, and for the account's creation.
pub(crate) const CONTACTS: [Code; 6] = [
    Code::CreateAccountFailed,
    Code::InvalidSlaError,
    Code::InvalidAppKey,
    Code::InvalidAccountType,
    Code::DuplicateUserNameUnderAppKey,
    Code::InvalidContactParameter,
];

/// One table, `faults![GROUP, GROUP; Code, Code]`, in the order of the codes' numbers.
macro_rules! faults {
    ($($group:ident),* $(; $($code:ident),+)? $(,)?) => {{
        const GROUPS: &[&[$crate::Code]] = &[$(&$crate::fault::table::$group,)* &[$($($crate::Code::$code),+)?]];
        const TABLE: [$crate::Code; $crate::fault::table::count(GROUPS)] = $crate::fault::table::table(GROUPS);
        &TABLE
    }};
}
pub(crate) use faults;

/// How many codes the groups have.
pub(crate) const fn count(groups: &[&[Code]]) -> usize {
    let (mut at, mut count) = (0, 0);
    while at < groups.len() {
        count += groups[at].len();
        at += 1;
    }
    count
}

/// The codes of the groups, in the order of their numbers; one that stands twice does not compile.
pub(crate) const fn table<const N: usize>(groups: &[&[Code]]) -> [Code; N] {
    let mut table = [Code::Other(0); N];
    let (mut filled, mut group) = (0, 0);
    while group < groups.len() {
        let mut next = 0;
        while next < groups[group].len() {
            let code = groups[group][next];
            let mut at = filled;
            while at > 0 && table[at - 1].number() > code.number() {
                table[at] = table[at - 1];
                at -= 1;
            }
            assert!(at == 0 || table[at - 1].number() < code.number(), "a code stands twice");
            table[at] = code;
            filled += 1;
            next += 1;
        }
        group += 1;
    }
    table
}
