//! Links, and where downloads come from.

use larder_server::Config;
use serde_json::{Value, json};

use crate::support::{ELSEWHERE, World};
use crate::wire::{get, get_with};

async fn ready() -> (World, String) {
    let world = World::start().await;
    let session = world.login("kid").await;
    for name in ["a b.txt", "b.txt"] {
        world.put(&session, "Docs", name, format!("this is {name}")).await;
    }
    (world, session)
}

async fn ask(world: &World, session: &str, paths: &[&str], terms: &[(&str, &str)]) -> Value {
    let paths: Vec<_> = paths.iter().map(|path| ("filePath", *path)).collect();
    let pairs = [&[("sessionToken", session), ("expiration", "60")], &paths[..], terms].concat();
    // What stands twice counts once: a test's own terms are the first.
    let pairs: Vec<_> = pairs.iter().rev().copied().collect();
    world.call("IMFS/GetOptimalUrls", &pairs).await.json()
}

/// A link's URL, without the host.
async fn link(world: &World, session: &str, path: &str, terms: &[(&str, &str)]) -> String {
    let answer = ask(world, session, &[path], terms).await;
    let url = answer["Download"][0]["DownloadURL"].as_str().unwrap_or_else(|| panic!("{answer}"));
    url.strip_prefix("http://larder").unwrap().to_owned()
}

#[tokio::test]
async fn anybody_may_download_with_a_link() {
    let (world, session) = ready().await;
    let answer = ask(&world, &session, &["Docs/a b.txt", "Docs/a b.txt"], &[]).await;
    let links = answer["Download"].as_array().unwrap();
    assert_eq!(links.len(), 2);
    assert_ne!(links[0]["DownloadToken"], links[1]["DownloadToken"]);
    for link in links {
        assert_eq!((&link["FilePath"], &link["DownloadHost"]), (&json!("Docs/a b.txt"), &json!("larder")));
        let token = link["DownloadToken"].as_str().unwrap();
        assert_eq!(link["DownloadURL"], json!(format!("http://larder/{token}/Docs/a%20b.txt")));
        for target in [format!("/{token}/Docs/a%20b.txt"), format!("/{token}/App/kid/Docs/a%20b.txt")] {
            let answer = world.ask_from(ELSEWHERE, get(&target)).await;
            assert_eq!((answer.status, answer.text().as_str()), (200, "this is a b.txt"));
            let part = world.ask(get_with(&target, "Range: bytes=8-8\r\n")).await;
            assert_eq!((part.status, part.text().as_str()), (206, "a"));
        }
    }
    // It outlives the session.
    let link = link(&world, &session, "Docs/b.txt", &[]).await;
    assert_eq!(world.call("Authentication/Logout", &[("sessionToken", &session)]).await.code(), 0);
    assert_eq!(world.ask(get(&link)).await.text(), "this is b.txt");
}

#[tokio::test]
async fn n42_a_link_that_has_ended_is_410() {
    let (world, session) = ready().await;
    let target = link(&world, &session, "Docs/b.txt", &[]).await;
    world.clock.advance(60_000);
    assert_eq!(world.ask(get(&target)).await.status, 200, "the last moment");
    world.clock.advance(1);
    let answer = world.ask(get(&target)).await;
    assert_eq!((answer.status, answer.code()), (410, 80103));
    assert_eq!(world.engine.sweep().unwrap().links, 1);
    let again = world.ask(get(&target)).await;
    assert_eq!((again.status, again.code()), (410, 80103));
    let unknown = "/aaaaaaaaaaa~bbbbbbbbbbb~ccccccccccc~ddddddddddd/Docs/b.txt";
    let answer = world.ask(get(unknown)).await;
    assert_eq!((answer.status, answer.code()), (410, 80103), "whoever guesses is told the same");
}

#[tokio::test]
async fn a_link_is_for_one_file_and_perhaps_for_one_address() {
    let (world, session) = ready().await;
    let target = link(&world, &session, "Docs/b.txt", &[]).await;
    for other in ["a%20b.txt", "", "none"] {
        let answer = world.ask(get(&target.replace("b.txt", other))).await;
        assert_eq!((answer.status, answer.code()), (403, 80003), "{other:?}");
    }
    let mine = link(&world, &session, "Docs/b.txt", &[("ipRestricted", "true")]).await;
    assert_eq!(world.ask(get(&mine)).await.status, 200);
    let answer = world.ask_from(ELSEWHERE, get(&mine)).await;
    assert_eq!((answer.status, answer.code()), (403, 80104));
    let theirs = link(&world, &session, "Docs/b.txt", &[("ipRestricted", "true"), ("consumerIP", "127.0.0.2")]).await;
    assert_eq!(world.ask(get(&theirs)).await.code(), 80104);
    assert_eq!(world.ask_from(ELSEWHERE, get(&theirs)).await.status, 200);
    let near = link(&world, &session, "Docs/b.txt", &[("consumerIP", "127.0.0.2")]).await;
    assert_eq!(world.ask(get(&near)).await.status, 200, "only a wish for a host");

    // What is there now is what is sent.
    assert_eq!(world.call("IMFS/DeleteFiles", &[("sessionToken", &session), ("filePath", "Docs/b.txt")]).await.code(), 0);
    let answer = world.ask(get(&target)).await;
    assert_eq!((answer.status, answer.code()), (404, 70006));
    world.put(&session, "Docs", "b.txt", "new").await;
    assert_eq!(world.ask(get(&target)).await.text(), "new");
    // A link's token is no session's.
    let token = target.split('/').nth(1).unwrap();
    assert_eq!(
        world.call("IMFS/ListFolder", &[("sessionToken", token), ("pageNumber", "1"), ("pageSize", "1")]).await.code(),
        80101
    );
}

#[tokio::test]
async fn links_to_what_is_not_there_are_refused_all_together() {
    let (world, session) = ready().await;
    for (paths, terms, code) in [
        (&["Docs/b.txt", "Docs/none"][..], &[][..], 70005),
        (&["Docs"], &[], 70005),
        (&["//App/sis/x"], &[], 80003),
        (&["Docs/b.txt"], &[("expiration", "0")], 50103),
        (&["Docs/b.txt"], &[("consumerIP", "nowhere")], 80018),
        (&[], &[], 100),
    ] {
        assert_eq!(ask(&world, &session, paths, terms).await["ResponseCode"], code, "{paths:?} {terms:?}");
    }
    assert!(world.engine.store().read(|view| Ok(view.everything()?)).unwrap().links.is_empty());
}

#[tokio::test]
async fn a_link_names_its_owner_where_the_path_alone_would_lead_elsewhere() {
    let (world, session) = ready().await;
    let boss = world.login("boss").await;
    let of_child = link(&world, &boss, "//App/kid/Docs/b.txt", &[]).await;
    assert!(of_child.ends_with("/App/kid/Docs/b.txt"), "{of_child}");
    assert_eq!(world.ask(get(&of_child)).await.text(), "this is b.txt");
    world.put(&session, "App/sis", "x", "mine").await;
    let named_so = link(&world, &session, "//App/kid/App/sis/x", &[]).await;
    assert!(named_so.ends_with("/App/kid/App/sis/x"), "{named_so}");
    assert_eq!(world.ask(get(&named_so)).await.text(), "mine");
}

#[tokio::test]
async fn links_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let world = World::on_disk(&data).await;
    let session = world.login("kid").await;
    world.put(&session, "Docs", "b.txt", "content").await;
    let target = link(&world, &session, "Docs/b.txt", &[]).await;
    let bound = link(&world, &session, "Docs/b.txt", &[("ipRestricted", "true")]).await;
    drop(world.stop().await);
    let world = World::again(&data).await;
    assert_eq!(world.ask(get(&target)).await.text(), "content");
    assert_eq!(world.ask_from(ELSEWHERE, get(&bound)).await.code(), 80104);
    world.clock.advance(60_001);
    assert_eq!(world.ask(get(&target)).await.code(), 80103);
}

#[tokio::test]
async fn n29_downloads_are_sent_to_their_host() {
    let config = Config { download_host: Some("node1.example:81".to_owned()), ..Config::default() };
    let world = World::with(config).await;
    let session = world.login("kid").await;
    world.put(&session, "Docs", "b.txt", "content").await;
    let nodes = [("sessionToken", session.as_str()), ("filePath", "Docs/b.txt"), ("filePath", "Docs/b.txt")];
    let nodes = world.call("IMFS/GetDownloadNodes", &nodes).await;
    assert_eq!(nodes.json(), json!({"ResponseCode": 0, "DownloadNode": ["node1.example:81", "node1.example:81"]}));
    let answer = ask(&world, &session, &["Docs/b.txt"], &[]).await;
    let url = answer["Download"][0]["DownloadURL"].as_str().unwrap();
    assert!(url.starts_with("http://node1.example:81/"), "{url}");

    let target = format!("/{session}/Docs/b.txt?disposition=attachment");
    for method in ["GET", "HEAD"] {
        let mut raw = world.raw().await;
        raw.send(get(&target).replacen("GET", method, 1)).await;
        let answer = if method == "HEAD" { raw.answer_to_head().await } else { raw.answer().await };
        assert_eq!(answer.status, 302, "{method}");
        assert_eq!(answer.header("location"), Some(format!("http://node1.example:81{target}").as_str()));
    }
    let there = world.ask(get(&target).replacen("Host: larder", "Host: NODE1.example:81", 1)).await;
    assert_eq!((there.status, there.text().as_str()), (200, "content"));
    assert_eq!(world.ask(get("/Version.ashx")).await.status, 200, "only downloads are");
}

#[tokio::test]
async fn every_file_is_on_the_host_that_was_asked() {
    let (world, session) = ready().await;
    let nodes = async |path: &str| {
        world.call("IMFS/GetDownloadNodes", &[("sessionToken", session.as_str()), ("filePath", path)]).await.json()
    };
    assert_eq!(nodes("Docs/b.txt").await, json!({"ResponseCode": 0, "DownloadNode": ["larder"]}));
    for missing in ["Docs/none", "Docs"] {
        assert_eq!(nodes(missing).await["ResponseCode"], 70002, "{missing}");
    }
}
