//! Files that are changed in part, and the terms of upload tokens.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};

use crate::support::{ELSEWHERE, World};
use crate::wire::{Form, get_with};

/// A session of `kid`, and a token with which files of `Docs` may be replaced.
async fn ready() -> (World, String, String) {
    let world = World::start().await;
    let session = world.login("kid").await;
    let token = world.upload_token_with(&session, "Docs", &[("fileOverwrite", "true")]).await;
    (world, session, token)
}

fn update(token: &str) -> Form {
    Form::upload(token, "Docs").field("callbackUrl", "http://example.com/done")
}

fn md5(content: impl AsRef<[u8]>) -> String {
    STANDARD.encode(Md5::digest(content))
}

#[tokio::test]
async fn n22_an_update_takes_several_ranges_in_any_order() {
    let (world, session, token) = ready().await;
    world.put(&session, "Docs", "a", "0123456789").await;
    let form = update(&token).field("fileMD5", &md5("0abcde678Z!"));
    let form = form.update("a", Some("9-10/11"), "Z!").update("a", Some("bytes 1-5/11"), "abcde");
    let answer = world.ask(form.request("/Update.ashx?output=json")).await;
    assert_eq!(answer.json(), serde_json::json!({"ResponseCode": 0, "FilesUploaded": 1, "BytesUploaded": 7}));
    assert_eq!(world.fetch(&session, "Docs/a").await.text(), "0abcde678Z!");
    // The sample's address, and a body of unknown length.
    let form = update(&token).update("a", Some("0-0/2"), "X");
    assert_eq!(world.ask(form.chunked("/Upload.ashx", 7)).await.code(), 0);
    assert_eq!(world.fetch(&session, "Docs/a").await.text(), "Xa");
}

#[tokio::test]
async fn an_update_of_a_large_file_keeps_what_is_not_sent() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::on_disk(&folder.path().join("data")).await;
    let session = world.login("kid").await;
    let token = world.upload_token_with(&session, "Docs", &[("fileOverwrite", "true")]).await;
    let mut content: Vec<u8> = (0..3_000_000_u32).map(|n| (n / 9) as u8).collect();
    world.put(&session, "Docs", "large", &content).await;
    let (first, second) = (vec![1; 400_000], vec![2; 400_000]);
    let form = update(&token).update("large", Some("2000000-2399999/3000000"), &second);
    let form = form.update("large", Some("1000000-1399999/3000000"), &first);
    content[1_000_000..1_400_000].copy_from_slice(&first);
    content[2_000_000..2_400_000].copy_from_slice(&second);
    let form = form.request("/Update.ashx");
    let (etag, etag_after) = (world.fetch(&session, "Docs/large").await.header("etag").map(str::to_owned), md5(&content));
    assert_eq!(world.ask(form).await.code(), 0);
    let answer = world.fetch(&session, "Docs/large").await;
    assert!(answer.body == content);
    assert_eq!(answer.header("etag"), Some(format!("\"{etag_after}\"").as_str()));
    // Whoever goes on with a download of what was there before gets all of the new file.
    let target = format!("/{session}/Docs/large");
    let resumed = world.ask(get_with(&target, &format!("Range: bytes=10-\r\nIf-Range: {}\r\n", etag.unwrap()))).await;
    assert_eq!((resumed.status, resumed.body.len()), (200, content.len()));
}

#[tokio::test]
async fn an_update_that_is_refused_or_cut_off_changes_nothing() {
    let (world, session, token) = ready().await;
    world.put(&session, "Docs", "a", "0123456789").await;
    let plain = world.upload_token(&session).await;
    for (form, code) in [
        (update(&token).field("fileMD5", &md5("other")).update("a", Some("0-0/10"), "X"), 70106),
        (update(&token).update("a", Some("0-1/10"), "X"), 70108),
        (update(&token).update("a", Some("0-1/10"), "XXX"), 70108),
        (update(&token).update("a", Some("0-5/10"), "XXXXXX").update("a", Some("5-5/10"), "X"), 70108),
        (update(&token).update("a", Some("0-0/10"), "X").update("b", Some("1-1/10"), "X"), 70108),
        (update(&token).update("a", Some("11-11/12"), "X"), 70108),
        (update(&token).update("a", Some("nonsense"), "X"), 70108),
        (update(&token).update("none", Some("0-0/10"), "X"), 70005),
        (update(&token), 100),
        (update(&plain).update("a", Some("0-0/10"), "X"), 70004),
        (update("unknown").update("a", Some("0-0/10"), "X"), 80023),
        (Form::upload(&token, "Docs").update("a", Some("0-0/10"), "X"), 100),
    ] {
        let answer = world.ask(form.request("/Update.ashx")).await;
        assert_eq!(answer.code(), code, "{}", answer.text());
        assert_eq!(world.fetch(&session, "Docs/a").await.text(), "0123456789", "{code}");
    }
    let whole = update(&token).update("a", Some("0-9/10"), "XXXXXXXXXX").request("/Update.ashx");
    let mut raw = world.raw().await;
    raw.send(&whole[..whole.len() - 10]).await;
    drop(raw);
    world.ask(&whole[..]).await;
    assert_eq!(world.fetch(&session, "Docs/a").await.text(), "XXXXXXXXXX", "and then it may");
}

#[tokio::test]
async fn the_terms_of_a_token_hold() {
    let (world, session, token) = ready().await;
    let upload = |token: &str, folder: &str, name: &str| Form::upload(token, folder).file(name, "x").request("/Upload.ashx");
    assert_eq!(world.ask(upload(&token, "Docs", "a")).await.code(), 0);
    assert_eq!(world.ask(upload(&token, "Docs", "a")).await.code(), 0, "it may be replaced");
    assert_eq!(world.ask(upload(&token, "Else", "a")).await.code(), 80003, "into its own folder only");
    assert_eq!(world.ask_from(ELSEWHERE, upload(&token, "Docs", "a")).await.code(), 80104, "from the address that asked");

    let elsewhere = world.upload_token_with(&session, "Docs", &[("consumerIP", "127.0.0.2")]).await;
    assert_eq!(world.ask(upload(&elsewhere, "Docs", "b")).await.code(), 80104);
    assert_eq!(world.ask_from(ELSEWHERE, upload(&elsewhere, "Docs", "b")).await.code(), 0);
    assert_eq!(world.ask_from(ELSEWHERE, upload(&elsewhere, "Docs", "b")).await.code(), 70004, "it may not be replaced");
    let free = world.upload_token_with(&session, "Docs", &[("ipRestricted", "false"), ("consumerIP", "127.0.0.2")]).await;
    assert_eq!(world.ask(upload(&free, "Docs", "c")).await.code(), 0);

    let quick = world.upload_token_with(&session, "Docs", &[("firstByteExpiration", "1"), ("lastByteExpiration", "60")]).await;
    let short = world.upload_token_with(&session, "Docs", &[("lastByteExpiration", "60")]).await;
    world.clock.advance(1_000);
    assert_eq!(world.ask(upload(&quick, "Docs", "d")).await.code(), 0, "the last moment for the first byte");
    assert_eq!(world.ask(upload(&short, "Docs", "e")).await.code(), 0);
    let slow = world.upload_token_with(&session, "Docs", &[("firstByteExpiration", "1")]).await;
    world.clock.advance(1_001);
    assert_eq!(world.ask(upload(&slow, "Docs", "f")).await.code(), 80102);
    world.clock.advance(60_000);
    assert_eq!(world.ask(upload(&short, "Docs", "g")).await.code(), 80102);
    for (wrong, code) in [(("firstByteExpiration", "0"), 50103), (("consumerIP", "nowhere"), 80018)] {
        let pairs = [("sessionToken", session.as_str()), ("sizeBytes", "1"), ("destFolderPath", "Docs"), wrong];
        assert_eq!(world.call("IMFS/GetStorageNodeExtended", &pairs).await.code(), code, "{wrong:?}");
    }
}

#[tokio::test]
async fn n8_the_md5_of_a_file_is_its_metadata() {
    let (world, session, _) = ready().await;
    world.put(&session, "Docs", "a", "hello").await;
    let ask = async |path: &str| world.call("Metadata/GetMetadata", &[("sessionToken", session.as_str()), ("path", path)]).await;
    let of_file = serde_json::json!({"ResponseCode": 0, "Metadata": [{"Type": "MD5", "Value": "XUFAKrxLKna5cZ2REBfFkg=="}]});
    assert_eq!(ask("Docs/a").await.json(), of_file);
    assert_eq!(ask("Docs").await.json(), serde_json::json!({"ResponseCode": 0, "Metadata": []}));
    assert_eq!(ask("none").await.code(), 70005);
    let info = [("sessionToken", session.as_str()), ("itemPath", "Docs/a"), ("showMetadata", "true")];
    let info = world.call("IMFS/GetPathInfo", &info).await;
    assert!(info.text().contains("XUFAKrxLKna5cZ2REBfFkg=="), "{}", info.text());
}
