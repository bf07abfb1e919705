//! Listings end, whatever the service says.

use larder::Error;
use larder::nvx::imfs::{FileEntry, FolderPage, ListFolder};
use larder::nvx::{Code, Fault};

use crate::double::Double;

/// A page of files with these numbers for names.
fn page(files: std::ops::Range<u32>, total: u64) -> FolderPage {
    let file = |number: u32| FileEntry { name: number.to_string(), ..FileEntry::default() };
    FolderPage { total_file_count: total, files: files.map(file).collect(), ..FolderPage::default() }
}

fn listing(list: fn(&ListFolder) -> Result<FolderPage, Fault>) -> Double {
    Double { list, ..Double::default() }
}

/// The numbers of the pages that were asked for.
fn pages(heard: &[String]) -> Vec<&str> {
    heard.iter().filter_map(|line| line.strip_prefix("page ")).collect()
}

#[tokio::test]
async fn a_listing_ends_with_a_short_page_once_all_is_there() {
    let list: fn(&ListFolder) -> _ = |operation| match operation.page_number.get() {
        1 => Ok(page(0..500, 502)),
        // One more than the first page knew of.
        2 => Ok(page(500..503, 503)),
        _ => panic!("nobody needs this page"),
    };
    let (client, _, double) = listing(list).start().await;
    let all = client.list_all("").await.unwrap();
    assert_eq!((all.files.len(), all.total_file_count), (503, 503));
    assert_eq!(pages(&double.heard()), ["1", "2"]);
}

#[tokio::test]
async fn a_short_page_is_no_end_by_itself() {
    // A service that gives ten at a time, however many are asked for.
    let list: fn(&ListFolder) -> _ = |operation| {
        let first = (operation.page_number.get() - 1) * 10;
        Ok(page(first.min(25)..(first + 10).min(25), 25))
    };
    let (client, ..) = listing(list).start().await;
    assert_eq!(client.list_all("").await.unwrap().files.len(), 25);
}

#[tokio::test]
async fn an_empty_page_and_a_page_past_the_last_one_are_the_end() {
    let empty: fn(&ListFolder) -> _ =
        |operation| Ok(if operation.page_number.get() == 1 { page(0..500, 500) } else { page(0..0, 500) });
    let beyond: fn(&ListFolder) -> _ = |operation| match operation.page_number.get() {
        1 => Ok(page(0..500, 500)),
        _ => Err(Code::PastTheLastPage.into()),
    };
    for list in [empty, beyond] {
        let (client, _, double) = listing(list).start().await;
        let mut listing = client.list("Photos").unwrap();
        assert_eq!(listing.next_page().await.unwrap().unwrap().files.len(), 500);
        for _ in 0..3 {
            assert_eq!(listing.next_page().await.unwrap(), None);
        }
        assert_eq!(pages(&double.heard()), ["1", "2"], "an end is asked for once");
    }
}

#[tokio::test]
async fn a_page_without_progress_is_the_end() {
    // A service that knows no page numbers: all that it has is a page long, or more.
    let (client, ..) = listing(|_| Ok(page(0..500, 500))).start().await;
    assert_eq!(client.list_all("").await.unwrap().files.len(), 500);
    let (client, _, double) = listing(|_| Ok(page(0..500, 600))).start().await;
    let mut pages = client.list("").unwrap();
    assert!(pages.next_page().await.unwrap().is_some());
    assert!(matches!(pages.next_page().await, Err(Error::NoProgress { page: 2 })));
    assert_eq!(pages.next_page().await.unwrap(), None);
    assert_eq!(double.heard().len(), 3, "a login and two pages");
}

#[tokio::test]
async fn accounts_end_without_totals() {
    let accounts = |page: u32| (0..if page < 3 { 500 } else { 7 }).map(|number| format!("{page}-{number}")).collect();
    let (client, _, double) = Double { accounts, ..Double::default() }.start().await;
    assert_eq!(client.list_child_accounts().await.unwrap().len(), 1007);
    assert_eq!(pages(&double.heard()), ["1", "2", "3"]);
}
