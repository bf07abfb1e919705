//! How requests may look, and whom answers name.

use larder_server::Config;

use crate::support::World;
use crate::wire::{get, get_with, post};

#[tokio::test]
async fn n1_names_are_understood_in_any_case_and_unknown_parameters_ignored() {
    let world = World::start().await;
    let session = world.login("kid").await;
    let pairs = [("SESSIONTOKEN", session.as_str()), ("FOLDERpath", "Docs"), ("whatever", "x")];
    let answer = world.ask(post("/WS/imfs/CREATEFOLDERS.ASHX", &pairs)).await;
    assert_eq!(answer.code(), 0, "{}", answer.text());
    assert_eq!(world.names(&session, "").await, ["Docs/"]);
    // What is in paths keeps its case.
    let answer = world.call("IMFS/GetPathInfo", &[("sessionToken", &session), ("itemPath", "docs")]).await;
    assert_eq!(answer.code(), 70005);
}

#[tokio::test]
async fn n2_get_and_post_query_and_form_mixed() {
    let world = World::start().await;
    let session = world.login("kid").await;
    let target = format!("/ws/IMFS/CreateFolders.ashx?sessionToken={session}");
    assert_eq!(world.ask(get(&format!("{target}&folderPath=by%20get"))).await.code(), 0);
    assert_eq!(world.ask(post(&target, &[("folderPath", "by post"), ("folderPath", "and more")])).await.code(), 0);
    let both = world.ask(post(&format!("{target}&folderPath=x"), &[("folderPath", "y")])).await;
    assert_eq!(both.code(), 0);
    assert_eq!(world.names(&session, "").await, ["and more/", "by get/", "by post/", "x/", "y/"]);
    let without_body = format!("POST {target}&folderPath=z HTTP/1.1\r\nHost: larder\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(world.ask(without_body).await.code(), 0);
    let put = get(&format!("{target}&folderPath=never")).replacen("GET", "PUT", 1);
    assert_eq!(world.ask(put).await.code(), 160);
}

#[tokio::test]
async fn n3_several_paths_may_stand_between_bars() {
    let world = World::start().await;
    let session = world.login("kid").await;
    let pairs = [("sessionToken", session.as_str()), ("folderPath", "a| b"), ("folderPath", "c")];
    assert_eq!(world.call("IMFS/CreateFolders", &pairs).await.code(), 0);
    assert_eq!(world.names(&session, "").await, ["a/", "b/", "c/"]);
}

#[tokio::test]
async fn n58_tokens_may_be_padded_with_blanks() {
    let world = World::start().await;
    let session = format!(" {} ", world.login("kid").await);
    assert_eq!(world.call("IMFS/CreateFolders", &[("sessionToken", &session), ("folderPath", "a")]).await.code(), 0);
}

#[tokio::test]
async fn formats_and_callbacks() {
    let world = World::start().await;
    let session = world.login("kid").await;
    let target = format!("/ws/IMFS/ListFolder.ashx?sessionToken={session}&pageNumber=1&pageSize=1");
    for (query, media_type, begins, ends) in [
        ("", "text/xml; charset=utf-8", "<", "</Response>"),
        ("&output=xml&JSONcallback=f", "text/xml; charset=utf-8", "<", "</Response>"),
        ("&output=JSON", "application/json; charset=utf-8", "{\"ResponseCode\":0,", "}"),
        ("&output=json&JSONcallback=a.b", "application/javascript; charset=utf-8", "/**/a.b({\"ResponseCode\":0,", "});"),
    ] {
        let answer = world.ask(get(&format!("{target}{query}"))).await;
        let text = answer.text();
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(media_type)), "{query}");
        assert!(text.starts_with(begins) && text.trim_end().ends_with(ends), "{query}: {text}");
    }
    let script = world.ask(get(&format!("{target}&output=json&JSONcallback=alert(1)//"))).await;
    assert_eq!(script.code(), 101, "{}", script.text());
    assert!(!script.text().contains("alert"), "{}", script.text());
    // The format may stand in the form.
    let form = [("sessionToken", "x"), ("output", "json"), ("pageNumber", "1"), ("pageSize", "1")];
    let answer = world.ask(post("/ws/IMFS/ListFolder.ashx", &form)).await;
    assert_eq!((answer.code(), answer.json().is_object()), (80101, true));
}

#[tokio::test]
async fn what_is_not_served_is_160() {
    let world = World::start().await;
    for target in ["/ws/IMFS/Nope.ashx", "/ws/Nope/Login.ashx", "/ws", "/ws/IMFS", "/ws/a/b/c.ashx", "/Update.ashx"] {
        let answer = world.ask(get(target)).await;
        assert_eq!((answer.status, answer.code()), (200, 160), "{target}");
    }
    for target in ["/api/reseller/v1/nope", "/api/reseller/v1", "/api/reseller/v1/"] {
        assert_eq!(world.ask(get(target)).await.status, 404, "{target}");
    }
    assert_eq!(world.ask(get("/api/reseller/v1/create_user")).await.status, 405);
}

/// 200 is the API's own way to refuse; outside of it, HTTP's is used. A CONNECT that is answered with 200 is a tunnel.
#[tokio::test]
async fn outside_of_the_api_http_says_no_itself() {
    let world = World::start().await;
    assert_eq!(world.ask(get("/")).await.status, 404);
    for (line, status) in [
        ("CONNECT evil.example:80", 404),
        ("OPTIONS *", 405),
        ("POST /App/kid/file", 405),
        ("DELETE /App/kid/file", 405),
        ("PUT /Upload.ashx", 200),
    ] {
        let answer = world.ask(format!("{line} HTTP/1.1\r\nHost: larder\r\nContent-Length: 0\r\n\r\n")).await;
        assert_eq!(answer.status, status, "{line}");
    }
}

#[tokio::test]
async fn a_host_is_named_once_and_is_one() {
    let world = World::start().await;
    for hosts in ["Host: a\r\nHost: b\r\n", "Host: a<b>/x y\r\n", "Host: user@a\r\n"] {
        let answer = world.ask(format!("GET /Version.ashx HTTP/1.1\r\n{hosts}\r\n")).await;
        assert_eq!(answer.status, 400, "{hosts}");
    }
    world.serves().await;
}

#[tokio::test]
async fn n38_the_version_tells_that_the_service_is_up() {
    let world = World::start().await;
    for target in ["/Version.ashx", "/version.ashx", "/ws/Version.ashx", "/ws/IMFS/Version.ashx"] {
        let answer = world.ask(get(target)).await;
        assert_eq!(answer.status, 200, "{target}");
        assert!(answer.text().starts_with("Larder "), "{target}");
    }
}

#[tokio::test]
async fn a_file_called_as_the_version_is_a_file() {
    let world = World::start().await;
    let session = world.login("kid").await;
    world.put(&session, "Docs", "version.ashx", "mine").await;
    assert_eq!(world.fetch(&session, "App/kid/Docs/version.ashx").await.text(), "mine");
    assert_eq!(world.fetch(&session, "version.ashx").await.status, 404);
}

/// The host that uploads are sent to, when the service is asked this way.
async fn told(world: &World, session: &str, target: &str, host: &str) -> String {
    let query = format!("/ws/IMFS/GetStorageNode.ashx?output=json&sessionToken={session}&sizeBytes=1");
    let answer = world.ask(format!("GET {target}{query} HTTP/1.1\r\n{host}\r\n")).await;
    answer.json()["GetStorageNode"]["UploadHost"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn n37_answers_name_the_host_that_was_asked() {
    let world = World::start().await;
    let session = world.login("kid").await;
    for (target, host, expected) in [
        ("", "Host: files.example\r\n", "files.example"),
        ("", "Host: files.example:8080\r\n", "files.example:8080"),
        ("http://proxied.example", "Host: other.example\r\n", "proxied.example"),
        ("http://proxied.example:99", "Host: other.example\r\n", "proxied.example:99"),
    ] {
        assert_eq!(told(&world, &session, target, host).await, expected);
    }
    let address = world.address.to_string();
    assert_eq!(told(&world, &session, "", "").await, address, "nobody was named");
    assert_eq!(told(&world, &session, "", "Host:\r\n").await, address, "nobody was named");
}

#[tokio::test]
async fn a_storage_host_stands_above_the_host_that_was_asked() {
    for storage_host in ["node.example", "node.example:8443"] {
        let world = World::with(Config { storage_host: Some(storage_host.into()), ..Config::default() }).await;
        let session = world.login("kid").await;
        for target in ["", "http://proxied.example:99"] {
            assert_eq!(told(&world, &session, target, "Host: asked.example:1\r\n").await, storage_host);
        }
    }
}

#[tokio::test]
async fn absolute_form_works_for_every_kind_of_request() {
    let world = World::start().await;
    let session = world.login("kid").await;
    world.put(&session, "Docs", "a", "content").await;
    let file = world.ask(get(&format!("http://any.example/{session}/App/kid/Docs/a"))).await;
    assert_eq!(file.text(), "content");
    let key = format!("token: {}\r\n", world.founded.api_key.expose());
    let users = world.ask(get_with("http://any.example/api/reseller/v1/users", &key)).await;
    assert_eq!(users.status, 200);
}
