//! Who may act on whom, and by which forms of a URL.

use crate::support::World;
use crate::wire::{Form, get};

#[tokio::test]
async fn n46_a_master_acts_on_every_child_and_a_child_on_itself() {
    let world = World::start().await;
    let (boss, kid) = (world.login("boss").await, world.login("kid").await);
    world.put(&kid, "Docs", "a.txt", "kid's").await;
    let create = async |session: &str, path: &str| {
        world.call("IMFS/CreateFolders", &[("sessionToken", session), ("folderPath", path)]).await.code()
    };
    assert_eq!(create(&boss, "//App/kid/by boss").await, 0);
    assert_eq!(create(&boss, "/App/sis/by boss").await, 0);
    assert_eq!(create(&kid, "//App/kid/by kid").await, 0);
    assert_eq!(create(&kid, "/App/kid/by kid too").await, 0);
    assert_eq!(world.names(&kid, "").await, ["Docs/", "by boss/", "by kid/", "by kid too/"]);
    assert_eq!(world.names(&boss, "//App/kid/Docs").await, ["a.txt"]);

    for path in ["//App/sis/x", "/App/sis/x", "//App/boss/x", "//Other/kid/x", "//App/nobody/x"] {
        assert_eq!(create(&kid, path).await, 80003, "{path}");
        let page = [("sessionToken", kid.as_str()), ("folderPath", path), ("pageNumber", "1"), ("pageSize", "1")];
        assert_eq!(world.call("IMFS/ListFolder", &page).await.code(), 80003, "{path}");
        let delete = [("sessionToken", kid.as_str()), ("folderPath", path)];
        assert_eq!(world.call("IMFS/DeleteFolders", &delete).await.code(), 80003, "{path}");
        let info = [("sessionToken", kid.as_str()), ("itemPath", path)];
        assert_eq!(world.call("IMFS/GetPathInfo", &info).await.code(), 80003, "{path}");
        let token = world.upload_token(&kid).await;
        let upload = Form::upload(&token, path).file("a", "a").request("/Upload.ashx");
        assert_eq!(world.ask(upload).await.code(), 80003, "{path}");
    }
    let from = [("sessionToken", kid.as_str()), ("srcFilePath", "//App/sis/by boss"), ("destFolderPath", "Docs")];
    assert_eq!(world.call("IMFS/MoveFiles", &from).await.code(), 80003);
    let into = [("sessionToken", kid.as_str()), ("srcFilePath", "Docs/a.txt"), ("destFolderPath", "//App/sis/by boss")];
    assert_eq!(world.call("IMFS/MoveFiles", &into).await.code(), 80003);
    let sis = world.login("sis").await;
    assert_eq!(world.names(&sis, "").await, ["by boss/"]);
}

#[tokio::test]
async fn only_a_master_makes_and_lists_accounts() {
    let world = World::start().await;
    let (boss, kid) = (world.login("boss").await, world.login("kid").await);
    let create = async |session: &str, name: &str| {
        let pairs = [("SessionToken", session), ("Username", name), ("Password", "pw")];
        world.call("Accounting/CreateChildAccount", &pairs).await.code()
    };
    assert_eq!(create(&kid, "new").await, 65005);
    assert_eq!(create(&boss, "new").await, 0);
    assert_eq!(create(&boss, "new").await, 65006);
    assert_eq!(create(&boss, "ws").await, 70102, "a name that stands in URLs");
    let list = [("sessionToken", kid.as_str()), ("pageNumber", "1"), ("pageSize", "10")];
    assert_eq!(world.call("Accounting/ListChildAccounts", &list).await.code(), 65005);
}

#[tokio::test]
async fn n28_the_forms_of_a_download() {
    let world = World::start().await;
    let (boss, kid, sis) = (world.login("boss").await, world.login("kid").await, world.login("sis").await);
    world.put(&kid, "Docs", "a b.txt", "kid's").await;
    let key = &world.founded.app_key;
    for target in [
        format!("/{kid}/App/kid/Docs/a%20b.txt"),
        format!("/{kid}/{key}/kid/Docs/a%20b.txt"),
        format!("/{kid}/Docs/a%20b.txt"),
        format!("/{}/Docs/a%20b.txt", kid.to_uppercase()),
        format!("/App/kid/Docs/a%20b.txt?sessionToken={kid}"),
        format!("/App/kid/Docs/a%20b.txt?SESSIONTOKEN=%20{kid}"),
        format!("/Docs/a%20b.txt?sessionToken={kid}"),
        format!("//App//kid/Docs/a%20b.txt?sessionToken={kid}"),
        format!("/{boss}/App/kid/Docs/a%20b.txt"),
    ] {
        let answer = world.ask(get(&target)).await;
        assert_eq!((answer.status, answer.text().as_str()), (200, "kid's"), "{target}");
    }
    for (target, status) in [
        (format!("/{sis}/App/kid/Docs/a%20b.txt"), 403),
        (format!("/App/kid/Docs/a%20b.txt?sessionToken={sis}"), 403),
        (format!("/{sis}/Docs/a%20b.txt"), 404),
        ("/App/kid/Docs/a%20b.txt".to_owned(), 403),
        ("/App/kid/Docs/none".to_owned(), 403),
    ] {
        assert_eq!(world.ask(get(&target)).await.status, status, "{target}");
    }
}
