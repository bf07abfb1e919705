//! Everything that is served, once, by the client that others use.

use std::time::{Duration, SystemTime};

use larder::larder_core::ErrorKind;
use larder::nvx::transfer::Download;
use larder::nvx::values::{ByteRange, PageSize, SortCode};
use larder::nvx::{Client, Code, Style};

use crate::support::World;

/// Bytes that differ from block to block.
fn noise(length: u32) -> Vec<u8> {
    (0..length).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

/// Names of the files on all pages; the folders before them are checked here.
async fn sorted(client: &Client, code: SortCode, descending: bool) -> Vec<String> {
    let size = PageSize::try_from(2).unwrap();
    let mut listing = client.list("Docs").unwrap().page_size(size).sorted_by(code, descending);
    let (mut files, mut folders, mut pages) = (Vec::new(), Vec::new(), 0);
    while let Some(page) = listing.next_page().await.unwrap() {
        assert!(page.folders.is_empty() || files.is_empty(), "folders come first");
        assert_eq!((page.total_folder_count, page.total_file_count), (2, 3));
        assert_eq!(page.page_folder_count + page.page_file_count, (page.folders.len() + page.files.len()) as u64);
        folders.extend(page.folders.into_iter().map(|folder| folder.name));
        files.extend(page.files.into_iter().map(|file| file.name));
        pages += 1;
    }
    assert_eq!(pages, 3);
    folders.sort();
    assert_eq!(folders, ["F1", "F2"]);
    files
}

async fn slice(style: Style) {
    let folder = tempfile::tempdir().unwrap();
    let world = World::on_disk(&folder.path().join("data")).await;
    let boss = world.client("boss").with_style(style.clone());
    boss.create_child_account("new", "new!").await.unwrap();
    assert_eq!(boss.list_child_accounts().await.unwrap(), ["kid", "new", "sis"]);
    let client = world.client("new").with_style(style);
    let refused = client.create_child_account("x", "y").await.unwrap_err();
    assert_eq!(refused.code(), Some(Code::InvalidAccountType));

    client.create_folders(["Docs/F1", "Docs/F2"]).await.unwrap();
    assert_eq!(client.create_folder("Docs").await.unwrap_err().code(), Some(Code::FolderAlreadyExists));
    let contents = [("b.txt", noise(30)), ("a.jpg", noise(100_000)), ("c.mp3", Vec::new())];
    for (name, content) in &contents {
        world.clock.advance(2_000);
        let sent = client.upload(&format!("Docs/{name}"), bytes::Bytes::from(content.clone())).await.unwrap();
        assert_eq!((sent.bytes, sent.verified), (content.len() as u64, true));
    }
    for (code, expected) in [
        (SortCode::Name, ["a.jpg", "b.txt", "c.mp3"]),
        (SortCode::CreatedDate, ["b.txt", "a.jpg", "c.mp3"]),
        (SortCode::SizeBytes, ["c.mp3", "b.txt", "a.jpg"]),
        (SortCode::FileType, ["c.mp3", "a.jpg", "b.txt"]),
    ] {
        assert_eq!(sorted(&client, code, false).await, expected, "{code:?}");
        let backwards: Vec<_> = expected.into_iter().rev().collect();
        assert_eq!(sorted(&client, code, true).await, backwards, "{code:?}, descending");
    }

    let info = client.info("Docs/a.jpg").await.unwrap();
    assert_eq!((info.item_name.as_str(), info.is_file, info.size_bytes), ("a.jpg", true, Some(100_000)));
    assert_eq!(info.file_type.as_deref(), Some("Image"));
    assert!(!client.info("Docs").await.unwrap().is_file);
    assert_eq!(client.info("Docs/none").await.unwrap_err().code(), Some(Code::InvalidPath));

    for (name, content) in &contents {
        let mut came = Vec::new();
        let head = client.download(&format!("Docs/{name}"), &mut came).await.unwrap().head;
        assert_eq!((&came, head.total), (content, Some(content.len() as u64)));
    }
    ranges(&client, &contents[1].1).await;
    conditions(&client).await;
    changes(&client).await;
    password(&world, client).await;
}

async fn ranges(client: &Client, content: &[u8]) {
    for (range, first, end) in [
        (ByteRange::Between { first: 0, last: 0 }, 0, 1),
        (ByteRange::Between { first: 65_530, last: 65_545 }, 65_530, 65_546),
        (ByteRange::From(99_999), 99_999, 100_000),
        (ByteRange::Last(7), 99_993, 100_000),
        (ByteRange::Between { first: 5, last: 1 << 40 }, 5, 100_000),
    ] {
        let mut came = Vec::new();
        let head = client.download_range("Docs/a.jpg", range, &mut came).await.unwrap();
        assert_eq!((head.offset, head.total), (first as u64, Some(100_000)));
        assert!(came == content[first..end], "{range:?}");
    }
    let beyond = client.download_range("Docs/a.jpg", ByteRange::From(100_000), &mut Vec::new()).await;
    assert_eq!(beyond.unwrap_err().code(), Some(Code::RangeNotSatisfiable));
    let missing = client.download("Docs/none.jpg", &mut Vec::new()).await;
    assert_eq!(missing.unwrap_err().code(), Some(Code::DownloadPathNotFound));
}

async fn conditions(client: &Client) {
    let fetch = async |download: Download| {
        let mut came = Vec::new();
        let head = client.transport().download(download, client.settings().clone(), &mut came).await.unwrap();
        (head, came.len())
    };
    let plain = Download::new("Docs/b.txt".parse().unwrap());
    let (head, _) = fetch(plain.clone()).await;
    let (head, length) = fetch(Download { if_none_match: head.etag.and_then(|tag| tag.parse().ok()), ..plain.clone() }).await;
    assert_eq!((head.not_modified, length), (true, 0));
    let (head, length) = fetch(Download { if_none_match: "\"other\"".parse().ok(), ..plain }).await;
    assert_eq!((head.not_modified, length), (false, 30));
}

async fn changes(client: &Client) {
    client.rename_file("Docs/b.txt", "bb.txt").await.unwrap();
    client.rename_folder("Docs/F1", "FF").await.unwrap();
    client.move_files(["Docs/bb.txt", "Docs/c.mp3"], "Docs/FF").await.unwrap();
    assert_eq!(client.rename_file("Docs/b.txt", "x").await.unwrap_err().code(), Some(Code::InvalidPath));
    let names = |page: larder::nvx::imfs::FolderPage| page.files.into_iter().map(|file| file.path).collect::<Vec<_>>();
    assert_eq!(names(client.list_all("Docs/FF").await.unwrap()), ["Docs/FF/bb.txt", "Docs/FF/c.mp3"]);
    assert_eq!(client.delete_files(["Docs/a.jpg", "Docs/none"]).await.unwrap_err().code(), Some(Code::InvalidPath));
    assert_eq!(names(client.list_all("Docs").await.unwrap()), ["Docs/a.jpg"], "all of them or none");
    client.delete_files(["Docs/a.jpg"]).await.unwrap();
    client.delete_folders(["Docs"]).await.unwrap();
    assert!(client.list_all("").await.unwrap().folders.is_empty());
    assert_eq!(client.list_all("Docs").await.unwrap_err().code(), Some(Code::FolderNotFound));
}

async fn password(world: &World, client: Client) {
    let open = world.engine.session_count();
    client.logout().await.unwrap();
    assert_eq!(world.engine.session_count(), open - 1);
    let changed = client.change_password("secret").await.unwrap();
    changed.create_folder("again").await.unwrap();
    let error = client.create_folder("never").await.unwrap_err();
    assert_eq!(error.code(), Some(Code::LoginFailed));
    let larder::nvx::Error::Call(error) = error else { panic!("{error}") };
    assert!(matches!(error.kind, ErrorKind::Fault(_)));
}

#[tokio::test]
async fn the_whole_slice_in_xml() {
    slice(Style::XML).await;
}

#[tokio::test]
async fn the_whole_slice_in_json() {
    slice(Style::JSON).await;
}

#[tokio::test]
async fn the_whole_slice_in_soap_1_1() {
    slice(Style::SOAP_1_1).await;
}

#[tokio::test]
async fn the_whole_slice_in_soap_1_2() {
    slice(Style::SOAP_1_2).await;
}

#[tokio::test]
async fn stopping_lets_an_idle_client_go() {
    let world = World::start().await;
    world.client("kid").create_folder("a").await.unwrap();
    let idle = world.raw().await;
    let began = SystemTime::now();
    let (report, _) = world.stop().await;
    assert_eq!(report.aborted, 0);
    assert!(began.elapsed().unwrap() < Duration::from_secs(10));
    assert_eq!(idle.until_closed().await, b"");
}
