//! The reseller API.

use larder::e2::{Client, CreateUser, EncodedPassword, ErrorCode, Quota};
use serde_json::json;

use crate::support::World;
use crate::wire::{Answer, get, get_with};

async fn put(world: &World, media_type: &str, body: &str) -> Answer {
    let (key, length) = (world.founded.api_key.expose(), body.len());
    let request = format!(
        "PUT /api/reseller/v1/create_user HTTP/1.1\r\nHost: larder\r\nToken: {key}\r\nContent-Type: {media_type}\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    );
    world.ask(request).await
}

async fn emails(world: &World) -> Vec<String> {
    let key = format!("token: {}\r\n", world.founded.api_key.expose());
    let answer = world.ask(get_with("/api/reseller/v1/users", &key)).await;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    answer.json()["users"].as_array().unwrap().iter().map(|user| user["email"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn e3_without_the_key_there_is_nothing() {
    let world = World::start().await;
    let session = world.login("boss").await;
    let wrong = [String::new(), "token: wrong\r\n".into(), "token:\r\n".into(), format!("token: {session}\r\n")];
    for header in wrong {
        let answer = world.ask(get_with("/api/reseller/v1/users", &header)).await;
        assert_eq!((answer.status, answer.json()["error"]["code"].as_str()), (401, Some("unauthorized")), "{header}");
    }
    // Whoever has no key does not learn which parameters are right.
    for body in ["{}", "nonsense", "{\"email\":\"a@b.example\",\"password\":\"eA==\",\"first_name\":\"a\",\"quota\":1}"] {
        let length = body.len();
        let request = format!("PUT /api/reseller/v1/create_user HTTP/1.1\r\nHost: l\r\nContent-Length: {length}\r\n\r\n{body}");
        assert_eq!(world.ask(request).await.status, 401, "{body}");
    }
    // The key opens nothing of the other API.
    let key = world.founded.api_key.expose();
    let folder = [("sessionToken", key), ("folderPath", "x")];
    assert_eq!(world.call("IMFS/CreateFolders", &folder).await.code(), 80101);
    assert!(emails(&world).await.is_empty());
}

#[tokio::test]
async fn users_are_created_once_and_listed() {
    let world = World::start().await;
    let client = Client::new(&world.base(), world.founded.api_key.clone()).unwrap();
    let user = CreateUser {
        email: "a@b.example".parse().unwrap(),
        password: EncodedPassword::encode("correct horse").unwrap(),
        first_name: "Änne".parse().unwrap(),
        last_name: None,
        quota: Quota::gigabytes(1024),
        email_notification: Some(false),
    };
    assert!(client.create_user(user.clone()).await.unwrap().answer.user_created);
    let again = client.create_user(user).await.unwrap_err();
    assert_eq!(again.code(), Some(&ErrorCode::UserSignedUp));
    assert_eq!(again.fault().unwrap().status, 403);
    let users = client.list_users().await.unwrap().users;
    assert_eq!(users.len(), 1);
    let user = &users[0];
    assert_eq!((user.email.as_str(), user.first_name.as_deref()), ("a@b.example", Some("Änne")));
    assert_eq!(user.storage_quota, Some(Quota::gigabytes(1024).into()));
    assert_eq!((user.is_active, user.is_signed_up), (Some(true), Some(true)));
    assert_eq!(user.account_creation_timestamp.as_deref(), Some("2026-01-01T00:00:00Z"));
}

#[tokio::test]
async fn e21_the_body_is_what_it_is_whatever_its_label_says() {
    let world = World::start().await;
    let json = |email: &str| json!({"email": email, "password": "eA==", "first_name": "a", "quota": 1}).to_string();
    let form = |email: &str| format!("email={email}&password=eA%3D%3D&first_name=a&quota=1&email_notification=false");
    for (email, media_type, body) in [
        ("a", "application/json", json("a")),
        ("b", "application/x-www-form-urlencoded", json("b")),
        ("c", "application/x-www-form-urlencoded", form("c")),
        ("d", "application/json", form("d")),
        ("e", "text/plain", json("e")),
    ] {
        let answer = put(&world, media_type, &body).await;
        assert_eq!((answer.status, answer.text().as_str()), (200, "{\"user_created\":true}"), "{email}");
    }
    assert_eq!(emails(&world).await, ["a", "b", "c", "d", "e"]);
}

#[tokio::test]
async fn e20_a_wrong_value_is_named() {
    let world = World::start().await;
    let valid = json!({"email": "a", "password": "eA==", "first_name": "a", "quota": 1});
    for (field, value) in [
        ("email", json!("")),
        ("email", json!("e".repeat(256))),
        ("email", json!(null)),
        ("password", json!("no base64!")),
        ("password", json!("")),
        ("password", json!("/w==")),
        ("password", json!("A".repeat(104))),
        ("first_name", json!("f".repeat(65))),
        ("quota", json!(-1)),
        ("quota", json!("many")),
    ] {
        let mut body = valid.clone();
        body[field] = value.clone();
        let answer = put(&world, "application/json", &body.to_string()).await;
        let error = &answer.json()["error"];
        assert_eq!((answer.status, error["code"].as_str()), (400, Some("invalid_parameters")), "{field} {value}");
        assert_eq!(error["errors"][0]["field"].as_str(), Some(field), "{field} {value}: {error}");
    }
    for field in ["email", "password", "first_name", "quota"] {
        let mut body = valid.clone();
        body.as_object_mut().unwrap().remove(field);
        let answer = put(&world, "application/json", &body.to_string()).await;
        assert_eq!((answer.status, answer.json()["error"]["errors"][0]["field"].as_str()), (400, Some(field)), "{field}");
    }
    for nonsense in ["", "{", "[]", "\"a\"", "{\"email\":{}}"] {
        assert_eq!(put(&world, "application/json", nonsense).await.status, 400, "{nonsense}");
    }
    assert!(emails(&world).await.is_empty());
    assert_eq!(world.ask(get("/api/reseller/v1/users/")).await.status, 401);
}

/// Ledger E57.
#[tokio::test]
async fn the_description_is_true_wherever_it_is_read() {
    let world = World::start().await;
    let path = "/api/reseller/v1/openapi.json";
    for host in ["Host: larder.example\r\nX-Forwarded-Proto: https\r\n", "Host: larder.example:8080\r\n"] {
        let answer = world.ask(format!("GET {path} HTTP/1.1\r\n{host}\r\n")).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
        let document = answer.json();
        assert_eq!(document["servers"], json!([{ "url": "/" }]));
        assert_eq!(document["openapi"], "3.1.0");
        assert!(document["paths"]["/api/reseller/v1/create_user"]["put"].is_object());
    }
    let answer = world.ask(format!("GET {path} HTTP/1.0\r\n\r\n")).await;
    assert_eq!(answer.json()["servers"], json!([{ "url": "/" }]));
    let answer = world.ask(format!("POST {path} HTTP/1.1\r\nHost: l\r\nContent-Length: 0\r\n\r\n")).await;
    assert_eq!(answer.status, 404);
}

/// Ledger E53.
#[tokio::test]
async fn any_quota_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    for world in [World::start().await, World::on_disk(folder.path()).await] {
        let user = json!({ "email": "a", "password": "eA==", "first_name": "a", "quota": u64::MAX });
        assert_eq!(put(&world, "application/json", &user.to_string()).await.status, 200);
        let key = format!("token: {}\r\n", world.founded.api_key.expose());
        let users = world.ask(get_with("/api/reseller/v1/users", &key)).await.json();
        assert_eq!(users["users"][0]["storage_quota"], u64::MAX);
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_one() {
    let world = World::start().await;
    for (request, allowed) in [("GET /api/reseller/v1/create_user", "PUT"), ("TRACE /api/reseller/v1/users", "GET")] {
        let answer = world.ask(format!("{request} HTTP/1.1\r\nHost: l\r\n\r\n")).await;
        assert_eq!((answer.status, answer.header("allow")), (405, Some(allowed)), "{request}");
    }
    assert_eq!(world.ask(get("/api/reseller/v1/nothing")).await.header("allow"), None);
}
