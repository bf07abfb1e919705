//! Listings, page by page. What is a stream with one client and an iterator with the other is with them.

macro_rules! listing {
    ([$($async:tt)*] [$($await:tt)*]) => {
        mod listing {
            use larder_core::Reject;
            use larder_proto_nvx::accounting::ListChildAccounts;
            use larder_proto_nvx::flow::{Paged, Pages, Stuck};
            use larder_proto_nvx::imfs::{FolderPage, ListFolder};
            use larder_proto_nvx::sharing::{HostedItem, ListHostedItems};
            use larder_proto_nvx::values::{PageNumber, PageSize, SortCode};

            use super::{Client, Error, Result, place};

            /// The pages of a folder: folders first, then files. Nothing is asked for before [`next_page`](Self::next_page) is.
            ///
            /// A folder that changes meanwhile may show an entry twice, or not at all: the service counts pages, it keeps no
            /// place.
            #[derive(Debug, Clone)]
            pub struct Listing {
                client: Client,
                first: ListFolder,
                /// None before the first page.
                pages: Option<Pages<ListFolder>>,
            }

            impl Listing {
                /// Asks for pages of this many entries; 500 unless said otherwise. Only before the first page.
                #[must_use]
                pub fn page_size(mut self, size: PageSize) -> Self {
                    self.first.page_size = size;
                    self
                }

                /// Asks for this order, perhaps with the greatest first; by name unless said otherwise. Only before the first
                /// page.
                #[must_use]
                pub fn sorted_by(mut self, code: SortCode, descending: bool) -> Self {
                    (self.first.sort_code, self.first.sort_descending) = (Some(code), Some(descending));
                    self
                }

                /// The next page, which has at least one entry; none at the end. After an error of the call the same page may be
                /// asked for again.
                ///
                /// # Errors
                /// 70001 when there is no such folder; [`NoProgress`](crate::Error::NoProgress) when the service repeats itself.
                pub $($async)* fn next_page(&mut self) -> Result<Option<FolderPage>> {
                    let pages = self.pages.get_or_insert_with(|| Pages::new(self.first.clone()));
                    Ok(self.client.next_page(pages)$($await)*?.map(|answer| answer.list_folder))
                }
            }

            impl Client {
                /// The pages of a folder; the empty path is the account's root.
                ///
                /// # Errors
                /// That it is no path.
                pub fn list(&self, path: &str) -> Result<Listing> {
                    let first = ListFolder::new(place::value("folderPath", path)?, PageNumber::FIRST, usual::<ListFolder>()?);
                    Ok(Listing { client: self.clone(), first, pages: None })
                }

                /// All of a folder, as if it were one page.
                ///
                /// # Errors
                /// As for [`Listing::next_page`].
                pub $($async)* fn list_all(&self, path: &str) -> Result<FolderPage> {
                    let mut pages = self.list(path)?;
                    let mut all = FolderPage::default();
                    while let Some(page) = pages.next_page()$($await)*? {
                        all.folders.extend(page.folders);
                        all.files.extend(page.files);
                    }
                    all.total_folder_count = all.folders.len() as u64;
                    all.total_file_count = all.files.len() as u64;
                    (all.page_folder_count, all.page_file_count) = (all.total_folder_count, all.total_file_count);
                    Ok(all)
                }

                /// The names of all accounts under the same application; the session must be the master's.
                ///
                /// # Errors
                /// 65005 when it is not.
                pub $($async)* fn list_child_accounts(&self) -> Result<Vec<String>> {
                    let page_size = usual::<ListChildAccounts>()?;
                    let mut pages = Pages::new(ListChildAccounts { page_number: PageNumber::FIRST, page_size });
                    let mut accounts = Vec::new();
                    while let Some(page) = self.next_page(&mut pages)$($await)*? {
                        accounts.extend(page.accounts);
                    }
                    Ok(accounts)
                }

                /// All files and folders that everybody may read.
                ///
                /// # Errors
                /// See [`ErrorKind`](larder_core::ErrorKind).
                pub $($async)* fn list_hosted_items(&self) -> Result<Vec<HostedItem>> {
                    let page_size = usual::<ListHostedItems>()?;
                    let mut pages = Pages::new(ListHostedItems { page_number: PageNumber::FIRST, page_size });
                    let mut items = Vec::new();
                    while let Some(page) = self.next_page(&mut pages)$($await)*? {
                        items.extend(page.items);
                    }
                    Ok(items)
                }

                /// The next page of a listing of your own; none at its end.
                ///
                /// # Errors
                /// Those of the call, after which the same page may be asked for again; [`NoProgress`](crate::Error::NoProgress).
                pub $($async)* fn next_page<L: Paged>(&self, pages: &mut Pages<L>) -> Result<Option<L::Answer>> {
                    let Some(operation) = pages.request() else { return Ok(None) };
                    let answer = self.transport().call(operation, self.settings().clone())$($await)*;
                    pages.came(answer).map_err(|stuck| match stuck {
                        Stuck::Call(error) => Error::Call(error),
                        Stuck::NoProgress { page } => Error::NoProgress { page },
                    })
                }
            }

            /// Entries on a page, unless the caller wants another number.
            fn usual<L: Paged>() -> core::result::Result<PageSize, Reject> {
                PageSize::try_from(Pages::<L>::SIZE).map_err(|rule| Reject::new("pageSize", rule))
            }
        }
    };
}
pub(crate) use listing;
