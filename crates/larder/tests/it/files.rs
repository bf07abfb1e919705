//! Files and refusals.

use std::io;

use bytes::Bytes;
use larder::larder_core::{ErrorKind, Rule};
use larder::nvx::{Client, Code};
use larder::{Error, Once, Sink};

use crate::double::{Double, LENGTH};

#[tokio::test]
async fn an_upload_goes_to_the_storage_node() {
    let (_, node, shelf) = Double::default().start().await;
    let (client, _, double) = Double { node, ..Double::default() }.start().await;
    let uploaded = client.upload("Photos/2009/a.jpg", Bytes::from_static(b"12345")).await.unwrap();
    assert_eq!((uploaded.bytes, uploaded.verified), (5, false));
    assert_eq!(double.heard(), ["login"]);
    assert_eq!(shelf.heard(), ["upload to Photos/2009", "file a.jpg"]);
    // Of unknown length, to the root.
    assert_eq!(client.upload("b", Once::new(&b"123"[..], None)).await.unwrap().bytes, 3);
    assert_eq!(shelf.heard(), ["upload to /", "file b"]);
}

#[tokio::test]
async fn a_local_file_goes_there_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let (_, node, shelf) = Double::default().start().await;
    let (client, ..) = Double { node, ..Double::default() }.start().await;
    let local = folder.path().join("a.bin");
    std::fs::write(&local, vec![1; 100_000]).unwrap();
    assert_eq!(client.upload_file("Files/b.bin", &local).await.unwrap().bytes, 100_000);
    assert_eq!(shelf.heard(), ["upload to Files", "file b.bin"]);
    let downloaded = client.download_file("Files/b.bin", &local).await.unwrap();
    assert_eq!((downloaded.head.total, downloaded.bytes), (Some(LENGTH), LENGTH));
    assert_eq!(std::fs::read(&local).unwrap(), vec![7; LENGTH as usize]);
    assert_eq!(names(folder.path()), ["a.bin"]);
    let missing = client.upload_file("Files/b.bin", folder.path().join("none")).await;
    assert!(matches!(missing, Err(Error::Read(error)) if error.kind() == io::ErrorKind::NotFound));
}

#[tokio::test]
async fn a_download_that_fails_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("a.bin");
    std::fs::write(&local, "what was there").unwrap();
    let (client, ..) = Double { breaks_at: LENGTH / 2, ..Double::default() }.start().await;
    let error = client.download_file("broken", &local).await.unwrap_err();
    assert!(matches!(error, Error::Call(_)), "{error}");
    let error = client.download_file("none", &local).await.unwrap_err();
    assert_eq!(error.code(), Some(Code::DownloadPathNotFound));
    // Given up in the middle.
    let mut download = Box::pin(client.download_file("broken", &local));
    let _ = tokio::time::timeout(std::time::Duration::from_millis(3), &mut download).await;
    drop(download);
    let mut left = names(folder.path());
    for _ in 0..100 {
        if left == ["a.bin"] {
            break;
        }
        // A thread of the pool may be making it just now; it is removed when that is done.
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        left = names(folder.path());
    }
    assert_eq!(left, ["a.bin"]);
    assert_eq!(std::fs::read(&local).unwrap(), b"what was there");
}

#[tokio::test]
async fn a_sink_that_is_full_says_so() {
    struct Full;
    impl Sink for Full {
        async fn write(&mut self, _: u64, _: Bytes) -> io::Result<()> {
            Err(io::ErrorKind::StorageFull.into())
        }
    }
    let (client, ..) = Double::default().start().await;
    let error = client.download("a", Full).await.unwrap_err();
    assert!(matches!(&error, Error::Write(error) if error.kind() == io::ErrorKind::StorageFull));
    assert_eq!(error.fault(), None);
}

#[tokio::test]
async fn a_refusal_is_typed_and_reads_well() {
    let (client, host, _) = Double::default().start().await;
    let error = client.create_folder("Photos").await.unwrap_err();
    assert_eq!(error.code(), Some(Code::FolderAlreadyExists));
    assert_eq!(error.fault().unwrap().message, "The folder exists already");
    assert_eq!(error.to_string(), format!("IMFS/CreateFolders at {host}: 70008 The folder exists already"));
}

#[tokio::test]
async fn wrong_values_are_never_sent() {
    let (client, _, double) = Double::default().start().await;
    let error = client.create_folder("a/../b").await.unwrap_err();
    assert!(matches!(&error, Error::Value(reject) if reject.rule == Rule::PathCharacter && reject.field == "folderPath"));
    assert_eq!(error.to_string(), "folderPath has a character or segment that paths may not have");
    let none: [&str; 0] = [];
    assert!(matches!(client.delete_files(none).await, Err(Error::Value(reject)) if reject.rule == Rule::Missing));
    assert!(matches!(client.upload("Photos/", Bytes::new()).await, Err(Error::Value(_))));
    assert!(double.heard().is_empty());
}

#[tokio::test]
async fn a_new_password_makes_a_new_client() {
    let (client, _, double) = Double::default().start().await;
    let client = client.change_password("better").await.unwrap();
    assert!(double.heard().is_empty(), "changing a password needs no session");
    client.list_all("").await.unwrap();
    assert_eq!(double.heard(), ["login", "page 1"]);
    assert!(!format!("{client:?}").contains("better"));
}

#[tokio::test]
async fn a_storage_node_that_cannot_be_reached_is_a_typed_failure() {
    // A port that nobody listens to any more.
    let node = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string();
    let (client, ..) = Double { node: node.clone(), ..Double::default() }.start().await;
    match client.upload("a", Bytes::from_static(b"1")).await {
        Err(Error::Call(error)) => assert!(matches!(error.kind, ErrorKind::Failure(_)) && error.host == node, "{error}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_future_can_be_spawned() {
    fn send<T: Send>(_: T) {}
    let _ = |client: Client| {
        send(client.upload("a", Bytes::new()));
        send(client.upload_file("a", "b"));
        send(client.download_file("a", "b"));
        send(client.create_folders(["a"]));
        send(client.list_all("a"));
        send(client.list_child_accounts());
    };
}

fn names(folder: &std::path::Path) -> Vec<String> {
    let mut names: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
