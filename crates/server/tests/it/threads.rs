//! The client without a runtime against the whole service.

use std::thread;

use bytes::Bytes;
use larder::blocking::e2;
use larder::blocking::nvx::flow::{Appending, Uploading, When};
use larder::blocking::nvx::{Client, Code, Credentials, Downloading, Style};
use tokio::task::spawn_blocking;

use crate::support::World;

#[tokio::test]
async fn threads_share_a_client() {
    let world = World::start().await;
    let credentials = Credentials::new(world.founded.app_key.as_str(), "kid", "kid!");
    let client = Client::new(&world.base(), credentials).unwrap();
    spawn_blocking(move || {
        for style in [Style::default(), Style::JSON, Style::SOAP_1_1] {
            through(&client.clone().with_style(style));
        }
    })
    .await
    .unwrap();
    let is_login = |operation: &Option<String>| operation.as_deref() == Some("Authentication/Login");
    let logins = world.log.lines().iter().filter(|line| is_login(&line.operation)).count();
    assert_eq!(logins, 1, "one session for all threads and styles");
}

/// There and back, by eight threads at once.
fn through(client: &Client) {
    client.create_folder("Photos").unwrap();
    assert_eq!(client.create_folder("Photos").unwrap_err().code(), Some(Code::FolderAlreadyExists));
    thread::scope(|threads| {
        for number in 0..8_u8 {
            threads.spawn(move || {
                let (path, content) = (format!("Photos/{number}"), Bytes::from(vec![number; 100_000]));
                let stored = client.upload(&path, content.clone()).unwrap();
                assert!(stored.verified && stored.bytes == 100_000);
                let mut got = Vec::new();
                client.download(&path, &mut got).unwrap();
                assert_eq!(got, content);
            });
        }
    });
    let names: Vec<_> =
        client.list("Photos").unwrap().into_iter().flat_map(|page| page.unwrap().files).map(|file| file.name).collect();
    assert_eq!(names, ["0", "1", "2", "3", "4", "5", "6", "7"]);
    client.delete_folders(["Photos"]).unwrap();
    let mut gone = client.list("Photos").unwrap().into_iter();
    assert!(gone.next().is_some_and(|page| page.is_err()) && gone.next().is_none(), "it ends after an error");
}

#[tokio::test]
async fn files_go_in_pieces_or_messages_and_come_back_in_ranges() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::on_disk(&folder.path().join("data")).await;
    let credentials = Credentials::new(world.founded.app_key.as_str(), "kid", "kid!");
    let client = Client::new(&world.base(), credentials).unwrap();
    let work = move || {
        for (name, length) in [("empty", 0), ("one", 1), ("exact", 28_000), ("odd", 100_001)] {
            let (path, content) = (format!("Big/{name}"), Bytes::from_iter((0..length).map(|at: u32| (at / 251) as u8)));
            let how = Uploading { pieces: When::Always, piece: 10_000, ..Uploading::default() };
            let stored = client.upload_with(&path, content.clone(), how).unwrap();
            assert_eq!((stored.bytes, stored.verified), (u64::from(length), true), "{name}");
            assert!(client.append(&format!("Messages/{name}"), content.clone(), Appending::default()).unwrap().verified);
            let local = folder.path().join(name);
            for (path, at_once) in [(path, 4), (format!("Messages/{name}"), 1)] {
                let how = Downloading { range: 7_000, at_once, ..Downloading::default() };
                let fetched = client.download_file_with(&path, &local, &how).unwrap();
                assert_eq!((fetched.bytes, fetched.verified), (u64::from(length), true), "{name}");
                assert!(std::fs::read(&local).unwrap() == content, "{name}");
            }
        }
    };
    spawn_blocking(work).await.unwrap();
}

/// Each kind of method once; what they do is tested with the other client, of which they are the twins.
#[tokio::test]
async fn a_reseller_needs_no_runtime() {
    let world = World::start().await;
    let client = e2::Client::new(&world.base(), world.founded.api_key.clone()).unwrap();
    let work = move || {
        let user = e2::CreateUser {
            email: "a".parse().unwrap(),
            password: e2::EncodedPassword::encode("correct horse").unwrap(),
            first_name: "A".parse().unwrap(),
            last_name: None,
            quota: e2::Quota::Unlimited,
            email_notification: None,
        };
        let created = client.create_user(user).unwrap();
        assert!(created.answer.user_created && created.recovered.is_none() && created.attempts.len() == 1);
        let region = client.list_regions().unwrap().regions[0].region_key.parse().unwrap();
        let region = e2::EnableUserRegion { email: "a".parse().unwrap(), region, ssd_storage: None };
        let dn = client.enable_user_region(region).unwrap().answer.storage_dn;
        assert_eq!(client.list_user_regions("a").unwrap().user_regions[0].storage_dn, dn);
        let [email, storage_dn] = ["a", &*dn];
        let key = e2::CreateAccessKey {
            email: email.parse().unwrap(),
            storage_dn: storage_dn.parse().unwrap(),
            name: "first".parse().unwrap(),
            permissions: e2::Permissions::Write,
            buckets: None,
        };
        let before = client.list_access_keys("a", &dn).unwrap();
        let pair = client.create_access_key(key.clone()).unwrap().data;
        // As if its reply had been lost.
        let orphans = e2::Orphans::since(&key, &before);
        let e2::OrphansRemoved::LookAgain(orphans) = client.remove_orphans(&orphans).unwrap() else { panic!() };
        let e2::OrphansRemoved::Removed(removed) = client.remove_orphans(&orphans).unwrap() else { panic!() };
        assert_eq!(removed.iter().map(|key| key.as_str()).collect::<Vec<_>>(), [pair.access_key.as_str()]);
        assert!(client.list_access_keys("a", &dn).unwrap().access_keys.is_empty());
        assert!(client.disable_user("a").unwrap().answer.user_disabled);
        assert!(client.remove_user_region("a", &dn).unwrap().answer.removed);
        assert!(client.remove_user("a").unwrap().answer.user_removed);
        assert!(client.list_users().unwrap().users.is_empty());
    };
    spawn_blocking(work).await.unwrap();
}
