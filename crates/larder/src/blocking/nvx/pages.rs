//! Listings as an iterator.

use larder_proto_nvx::imfs::FolderPage;

use super::{Listing, Result};

/// The pages of a folder as an [`Iterator`]. It ends with the first error, or after the last page.
#[derive(Debug, Clone)]
#[must_use = "an iterator does nothing unless it is asked"]
pub struct ListingPages(Option<Listing>);

impl IntoIterator for Listing {
    type Item = Result<FolderPage>;
    type IntoIter = ListingPages;

    fn into_iter(self) -> ListingPages {
        ListingPages(Some(self))
    }
}

impl Iterator for ListingPages {
    type Item = Result<FolderPage>;

    fn next(&mut self) -> Option<Self::Item> {
        let page = self.0.as_mut()?.next_page();
        if !matches!(page, Ok(Some(_))) {
            self.0 = None;
        }
        page.transpose()
    }
}
