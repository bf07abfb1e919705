//! Host names of the reseller's own. All refusals of these but a user's have one code,
//! [`RequestProcessingFailed`](super::ErrorCode::RequestProcessingFailed): their message tells.

macro_rules! cnames {
    ([$($async:tt)*] [$($await:tt)*]) => {
        mod cnames {
            use super::{
                AddCname, Client, CnameAdded, CnameRemoved, CnameUpdated, Cnames, ListCnames, RemoveCname, Report, Result, UpdateCname, value,
            };

            impl Client {
                /// Lets a host name stand for a storage domain. A success that was recovered has a caveat: the name stands for
                /// some storage, with some certificate.
                ///
                /// # Errors
                /// See [`AddCname`]'s table of refusals.
                pub $($async)* fn add_cname(&self, cname: AddCname) -> Result<Report<CnameAdded>> {
                    self.report(cname)$($await)*
                }

                /// The CNAMEs of a storage.
                ///
                /// # Errors
                /// See [`ListCnames`]'s table of refusals.
                pub $($async)* fn list_cnames(&self, email: &str, storage_dn: &str) -> Result<Cnames> {
                    self.call(ListCnames { email: value("email", email)?, storage_dn: value("storage_dn", storage_dn)? })$($await)*
                }

                /// Replaces a CNAME of a storage, with its certificate. Never repeated by itself.
                ///
                /// # Errors
                /// See [`UpdateCname`]'s table of refusals; `OutcomeUnknown` when the reply was lost:
                /// [`list_cnames`](Self::list_cnames) then tells which certificate is there.
                pub $($async)* fn update_cname(&self, cname: UpdateCname) -> Result<CnameUpdated> {
                    self.call(cname)$($await)*
                }

                /// Takes a CNAME from a storage, with its certificate.
                ///
                /// # Errors
                /// See [`RemoveCname`]'s table of refusals.
                pub $($async)* fn remove_cname(&self, email: &str, storage_dn: &str, cname: &str) -> Result<Report<CnameRemoved>> {
                    let (email, storage_dn) = (value("email", email)?, value("storage_dn", storage_dn)?);
                    self.report(RemoveCname { email, storage_dn, cname: value("cname", cname)? })$($await)*
                }
            }
        }
    };
}
pub(crate) use cnames;
