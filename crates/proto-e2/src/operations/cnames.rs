//! Host names of the reseller's own that stand for storage domains.

use larder_core::{Meta, Operation, Recovered, Verb};
use serde::{Deserialize, Serialize};

use super::certificate::CertificateInfo;
use super::refusals::refusals;
use crate::fault::NAME_GONE;
use crate::values::{Cname, Email, FileIndex, PrivateKey, PublicKey, RegionKey, StorageDn};
use crate::{Documented, E2, Fault, lenient};

const CHAPTER: &str = "Whitelabeling Operations";

/// `POST storage/cname/add`: lets a host name stand for a storage domain.
///
/// A second time the service says that the CNAME is there already: after a lost reply that is taken for success, with a
/// caveat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AddCname {
    /// The user, who is enabled.
    pub email: Email,
    /// The storage.
    pub storage_dn: StorageDn,
    /// The host name.
    pub cname: Cname,
    /// Its certificate.
    pub public_key: PublicKey,
    /// The key that belongs to the certificate.
    pub private_key: PrivateKey,
    /// What names the CNAME among those of the storage; the service chooses when this is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_index: Option<FileIndex>,
}

impl Operation for AddCname {
    type Api = E2;
    type Answer = CnameAdded;
    const META: Meta = Meta::unary(CHAPTER, "storage/cname/add", Verb::Post).session().telling();
    const FAULTS: &'static [Documented] = Self::REFUSALS;

    fn recover(&self, fault: &Fault) -> Option<(CnameAdded, Recovered)> {
        let caveat = "the name stands for a storage; whether for this one, and with this certificate, could not be verified";
        fault.tells_as(&[Self::ALREADY_THERE, UpdateCname::ALREADY_THERE], CnameAdded { cname_added: true }, caveat)
    }
}

// The document demands an enabled user and prints no refusal for a disabled one: ledger E31.
refusals! {
    AddCname {
        NO_ACCOUNT = 403 invalid_request_error account_non_existant "Account with this email does not exist";
        UNUSABLE = 403 invalid_request_error request_processing_failed "this CNAME cannot be used, please try changing your CNAME";
        NO_STORAGE = 403 invalid_request_error request_processing_failed "Unable to retrieve storage info for given storage_dn";
        ALREADY_THERE = 403 invalid_request_error request_processing_failed "CNAME already configure";
        UNVERIFIED = 403 invalid_request_error request_processing_failed "Could not verify CNAME or certificates. Please try again";
        USER_DISABLED = 403 invalid_request_error user_disabled "User Disabled";
        FAILED = 500 api_error request_processing_failed "Unable to process this request, please try again later";
        NO_DATA = 500 api_error request_processing_failed "data not found for given dns";
    }
}

/// The answer to [`AddCname`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CnameAdded {
    /// Always true.
    pub cname_added: bool,
}

/// `POST storage/cname`: the CNAMEs of a storage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ListCnames {
    /// The user, who is enabled.
    pub email: Email,
    /// The storage.
    pub storage_dn: StorageDn,
}

impl Operation for ListCnames {
    type Api = E2;
    type Answer = Cnames;
    const META: Meta = Meta::unary(CHAPTER, "storage/cname", Verb::Post).session().safe();
    const FAULTS: &'static [Documented] = Self::REFUSALS;
}

refusals! {
    ListCnames {
        NO_ACCOUNT = 403 invalid_request_error account_non_existant "Account with this email does not exist";
        USER_DISABLED = 403 invalid_request_error user_disabled "User Disabled";
        FAILED = 500 api_error request_processing_failed "Unable to process this request, please try again later";
        NO_DATA = 500 api_error request_processing_failed "data not found for given dns";
    }
}

/// The answer to [`ListCnames`].
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cnames {
    /// The CNAMEs.
    #[serde(deserialize_with = "lenient::list")]
    pub cname_list: Vec<CnameRecord>,
}

/// One CNAME of a storage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CnameRecord {
    /// What names it among those of the storage.
    #[serde(default, deserialize_with = "lenient::text")]
    pub file_index: Option<String>,
    /// The host name.
    #[serde(deserialize_with = "lenient::needed")]
    pub cname: String,
    /// What its certificate says.
    #[serde(default)]
    pub certificate_info: Option<CertificateInfo>,
    /// When it was added; RFC 3339 where we write it.
    #[serde(default, deserialize_with = "lenient::text")]
    pub creation_date: Option<String>,
}

/// `POST storage/cname/update`: replaces a CNAME of a storage, with its certificate.
///
/// Never repeated by itself: "already configured" also means that the first attempt was refused and the old certificate
/// still stands. When the reply is lost, `storage/cname` lists the certificate that is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UpdateCname {
    /// The region of the storage, which its domain implies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region_key: Option<RegionKey>,
    /// The user, who is enabled.
    pub email: Email,
    /// The storage.
    pub storage_dn: StorageDn,
    /// The new host name.
    pub cname: Cname,
    /// Its certificate.
    pub public_key: PublicKey,
    /// The key that belongs to the certificate.
    pub private_key: PrivateKey,
    /// Which CNAME is replaced ([`CnameRecord::file_index`]). It may be absent where the storage has only one; otherwise the
    /// request is refused as `invalid_parameters`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_index: Option<FileIndex>,
}

impl Operation for UpdateCname {
    type Api = E2;
    type Answer = CnameUpdated;
    const META: Meta = Meta::unary(CHAPTER, "storage/cname/update", Verb::Post).session();
    const FAULTS: &'static [Documented] = Self::REFUSALS;
}

refusals! {
    UpdateCname {
        NO_ACCOUNT = 403 invalid_request_error account_non_existant "Account with this email does not exist";
        UNUSABLE = 403 invalid_request_error request_processing_failed "this CNAME cannot be used, please try changing your CNAME";
        NO_STORAGE = 403 invalid_request_error request_processing_failed "Unable to retrieve storage info for given storage_dn";
        UNREACHABLE = 403 invalid_request_error request_processing_failed
            "Storage server cannot be reached right now, please try again later";
        ALREADY_THERE = 403 invalid_request_error request_processing_failed "CNAME already configured";
        UNVERIFIED = 403 invalid_request_error request_processing_failed "Could not verify CNAME or certificates. Please try again";
        USER_DISABLED = 403 invalid_request_error user_disabled "User Disabled";
        FAILED = 500 api_error request_processing_failed "Unable to process this request, please try again later";
        NO_DATA = 500 api_error request_processing_failed "data not found for given dns";
    }
}

/// The answer to [`UpdateCname`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CnameUpdated {
    /// Always true.
    pub cname_updated: bool,
}

/// `POST storage/cname/remove`: the host name no longer stands for the storage domain.
///
/// A second time the service says that it cannot get the details of the CNAME: after a lost reply that is taken for success,
/// with a caveat. The same host name, added again by another in between, is removed by the second attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RemoveCname {
    /// The user, who is enabled.
    pub email: Email,
    /// The storage.
    pub storage_dn: StorageDn,
    /// The host name.
    pub cname: Cname,
}

impl Operation for RemoveCname {
    type Api = E2;
    type Answer = CnameRemoved;
    const META: Meta =
        Meta::unary(CHAPTER, "storage/cname/remove", Verb::Post).session().telling().destroys("the CNAME and its certificate");
    const FAULTS: &'static [Documented] = Self::REFUSALS;

    fn recover(&self, fault: &Fault) -> Option<(CnameRemoved, Recovered)> {
        fault.tells_as(&[Self::NO_CNAME], CnameRemoved { cname_removed: true }, NAME_GONE)
    }
}

refusals! {
    RemoveCname {
        NO_ACCOUNT = 403 invalid_request_error account_non_existant "Account with this email does not exist";
        USER_DISABLED = 403 invalid_request_error user_disabled "User Disabled";
        UNUSABLE = 403 invalid_request_error request_processing_failed "this CNAME cannot be used, please try changing your CNAME";
        NO_STORAGE = 403 invalid_request_error request_processing_failed "Unable to retrieve storage info for given storage_dn";
        UNREACHABLE = 403 invalid_request_error request_processing_failed
            "Storage server cannot be reached right now, please try again later";
        NO_CNAME = 403 invalid_request_error request_processing_failed "cannot get cname details";
        NOT_REMOVED = 403 api_error request_processing_failed "Unable to process this request, please try again later";
        FAILED = 500 api_error request_processing_failed "Unable to process this request, please try again later";
        NO_DATA = 500 api_error request_processing_failed "data not found for given dns";
    }
}

/// The answer to [`RemoveCname`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CnameRemoved {
    /// Always true.
    pub cname_removed: bool,
}
