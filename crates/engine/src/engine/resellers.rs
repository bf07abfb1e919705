//! The reseller API's users.

use larder_core::Secret;

use super::Engine;
use crate::refusal::Refusal;
use crate::rules::resellers::{self, NewResellerUser};
use crate::token::{TokenHash, opaque};
use crate::types::{AccountId, ResellerUser};

impl Engine {
    /// The reseller that an API key belongs to.
    ///
    /// # Errors
    /// [`Refusal::Unauthorized`].
    pub fn reseller(&self, api_key: &Secret) -> Result<AccountId, Refusal> {
        let hash = TokenHash::of("api", &Secret::new(api_key.expose().trim()));
        self.store.read(|view| resellers::authenticate(view, &hash))
    }

    /// Gives a reseller a new API key; the old one ends at once.
    ///
    /// # Errors
    /// The storage or the random source failed.
    pub fn renew_api_key(&self, reseller: AccountId) -> Result<Secret, Refusal> {
        let key = opaque(&*self.random)?;
        let hash = TokenHash::of("api", &key);
        self.change(move |tx, _| resellers::set_key(tx, reseller, &hash)).wait()?;
        Ok(key)
    }

    /// Creates a user, enabled. Blocks while the password is hashed.
    ///
    /// # Errors
    /// Those of [`resellers::create`].
    pub fn create_user(&self, reseller: AccountId, new: NewResellerUser, password: &Secret) -> Result<ResellerUser, Refusal> {
        self.store.read(|view| resellers::check_free(view, reseller, &new.email))?;
        let hash = self.passwords.hash(password, &*self.random)?;
        self.change(move |tx, now| resellers::create(tx, reseller, &new, &hash, now)).wait()
    }

    /// Up to `limit` of a reseller's users, by e-mail address, from the one after `after` on; begin with the empty text.
    ///
    /// # Errors
    /// The storage failed.
    pub fn list_users(&self, reseller: AccountId, after: &str, limit: usize) -> Result<Vec<ResellerUser>, Refusal> {
        self.store.read(|view| Ok(view.reseller_users(reseller, after, limit)?))
    }
}
