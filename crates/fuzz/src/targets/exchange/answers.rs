//! What the embedder answers.

use larder_core::{Api, Kind};
use larder_proto_e2::{E2, Users};
use larder_proto_nvx::authentication::LoggedIn;
use larder_proto_nvx::transfer::{Downloaded, Uploaded};
use larder_proto_nvx::{Code, Nvx};

use crate::oracle::CANARY;

/// An API, as its embedder serves it here.
pub(super) trait Served: Api {
    /// Why a caller is refused.
    fn refusal() -> Self::Fault;

    /// What a request comes to.
    fn come_to(kind: Kind, choice: u8) -> Result<Self::Answers, Self::Fault>;
}

impl Served for Nvx {
    fn refusal() -> Self::Fault {
        Code::SessionNotFound.into()
    }

    fn come_to(kind: Kind, choice: u8) -> Result<Self::Answers, Self::Fault> {
        let number = u64::from(choice);
        match (choice % 4, kind) {
            (0, _) => Err(Code::RangeNotSatisfiable.into()),
            (1, Kind::Download) => {
                Ok(Self::Answers::TransferDownload(Downloaded { not_modified: true, ..Downloaded::default() }))
            }
            (_, Kind::Download) => Ok(Self::Answers::TransferDownload(Downloaded {
                offset: number / 2,
                length: Some(number * 9),
                total: Some(number * 10),
                content_type: Some("a\r\nb: c".to_owned()),
                ..Downloaded::default()
            })),
            (_, Kind::Upload) => Ok(Self::Answers::TransferUpload(Uploaded { files_uploaded: number, bytes_uploaded: number })),
            (_, Kind::Unary) => Ok(Self::Answers::AuthenticationLogin(LoggedIn { session_token: CANARY.into() })),
        }
    }
}

impl Served for E2 {
    fn refusal() -> Self::Fault {
        Self::Fault::unauthorized()
    }

    fn come_to(_: Kind, choice: u8) -> Result<Self::Answers, Self::Fault> {
        if choice.is_multiple_of(4) { Err(Self::Fault::failed()) } else { Ok(Self::Answers::ListUsers(Users::default())) }
    }
}
