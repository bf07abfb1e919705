//! The reseller API's users.

use larder_core::Secret;

use super::Engine;
use crate::pending::Pending;
use crate::refusal::Refusal;
use crate::rules::resellers::storages::{self, NewAccessKey, NewUserStorage};
use crate::rules::resellers::{self, NewResellerUser};
use crate::token::{self, TokenHash, opaque};
use crate::types::{AccessKey, AccountId, Region, ResellerUser, UserStorage};

/// Characters of the random name of a storage: 60 bits.
pub(crate) const STORAGE_LABEL: usize = 12;

/// The domain of a storage.
pub(crate) fn storage_name(label: &str, region: &str, domain: &str) -> String {
    format!("{label}.{}.{domain}", region.to_lowercase())
}

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

    /// Disables a user, or enables one.
    ///
    /// # Errors
    /// Those of [`resellers::set_enabled`].
    pub fn set_user_enabled(&self, reseller: AccountId, email: String, enabled: bool) -> Pending<()> {
        self.change(move |tx, _| resellers::set_enabled(tx, reseller, &email, enabled))
    }

    /// Removes a user and all that the user has.
    ///
    /// # Errors
    /// Those of [`resellers::remove`].
    pub fn remove_user(&self, reseller: AccountId, email: String) -> Pending<()> {
        self.change(move |tx, _| resellers::remove(tx, reseller, &email))
    }

    /// Gives a user storage in a region, under a random name below the region's domain.
    ///
    /// # Errors
    /// Those of [`storages::enable_region`].
    pub fn enable_user_region(&self, reseller: AccountId, email: String, region: &Region, is_ssd: bool) -> Pending<UserStorage> {
        let label = match token::readable(&*self.random) {
            Ok(label) => label,
            Err(error) => return Pending::ready(Err(error.into())),
        };
        let dn = storage_name(&label.expose()[..STORAGE_LABEL], &region.key, &region.domain);
        let new = NewUserStorage { region: region.key.clone(), is_ssd, dn };
        self.change(move |tx, now| storages::enable_region(tx, reseller, &email, &new, now))
    }

    /// The storages of a user.
    ///
    /// # Errors
    /// Those of [`storages::storages`].
    pub fn user_storages(&self, reseller: AccountId, email: &str) -> Result<Vec<UserStorage>, Refusal> {
        self.store.read(|view| storages::storages(view, reseller, email))
    }

    /// Takes a storage from a user, with its access keys.
    ///
    /// # Errors
    /// Those of [`storages::remove_storage`].
    pub fn remove_user_region(&self, reseller: AccountId, email: String, dn: String) -> Pending<()> {
        self.change(move |tx, _| storages::remove_storage(tx, reseller, &email, &dn))
    }

    /// Makes an access key for a storage. Its secret is in the result, and is told nowhere else.
    ///
    /// # Errors
    /// Those of [`storages::create_key`].
    pub fn create_access_key(&self, reseller: AccountId, email: String, dn: String, new: NewAccessKey) -> Pending<AccessKey> {
        let made = token::readable(&*self.random).and_then(|key_id| Ok((key_id, opaque(&*self.random)?)));
        let (key_id, secret) = match made {
            Ok((key_id, secret)) => (key_id.expose().to_uppercase(), secret),
            Err(error) => return Pending::ready(Err(error.into())),
        };
        self.change(move |tx, now| storages::create_key(tx, reseller, (&email, &dn), &new, (&key_id, &secret), now))
    }

    /// The access keys of a storage, in the order of their making.
    ///
    /// # Errors
    /// Those of [`storages::keys`].
    pub fn access_keys(&self, reseller: AccountId, email: &str, dn: &str) -> Result<Vec<AccessKey>, Refusal> {
        self.store.read(|view| storages::keys(view, reseller, email, dn))
    }

    /// Removes an access key.
    ///
    /// # Errors
    /// Those of [`storages::remove_key`].
    pub fn remove_access_key(&self, reseller: AccountId, email: String, dn: String, key_id: String) -> Pending<()> {
        self.change(move |tx, _| storages::remove_key(tx, reseller, (&email, &dn), &key_id))
    }
}
