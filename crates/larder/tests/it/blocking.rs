//! The client without a runtime, against the same services.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use larder::Error;
use larder::blocking::nvx::{Client, Code, Credentials};
use larder::blocking::{Cancel, Once};
use larder::larder_core::ErrorKind;
use larder::nvx::imfs::{FileEntry, FolderPage, ListFolder};
use tokio::task::spawn_blocking;

use crate::double::{Double, LENGTH};

/// Does this with a client of the double, on a thread of its own.
async fn with<T: Send + 'static>(double: Double, work: impl FnOnce(Client, Arc<Double>) -> T + Send + 'static) -> T {
    let (other, host, double) = double.start().await;
    let client = Client::new(&format!("http://{host}"), Credentials::new("key", "user", "password")).unwrap();
    let client = client.with_settings(other.settings().clone());
    spawn_blocking(move || work(client, double)).await.unwrap()
}

#[tokio::test]
async fn a_local_file_goes_there_and_comes_back() {
    let (_, node, shelf) = Double::default().start().await;
    with(Double { node, ..Double::default() }, move |client, _| {
        let folder = tempfile::tempdir().unwrap();
        let local = folder.path().join("a.bin");
        std::fs::write(&local, vec![1; 100_000]).unwrap();
        assert_eq!(client.upload_file("Files/b.bin", &local).unwrap().bytes, 100_000);
        assert_eq!(client.upload("c", Once::new(&b"123"[..], None)).unwrap().bytes, 3);
        assert_eq!(shelf.heard(), ["upload to Files", "file b.bin", "upload to /", "file c"]);
        let fetched = client.download_file("Files/b.bin", &local).unwrap();
        assert_eq!((fetched.head.total, fetched.bytes, fetched.verified), (Some(LENGTH), LENGTH, false));
        assert_eq!(std::fs::read(&local).unwrap(), vec![7; LENGTH as usize]);
        let mut got = Vec::new();
        assert_eq!(client.download("Files/b.bin", &mut got).unwrap().bytes, LENGTH);
        assert_eq!(names(folder.path()), ["a.bin"]);
        let missing = client.upload_file("Files/b.bin", folder.path().join("none"));
        assert!(matches!(missing, Err(Error::Read(error)) if error.kind() == io::ErrorKind::NotFound));
    })
    .await;
}

#[tokio::test]
async fn a_download_that_fails_leaves_nothing_behind() {
    with(Double { breaks_at: LENGTH / 2, ..Double::default() }, |client, _| {
        let folder = tempfile::tempdir().unwrap();
        let local = folder.path().join("a.bin");
        std::fs::write(&local, "what was there").unwrap();
        let error = client.download_file("broken", &local).unwrap_err();
        assert!(matches!(error, Error::Call(_)), "{error}");
        let error = client.download_file("none", &local).unwrap_err();
        assert_eq!(error.code(), Some(Code::DownloadPathNotFound));
        let cancel = Cancel::new().unwrap();
        cancel.cancel();
        let error = client.with_cancel(&cancel).download_file("broken", &local).unwrap_err();
        assert!(matches!(error, Error::Call(error) if error.kind == ErrorKind::Cancelled));
        assert_eq!(names(folder.path()), ["a.bin"]);
        assert_eq!(std::fs::read(&local).unwrap(), b"what was there");
    })
    .await;
}

#[tokio::test]
async fn many_files_go_at_once_and_results_keep_their_order() {
    let (_, node, shelf) = Double::default().start().await;
    with(Double { node, ..Double::default() }, move |client, _| {
        let path = |number: usize| if number == 3 { "a/../b".to_owned() } else { format!("Files/{number}") };
        let files = (0..20).map(move |number| (path(number), Bytes::from(vec![0; number])));
        let results = client.upload_many(files, &Default::default(), 4);
        assert_eq!(results.len(), 20);
        for (number, result) in results.into_iter().enumerate() {
            match result {
                Ok(stored) => assert_eq!(stored.bytes, number as u64),
                Err(error) => assert!(number == 3 && matches!(error, Error::Value(_)), "{number}: {error}"),
            }
        }
        let mut files: Vec<_> = shelf.heard().into_iter().filter(|line| line.starts_with("file")).collect();
        files.sort();
        files.dedup();
        assert_eq!(files.len(), 19);
    })
    .await;
}

#[tokio::test]
async fn a_listing_is_pages_or_an_iterator_and_ends() {
    fn page(files: std::ops::Range<u32>) -> FolderPage {
        let file = |number: u32| FileEntry { name: number.to_string(), ..FileEntry::default() };
        FolderPage { total_file_count: 502, files: files.map(file).collect(), ..FolderPage::default() }
    }
    let list: fn(&ListFolder) -> _ = |operation| Ok(if operation.page_number.get() == 1 { page(0..500) } else { page(500..502) });
    let double = Double { list, ..Double::default() };
    with(double, |client, double| {
        let count = client.list("").unwrap().into_iter().map(|page| page.unwrap().files.len()).sum::<usize>();
        assert_eq!((count, client.list_all("").unwrap().files.len()), (502, 502));
        assert_eq!(double.heard(), ["login", "page 1", "page 2", "page 1", "page 2"]);
    })
    .await;
}

#[tokio::test]
async fn a_session_is_left_and_a_password_changed() {
    with(Double { logout: || Err(Code::SessionNotFound.into()), ..Double::default() }, |client, double| {
        client.logout().unwrap();
        assert!(double.heard().is_empty(), "there was none");
        client.list_all("").unwrap();
        client.logout().unwrap();
        assert_eq!(double.heard(), ["login", "page 1", "logout"]);
        let client = client.change_password("better").unwrap();
        client.list_all("").unwrap();
        assert_eq!(double.heard(), ["login", "page 1"]);
        assert!(!format!("{client:?}").contains("better"));
    })
    .await;
}

fn names(folder: &std::path::Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.collect()
}

#[tokio::test]
async fn the_total_clock_is_that_of_a_whole_download() {
    let slow = Double { pause: Some(std::time::Duration::from_millis(100)), ..Double::default() };
    with(slow, |client, _| {
        let folder = tempfile::tempdir().unwrap();
        let how = larder::nvx::Downloading { at_once: 1, range: LENGTH / 20, ..Default::default() };
        let mut settings = client.settings().clone();
        settings.clocks.total = std::time::Duration::from_millis(800).into();
        let client = client.with_settings(settings);
        let error = client.download_file_with("a", folder.path().join("a"), &how).unwrap_err();
        assert!(matches!(&error, Error::Call(error) if matches!(error.kind, ErrorKind::Deadline(_))), "{error}");
        assert!(names(folder.path()).is_empty());
    })
    .await;
}
