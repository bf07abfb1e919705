//! Transfers of several calls, by the client that others use, against the service itself.

use bytes::Bytes;
use larder::larder_core::{ContentFlaw, ErrorKind};
use larder::nvx::flow::{Appending, Expect, Uploading, When};
use larder::nvx::{Code, Downloading, Error, Style};
use larder::{Once, Seekable};

use crate::support::World;

fn noise(length: u32) -> Bytes {
    (0..length).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

fn in_pieces(piece: u64) -> Uploading {
    Uploading { pieces: When::Always, piece, ..Uploading::default() }
}

#[tokio::test]
async fn files_go_in_pieces_and_come_back_in_ranges() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::on_disk(&folder.path().join("data")).await;
    let client = world.client("kid");
    for (name, length) in [("empty", 0), ("one", 1), ("exact", 30_000), ("odd", 100_001)] {
        let content = noise(length);
        let (path, stream) = (format!("Big/{name}"), format!("Big/{name}-stream"));
        let stored = client.upload_with(&path, content.clone(), in_pieces(10_000)).await.unwrap();
        assert_eq!((stored.bytes, stored.verified, stored.recovered), (u64::from(length), true, false), "{name}");
        // A stream without a length, which nobody can read twice.
        let once = Once::new(&content[..], None);
        assert!(client.upload_with(&stream, once, in_pieces(10_000)).await.unwrap().verified, "{name}");
        let local = folder.path().join(name);
        for path in [path, stream] {
            let how = Downloading { range: 7_000, ..Downloading::default() };
            let fetched = client.download_file_with(&path, &local, &how).await.unwrap();
            assert_eq!((fetched.bytes, fetched.verified), (u64::from(length), true), "{name}");
            assert!(std::fs::read(&local).unwrap() == content, "{name}");
            let mut came = Vec::new();
            assert!(client.download(&path, &mut came).await.unwrap().verified);
            assert!(came == content);
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_replaced_keeps_its_mode_and_links_are_followed() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let world = World::start().await;
    let client = world.client("kid");
    client.upload("a", noise(20_000)).await.unwrap();
    let (local, link) = (folder.path().join("a"), folder.path().join("link"));
    std::fs::write(&local, "secret").unwrap();
    std::fs::set_permissions(&local, std::fs::Permissions::from_mode(0o600)).unwrap();
    symlink("a", &link).unwrap();
    let how = Downloading { range: 7_000, ..Downloading::default() };
    assert!(client.download_file_with("a", &link, &how).await.unwrap().verified);
    assert!(std::fs::read(&local).unwrap() == noise(20_000));
    assert_eq!(local.metadata().unwrap().mode() & 0o777, 0o600);
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    // What takes the bytes as they come is compared too.
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = tokio::task::spawn_blocking({
        let pipe = pipe.clone();
        move || std::fs::read(pipe).unwrap()
    });
    assert!(client.download_file("a", &pipe).await.unwrap().verified);
    assert!(reader.await.unwrap() == noise(20_000));
}

#[tokio::test]
async fn a_file_that_is_there_already_is_not_fetched() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::start().await;
    let client = world.client("kid");
    client.upload("a", noise(1000)).await.unwrap();
    let local = folder.path().join("a");
    let fetched = client.download_file("a", &local).await.unwrap();
    std::fs::write(&local, "mine").unwrap();
    let if_none_match = fetched.head.etag.map(|tag| tag.parse().unwrap());
    let how = Downloading { if_none_match, ..Downloading::default() };
    assert!(client.download_file_with("a", &local, &how).await.unwrap().head.not_modified);
    assert_eq!(std::fs::read(&local).unwrap(), b"mine");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    assert!(client.download_with("a", &mut Vec::new(), &how).await.unwrap().head.not_modified);
}

#[tokio::test]
async fn many_files_and_one_of_them_fails() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::start().await;
    let client = world.client("kid");
    client.upload("Many/7", noise(5)).await.unwrap();
    let files: Vec<_> = (0..40_u32).map(|n| (format!("Many/{n}"), noise(n * 100))).collect();
    let mut uploads = client.upload_many(files, Uploading::default()).at_once(6);
    let mut ended = Vec::new();
    while let Some((number, result)) = uploads.next().await {
        match result {
            Ok(stored) => assert_eq!(stored.bytes, number as u64 * 100),
            Err(error) => assert_eq!((number, error.code()), (7, Some(Code::AlreadyExists))),
        }
        ended.push(number);
    }
    ended.sort_unstable();
    assert_eq!(ended, (0..40).collect::<Vec<_>>());

    let local = folder.path().join("local");
    std::fs::write(&local, "12345").unwrap();
    let files = [("Local/a".to_owned(), local), ("Local/b".to_owned(), folder.path().join("none"))];
    let mut uploads = client.upload_files(files, Uploading::default());
    let mut results = [None, None];
    while let Some((number, result)) = uploads.next().await {
        results[number] = Some(result);
    }
    let [Some(Ok(stored)), Some(Err(Error::Read(_)))] = results else { panic!("{results:?}") };
    assert_eq!(stored.bytes, 5);
}

#[tokio::test]
async fn a_checksum_that_is_promised_is_compared() {
    let world = World::start().await;
    let client = world.client("kid");
    let right = client.upload("a", noise(100)).await.unwrap().md5;
    let stored = client.upload_with("b", noise(100), Uploading { md5: right, ..Uploading::default() }).await.unwrap();
    assert!(stored.verified);
    let error = client.upload_with("c", noise(101), Uploading { md5: right, ..in_pieces(10) }).await.unwrap_err();
    let Error::Call(error) = error else { panic!("{error}") };
    assert_eq!(error.kind, ErrorKind::Content(ContentFlaw::Checksum));
}

#[tokio::test]
async fn a_file_that_shrinks_meanwhile_is_not_stored() {
    let world = World::start().await;
    let client = world.client("kid");
    let short = Seekable::new(std::io::Cursor::new(noise(100)), Some(101));
    let error = client.upload_with("a", short, in_pieces(10)).await.unwrap_err();
    assert!(matches!(error, Error::Call(_)), "{error}");
    assert_eq!(client.info("a").await.unwrap_err().code(), Some(Code::InvalidPath));
}

#[tokio::test]
async fn a_file_is_replaced_and_changed_in_part() {
    let world = World::start().await;
    let client = world.client("kid");
    client.upload("Docs/a", noise(50_000)).await.unwrap();
    let taken = client.upload("Docs/a", noise(60_000)).await.unwrap_err();
    assert_eq!(taken.code(), Some(Code::AlreadyExists));
    for how in [Uploading::default(), in_pieces(7_000)] {
        let how = Uploading { overwrite: true, ..how };
        assert!(client.upload_with("Docs/a", noise(60_000), how).await.unwrap().verified);
    }

    let mut new = noise(60_000).to_vec();
    new[10..20].fill(0);
    new.extend_from_slice(b"and more");
    let new = Bytes::from(new);
    let ranges = || ["60000-60007/60008", "10-19/60008"].map(|range| range.parse().unwrap());
    let callback = "http://127.0.0.1:9/done";
    let wrong = Expect::Md5("AAAAAAAAAAAAAAAAAAAAAA==".parse().unwrap());
    let error = client.update("Docs/a", new.clone(), ranges(), callback, wrong).await.unwrap_err();
    assert_eq!(error.code(), Some(Code::FileIntegrityError));
    assert_eq!(client.info("Docs/a").await.unwrap().size_bytes, Some(60_000));
    assert!(client.update("Docs/a", new.clone(), ranges(), callback, Expect::Source).await.unwrap().verified);
    let mut came = Vec::new();
    client.download("Docs/a", &mut came).await.unwrap();
    assert!(came == new);
    let missing = client.update("Docs/none", new, ranges(), callback, Expect::Nothing).await.unwrap_err();
    assert_eq!(missing.code(), Some(Code::InvalidPath));
}

#[tokio::test]
async fn messages_carry_files_in_every_style() {
    let world = World::start().await;
    for (number, style) in [Style::XML, Style::default(), Style::SOAP_1_1, Style::SOAP_1_2].into_iter().enumerate() {
        let client = world.client("kid").with_style(style);
        for length in [0, 1, 10_000, 25_001] {
            let how = Appending { piece: Some(10_000), ..Appending::default() };
            let path = format!("Messages/{number}-{length}");
            let stored = client.append(&path, noise(length), how).await.unwrap();
            assert_eq!((stored.bytes, stored.verified), (u64::from(length), true), "{path}");
        }
    }
    let client = world.client("kid");
    let stored = client.append("Messages/large", noise(3 << 20), Appending::default()).await.unwrap();
    assert!(stored.verified, "pieces fit the server's limit for messages by REST");
}
