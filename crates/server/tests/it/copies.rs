//! Copies, and folders that move.

use crate::support::World;

#[tokio::test]
async fn files_and_folders_are_copied_and_folders_moved() {
    let world = World::start().await;
    let session = world.login("kid").await;
    world.put(&session, "Docs", "a.txt", "content").await;
    let call = async |method: &str, source: (&str, &str), folder: &str| {
        let pairs = [("sessionToken", session.as_str()), source, ("destFolderPath", folder)];
        world.call(&format!("IMFS/{method}"), &pairs).await.code()
    };
    assert_eq!(call("CopyFiles", ("srcFilePath", "Docs/a.txt"), "Copies/of").await, 0, "folders that are missing are made");
    assert_eq!(call("CopyFiles", ("srcFilePath", "Docs/a.txt"), "Copies/of").await, 70004);
    assert_eq!(call("CopyFolders", ("srcFolderPath", "Copies"), "Docs").await, 0);
    assert_eq!(call("CopyFolders", ("srcFolderPath", "Docs"), "Docs/Copies").await, 70005, "into itself");
    assert_eq!(call("MoveFolders", ("srcFolderPath", "Docs/Copies/of"), "Docs").await, 0);
    assert_eq!(call("MoveFolders", ("srcFolderPath", "Docs/none"), "Docs").await, 70005);
    assert_eq!(world.names(&session, "Docs").await, ["Copies/", "of/", "a.txt"]);
    assert_eq!(world.names(&session, "Docs/Copies").await, [""; 0]);
    for path in ["Docs/a.txt", "Copies/of/a.txt", "Docs/of/a.txt"] {
        assert_eq!(world.fetch(&session, path).await.text(), "content", "{path}");
    }
}
