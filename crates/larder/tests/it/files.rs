//! Files and refusals.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use larder::larder_core::{ErrorKind, Rule};
use larder::nvx::{Client, Code, Downloading};
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
    let _ = tokio::time::timeout(Duration::from_millis(3), &mut download).await;
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
async fn the_total_clock_is_that_of_a_whole_download() {
    let folder = tempfile::tempdir().unwrap();
    let (client, _, double) = Double { pause: Some(Duration::from_millis(100)), ..Double::default() }.start().await;
    let mut settings = client.settings().clone();
    // Enough for any one range, and not for all.
    settings.clocks.total = Duration::from_millis(800).into();
    let client = client.with_settings(settings);
    let how = Downloading { at_once: 1, range: LENGTH / 20, ..Downloading::default() };
    let error = client.download_file_with("a", folder.path().join("a"), &how).await.unwrap_err();
    assert!(matches!(&error, Error::Call(error) if matches!(error.kind, ErrorKind::Deadline(_))), "{error}");
    let asked = double.heard().len();
    assert!((2..20).contains(&asked), "{asked}");
    assert!(names(folder.path()).is_empty());
}

#[tokio::test]
async fn a_folder_is_no_place_for_a_file_and_a_long_name_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let (client, _, double) = Double::default().start().await;
    for place in [folder.path().to_owned(), folder.path().join("new/"), folder.path().join("none/a"), "".into()] {
        let error = client.download_file("a", &place).await.unwrap_err();
        assert!(matches!(error, Error::Write(_)), "{}: {error}", place.display());
    }
    assert!(double.heard().is_empty(), "nothing was fetched");
    let long = "x".repeat(245);
    client.download_file("a", folder.path().join(&long)).await.unwrap();
    assert_eq!(names(folder.path()), [long]);
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_replaced_keeps_its_mode_and_links_are_followed() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (client, ..) = Double::default().start().await;
    std::fs::write(at("plain"), "").unwrap();
    let usual = at("plain").metadata().unwrap().mode();
    client.download_file("a", at("new")).await.unwrap();
    assert_eq!(at("new").metadata().unwrap().mode(), usual);

    std::fs::create_dir(at("other")).unwrap();
    for (link, to, mode) in [("first", "other/a", 0o600), ("second", "first", 0o641)] {
        std::fs::write(at("other/a"), "old").unwrap();
        std::fs::set_permissions(at("other/a"), std::fs::Permissions::from_mode(mode)).unwrap();
        symlink(to, at(link)).unwrap();
        client.download_file("a", at(link)).await.unwrap();
        let facts = at("other/a").metadata().unwrap();
        assert_eq!((facts.len(), facts.mode() & 0o7777), (LENGTH, mode), "{link}");
        assert!(at(link).symlink_metadata().unwrap().is_symlink());
    }
    // What it names need not be there.
    symlink("other/b", at("third")).unwrap();
    client.download_file("a", at("third")).await.unwrap();
    assert_eq!(at("other/b").metadata().unwrap().len(), LENGTH);
    symlink("round", at("round")).unwrap();
    assert!(matches!(client.download_file("a", at("round")).await, Err(Error::Write(_))));
    assert_eq!(names(folder.path()), ["first", "new", "other", "plain", "round", "second", "third"]);
    assert_eq!(names(&at("other")), ["a", "b"]);
}

#[cfg(unix)]
#[tokio::test]
async fn pipes_are_written_to_and_sockets_refused() {
    use std::os::unix::fs::{FileTypeExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let (pipe, link, socket) = (folder.path().join("pipe"), folder.path().join("link"), folder.path().join("socket"));
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    symlink("pipe", &link).unwrap();
    let (client, _, double) = Double::default().start().await;
    for place in [&pipe, &link] {
        let reader = tokio::task::spawn_blocking({
            let pipe = pipe.clone();
            move || std::fs::read(pipe).unwrap()
        });
        let fetched = client.download_file("a", place).await.unwrap();
        assert_eq!(fetched.bytes, LENGTH);
        assert!(reader.await.unwrap() == vec![7; LENGTH as usize]);
        assert!(pipe.symlink_metadata().unwrap().file_type().is_fifo());
    }
    double.heard();
    let _listening = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let error = client.download_file("a", &socket).await.unwrap_err();
    assert!(matches!(&error, Error::Write(error) if error.kind() == io::ErrorKind::Unsupported), "{error}");
    assert!(double.heard().is_empty());
    assert_eq!(names(folder.path()), ["link", "pipe", "socket"]);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_open_file_is_not_replaced_behind_the_back_of_who_has_it_open() {
    use std::os::fd::AsRawFd;
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("out");
    std::fs::write(&local, "head").unwrap();
    let open = std::fs::File::options().append(true).open(&local).unwrap();
    let (client, ..) = Double::default().start().await;
    client.download_file("a", format!("/proc/self/fd/{}", open.as_raw_fd())).await.unwrap();
    assert_eq!(open.metadata().unwrap().len(), LENGTH + 4, "as to standard output");
    assert_eq!(names(folder.path()), ["out"]);
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
