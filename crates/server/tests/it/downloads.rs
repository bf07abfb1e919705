//! Files on their way out: what heads say.

use crate::support::World;
use crate::wire::get_with;

async fn ready() -> (World, String) {
    let world = World::start().await;
    let session = world.login("kid").await;
    world.put(&session, "Docs", "a.txt", "0123456789").await;
    (world, format!("/{session}/App/kid/Docs/a.txt"))
}

#[tokio::test]
async fn heads_describe_the_file_and_keep_browsers_from_running_it() {
    let (world, target) = ready().await;
    let answer = world.ask(get_with(&target, "")).await;
    assert_eq!((answer.status, answer.text().as_str()), (200, "0123456789"));
    for (name, value) in [
        ("content-length", "10"),
        ("content-type", "text/plain; charset=utf-8"),
        ("accept-ranges", "bytes"),
        ("last-modified", "Thu, 01 Jan 2026 00:00:00 GMT"),
        ("etag", "\"eB5eJF1ptWaXm4bijSPyxw==\""),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "sandbox"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    let attachment = world.ask(get_with(&format!("{target}?disposition=attachment"), "")).await;
    assert_eq!(attachment.header("content-disposition"), Some("attachment; filename=\"a.txt\""));
}

#[tokio::test]
async fn a_head_request_is_answered_without_the_file_and_the_connection_goes_on() {
    let (world, target) = ready().await;
    let mut raw = world.raw().await;
    for _ in 0..2 {
        raw.send(get_with(&target, "").replacen("GET", "HEAD", 1)).await;
        let head = raw.answer_to_head().await;
        assert_eq!((head.status, head.header("content-length")), (200, Some("10")));
        assert_eq!(head.header("connection"), None);
    }
    raw.send(get_with(&target, "")).await;
    assert_eq!(raw.answer().await.text(), "0123456789");
}

#[tokio::test]
async fn conditions_are_answered_304_and_the_connection_goes_on() {
    let (world, target) = ready().await;
    let mut raw = world.raw().await;
    for (header, status) in [
        ("If-None-Match: \"eB5eJF1ptWaXm4bijSPyxw==\"", 304),
        ("If-None-Match: \"x\", W/\"eB5eJF1ptWaXm4bijSPyxw==\"", 304),
        ("If-None-Match: *", 304),
        ("If-None-Match: \"x\"", 200),
        ("If-Modified-Since: Thu, 01 Jan 2026 00:00:00 GMT", 304),
        ("If-Modified-Since: Fri, 02 Jan 2026 00:00:00 GMT", 304),
        ("If-Modified-Since: Wed, 31 Dec 2025 23:59:59 GMT", 200),
        ("If-Modified-Since: nonsense", 200),
        ("If-None-Match: \"x\"\r\nIf-Modified-Since: Fri, 02 Jan 2026 00:00:00 GMT", 200),
    ] {
        raw.send(get_with(&target, &format!("{header}\r\n"))).await;
        let answer = raw.answer().await;
        assert_eq!(answer.status, status, "{header}");
        assert_eq!(answer.text(), if status == 200 { "0123456789" } else { "" }, "{header}");
        assert!(answer.header("etag").is_some() && answer.header("last-modified").is_some(), "{header}");
    }
}

#[tokio::test]
async fn ranges_and_the_conditions_on_them() {
    let (world, target) = ready().await;
    for (header, status, body, range) in [
        ("Range: bytes=2-4", 206, "234", Some("bytes 2-4/10")),
        ("Range: bytes=-3", 206, "789", Some("bytes 7-9/10")),
        ("Range: bytes=8-", 206, "89", Some("bytes 8-9/10")),
        ("Range: bytes=8-99", 206, "89", Some("bytes 8-9/10")),
        ("Range: nonsense", 200, "0123456789", None),
        ("Range: bytes=2-4\r\nIf-Range: \"eB5eJF1ptWaXm4bijSPyxw==\"", 206, "234", Some("bytes 2-4/10")),
        ("Range: bytes=2-4\r\nIf-Range: \"x\"", 200, "0123456789", None),
    ] {
        let answer = world.ask(get_with(&target, &format!("{header}\r\n"))).await;
        assert_eq!((answer.status, answer.text().as_str()), (status, body), "{header}");
        assert_eq!(answer.header("content-range"), range, "{header}");
    }
    let beyond = world.ask(get_with(&target, "Range: bytes=10-\r\n")).await;
    assert_eq!((beyond.status, beyond.code()), (416, 70108));
}

#[tokio::test]
async fn n42_a_failed_download_has_a_status_that_says_so() {
    let (world, target) = ready().await;
    for (path, status, code) in [
        (target.replace("a.txt", "none"), 404, 70006),
        (target.replace("/a.txt", ""), 404, 70006),
        (target.replace("/kid/", "/sis/"), 403, 80003),
        ("/App/kid/Docs/a.txt".to_owned(), 403, 80006),
        ("/App/kid/Docs/a.txt?sessionToken=nonsense".to_owned(), 403, 80101),
        ("/00000000-0000-0000-0000-000000000000/Docs/a.txt".to_owned(), 403, 80006),
    ] {
        let answer = world.ask(get_with(&path, "")).await;
        assert_eq!((answer.status, answer.code()), (status, code), "{path}");
    }
}
