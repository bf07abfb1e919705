//! The client without a runtime against the whole service.

use std::thread;

use bytes::Bytes;
use larder::blocking::nvx::{Client, Credentials};
use larder::nvx::{Code, Style};
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
    let names: Vec<_> = client.list("Photos").unwrap().flat_map(|page| page.unwrap().files).map(|file| file.name).collect();
    assert_eq!(names, ["0", "1", "2", "3", "4", "5", "6", "7"]);
    client.delete_folders(["Photos"]).unwrap();
    let mut gone = client.list("Photos").unwrap();
    assert!(gone.next().is_some_and(|page| page.is_err()) && gone.next().is_none(), "it ends after an error");
}
