//! Transfers of the client on tokio that are dropped in the middle, and that another client goes on with.

use std::path::Path;

use larder::nvx::Downloading;
use larder::nvx::flow::{CheckpointFlaw, Uploading, When};
use larder::{Error, KeptFlaw};

use crate::support::World;

fn noise(length: u32) -> Vec<u8> {
    (0..length).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

/// Drops the transfer once it has left a checkpoint.
async fn dropped_at<T>(checkpoint: &Path, transfer: impl Future<Output = T>) {
    let left = async {
        // With what it knows of the transfer, which is more than that it has begun.
        while !std::fs::read(checkpoint).is_ok_and(|text| text.ends_with(b"}\n")) {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        biased;
        () = left => {}
        _ = transfer => panic!("it is not over before"),
    }
}

#[tokio::test]
async fn another_client_goes_on_there_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::on_disk(&folder.path().join("data")).await;
    let content = noise(300_000);
    let [local, copy, checkpoint] = ["local", "copy", "checkpoint"].map(|name| folder.path().join(name));
    std::fs::write(&local, &content).unwrap();
    let how = Uploading { pieces: When::Always, piece: 5_000, ..Uploading::default() };
    let first = world.client("kid");
    dropped_at(&checkpoint, first.upload_file_resumable("Big/file", &local, &checkpoint, how.clone())).await;
    let second = world.client("kid");
    let elsewhere = second.upload_file_resumable("Big/other", &local, &checkpoint, how.clone()).await;
    assert!(matches!(elsewhere, Err(Error::Kept(KeptFlaw::Checkpoint { flaw: CheckpointFlaw::Path, .. }))), "{elsewhere:?}");
    let stored = second.upload_file_resumable("Big/file", &local, &checkpoint, how.clone()).await.unwrap();
    assert!(stored.verified && stored.bytes == 300_000 && !checkpoint.exists());

    let how = Downloading { range: 5_000, at_once: 2, ..Downloading::default() };
    dropped_at(&checkpoint, first.download_file_resumable("Big/file", &copy, &checkpoint, &how)).await;
    assert!(!copy.exists());
    let part = folder.path().join("copy.part");
    let came = std::fs::read(&part).unwrap();
    std::fs::write(&part, b"").unwrap();
    let without = second.download_file_resumable("Big/file", &copy, &checkpoint, &how).await;
    assert!(matches!(without, Err(Error::Kept(KeptFlaw::Checkpoint { flaw: CheckpointFlaw::Length { .. }, .. }))), "{without:?}");
    std::fs::write(&part, came).unwrap();
    let fetched = second.download_file_resumable("Big/file", &copy, &checkpoint, &how).await.unwrap();
    assert!(fetched.verified && fetched.bytes == 300_000);
    assert!(std::fs::read(&copy).unwrap() == content && !part.exists() && !checkpoint.exists());
}

#[tokio::test]
async fn what_came_and_was_damaged_is_noticed_and_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::on_disk(&folder.path().join("data")).await;
    let client = world.client("kid");
    client.upload("file", bytes::Bytes::from(noise(200_000))).await.unwrap();
    let [copy, checkpoint] = ["copy", "checkpoint"].map(|name| folder.path().join(name));
    let how = Downloading { range: 5_000, at_once: 2, ..Downloading::default() };
    dropped_at(&checkpoint, client.download_file_resumable("file", &copy, &checkpoint, &how)).await;
    let part = folder.path().join("copy.part");
    let mut came = std::fs::read(&part).unwrap();
    came[0] ^= 1;
    std::fs::write(&part, came).unwrap();
    let error = client.download_file_resumable("file", &copy, &checkpoint, &how).await.unwrap_err();
    assert!(error.to_string().contains("checksum"), "{error}");
    assert!(!copy.exists() && !checkpoint.exists());
    assert!(client.download_file_resumable("file", &copy, &checkpoint, &how).await.unwrap().verified);
    assert!(std::fs::read(&copy).unwrap() == noise(200_000) && !part.exists());
}
