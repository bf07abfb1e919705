//! Sessions and locks, by the engine's own clock.

use crate::support::{ELSEWHERE, MINUTE, World};
use crate::wire::{get, post};

#[tokio::test]
async fn n27_a_session_is_bound_to_the_address_it_was_opened_from() {
    let world = World::start().await;
    let session = world.login("kid").await;
    world.put(&session, "Docs", "a", "mine").await;
    let create = post("/ws/IMFS/CreateFolders.ashx", &[("sessionToken", &session), ("folderPath", "x")]);
    assert_eq!(world.ask_from(ELSEWHERE, &create).await.code(), 80006);
    let download = get(&format!("/{session}/Docs/a"));
    let refused = world.ask_from(ELSEWHERE, &download).await;
    assert_eq!((refused.status, refused.code()), (403, 80006));
    let logout = post("/ws/Authentication/Logout.ashx", &[("sessionToken", &session)]);
    assert_eq!(world.ask_from(ELSEWHERE, logout).await.code(), 80006, "nor can it be ended from there");
    assert_eq!(world.ask(&create).await.code(), 0);
    assert_eq!(world.ask(&download).await.text(), "mine");
}

#[tokio::test]
async fn n27_a_session_ends_after_20_minutes_without_use() {
    let world = World::start().await;
    let session = world.login("kid").await;
    let used = async || {
        let info = [("sessionToken", session.as_str()), ("itemPath", "none")];
        world.call("IMFS/GetPathInfo", &info).await.code()
    };
    for _ in 0..3 {
        world.clock.advance(20 * MINUTE - 1);
        assert_eq!(used().await, 70005, "every use begins it anew");
    }
    world.clock.advance(20 * MINUTE);
    assert_eq!(used().await, 80006);
}

#[tokio::test]
async fn a_session_ends_by_logout_and_by_a_new_password() {
    let world = World::start().await;
    let (first, second) = (world.login("kid").await, world.login("kid").await);
    assert_eq!(world.call("Authentication/Logout", &[("sessionToken", &first)]).await.code(), 0);
    assert_eq!(world.call("Authentication/Logout", &[("sessionToken", &first)]).await.code(), 80006);
    assert_eq!(world.names(&second, "").await, [""; 0]);
    let key = world.founded.app_key.as_str();
    let change = [("appKey", key), ("userName", "kid"), ("oldPassword", "kid!"), ("newPassword", "better")];
    assert_eq!(world.call("Authentication/ChangePassword", &change).await.code(), 0);
    assert_eq!(world.call("Authentication/Logout", &[("sessionToken", &second)]).await.code(), 80006);
    assert_eq!(world.call("Authentication/ChangePassword", &change).await.code(), 80001);
    assert_eq!(world.try_login("kid", "kid!").await.code(), 80001);
    assert_eq!(world.try_login("kid", "better").await.code(), 0);
}

#[tokio::test]
async fn n45_five_failures_lock_for_15_minutes_and_all_refusals_are_the_same() {
    let world = World::start().await;
    let unknown = world.try_login("nobody", "x").await;
    assert_eq!(unknown.code(), 80001);
    let without_date = |answer: &crate::wire::Answer| (answer.status, answer.text());
    for _ in 0..5 {
        let wrong = world.try_login("kid", "x").await;
        assert_eq!(without_date(&wrong), without_date(&unknown));
    }
    let locked = world.try_login("kid", "kid!").await;
    assert_eq!(without_date(&locked), without_date(&unknown));
    assert_eq!(world.try_login("sis", "sis!").await.code(), 0, "it is the account that is locked");
    world.clock.advance(15 * MINUTE - 1);
    assert_eq!(world.try_login("kid", "kid!").await.code(), 80001);
    world.clock.advance(1);
    assert_eq!(world.try_login("kid", "kid!").await.code(), 0);

    let key = [("appKey", "nonsense"), ("userName", "kid"), ("password", "kid!")];
    assert_eq!(world.call("Authentication/Login", &key).await.code(), 65004);
}

#[tokio::test]
async fn open_sessions_survive_a_lock() {
    let world = World::start().await;
    let session = world.login("kid").await;
    for _ in 0..5 {
        world.try_login("kid", "x").await;
    }
    assert_eq!(world.call("IMFS/CreateFolders", &[("sessionToken", &session), ("folderPath", "a")]).await.code(), 0);
}
