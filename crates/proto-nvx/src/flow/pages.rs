//! Listings that come in pages. Pages are asked for until one says that it is the last; none is trusted to be because of its
//! totals alone, which can change between pages.

use core::hash::Hasher;
use std::hash::DefaultHasher;

use larder_core::{CallResult, Error, Operation};

use crate::accounting::ListChildAccounts;
use crate::imfs::ListFolder;
use crate::sharing::ListHostedItems;
use crate::values::{PageNumber, PageSize};
use crate::{Code, Fault, Nvx};

/// An operation that answers a page of something longer.
pub trait Paged: Operation<Api = Nvx> + Clone {
    /// The same for another page.
    #[must_use]
    fn page(&self, number: PageNumber) -> Self;

    /// The page that it asks for, and the entries that it asks for.
    fn asks(&self) -> (PageNumber, PageSize);

    /// Shows the names of a page's entries, folders being told apart from files. Returns how many entries there are on all
    /// pages as the service says; 0 when it does not.
    fn look(answer: &Self::Answer, entry: &mut dyn FnMut(bool, &str)) -> u64;
}

/// The pages of a listing, one after the other: which one to ask for, and when it is over. It ends whatever the service
/// says, and makes no call itself.
///
/// ```
/// # use larder_proto_nvx::{flow::{Pages, Stuck}, imfs::{FolderListing, FolderPage, FolderEntry, ListFolder}};
/// # fn call(_: ListFolder) -> larder_core::CallResult<FolderListing, larder_proto_nvx::Fault> {
/// #     let folders = vec![FolderEntry { name: "a".to_owned(), ..FolderEntry::default() }];
/// #     Ok(FolderListing { list_folder: FolderPage { total_folder_count: 1, folders, ..FolderPage::default() } })
/// # }
/// let mut pages = Pages::new(ListFolder::new("Photos".parse()?, 1.try_into()?, 100.try_into()?));
/// while let Some(operation) = pages.request() {
///     let Some(page) = pages.came(call(operation))? else { break };
///     println!("{} folders", page.list_folder.folders.len());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Pages<L: Paged> {
    /// Asks for the page that comes next; none when it is over.
    next: Option<L>,
    /// Pages so far.
    count: u32,
    /// Entries so far.
    seen: u64,
    /// The most entries that the service said there were.
    most: u64,
    /// What the last page looked like.
    last: Option<u64>,
    /// What the page with the number of the latest power of two looked like: a service that goes round in a circle, however
    /// long, comes by it (Brent's algorithm).
    mark: Option<u64>,
}

/// Why there is no next page, although the listing is not over. Exhaustive on purpose: whoever wraps it has an error for each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stuck {
    /// The call failed. The same page may be asked for again.
    #[error(transparent)]
    Call(#[from] Box<Error<Fault>>),
    /// The service repeats pages, or sends far more than it said there were, and so has no end.
    #[error("page {page} of the listing brings it no further, and the listing is not complete")]
    NoProgress {
        /// The page that was asked for, from 1 on.
        page: u32,
    },
}

impl<L: Paged> Pages<L> {
    /// Entries on a page, for whoever does not mind.
    pub const SIZE: u32 = 500;
    /// Pages that are asked for at most: of a service that says no total and never ends.
    pub const MOST: u32 = 100_000;

    /// The pages from the one that `first` asks for on.
    #[must_use]
    pub fn new(first: L) -> Self {
        Self { next: Some(first), count: 0, seen: 0, most: 0, last: None, mark: None }
    }

    /// What asks for the next page, unless the listing is over.
    #[must_use]
    pub fn request(&self) -> Option<L> {
        self.next.clone()
    }

    /// How the call that [`request`](Self::request) asked for ended. The page has at least one entry; none when the listing
    /// is over.
    ///
    /// # Errors
    /// See [`Stuck`].
    pub fn came(&mut self, result: CallResult<L::Answer, Fault>) -> Result<Option<L::Answer>, Stuck> {
        let Some(asked) = self.next.take() else { return Ok(None) };
        let answer = match result {
            Ok(answer) => answer,
            // Some services say so instead of sending an empty page.
            Err(error) if error.fault().is_some_and(|fault| fault.code == Code::PastTheLastPage) => return Ok(None),
            Err(error) => {
                self.next = Some(asked);
                return Err(Stuck::Call(error));
            }
        };
        let (count, look, total) = look::<L>(&answer);
        if count == 0 {
            return Ok(None);
        }
        let (number, size) = asked.asks();
        self.most = self.most.max(total);
        if self.is_again(look) {
            // A service may answer with its last page whatever lies beyond.
            return if self.seen >= total { Ok(None) } else { Err(Stuck::NoProgress { page: number.get() }) };
        }
        self.seen += count;
        if self.is_endless(size) {
            return Err(Stuck::NoProgress { page: number.get() });
        }
        // A short page is no end by itself: a service may have a limit below the one that was asked for.
        if count >= u64::from(size.get()) || self.seen < total {
            let next = number.get().checked_add(1).and_then(|next| PageNumber::try_from(next).ok());
            self.next = next.map(|next| asked.page(next));
        }
        Ok(Some(answer))
    }

    /// Whether a page looks like one before; notes it.
    fn is_again(&mut self, look: u64) -> bool {
        let is_again = self.last == Some(look) || self.mark == Some(look);
        self.count += 1;
        self.last = Some(look);
        if self.count.is_power_of_two() {
            self.mark = Some(look);
        }
        is_again
    }

    /// A listing may grow while it is read, but not to twice its length.
    fn is_endless(&self, size: PageSize) -> bool {
        let most = self.most.saturating_mul(2).saturating_add(u64::from(size.get()));
        self.count >= Self::MOST || (self.most > 0 && self.seen > most)
    }
}

/// Counts the entries, and makes a number of them that other entries hardly have.
fn look<L: Paged>(answer: &L::Answer) -> (u64, u64, u64) {
    let (mut count, mut hasher) = (0, DefaultHasher::new());
    let total = L::look(answer, &mut |is_folder, name| {
        count += 1;
        hasher.write_u8(u8::from(is_folder));
        hasher.write_usize(name.len());
        hasher.write(name.as_bytes());
    });
    (count, hasher.finish(), total)
}

macro_rules! paged {
    ($operation:ident, |$answer:ident, $entry:ident| $look:block) => {
        impl Paged for $operation {
            fn page(&self, number: PageNumber) -> Self {
                Self { page_number: number, ..self.clone() }
            }

            fn asks(&self) -> (PageNumber, PageSize) {
                (self.page_number, self.page_size)
            }

            fn look($answer: &Self::Answer, $entry: &mut dyn FnMut(bool, &str)) -> u64 {
                $look
            }
        }
    };
}

paged!(ListFolder, |answer, entry| {
    let page = &answer.list_folder;
    page.folders.iter().for_each(|folder| entry(true, &folder.name));
    page.files.iter().for_each(|file| entry(false, &file.name));
    page.total_folder_count.saturating_add(page.total_file_count)
});
paged!(ListChildAccounts, |answer, entry| {
    answer.accounts.iter().for_each(|name| entry(false, name));
    0
});
paged!(ListHostedItems, |answer, entry| {
    answer.items.iter().for_each(|item| entry(!item.is_file, &item.share_path));
    0
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounting::ChildAccounts;
    use crate::imfs::{FolderEntry, FolderListing, FolderPage};

    fn folders(size: u32) -> Pages<ListFolder> {
        let size = size.try_into().unwrap();
        Pages::new(ListFolder::new("a".parse().unwrap(), PageNumber::FIRST, size))
    }

    fn page(total: u64, names: impl IntoIterator<Item = u64>) -> CallResult<FolderListing, Fault> {
        let folder = |name: u64| FolderEntry { name: name.to_string(), ..FolderEntry::default() };
        let folders = names.into_iter().map(folder).collect();
        Ok(FolderListing { list_folder: FolderPage { total_folder_count: total, folders, ..FolderPage::default() } })
    }

    /// Asks until the end; how many entries came, and how it ended.
    fn read(
        pages: &mut Pages<ListFolder>,
        answer: impl Fn(u64) -> CallResult<FolderListing, Fault>,
    ) -> (usize, Result<(), Stuck>) {
        let mut count = 0;
        while let Some(operation) = pages.request() {
            match pages.came(answer(u64::from(operation.page_number.get()) - 1)) {
                Ok(Some(page)) => count += page.list_folder.folders.len(),
                Ok(None) => break,
                Err(stuck) => return (count, Err(stuck)),
            }
        }
        (count, Ok(()))
    }

    fn refused(code: Code) -> CallResult<FolderListing, Fault> {
        let kind = larder_core::ErrorKind::Fault(code.into());
        Err(Box::new(Error::new(kind, ListFolder::META, "nvx.test")))
    }

    #[test]
    fn all_ways_to_end() {
        // A service with a limit of its own, an exact multiple, an empty page, the code, the last page for ever.
        let limited = |at: u64| page(5, (at * 2..at * 2 + 2).take_while(|name| *name < 5));
        assert_eq!(read(&mut folders(100), limited), (5, Ok(())));
        assert_eq!(read(&mut folders(2), |at| page(4, (at * 2..at * 2 + 2).filter(|name| *name < 4))), (4, Ok(())));
        assert_eq!(read(&mut folders(2), |at| if at < 2 { page(4, [at, at + 9]) } else { page(4, []) }), (4, Ok(())));
        assert_eq!(
            read(&mut folders(2), |at| if at < 2 { page(0, [at, at + 9]) } else { refused(Code::PastTheLastPage) }),
            (4, Ok(()))
        );
        assert_eq!(read(&mut folders(2), |at| page(4, [at.min(1), at.min(1) + 9])), (4, Ok(())));
        // It shrinks meanwhile.
        assert_eq!(read(&mut folders(2), |at| if at == 0 { page(9, [0, 1]) } else { page(2, []) }), (2, Ok(())));
    }

    #[test]
    fn a_circle_of_any_length_is_noticed() {
        for length in 1..20 {
            let (count, end) = read(&mut folders(1), |at| page(1_000_000, [at % length]));
            assert!(matches!(end, Err(Stuck::NoProgress { .. })), "{length}");
            assert!((count as u64) <= 4 * length + 1, "{length}: {count}");
        }
    }

    #[test]
    fn more_than_there_is_comes_to_an_end() {
        let (count, end) = read(&mut folders(10), |at| page(100, at * 10..at * 10 + 10));
        assert!(matches!(end, Err(Stuck::NoProgress { page: 22 })), "{end:?}");
        assert_eq!(count, 210);
    }

    #[test]
    fn what_has_no_total_ends_too() {
        let operation = ListChildAccounts { page_number: PageNumber::FIRST, page_size: 1.try_into().unwrap() };
        let mut pages = Pages::new(operation);
        let mut count = 0;
        let stuck = loop {
            let operation = pages.request().unwrap();
            match pages.came(Ok(ChildAccounts { accounts: vec![operation.page_number.to_string()] })) {
                Ok(_) => count += 1,
                Err(stuck) => break stuck,
            }
        };
        assert_eq!((count, stuck), (99_999, Stuck::NoProgress { page: 100_000 }));
    }

    #[test]
    fn a_page_that_failed_is_asked_for_again() {
        let mut pages = folders(1);
        assert!(matches!(pages.came(page(2, [1])), Ok(Some(_))));
        assert!(matches!(pages.came(refused(Code::Database)), Err(Stuck::Call(_))));
        assert_eq!(pages.request().map(|operation| operation.page_number.get()), Some(2));
        assert!(matches!(pages.came(page(2, [2])), Ok(Some(_))));
        assert_eq!(pages.request().map(|operation| operation.page_number.get()), Some(3));
    }
}
