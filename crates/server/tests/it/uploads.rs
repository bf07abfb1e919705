//! Files on their way in.

use crate::support::{ELSEWHERE, World, until};
use crate::wire::{Form, get};

/// A session and an upload token of `kid`.
async fn ready() -> (World, String, String) {
    let world = World::start().await;
    let session = world.login("kid").await;
    let token = world.upload_token(&session).await;
    (world, session, token)
}

#[tokio::test]
async fn several_files_keep_their_folders_below_the_first_ones() {
    let (world, session, token) = ready().await;
    let form = Form::upload(&token, "Docs")
        .file(r"C:\Photos\myDog.jpg", "dog")
        .file(r"C:\Photos\Trips\Hawaii\sea.jpg", "sea")
        .file(r"D:\Else\other.jpg", "other");
    let answer = world.ask(form.request("/Upload.ashx")).await;
    assert_eq!(answer.code(), 0);
    assert!(answer.text().contains("<FilesUploaded>3</FilesUploaded>"), "{}", answer.text());
    assert!(answer.text().contains("<BytesUploaded>11</BytesUploaded>"), "{}", answer.text());
    assert_eq!(world.names(&session, "Docs").await, ["Trips/", "myDog.jpg", "other.jpg"]);
    assert_eq!(world.fetch(&session, "Docs/Trips/Hawaii/sea.jpg").await.text(), "sea");
}

#[tokio::test]
async fn a_local_path_after_a_bare_name_keeps_its_name_only() {
    let (world, session, token) = ready().await;
    let form = Form::upload(&token, "Docs").file("a.txt", "a").file(r"C:\x\b.txt", "b").file("sub/c.txt", "c");
    let answer = world.ask(form.request("/Upload.ashx")).await;
    assert_eq!(answer.code(), 0, "{}", answer.text());
    assert_eq!(world.names(&session, "Docs").await, ["sub/", "a.txt", "b.txt"]);
}

#[tokio::test]
async fn n20_a_part_without_a_file_name_is_a_file_named_like_its_field() {
    let (world, session, token) = ready().await;
    let answer = world.ask(Form::upload(&token, "Docs").field("notes.txt", "text").request("/Upload.ashx")).await;
    assert_eq!(answer.code(), 0);
    assert_eq!(world.fetch(&session, "Docs/notes.txt").await.text(), "text");
}

#[tokio::test]
async fn a_browsers_empty_file_input_is_no_file() {
    let (world, session, token) = ready().await;
    let form = Form::upload(&token, "Docs").file("", "").file("a.txt", "a").file("", "");
    let answer = world.ask(form.request("/upload.ashx?output=json")).await;
    assert_eq!(answer.json(), serde_json::json!({"ResponseCode": 0, "FilesUploaded": 1, "BytesUploaded": 1}));
    assert_eq!(world.names(&session, "Docs").await, ["a.txt"]);
    let none = world.ask(Form::upload(&token, "Docs").file("", "").request("/Upload.ashx?output=json")).await;
    assert_eq!(none.json(), serde_json::json!({"ResponseCode": 0, "FilesUploaded": 0, "BytesUploaded": 0}));
}

#[tokio::test]
async fn n19_token_and_folder_may_stand_in_the_query_and_not_behind_the_file() {
    let (world, session, token) = ready().await;
    let target = format!("/Upload.ashx?uploadToken={token}&destFolderPath=Docs");
    assert_eq!(world.ask(Form::new().file("query.txt", "q").request(&target)).await.code(), 0);
    assert_eq!(world.names(&session, "Docs").await, ["query.txt"]);

    let late = Form::new().field("destFolderPath", "Docs").file("late.txt", "l").field("uploadToken", &token);
    assert_eq!(world.ask(late.request("/Upload.ashx")).await.code(), 100);
    let late = Form::new().field("uploadToken", &token).file("late.txt", "l").field("destFolderPath", "Docs");
    assert_eq!(world.ask(late.request("/Upload.ashx")).await.code(), 100);
    assert_eq!(world.names(&session, "Docs").await, ["query.txt"]);

    for unknown in ["nonsense", &session] {
        assert_eq!(world.ask(Form::upload(unknown, "Docs").file("a", "a").request("/Upload.ashx")).await.code(), 80023);
    }
}

#[tokio::test]
async fn tokens_end_after_their_time_and_may_be_bound_to_an_address() {
    let (world, session, token) = ready().await;
    let upload = |token: &str, name: &str| Form::upload(token, "Docs").file(name, "x").request("/Upload.ashx");
    let bound = [("sessionToken", session.as_str()), ("sizeBytes", "1"), ("restrictedIP", "127.0.0.2")];
    let bound = world.call("IMFS/GetStorageNode", &bound).await.json()["GetStorageNode"]["UploadToken"].clone();
    let bound = bound.as_str().unwrap();
    assert_eq!(world.ask(upload(bound, "bound")).await.code(), 80104);
    assert_eq!(world.ask_from(ELSEWHERE, upload(bound, "bound")).await.code(), 0);
    assert_eq!(world.ask_from(ELSEWHERE, upload(&token, "free")).await.code(), 0, "any other may be used from anywhere");

    let idle = world.upload_token(&session).await;
    world.clock.advance(10 * 60_000 + 1);
    assert_eq!(world.ask(upload(&idle, "late")).await.code(), 80102, "the first byte comes within ten minutes");
    assert_eq!(world.ask(upload(&token, "used")).await.code(), 0, "once used it lives on");
    world.clock.advance(72 * 3_600_000);
    assert_eq!(world.ask(upload(&token, "gone")).await.code(), 80102);
}

#[tokio::test]
async fn n51_a_collision_refuses_its_file_and_earlier_ones_stay() {
    let (world, session, token) = ready().await;
    world.put(&session, "Docs", "b", "old").await;
    assert_eq!(world.call("IMFS/CreateFolders", &[("sessionToken", &session), ("folderPath", "Docs/f")]).await.code(), 0);
    let form = Form::upload(&token, "Docs").file("a", "new").file("b", "new").file("c", "new");
    assert_eq!(world.ask(form.request("/Upload.ashx")).await.code(), 70004);
    assert_eq!(world.names(&session, "Docs").await, ["f/", "a", "b"]);
    assert_eq!(world.fetch(&session, "Docs/b").await.text(), "old");
    assert_eq!(world.ask(Form::upload(&token, "Docs").file("f", "x").request("/Upload.ashx")).await.code(), 70008);
    for bad in ["a:b", "..", "a\tb", &"n".repeat(257)] {
        let refused = world.ask(Form::upload(&token, "Docs").file(bad, "x").request("/Upload.ashx")).await;
        assert!([70102, 70010].contains(&refused.code()), "{bad:?}: {}", refused.text());
    }
}

#[tokio::test]
async fn n22_a_file_may_come_in_pieces() {
    let (world, session, token) = ready().await;
    let piece = |range: &str, content: &str| Form::upload(&token, "Docs").piece("x", range, content).request("/Upload.ashx");
    assert_eq!(world.ask(piece("0-4/10", "01234")).await.code(), 0);
    assert_eq!(world.fetch(&session, "Docs/x").await.status, 404, "half a file is none");
    assert_eq!(world.ask(piece("0-4/10", "01234")).await.code(), 0, "the same piece again");
    assert_eq!(world.ask(piece("bytes 7-9/10", "789")).await.code(), 70108, "a gap");
    assert_eq!(world.ask(piece("5-9/10", "567")).await.code(), 70108, "less than announced");
    assert_eq!(world.ask(piece("nonsense", "567")).await.code(), 70108);
    assert_eq!(world.ask(piece("bytes 5-9/10", "56789")).await.code(), 0);
    assert_eq!(world.fetch(&session, "Docs/x").await.text(), "0123456789");
    assert_eq!(world.ask(piece("0-4/10", "01234")).await.code(), 70004, "it is complete");
}

#[tokio::test]
async fn n48_pieces_go_on_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let world = World::on_disk(&data).await;
    let session = world.login("kid").await;
    let token = world.upload_token(&session).await;
    let piece = |range: &str, content: &str| Form::upload(&token, "Docs").piece("x", range, content).request("/Upload.ashx");
    assert_eq!(world.ask(piece("0-4/15", "01234")).await.code(), 0);
    assert_eq!(world.ask(piece("5-9/15", "56789")).await.code(), 0);
    drop(world.stop().await);
    let world = World::again(&data).await;
    let session = world.login("kid").await;
    assert_eq!(world.ask(piece("0-4/15", "01234")).await.code(), 70108, "long past");
    assert_eq!(world.ask(piece("5-9/15", "other")).await.code(), 70108, "not the same");
    assert_eq!(world.ask(piece("5-9/15", "56789")).await.code(), 0, "the same piece again");
    assert_eq!(world.ask(piece("10-14/15", "abcde")).await.code(), 0);
    assert_eq!(world.fetch(&session, "Docs/x").await.text(), "0123456789abcde");
}

#[tokio::test]
async fn an_upload_that_is_cut_off_leaves_nothing_and_can_be_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let world = World::on_disk(&data).await;
    let session = world.login("kid").await;
    let token = world.upload_token(&session).await;
    let content = vec![7; 300_000];
    let whole = Form::upload(&token, "Docs").file("before", "whole").file("cut", &content).request("/Upload.ashx");
    let temporary = || std::fs::read_dir(data.join("blobs/tmp")).unwrap().count();

    let mut raw = world.raw().await;
    raw.send(&whole[..200_000]).await;
    until(|| temporary() == 1).await;
    drop(raw);
    until(|| world.log.lines().iter().any(|line| line.is_broken)).await;
    until(|| temporary() == 0).await;
    assert_eq!(world.names(&session, "Docs").await, ["before"], "what was complete stays");

    let again = Form::upload(&token, "Docs").file("cut", &content).request("/Upload.ashx");
    assert_eq!(world.ask(again).await.code(), 0);
    assert!(world.fetch(&session, "Docs/cut").await.body == content);
    assert_eq!(temporary(), 0);
}

#[tokio::test]
async fn a_form_that_ends_too_early_is_refused() {
    let (world, session, token) = ready().await;
    let whole = String::from_utf8(Form::upload(&token, "Docs").file("x", "content").request("/Upload.ashx")).unwrap();
    let (head, body) = whole.split_once("\r\n\r\n").unwrap();
    let body = &body[..body.len() - 20];
    let length = body.len();
    let head = head.split("Content-Length").next().unwrap();
    let answer = world.ask(format!("{head}Content-Length: {length}\r\n\r\n{body}")).await;
    assert_eq!(answer.code(), 101, "{}", answer.text());
    assert_eq!(world.fetch(&session, "Docs/x").await.status, 404);
}

#[tokio::test]
async fn n49_a_browser_is_sent_on_after_success_and_failure() {
    let (world, session, token) = ready().await;
    let form = |token: &str| Form::upload(token, "Docs").field("forwardingUrl", "www.example/done?a=b\r\n").file("x", "x");
    let answer = world.ask(form(&token).request("/Upload.ashx")).await;
    let location = "http://www.example/done?a=b&NVX.returnCode=0&NVX.errorMessage=";
    assert_eq!((answer.status, answer.header("location")), (302, Some(location)));
    assert_eq!(world.names(&session, "Docs").await, ["x"]);
    for (token, code) in [(token.as_str(), "70004"), ("unknown", "80023")] {
        let answer = world.ask(form(token).request("/Upload.ashx")).await;
        let location = answer.header("location").unwrap();
        assert_eq!(answer.status, 302);
        let begins = format!("http://www.example/done?a=b&NVX.returnCode={code}&NVX.errorMessage=");
        assert!(location.starts_with(&begins) && !location.ends_with('='), "{location}");
    }
}

#[tokio::test]
async fn n21_a_body_may_come_in_chunks_of_unknown_length() {
    let (world, session, token) = ready().await;
    for (name, chunk) in [("a", 7), ("b", 100), ("c", 100_000)] {
        let answer = world.ask(Form::upload(&token, "Docs").file(name, vec![b'x'; 5_000]).chunked("/Upload.ashx", chunk)).await;
        assert_eq!(answer.code(), 0, "{}", answer.text());
        assert_eq!(world.fetch(&session, &format!("Docs/{name}")).await.body, vec![b'x'; 5_000]);
    }
}

#[tokio::test]
async fn uploads_by_get_and_without_a_form_are_refused() {
    let (world, _, token) = ready().await;
    assert_eq!(world.ask(get(&format!("/Upload.ashx?uploadToken={token}&destFolderPath=Docs"))).await.code(), 160);
    let answer = world.ask(crate::wire::post("/Upload.ashx", &[("uploadToken", &token), ("destFolderPath", "Docs")])).await;
    assert_eq!(answer.code(), 101);
}

#[tokio::test]
async fn a_file_with_another_md5_than_announced_is_not_stored() {
    let (world, session, token) = ready().await;
    let upload = |md5: &str| Form::upload(&token, "Docs").field("fileMD5", md5).file("a.txt", "hello").request("/Upload.ashx");
    assert_eq!(world.ask(upload("AAAAAAAAAAAAAAAAAAAAAA==")).await.code(), 70106);
    assert_eq!(world.ask(upload("no MD5")).await.code(), 101);
    assert_eq!(world.ask(upload("XUFAKrxLKna5cZ2REBfFkg==")).await.code(), 0);
    assert_eq!(world.names(&session, "Docs").await, ["a.txt"]);
}
