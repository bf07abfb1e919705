//! Who asks: what a request proves about its sender.

use std::net::IpAddr;

use larder_core::{Credential, Secret};
use larder_proto_nvx::{Code, Fault};

use super::{Nirvanix, said};
use crate::types::Caller;

/// Who asks, and how.
#[derive(Debug, Clone)]
pub struct Asker {
    /// The address that the request came from.
    pub peer: IpAddr,
    /// The host (and port) that was asked.
    pub authority: String,
    /// The session, if there is one.
    pub session: Option<Session>,
}

/// A session that is open.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its token.
    pub token: Secret,
    /// Who opened it.
    pub caller: Caller,
}

/// A sender that is known as far as its request tells: by a session or not at all, by the token of an upload, by that of a
/// link.
#[derive(Debug, Clone)]
pub struct Known {
    /// Who asks.
    pub asker: Asker,
    /// The token of an upload. What it allows is looked up when the upload begins.
    pub upload_token: Option<Secret>,
    /// The token of a link. What it allows is looked up when the download begins.
    pub link: Option<Secret>,
}

impl Asker {
    pub(super) fn caller(&self) -> Result<&Caller, Fault> {
        self.session.as_ref().map(|session| &session.caller).ok_or_else(|| Fault::from(Code::SessionNotFound))
    }
}

impl Nirvanix {
    /// Finds out who asks. `authority` is the host (and port) that was asked.
    ///
    /// # Errors
    /// 80006 and 80101 for a session that is none.
    pub fn identify(&self, peer: IpAddr, authority: &str, credential: Credential) -> Result<Known, Fault> {
        let asker = Asker { peer, authority: authority.to_owned(), session: None };
        let mut known = Known { asker, upload_token: None, link: None };
        match credential {
            Credential::None => {}
            Credential::Upload(token) => known.upload_token = Some(token),
            Credential::Link(token) => known.link = Some(token),
            Credential::Session(token) | Credential::Key(token) => {
                let caller = self.engine.session(&token, peer).map_err(said)?;
                known.asker.session = Some(Session { token, caller });
            }
        }
        Ok(known)
    }
}
