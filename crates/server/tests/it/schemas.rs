//! What the running service says in XML keeps to the schema of its operation, as the types give it: answers of all that it
//! has, and refusals of all that there is. `xmllint` is the judge.

use std::path::Path;
use std::process::Command;

use larder_core::Kind;
use larder_core::operation::Names;
use larder_proto_nvx::{Name, describe};
use larder_testkit::foreign;

use crate::support::World;
use crate::wire::{Form, post};

/// An operation and what was answered.
type Said = (Name, String);

async fn call(world: &World, name: Name, pairs: &[(&str, &str)]) -> Said {
    (name, world.ask(post(&format!("/ws/{}.ashx", name.meta()), pairs)).await.text())
}

/// Whether a message keeps to the schema of its operation.
fn is_valid(folder: &Path, said: &Said) -> Result<(), String> {
    let (name, text) = said;
    let (schema, message) = (folder.join("schema.xsd"), folder.join("message.xml"));
    std::fs::write(&schema, describe::xsd(*name).unwrap()).unwrap();
    std::fs::write(&message, text).unwrap();
    let ended = Command::new("xmllint").args(["--nonet", "--noout", "--schema"]).args([schema, message]).output().unwrap();
    if ended.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&ended.stderr).into_owned()) }
}

/// All that the service can do, one after the other.
async fn successes(world: &World) -> Vec<Said> {
    let session = &world.login("boss").await;
    let (key, token) = (world.founded.app_key.as_str(), ("sessionToken", session.as_str()));
    let account = [("appKey", key), ("userName", "sis")];
    let mut all = vec![call(world, Name::AuthenticationLogin, &[account[0], account[1], ("password", "sis!")]).await];
    let change = [account[0], account[1], ("oldPassword", "sis!"), ("newPassword", "Neu <&> \"!")];
    all.push(call(world, Name::AuthenticationChangePassword, &change).await);
    let folders = [token, ("folderPath", "Ä & b"), ("folderPath", "c")];
    all.push(call(world, Name::ImfsCreateFolders, &folders).await);
    let upload = Form::upload(&world.upload_token(session).await, "Ä & b").file("größe.txt", "content");
    all.push((Name::TransferUpload, world.ask(upload.request("/Upload.ashx")).await.text()));
    all.push(call(world, Name::ImfsGetStorageNode, &[token, ("sizeBytes", "1")]).await);
    let page = [("pageNumber", "1"), ("pageSize", "9")];
    for folder in ["", "Ä & b", "c"] {
        all.push(call(world, Name::ImfsListFolder, &[token, ("folderPath", folder), page[0], page[1]]).await);
    }
    let shown = [("showMetadata", "true"), ("showTags", "true"), ("showIsShared", "true")];
    for path in ["c", "Ä & b/größe.txt"] {
        let path = ("itemPath", path);
        all.push(call(world, Name::ImfsGetPathInfo, &[token, path]).await);
        all.push(call(world, Name::ImfsGetPathInfo, &[token, path, shown[0], shown[1], shown[2]]).await);
    }
    let file = ("filePath", "Ä & b/größe.txt");
    let node = [token, ("sizeBytes", "1"), ("destFolderPath", "Ä & b"), ("fileOverwrite", "true")];
    all.push(call(world, Name::ImfsGetStorageNodeExtended, &node).await);
    all.push(call(world, Name::ImfsGetDownloadNodes, &[token, file, file]).await);
    all.push(call(world, Name::ImfsGetOptimalUrls, &[token, file, file, ("expiration", "9")]).await);
    for path in ["c", "Ä & b/größe.txt"] {
        all.push(call(world, Name::MetadataGetMetadata, &[token, ("path", path)]).await);
    }
    let right = world.upload_token_with(session, "Ä & b", &[("fileOverwrite", "true")]).await;
    let update =
        Form::upload(&right, "Ä & b").field("callbackURL", "http://example.com/").update("größe.txt", Some("0-0/7"), "C");
    all.push((Name::TransferUpdate, world.ask(update.request("/Update.ashx")).await.text()));
    let copies = ("destFolderPath", "copies");
    all.push(call(world, Name::ImfsCopyFiles, &[token, ("srcFilePath", "Ä & b/größe.txt"), copies]).await);
    all.push(call(world, Name::ImfsCopyFolders, &[token, ("srcFolderPath", "Ä & b"), copies]).await);
    all.push(call(world, Name::ImfsMoveFolders, &[token, ("srcFolderPath", "copies"), ("destFolderPath", "c")]).await);
    all.push(call(world, Name::ImfsRenameFile, &[token, file, ("newFileName", "d")]).await);
    all.push(call(world, Name::ImfsRenameFolder, &[token, ("folderPath", "c"), ("newFolderName", "e")]).await);
    all.push(call(world, Name::ImfsMoveFiles, &[token, ("srcFilePath", "Ä & b/d"), ("destFolderPath", "e")]).await);
    all.push(call(world, Name::ImfsDeleteFiles, &[token, ("filePath", "e/d")]).await);
    all.push(call(world, Name::ImfsDeleteFolders, &[token, ("folderPath", "e")]).await);
    let child = [("SessionToken", session.as_str()), ("Username", "bro"), ("Password", "x")];
    all.push(call(world, Name::AccountingCreateChildAccount, &child).await);
    all.push(call(world, Name::AccountingListChildAccounts, &[token, page[0], page[1]]).await);
    all.push(call(world, Name::AuthenticationLogout, &[token]).await);
    all
}

/// Every operation without parameters, and with a session that has ended.
async fn failures(world: &World) -> Vec<Said> {
    let mut all = Vec::new();
    for name in Name::ALL.iter().copied().filter(|name| name.meta().kind == Kind::Unary) {
        all.push(call(world, name, &[]).await);
        all.push(call(world, name, &[("sessionToken", "<&>\"' nothing")]).await);
    }
    all
}

#[tokio::test]
async fn n61_all_that_is_said_keeps_to_the_schemas() {
    if foreign::program("xmllint").is_none() {
        return;
    }
    let (world, folder) = (World::start().await, tempfile::tempdir().unwrap());
    for said in successes(&world).await {
        assert!(said.1.contains("<ResponseCode>0<"), "{said:?}");
        assert_eq!(is_valid(folder.path(), &said), Ok(()), "{said:?}");
        let broken = (said.0, said.1.replace("<ResponseCode>0</ResponseCode>", "<Code>0</Code>"));
        assert!(is_valid(folder.path(), &broken).is_err(), "{said:?}");
    }
    for said in failures(&world).await {
        // To end a session needs one, and nothing else: an ended one is none.
        assert!(!said.1.contains("<ResponseCode>0<"), "{said:?}");
        assert_eq!(is_valid(folder.path(), &said), Ok(()), "{said:?}");
        let broken = (said.0, said.1.replace("ErrorMessage", "Message"));
        assert!(is_valid(folder.path(), &broken).is_err(), "{said:?}");
    }
}
