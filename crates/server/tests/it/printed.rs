//! What the documents print besides messages, done: outcomes, paths, and the URL of an upload.

use larder_testkit::fixtures;

use crate::support::World;
use crate::wire::Form;

/// A fixture's text.
fn printed(id: &str) -> String {
    let fixture = fixtures::all().into_iter().find(|fixture| fixture.id == id).expect("a fixture");
    String::from_utf8(fixture.content.to_vec()).unwrap()
}

/// The first path of an answer to GetPathInfo.
async fn item(world: &World, session: &str, path: &str) -> u64 {
    let answer = world.call("IMFS/GetPathInfo", &[("sessionToken", session), ("itemPath", path)]).await.json();
    answer["GetPathInfo"]["ItemID"].as_u64().unwrap_or_else(|| panic!("{path}: {answer}"))
}

#[tokio::test]
async fn n14_both_forms_of_a_path_name_one_item() {
    let world = World::start().await;
    let session = world.login("boss").await;
    world.put(&session, "web", "index.html", "<html>").await;
    for (id, application) in [
        ("nvx/General/paths/path-example-1", "App".to_owned()),
        ("nvx/General/paths/path-example-2", world.founded.app_key.as_str().to_owned()),
    ] {
        let text = printed(id);
        let path = |label: &str| text.lines().find_map(|line| line.strip_prefix(label)).expect("a path").trim().to_owned();
        let (absolute, relative) = (path("Absolute: "), path("Relative: "));
        // The printed caller is `admin` of an application of another name or key.
        let (_, rest) = absolute.split_once("/admin/").expect("an account");
        let absolute = format!("/{application}/boss/{rest}");
        assert_eq!(item(&world, &session, &absolute).await, item(&world, &session, &relative).await, "{id}");
    }
}

#[tokio::test]
async fn folders_are_created_with_all_above_them() {
    let world = World::start().await;
    let session = world.login("kid").await;
    let text = printed("nvx/IMFS/CreateFolders/outcome-1");
    let trees: Vec<&str> = text.split("\n\n").filter(|part| part.starts_with("Folder1")).collect();
    let [before, after] = trees[..] else { panic!("two trees: {trees:?}") };
    for (path, wanted) in [("Folder1/Folder2", before), ("/Folder1/Folder2/Folder3/Folder4", after)] {
        let created = world.call("IMFS/CreateFolders", &[("sessionToken", &session), ("folderPath", path)]).await;
        assert_eq!(created.code(), 0, "{}", created.text());
        assert_eq!(tree(&world, &session).await, wanted.trim_end());
    }
}

/// An account's folders as the document draws them, as long as each has at most one folder.
async fn tree(world: &World, session: &str) -> String {
    let (mut lines, mut path) = (Vec::new(), String::new());
    while let Some(name) = world.names(session, &path).await.first() {
        let name = name.trim_end_matches('/');
        let depth = lines.len();
        lines.push(if depth == 0 { name.to_owned() } else { format!("{}|_{name}", "   ".repeat(depth)) });
        path = format!("{path}/{name}");
    }
    lines.join("\n")
}

#[tokio::test]
async fn n72_uploaded_files_keep_their_folders_below_the_common_one() {
    let world = World::start().await;
    let session = world.login("kid").await;
    let token = world.upload_token(&session).await;
    let table = printed("nvx/Transfer/Upload/outcome-1");
    let rows: Vec<(&str, &str)> = table.lines().skip(1).filter_map(|line| line.trim().split_once(' ')).collect();
    assert_eq!(rows.len(), 4, "{rows:?}");
    let form = rows.iter().fold(Form::upload(&token, "MyOnlinePhotos"), |form, (local, _)| form.file(local, local));
    assert_eq!(world.ask(form.request("/Upload.ashx")).await.code(), 0);
    for (local, stored) in rows {
        assert_eq!(world.fetch(&session, stored).await.text(), local, "{stored}");
    }
}

#[tokio::test]
async fn n49_the_printed_urls_of_an_upload_and_of_its_redirect() {
    let world = World::start().await;
    let session = world.login("kid").await;
    let token = world.upload_token(&session).await;
    let url = printed("nvx/Transfer/Upload/url-1");
    let (_, query) = url.trim().split_once('?').expect("a query");
    let (_, rest) = query.split_once('&').expect("more than a token");
    let form = Form::new().file("a.txt", "content");
    let answer = world.ask(form.request(&format!("/upload.ashx?uploadToken={token}&{rest}"))).await;
    let wanted = printed("nvx/Transfer/Upload/url-2");
    let wanted = wanted.lines().find_map(|line| line.strip_prefix("Location: ")).expect("a location");
    assert_eq!((answer.status, answer.header("location")), (302, Some(wanted)));
    assert_eq!(world.names(&session, "Photos/Vacations/2007Hawaii").await, ["DSC231256.jpg/"]);
}
