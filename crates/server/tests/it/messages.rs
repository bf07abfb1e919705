//! Files that come within messages.

use bytes::Bytes;
use larder::nvx::transfer::{AppendFile, UploadFile};
use larder::nvx::values::{FileData, Path, Token};
use larder::nvx::{Client, Code, Style};

use crate::support::{MINUTE, World};

const STYLES: [Style; 3] = [Style::JSON, Style::SOAP_1_1, Style::SOAP_1_2];

fn data(content: &'static [u8]) -> FileData {
    Bytes::from_static(content).try_into().unwrap()
}

fn append(token: &str, path: &str, content: Option<&'static [u8]>, end_of_file: bool) -> AppendFile {
    AppendFile { upload_token: token.parse().unwrap(), path: separated(path), file_data: content.map(data), end_of_file }
}

fn whole(token: &str, path: &str, content: &'static [u8]) -> UploadFile {
    UploadFile { upload_token: token.parse::<Token>().unwrap(), path: separated(path), file_data: data(content) }
}

fn separated(path: &str) -> Path {
    path.parse().unwrap()
}

async fn refused(client: &Client, append: AppendFile) -> Code {
    client.call(append).await.unwrap_err().code().unwrap()
}

#[tokio::test]
async fn a_file_in_pieces_appears_with_the_last_of_them() {
    for style in STYLES {
        let world = World::start().await;
        let (session, client) = (world.login("kid").await, world.client("kid").with_style(style));
        let token = world.upload_token(&session).await;
        for piece in [Some(&b"one "[..]), Some(b""), Some(b"two")] {
            client.call(append(&token, "New/Sub/a.txt", piece, false)).await.unwrap();
            assert_eq!(client.info("New/Sub/a.txt").await.unwrap_err().code(), Some(Code::InvalidPath));
        }
        // Other files may grow meanwhile.
        client.call(append(&token, "b.txt", Some(b"b"), true)).await.unwrap();
        client.call(append(&token, "New/Sub/a.txt", None, true)).await.unwrap();
        assert_eq!(world.fetch(&session, "New/Sub/a.txt").await.text(), "one two");
        assert_eq!(world.fetch(&session, "b.txt").await.text(), "b");
        assert_eq!(refused(&client, append(&token, "b.txt", Some(b"again"), true)).await, Code::AlreadyExists);
        assert_eq!(world.fetch(&session, "b.txt").await.text(), "b");
    }
}

#[tokio::test]
async fn a_new_token_begins_anew() {
    let world = World::start().await;
    let (session, client) = (world.login("kid").await, world.client("kid").with_style(Style::SOAP_1_1));
    let first = world.upload_token(&session).await;
    client.call(append(&first, "a", Some(b"lost"), false)).await.unwrap();
    let second = world.upload_token(&session).await;
    client.call(append(&second, "a", Some(b"whole"), true)).await.unwrap();
    assert_eq!(world.fetch(&session, "a").await.text(), "whole");
}

#[tokio::test]
async fn the_first_byte_may_come_late_but_not_after_the_tokens_end() {
    let world = World::start().await;
    let (session, client) = (world.login("kid").await, world.client("kid").with_style(Style::SOAP_1_2));
    let token = world.upload_token(&session).await;
    world.clock.advance(15 * MINUTE);
    client.call(append(&token, "a", Some(b"late"), true)).await.unwrap();
    world.clock.advance(72 * 60 * MINUTE);
    assert_eq!(refused(&client, append(&token, "b", Some(b"too late"), true)).await, Code::ExpiredAccessToken);
    assert_eq!(refused(&client, append("none", "b", Some(b"nobody's"), true)).await, Code::InvalidAccessToken);
}

#[tokio::test]
async fn a_whole_file_at_once() {
    for style in STYLES {
        let world = World::start().await;
        let (session, client) = (world.login("kid").await, world.client("kid").with_style(style));
        let token = world.upload_token(&session).await;
        client.call(whole(&token, "New/a.txt", b"whole")).await.unwrap();
        client.call(whole(&token, "//App/kid/New/empty", b"")).await.unwrap();
        assert_eq!(world.fetch(&session, "New/a.txt").await.text(), "whole");
        assert_eq!(client.info("New/empty").await.unwrap().size_bytes, Some(0));
        let again = client.call(whole(&token, "New/a.txt", b"other")).await.unwrap_err();
        assert_eq!(again.code(), Some(Code::AlreadyExists));
        let others = client.call(whole(&token, "//App/sis/a.txt", b"hers")).await.unwrap_err();
        assert_eq!(others.code(), Some(Code::AccessDenied));
    }
}
