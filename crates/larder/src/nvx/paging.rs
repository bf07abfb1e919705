//! When a listing is over. Pages are asked for until one says so; none is trusted to be the last because of its totals
//! alone, which can change between pages.

use core::hash::Hasher;
use std::hash::DefaultHasher;

use larder_proto_nvx::Code;
use larder_proto_nvx::values::{PageNumber, PageSize};

use super::{Error, Result};

/// Entries on a page, unless the caller wants another number.
const SIZE: u32 = 500;

/// How far a listing has come.
#[derive(Debug, Clone)]
pub(super) struct Pages {
    /// The page that comes next; none when it is over.
    next: Option<PageNumber>,
    pub(super) size: Option<PageSize>,
    /// Entries so far.
    seen: u64,
    /// What the last page looked like.
    last: Option<u64>,
}

impl Default for Pages {
    fn default() -> Self {
        Self { next: Some(PageNumber::FIRST), size: PageSize::try_from(SIZE).ok(), seen: 0, last: None }
    }
}

impl Pages {
    /// The page to ask for, unless the listing is over.
    pub(super) fn next(&self) -> Option<(PageNumber, PageSize)> {
        self.next.zip(self.size)
    }

    /// A page came with these entries, folders being told apart from files. `total` is how many the service says that
    /// there are; 0 if it does not. Returns whether the page belongs to the listing.
    pub(super) fn came<'a>(&mut self, entries: impl Iterator<Item = (bool, &'a str)>, total: u64) -> Result<bool> {
        let Some((page, size)) = self.next() else { return Ok(false) };
        self.next = None;
        let (count, look) = look(entries);
        if count == 0 {
            return Ok(false);
        }
        if self.last == Some(look) {
            // A service may answer with its last page whatever lies beyond.
            return if self.seen >= total { Ok(false) } else { Err(Error::NoProgress { page: page.get() }) };
        }
        self.seen += count;
        self.last = Some(look);
        // A short page is no end by itself: a service may have a limit below the one that was asked for.
        if count >= u64::from(size.get()) || self.seen < total {
            self.next = page.get().checked_add(1).and_then(|next| PageNumber::try_from(next).ok());
        }
        Ok(true)
    }

    /// There are no more.
    pub(super) fn end(&mut self) {
        self.next = None;
    }
}

/// Counts the entries, and makes a number of them that other entries hardly have.
fn look<'a>(entries: impl Iterator<Item = (bool, &'a str)>) -> (u64, u64) {
    let (mut count, mut hasher) = (0, DefaultHasher::new());
    for (is_folder, name) in entries {
        count += 1;
        hasher.write_u8(u8::from(is_folder));
        hasher.write_usize(name.len());
        hasher.write(name.as_bytes());
    }
    (count, hasher.finish())
}

/// The page, or none when the service says that it lies past the last one.
pub(super) fn unless_past_the_end<T>(answer: Result<T>) -> Result<Option<T>> {
    match answer {
        Err(error) if error.code() == Some(Code::PastTheLastPage) => Ok(None),
        answer => answer.map(Some),
    }
}
