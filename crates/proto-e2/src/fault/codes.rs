//! `error.type` and `error.code`.

use crate::open_enum::open_enum;

open_enum! {
    /// `error.type`.
    ErrorType {
        /// The service is in trouble.
        Api = "api_error",
        /// The request is at fault.
        InvalidRequest = "invalid_request_error",
        /// Listed in the document; no example uses it.
        Server = "server_error",
    }
}

open_enum! {
    /// `error.code`.
    ErrorCode {
        /// Something went wrong; the message is the only hint at what.
        RequestProcessingFailed = "request_processing_failed",
        /// No API key, or a wrong one.
        Unauthorized = "unauthorized",
        /// A parameter broke a rule: see [`Fault::errors`](crate::Fault::errors).
        InvalidParameters = "invalid_parameters",
        /// The user exists and is yours.
        UserSignedUp = "user_signed_up",
        /// The user exists and is not yours.
        EmailAlreadyInUse = "email_already_in_use",
        /// There is no such user.
        AccountNonExistent = "account_non_existant",
        /// The user is disabled already.
        UserAccountAlreadyDisabled = "user_account_already_disabled",
        /// The user is enabled already.
        UserAccountAlreadyEnabled = "user_account_already_enabled",
        /// Only a user that is disabled can be removed.
        UserAccountNotDisabled = "user_account_not_disabled",
        /// The user is disabled.
        UserDisabled = "user_disabled",
        /// The reseller has not paid.
        PaymentFailed = "payment_failed",
        /// The user has storage in that region already.
        RegionAlreadyEnabled = "region_already_enabled",
        /// The user has no such storage domain.
        StorageNonExistent = "storage_non_existant",
        /// The user is enabled, and there are buckets in that storage.
        StorageNotEmpty = "storage_not_empty",
        /// The storage has no such access key.
        AccessKeyNonExistent = "access_key_non_existant",
    }
}
