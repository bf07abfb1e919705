//! Access keys of users' storages.

macro_rules! access_keys {
    ([$($async:tt)*] [$($await:tt)*]) => {
        mod access_keys {
            use larder_proto_e2::flow::{CreateKey, KeyOutcome, Orphans, OrphansRemoved, RemoveOrphans};

            use super::{
                AccessKeyCreated, AccessKeyRemoved, AccessKeys, Client, CreateAccessKey, KeyError, ListAccessKeys, RemoveAccessKey, Report,
                Result, value,
            };

            impl Client {
                /// Makes an access key for a storage. The service tells its secret in this answer and never again.
                ///
                /// The keys that there are get listed first. The request is then sent once; should its reply be lost, they are
                /// listed again, and the error says which key is new and has that name: most likely the one that nobody can use.
                /// Give every key a name that nobody else uses: a name is all that tells it from a key that another writer makes
                /// in the same moment. The error then goes to [`remove_orphans`](Self::remove_orphans), and another key can be
                /// made.
                ///
                /// # Errors
                /// [`KeyError::Lost`]; [`KeyError::Failed`] with
                /// [`ErrorCode::AccountNonExistent`](super::ErrorCode::AccountNonExistent),
                /// [`ErrorCode::StorageNonExistent`](super::ErrorCode::StorageNonExistent) or
                /// [`ErrorCode::UserDisabled`](super::ErrorCode::UserDisabled).
                ///
                /// When it is given up in the middle (its future dropped), there may be a key as well. Rather end it by its
                /// [clocks](larder_core::Settings::clocks); or list the keys before, and make the recipe with [`Orphans::since`].
                pub $($async)* fn create_access_key(&self, key: CreateAccessKey) -> core::result::Result<AccessKeyCreated, KeyError> {
                    match self.drive(CreateKey::new(key, self.settings().clone()))$($await)*?.answer {
                        KeyOutcome::Created(created) => Ok(created),
                        KeyOutcome::Lost(lost) => Err(KeyError::Lost(lost)),
                    }
                }

                /// Removes the keys that a lost [`create_access_key`](Self::create_access_key) left: exactly its
                /// [suspects](Orphans::suspects), and none of them when other keys of that name have come up since, or when it is
                /// not clear which is meant.
                ///
                /// # Errors
                /// As for [`remove_access_key`](Self::remove_access_key). It can be asked again: what is gone is gone.
                pub $($async)* fn remove_orphans(&self, orphans: &Orphans) -> Result<OrphansRemoved> {
                    Ok(self.drive(RemoveOrphans::new(orphans.clone(), self.settings().clone()))$($await)*?.answer)
                }

                /// The access keys of a storage, without their secrets.
                ///
                /// # Errors
                /// [`ErrorCode::AccountNonExistent`](super::ErrorCode::AccountNonExistent),
                /// [`ErrorCode::StorageNonExistent`](super::ErrorCode::StorageNonExistent) and
                /// [`ErrorCode::UserDisabled`](super::ErrorCode::UserDisabled).
                pub $($async)* fn list_access_keys(&self, email: &str, storage_dn: &str) -> Result<AccessKeys> {
                    let (email, storage_dn) = (value("email", email)?, value("storage_dn", storage_dn)?);
                    self.call(ListAccessKeys { email, storage_dn })$($await)*
                }

                /// Removes an access key, by what names it ([`AccessKey::key_id`](super::AccessKey::key_id)): nobody can use it
                /// from now on.
                ///
                /// # Errors
                /// [`ErrorCode::AccessKeyNonExistent`](super::ErrorCode::AccessKeyNonExistent), and those of
                /// [`list_access_keys`](Self::list_access_keys).
                pub $($async)* fn remove_access_key(&self, email: &str, storage_dn: &str, access_key: &str) -> Result<Report<AccessKeyRemoved>> {
                    let (email, storage_dn) = (value("email", email)?, value("storage_dn", storage_dn)?);
                    self.report(RemoveAccessKey { email, storage_dn, access_key: value("access_key", access_key)? })$($await)*
                }
            }
        }
    };
}
pub(crate) use access_keys;
