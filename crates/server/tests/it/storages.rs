//! The reseller API's users, regions and access keys, through the client and on the wire.

use larder::e2::{
    Client, CreateAccessKey, CreateUser, EnableUserRegion, EncodedPassword, ErrorCode, Orphans, OrphansRemoved, Permissions,
    Quota,
};
use larder_engine::types::Region;
use larder_server::Config;
use serde_json::{Value, json};

use crate::support::World;
use crate::wire::Answer;

fn client(world: &World) -> Client {
    Client::new(&world.base(), world.founded.api_key.clone()).unwrap()
}

fn user(email: &str) -> CreateUser {
    CreateUser {
        email: email.parse().unwrap(),
        password: EncodedPassword::encode("correct horse").unwrap(),
        first_name: "A".parse().unwrap(),
        last_name: None,
        quota: Quota::Unlimited,
        email_notification: None,
    }
}

fn region(email: &str, region: &str) -> EnableUserRegion {
    EnableUserRegion { email: email.parse().unwrap(), region: region.parse().unwrap(), ssd_storage: None }
}

fn key(email: &str, dn: &str, name: &str) -> CreateAccessKey {
    let (email, storage_dn, name) = (email.parse().unwrap(), dn.parse().unwrap(), name.parse().unwrap());
    CreateAccessKey { email, storage_dn, name, permissions: Permissions::Write, buckets: None }
}

async fn post(world: &World, operation: &str, body: &Value) -> Answer {
    let (key, body) = (world.founded.api_key.expose(), body.to_string());
    let length = body.len();
    let head = format!("POST /api/reseller/v1/{operation} HTTP/1.1\r\nHost: larder\r\nToken: {key}\r\n");
    world.ask(format!("{head}Content-Length: {length}\r\n\r\n{body}")).await
}

/// The life of a user, with every method of the client that the service serves, on both stores.
#[tokio::test]
async fn a_user_from_the_first_to_the_last_call() {
    let folder = tempfile::tempdir().unwrap();
    for world in [World::start().await, World::on_disk(folder.path()).await] {
        let client = client(&world);
        let created = client.create_user(user("a")).await.unwrap();
        assert!(created.answer.user_created && created.recovered.is_none());
        let regions = client.list_regions().await.unwrap().regions;
        assert_eq!((regions.len(), regions[0].active), (1, Some(true)));
        let enabled = client.enable_user_region(region("a", &regions[0].region_key)).await.unwrap().answer;
        let listed = client.list_user_regions("a").await.unwrap().user_regions;
        assert_eq!(listed[0].storage_dn, enabled.storage_dn);
        let dn = &enabled.storage_dn;
        let pair = client.create_access_key(key("a", dn, "first")).await.unwrap().data;
        let other = client.create_access_key(key("a", dn, "first")).await.unwrap().data;
        let keys = client.list_access_keys("a", dn).await.unwrap().access_keys;
        assert_eq!(keys.iter().map(|key| &key.key_id).collect::<Vec<_>>(), [&pair.access_key, &other.access_key]);
        assert!(client.remove_access_key("a", dn, &pair.access_key).await.unwrap().answer.removed);
        let again = client.remove_access_key("a", dn, &pair.access_key).await.unwrap_err();
        assert_eq!(again.code(), Some(&ErrorCode::AccessKeyNonExistent), "no attempt was lost");
        assert!(client.disable_user("a").await.unwrap().answer.user_disabled);
        assert_eq!(client.list_user_regions("a").await.unwrap_err().code(), Some(&ErrorCode::UserDisabled));
        assert!(client.remove_user_region("a", dn).await.unwrap().answer.removed);
        assert!(client.enable_user("a").await.unwrap().answer.user_enabled);
        assert_eq!(client.remove_user("a").await.unwrap_err().code(), Some(&ErrorCode::UserAccountNotDisabled));
        client.disable_user("a").await.unwrap();
        assert!(client.remove_user("a").await.unwrap().answer.user_removed);
        assert!(client.list_users().await.unwrap().users.is_empty());
        world.stop().await;
    }
}

#[tokio::test]
async fn a_value_that_cannot_be_is_not_sent() {
    let world = World::start().await;
    let error = client(&world).remove_access_key("a", "dn", "").await.unwrap_err();
    assert!(matches!(error, larder::Error::Value(reject) if reject.field == "access_key"));
    assert!(world.stop().await.1.lines().is_empty());
}

/// Ledger E17: each operation says it in its own words, blanks and all.
#[tokio::test]
async fn refusals_are_in_the_words_of_their_operation() {
    let world = World::start().await;
    let client = client(&world);
    client.create_user(user("a")).await.unwrap();
    let nowhere = json!({ "email": "a", "storage_dn": "nowhere", "access_key": "K", "name": "k", "permissions": 0 });
    let nobody = json!({ "email": "b", "storage_dn": "nowhere", "access_key": "K", "name": "k", "permissions": 0 });
    let with_storage = ["remove_user_region", "create_access_key", "list_access_keys", "remove_access_key"];
    for (operation, message) in with_storage.into_iter().zip([
        "Storage does not exists",
        "Storage does not exists",
        "Storage does not exist",
        "Storage does not exists",
    ]) {
        let refused = |answer: &Answer| {
            let error = answer.json()["error"].clone();
            let text = |member: &str| error[member].as_str().unwrap().to_owned();
            (answer.status, text("type"), text("code"), text("message"))
        };
        let answer = refused(&post(&world, operation, &nowhere).await);
        assert_eq!(answer, (403, "invalid_request_error".into(), "storage_non_existant".into(), message.into()), "{operation}");
        let answer = refused(&post(&world, operation, &nobody).await);
        assert_eq!((answer.0, &*answer.2), (403, "account_non_existant"), "{operation}");
    }
    client.disable_user("a").await.unwrap();
    for (operation, message) in [("list_access_keys", "User Disabled "), ("create_access_key", "User Disabled")] {
        let answer = post(&world, operation, &nowhere).await;
        assert_eq!(answer.json()["error"]["message"], message, "{operation}");
    }
}

/// Ledger E15, E31: what is wrong with the request is 400, with the field.
#[tokio::test]
async fn e31_what_cannot_be_is_named() {
    let regions = vec![
        Region { key: "LDN".into(), domain: "s3.example".into(), ..Region::default() },
        Region { key: "OLD".into(), is_active: false, ..Region::default() },
    ];
    let world = World::with(Config { regions, ..Config::default() }).await;
    let client = client(&world);
    client.create_user(user("a")).await.unwrap();
    for (field, body) in [
        ("region", json!({ "email": "a", "region": "NY" })),
        ("region", json!({ "email": "a", "region": "OLD" })),
        ("ssd_storage", json!({ "email": "a", "region": "LDN", "ssd_storage": true })),
    ] {
        let answer = post(&world, "enable_user_region", &body).await;
        let error = &answer.json()["error"];
        assert_eq!((answer.status, error["code"].as_str()), (400, Some("invalid_parameters")), "{body}");
        assert_eq!(error["errors"][0]["field"], field, "{body}");
    }
    let enabled = client.enable_user_region(region("a", "LDN")).await.unwrap().answer;
    assert!(enabled.storage_dn.ends_with(".ldn.s3.example"), "{}", enabled.storage_dn);
    let key = json!({ "email": "a", "storage_dn": enabled.storage_dn, "name": "k", "permissions": 0, "buckets": [] });
    assert_eq!(post(&world, "create_access_key", &key).await.status, 400);
    assert_eq!(client.list_regions().await.unwrap().regions.len(), 2);
}

/// Everything outlives a restart: the storage's domain, the keys, and that a user is disabled.
#[tokio::test]
async fn what_was_answered_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let world = World::on_disk(&data).await;
    let before = client(&world);
    before.create_user(user("a")).await.unwrap();
    let dn = before.enable_user_region(region("a", "LOCAL")).await.unwrap().answer.storage_dn;
    let made = before.create_access_key(key("a", &dn, "k")).await.unwrap().data;
    world.stop().await;
    let engine = larder_engine::Engine::open(&data, larder_engine::Parts::default()).unwrap();
    let kept = engine.store().read(|view| Ok(view.access_key(&made.access_key)?)).unwrap().unwrap();
    assert_eq!((kept.secret, kept.name.as_str()), (made.secret_key, "k"));
    assert_eq!(engine.store().read(|view| Ok(view.user_storage(&dn)?)).unwrap().unwrap().id, kept.storage);
}

/// The secret is told once: it is in no list, no log, and nothing that the service prints.
#[tokio::test]
async fn an_access_keys_secret_is_told_once() {
    let world = World::start().await;
    let client = client(&world);
    client.create_user(user("a")).await.unwrap();
    let dn = client.enable_user_region(region("a", "LOCAL")).await.unwrap().answer.storage_dn;
    let made = client.create_access_key(key("a", &dn, "k")).await.unwrap();
    let secret = made.data.secret_key.expose().to_owned();
    assert!(!format!("{made:?}").contains(&secret));
    let list = post(&world, "list_access_keys", &json!({ "email": "a", "storage_dn": dn })).await;
    assert!(list.text().contains(&made.data.access_key) && !list.text().contains(&secret));
    let engine = format!("{:?}", world.engine);
    let (_, log) = world.stop().await;
    assert!(!format!("{engine} {:?}", log.lines()).contains(&secret));
}

#[tokio::test]
async fn what_is_not_served_yet_says_so() {
    let world = World::start().await;
    let cname = json!({ "email": "a", "storage_dn": "d", "cname": "c.example", "public_key": "p", "private_key": "p" });
    let usage = json!({ "email": "a", "date_from": "2026-01-01", "date_to": "2026-01-02" });
    for (operation, body) in [
        ("usage_stats", usage),
        ("storage/cname", cname.clone()),
        ("storage/cname/add", cname.clone()),
        ("storage/cname/update", cname.clone()),
        ("storage/cname/remove", cname),
    ] {
        let answer = post(&world, operation, &body).await;
        assert_eq!((answer.status, answer.json()["error"]["code"].as_str()), (501, Some("not_implemented")), "{operation}");
    }
}

/// What a lost key left is removed over real sockets too; the losing itself is simulated elsewhere.
#[tokio::test]
async fn keys_of_before_are_no_orphans() {
    let world = World::start().await;
    let client = client(&world);
    client.create_user(user("a")).await.unwrap();
    let dn = client.enable_user_region(region("a", "LOCAL")).await.unwrap().answer.storage_dn;
    client.create_access_key(key("a", &dn, "k")).await.unwrap();
    let orphans = Orphans::since(&key("a", &dn, "k"), &client.list_access_keys("a", &dn).await.unwrap());
    let OrphansRemoved::Removed(none) = client.remove_orphans(&orphans).await.unwrap() else { panic!("none is new") };
    assert!(none.is_empty());
    let lost = client.create_access_key(key("a", &dn, "k")).await.unwrap().data.access_key;
    let OrphansRemoved::LookAgain(orphans) = client.remove_orphans(&orphans).await.unwrap() else { panic!("not seen before") };
    let OrphansRemoved::Removed(removed) = client.remove_orphans(&orphans).await.unwrap() else { panic!("seen now") };
    assert_eq!(removed.iter().map(|key| key.as_str()).collect::<Vec<_>>(), [lost.as_str()]);
    assert_eq!(client.list_access_keys("a", &dn).await.unwrap().access_keys.len(), 1);
}
