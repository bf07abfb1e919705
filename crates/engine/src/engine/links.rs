//! Links: downloads without a session.

use std::net::IpAddr;

use larder_core::Secret;

use super::{Download, Engine};
use crate::blobs::BlobReader;
use crate::pending::Pending;
use crate::refusal::{Refusal, StoreError};
use crate::rules::links::{self, LinkTerms, Target};
use crate::token::{TokenHash, link};
use crate::types::Caller;

/// A link to a file. Whoever has the token can download.
#[derive(Debug, Clone)]
pub struct Link {
    /// The token, which cannot be read again.
    pub token: Secret,
    /// Where it leads.
    pub target: Target,
}

fn hash(token: &Secret) -> TokenHash {
    TokenHash::of("link", &Secret::new(token.expose().trim()))
}

impl Engine {
    /// Grants links, one for each path, or none at all.
    ///
    /// # Errors
    /// Those of [`links::grant`].
    pub fn grant_links(&self, caller: &Caller, paths: Vec<String>, terms: LinkTerms) -> Pending<Vec<Link>> {
        let tokens: Result<Vec<Secret>, StoreError> = paths.iter().map(|_| link(&*self.random)).collect();
        let tokens = match tokens {
            Ok(tokens) => tokens,
            Err(error) => return Pending::ready(Err(error.into())),
        };
        let caller = *caller;
        self.change(move |tx, now| {
            let mut grant = |(path, token): (&String, &Secret)| {
                let target = links::grant(tx, &caller, path, &terms, hash(token), now)?;
                Ok(Link { token: token.clone(), target })
            };
            paths.iter().zip(&tokens).map(&mut grant).collect()
        })
    }

    /// Opens the file that a link leads to. The path is the one that stands behind the token.
    ///
    /// # Errors
    /// Those of [`links::content`].
    pub fn open_link(&self, token: &Secret, peer: IpAddr, path: &str) -> Result<Download, Refusal> {
        let (hash, now) = (hash(token), self.now());
        let (entry, blob) = self.store.read(|view| links::content(view, &hash, peer, path, now))?;
        Ok(Download { entry, content: BlobReader::open(blob.stored, &*self.blobs)? })
    }
}
