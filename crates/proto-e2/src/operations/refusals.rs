//! The tables of refusals that stand beside the operations.

/// The refusals that an operation's own table prints, word for word (ledger E17): a constant each, and all of them as
/// `REFUSALS`. A row is `NAME = status type code "message";`.
macro_rules! refusals {
    ($operation:ty { $($name:ident = $status:literal $kind:ident $code:ident $message:literal;)* }) => {
        impl $operation {
            $(
                #[doc = concat!("HTTP ", stringify!($status), ", `", stringify!($kind), "`, `", stringify!($code), "`: `")]
                #[doc = concat!($message, "`.")]
                pub const $name: $crate::Documented = $crate::Documented {
                    status: $status,
                    kind: stringify!($kind),
                    code: stringify!($code),
                    message: $message,
                };
            )*
            const REFUSALS: &'static [$crate::Documented] = &[$(Self::$name,)*];
        }
    };
}

pub(super) use refusals;
