//! Requests that no honest client sends. After each the service serves on.

use std::time::Duration;

use larder_server::Config;
use larder_transport::server::Options;

use crate::support::World;
use crate::wire::{Form, get, get_with, post};

async fn strict() -> World {
    let connections =
        Options { head: Duration::from_millis(200), head_size: 8 << 10, headers: 20, buffer: 16 << 10, ..Options::default() };
    World::with(Config { connections, ..Config::default() }).await
}

#[tokio::test]
async fn a_head_that_is_too_large_or_has_too_many_fields_is_refused() {
    let world = strict().await;
    let large = world.ask(get_with("/", &format!("x: {}\r\n", "y".repeat(32 << 10)))).await;
    assert_eq!(large.status, 431);
    let many: String = (0..30).map(|n| format!("x{n}: y\r\n")).collect();
    assert_eq!(world.ask(get_with("/", &many)).await.status, 431);
    let target = world.ask(get(&format!("/{}", "a".repeat(32 << 10)))).await;
    assert!([414, 431].contains(&target.status), "{}", target.status);
    world.serves().await;
}

#[tokio::test]
async fn a_slow_head_is_cut_off() {
    let world = strict().await;
    let mut silent = world.raw().await;
    silent.send("").await;
    assert_eq!(silent.until_closed().await, b"");
    let mut slow = world.raw().await;
    slow.send("GET / HTTP/1.1\r\nHost: lar").await;
    assert_eq!(slow.until_closed().await, b"");
    // The same on a connection that has served before.
    let mut slow = world.raw().await;
    slow.send(get("/Version.ashx")).await;
    assert_eq!(slow.answer().await.status, 200);
    slow.send("GET / HTTP/1.1\r\n").await;
    assert_eq!(slow.until_closed().await, b"");
    world.serves().await;
}

#[tokio::test]
async fn a_body_that_is_too_large_is_10001() {
    let world = World::start().await;
    let session = world.login("kid").await;
    let head = |length: &str| format!("POST /ws/IMFS/CreateFolders.ashx HTTP/1.1\r\nHost: larder\r\n{length}\r\n\r\n");
    let declared = world.ask(head("Content-Length: 2000000")).await;
    assert_eq!((declared.code(), declared.header("connection")), (10001, Some("close")));

    let mut raw = world.raw().await;
    raw.send(head("Transfer-Encoding: chunked")).await;
    let chunk = "x".repeat(0x10000);
    for _ in 0..17 {
        raw.send(format!("10000\r\n{chunk}\r\n")).await;
    }
    assert_eq!(raw.answer().await.code(), 10001);

    let token = world.upload_token(&session).await;
    let upload = Form::upload(&token, "Docs").file("a", "a").request("/Upload.ashx");
    let upload = String::from_utf8(upload).unwrap().replacen("Content-Length: ", "Content-Length: 2147481600", 1);
    assert_eq!(world.ask(upload).await.code(), 10001);
    let long = "x".repeat((1 << 20) + 1);
    let fields = Form::upload(&token, "Docs").field("callbackURL", &long).file("a", "a");
    assert_eq!(world.ask(fields.request("/Upload.ashx")).await.code(), 10001);
    assert_eq!(world.names(&session, "").await, [""; 0]);

    let key = world.founded.api_key.expose();
    let e2 = format!("PUT /api/reseller/v1/create_user HTTP/1.1\r\nHost: l\r\ntoken: {key}\r\nContent-Length: 2000000\r\n\r\n");
    assert_eq!(world.ask(e2).await.status, 400);
    world.serves().await;
}

#[tokio::test]
async fn too_many_parameters_are_refused() {
    let world = World::start().await;
    let session = world.login("kid").await;
    let body = format!("sessionToken={session}{}", "&folderPath=a".repeat(10_001));
    let length = body.len();
    let request = format!("POST /ws/IMFS/CreateFolders.ashx HTTP/1.1\r\nHost: larder\r\nContent-Length: {length}\r\n\r\n{body}");
    let answer = world.ask(request).await;
    assert!([100, 101].contains(&answer.code()), "{}", answer.text());
    world.serves().await;
}

#[tokio::test]
async fn requests_in_one_go_are_answered_in_order() {
    let world = World::start().await;
    let session = world.login("kid").await;
    world.put(&session, "Docs", "a", "first").await;
    world.put(&session, "Docs", "b", vec![b'2'; 100_000]).await;
    let mut all = String::new();
    for _ in 0..3 {
        all += &get(&format!("/{session}/Docs/a"));
        all += &get(&format!("/{session}/Docs/b"));
        all += &post("/ws/IMFS/GetPathInfo.ashx", &[("sessionToken", &session), ("itemPath", "none")]);
        all += &get("/api/reseller/v1/users");
    }
    let mut raw = world.raw().await;
    raw.send(all).await;
    for _ in 0..3 {
        assert_eq!(raw.answer().await.text(), "first");
        assert_eq!(raw.answer().await.body.len(), 100_000);
        assert_eq!(raw.answer().await.code(), 70005);
        assert_eq!(raw.answer().await.status, 401);
    }
    world.serves().await;
}

#[tokio::test]
async fn paths_that_lead_nowhere_good() {
    let world = World::start().await;
    let (session, sis) = (world.login("kid").await, world.login("sis").await);
    world.put(&session, "Docs", "a", "mine").await;
    for (path, status) in [
        ("%ff", 400),
        ("%00", 400),
        ("Docs/a%00", 400),
        ("Docs/%C3%28", 400),
        ("..", 400),
        ("../sis/Docs/a", 400),
        ("Docs/../Docs/a", 400),
        ("Docs/%2e%2e/Docs/a", 400),
        ("Docs%2F..%2FDocs%2Fa", 400),
        ("./Docs/a", 400),
        ("App/kid/../sis/x", 400),
        ("Docs/a%5C..%5Cb", 400),
        ("Docs/a%0D%0ASet-Cookie:%20x", 400),
        ("%2e%2e%2fetc/passwd", 400),
        ("Docs%2Fa", 200),
        ("Docs/a%2F", 200),
        ("Docs//a", 200),
        ("App%2Fkid%2FDocs%2Fa", 200),
    ] {
        let answer = world.fetch(&session, path).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        assert_eq!(answer.header("set-cookie"), None);
        assert_eq!(answer.text() == "mine", status == 200, "{path}");
    }
    for (query, code) in [
        ("folderPath=a%FFb", 101),
        ("folderPath=a%00b", 70102),
        ("folderPath=../x", 70102),
        ("folderPath=a/../../sis/x", 70102),
        ("folderPath=//App/kid/../sis/x", 70102),
        ("folderPath=%2e%2e%2fx", 70102),
        ("folderPath=.", 70102),
        ("folderPath=a%5Cb", 70102),
        ("folderPath=", 100),
        ("", 100),
    ] {
        let answer = world.ask(get(&format!("/ws/IMFS/CreateFolders.ashx?sessionToken={session}&{query}"))).await;
        assert_eq!(answer.code(), code, "{query}: {}", answer.text());
    }
    assert_eq!(world.names(&session, "").await, ["Docs/"]);
    assert_eq!(world.names(&sis, "").await, [""; 0]);
    world.serves().await;
}

/// The name of an uploaded file is the engine's to judge: the machine passes on what the form says.
#[tokio::test]
async fn n168_file_names_that_lead_nowhere_good() {
    let world = World::start().await;
    let session = world.login("kid").await;
    let token = world.upload_token(&session).await;
    for (name, code) in [
        ("a\0b", 70102),
        ("a\u{1}b", 70102),
        ("a%0D%0Ab", 70102),
        ("a%22b", 70102),
        ("a<b", 70102),
        ("..", 70102),
        ("../../sis/x", 0), // Of a whole path, the last name.
        ("/", 70102),
        ("\u{FFFE}", 70102),
        (&"a".repeat(257), 70010),
        ("a%00b", 0),
        ("%2e%2e%2fx", 0),
        ("\u{FEFF}\u{202E}x", 0),
    ] {
        let answer = world.ask(Form::upload(&token, "Docs").file(name, "content").request("/Upload.ashx?output=json")).await;
        assert_eq!(answer.code(), code, "{name:?}: {}", answer.text());
    }
    assert_eq!(world.names(&session, "").await, ["Docs/"]);
    assert_eq!(world.names(&session, "Docs").await, ["%2e%2e%2fx", "a%00b", "x", "\u{FEFF}\u{202E}x"]);
    world.serves().await;
}

#[tokio::test]
async fn bytes_that_are_no_request() {
    let world = World::start().await;
    let session = world.login("kid").await;
    let mut request = format!("GET /{session}/").into_bytes();
    request.extend_from_slice(b"\xff\xfe HTTP/1.1\r\nHost: larder\r\n\r\n");
    assert_eq!(world.ask(request).await.status, 400);
    for garbage in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 TLS to a plain port\r\n\r\n"[..],
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\0 HTTP/1.1\r\n\r\n",
        b"POST /Upload.ashx HTTP/1.1\r\nHost: l\r\nContent-Length: -1\r\n\r\n",
        b"POST /Upload.ashx HTTP/1.1\r\nHost: l\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let mut raw = world.raw().await;
        raw.send(garbage).await;
        let answer = raw.until_closed().await;
        let text = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || text.starts_with("HTTP/1.1 4"), "{text}");
    }
    for body in ["--", "\r\n\r\n", "--b", "--b--", "--b\r\n\r\n", "--b\r\nContent-Disposition: x\r\n\r\n--b--"] {
        let length = body.len();
        let head = format!(
            "POST /Upload.ashx?uploadToken=x&destFolderPath=y HTTP/1.1\r\nHost: l\r\n\
             Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        assert!([101, 80023].contains(&world.ask(head).await.code()), "{body:?}");
    }
    world.serves().await;
}
