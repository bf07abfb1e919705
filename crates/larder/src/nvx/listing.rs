//! Listing a folder, page by page.

use larder_proto_nvx::imfs::{FolderPage, ListFolder};
use larder_proto_nvx::values::{FolderPath, PageSize, SortCode};

use super::paging::{self, Pages};
use super::{Client, Result, place};

/// The pages of a folder: folders first, then files. Nothing is asked for before [`next_page`](Self::next_page) is.
///
/// A folder that changes meanwhile may show an entry twice, or not at all: the service counts pages, it keeps no place.
#[derive(Debug, Clone)]
pub struct Listing {
    client: Client,
    folder: FolderPath,
    order: Option<(SortCode, bool)>,
    pages: Pages,
}

impl Listing {
    /// Asks for pages of this many entries; 500 unless said otherwise. Only before the first page.
    #[must_use]
    pub fn page_size(mut self, size: PageSize) -> Self {
        self.pages.size = Some(size);
        self
    }

    /// Asks for this order, perhaps with the greatest first; by name unless said otherwise.
    #[must_use]
    pub fn sorted_by(mut self, code: SortCode, descending: bool) -> Self {
        self.order = Some((code, descending));
        self
    }

    /// The next page, which has at least one entry; none at the end. After an error of the call the same page may be
    /// asked for again.
    ///
    /// # Errors
    /// 70001 when there is no such folder; [`NoProgress`](crate::Error::NoProgress) when the service repeats itself.
    pub async fn next_page(&mut self) -> Result<Option<FolderPage>> {
        let Some((number, size)) = self.pages.next() else { return Ok(None) };
        let mut operation = ListFolder::new(self.folder.clone(), number, size);
        if let Some((code, descending)) = self.order {
            operation.sort_code = Some(code);
            operation.sort_descending = Some(descending);
        }
        let answer = self.client.call(operation).await;
        let Some(answer) = paging::unless_past_the_end(answer)? else {
            self.pages.end();
            return Ok(None);
        };
        let page = answer.list_folder;
        let folders = page.folders.iter().map(|folder| (true, folder.name.as_str()));
        let entries = folders.chain(page.files.iter().map(|file| (false, file.name.as_str())));
        let is_new = self.pages.came(entries, page.total_folder_count.saturating_add(page.total_file_count))?;
        Ok(is_new.then_some(page))
    }
}

impl Client {
    /// The pages of a folder; the empty path is the account's root.
    ///
    /// # Errors
    /// That it is no path.
    pub fn list(&self, path: &str) -> Result<Listing> {
        let folder = place::value("folderPath", path)?;
        Ok(Listing { client: self.clone(), folder, order: None, pages: Pages::default() })
    }

    /// All of a folder, as if it were one page.
    ///
    /// # Errors
    /// As for [`Listing::next_page`].
    pub async fn list_all(&self, path: &str) -> Result<FolderPage> {
        let mut pages = self.list(path)?;
        let mut all = FolderPage::default();
        while let Some(page) = pages.next_page().await? {
            all.folders.extend(page.folders);
            all.files.extend(page.files);
        }
        all.total_folder_count = all.folders.len() as u64;
        all.total_file_count = all.files.len() as u64;
        (all.page_folder_count, all.page_file_count) = (all.total_folder_count, all.total_file_count);
        Ok(all)
    }
}
