//! Canaries: what must be nowhere, having been everywhere.

use std::fmt::Write as _;
use std::path::Path;

use larder::e2;
use larder::larder_core::Secret;
use larder::nvx;
use larder_core::ErrorKind;

use crate::support::World;
use crate::wire::{Form, get, get_with, post};

const OLD: &str = "canary-old-Zk4x";
const NEW: &str = "canary-new-Qw7p";
const WRONG: &str = "canary-wrong-Lm2v";
const E2: &str = "canary-e2-Ht9s";

/// Every file below the folder.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(contents(&path));
        } else {
            all.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    all
}

fn has(text: &[u8], secret: &str) -> bool {
    text.windows(secret.len()).any(|window| window == secret.as_bytes())
}

/// Everything that is said about errors.
async fn errors(world: &World) -> String {
    let mut said = String::new();
    let client = |user: &str, password: &str| {
        let credentials = nvx::Credentials::new(world.founded.app_key.as_str(), user, password);
        let _ = write!(said, "{credentials:?}");
        nvx::Client::new(&world.base(), credentials).unwrap()
    };
    let mut client = client;
    let (wrong, unknown) = (client("canary", WRONG), client("nobody", WRONG));
    let key = e2::Client::new(&world.base(), WRONG).unwrap();
    for error in [wrong.create_folder("x").await.unwrap_err(), unknown.change_password(WRONG).await.unwrap_err()] {
        let nvx::Error::Call(call) = &error else { panic!("{error}") };
        assert!(matches!(call.kind, ErrorKind::Fault(_)), "{error}");
        let _ = write!(said, "{error} {error:?}");
    }
    let error = key.list_users().await.unwrap_err();
    let _ = write!(said, "{error} {error:?} {wrong:?} {key:?}");
    said
}

#[tokio::test]
async fn no_secret_is_in_a_log_an_error_or_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let world = World::on_disk(&data).await;
    let app_key = world.founded.app_key.clone();
    let api_key = world.founded.api_key.expose().to_owned();
    let mut answers = String::new();

    let boss = world.login("boss").await;
    let child = [("SessionToken", boss.as_str()), ("Username", "canary"), ("Password", OLD)];
    answers += &world.call("Accounting/CreateChildAccount", &child).await.text();
    let by_get = format!("/ws/Authentication/Login.ashx?appKey={app_key}&userName=canary&password=");
    assert_eq!(world.ask(get(&format!("{by_get}{OLD}"))).await.code(), 0);
    answers += &world.ask(get(&format!("{by_get}{WRONG}"))).await.text();
    let change = [("appKey", app_key.as_str()), ("userName", "canary"), ("oldPassword", OLD), ("newPassword", NEW)];
    answers += &world.call("Authentication/ChangePassword", &change).await.text();
    answers += &world.call("Authentication/ChangePassword", &change).await.text();
    let login = [("appKey", app_key.as_str()), ("userName", "canary"), ("password", NEW)];
    let session = world.call("Authentication/Login", &login).await.json()["SessionToken"].as_str().unwrap().to_owned();

    let upload = world.upload_token(&session).await;
    let form = |token: &str| Form::upload(token, "Docs").file("a.txt", vec![b'x'; 50_000]);
    answers += &world.ask(form(&upload).request("/Upload.ashx")).await.text();
    answers += &world.ask(form(&upload).request("/Upload.ashx")).await.text();
    answers += &world.ask(form(WRONG).request("/Upload.ashx")).await.text();
    let asked = [("sessionToken", session.as_str()), ("filePath", "Docs/a.txt"), ("expiration", "60")];
    let link = world.call("IMFS/GetOptimalUrls", &asked).await.json()["Download"][0]["DownloadToken"].clone();
    let link = link.as_str().unwrap();
    for path in ["Docs/a.txt", "Docs/none"] {
        answers += &world.ask(get(&format!("/{link}/{path}"))).await.text();
    }
    let right = world.upload_token_with(&session, "Docs", &[("fileOverwrite", "true")]).await;
    let update =
        |range| Form::upload(&right, "Docs").update("a.txt", Some(range), "01234").field("callbackURL", "http://c.example");
    for range in ["0-4/50000", "0-5/50000"] {
        answers += &world.ask(update(range).request(&format!("/Update.ashx?callbackURL=http://c.example/{WRONG}"))).await.text();
    }
    let pieces = Form::upload(&upload, "Docs").piece("p", "0-4/10", "01234");
    answers += &world.ask(pieces.request("/Upload.ashx")).await.text();
    for target in [
        format!("/{session}/App/canary/Docs/a.txt"),
        format!("/{session}/App/canary/Docs/none"),
        format!("/App/canary/Docs/a.txt?sessionToken={session}"),
        format!("/App/canary/Docs/a.txt?sessionToken={WRONG}"),
        format!("/ws/IMFS/ListFolder.ashx?sessionToken={WRONG}&pageNumber=1&pageSize=1"),
        format!("/ws/IMFS/ListFolder.ashx?sessionToken={session}&pageNumber={WRONG}&pageSize={WRONG}"),
        format!("/ws/IMFS/ListFolder.ashx?sessionToken={session}&pageNumber=1&pageSize=1&output=json&JSONcallback={WRONG}"),
        format!("/ws/{WRONG}/{WRONG}.ashx"),
        format!("/ws/Authentication/Login.ashx?appKey={WRONG}&userName=canary&password={WRONG}"),
        format!("/ws/Authentication/Login.ashx?appKey={WRONG}&password={}", WRONG.repeat(100)),
    ] {
        answers += &world.ask(get(&target)).await.text();
    }
    answers += &world.ask(post("/ws/IMFS/CreateFolders.ashx", &[("sessionToken", &session), ("folderPath", "a:b")])).await.text();

    let password = e2::EncodedPassword::encode(E2).unwrap();
    let encoded = serde_json::to_value(&password).unwrap().as_str().unwrap().to_owned();
    for (key, password, quota) in
        [(&api_key, encoded.as_str(), "1"), (&api_key, &encoded, "x"), (&api_key, WRONG, "1"), (&WRONG.to_owned(), &encoded, "1")]
    {
        let body = format!(r#"{{"email":"a","password":"{password}","first_name":"a","quota":"{quota}"}}"#);
        let length = body.len();
        let head = format!("PUT /api/reseller/v1/create_user HTTP/1.1\r\nHost: l\r\ntoken: {key}\r\nContent-Length: {length}");
        answers += &world.ask(format!("{head}\r\n\r\n{body}")).await.text();
    }
    answers += &world.ask(get_with("/api/reseller/v1/users", &format!("token: {api_key}\r\n"))).await.text();
    let mut said = errors(&world).await;

    let secrets = [OLD, NEW, WRONG, E2, &encoded, &session, &upload, &api_key, link, &right];
    let while_running = contents(&data);
    let (_, log) = world.stop().await;
    let lines = log.lines();
    assert!(lines.len() > 25 && lines.iter().any(|line| line.fault.is_some()));
    for line in &lines {
        let _ = writeln!(said, "{line} {line:?}");
    }
    said += &answers;
    for secret in secrets.into_iter().chain([app_key.as_str()]) {
        assert!(!has(said.as_bytes(), secret), "{secret} is in {said}");
    }
    let files = [while_running, contents(&data)].concat();
    assert!(files.len() > 4, "there is something to look at");
    for (path, content) in files {
        for secret in secrets {
            assert!(!has(&content, secret), "{secret} is in {path}");
        }
        assert!(!has(&content, "boss!"), "the master's password is in {path}");
    }
    assert_eq!(format!("{:?}", Secret::new(OLD)), "REDACTED");
}
