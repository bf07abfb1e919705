//! However a request is cut up, the embedder hears the same.

use larder_core::{Duty, Machine, Told};

use crate::drive::{Server, request, upload_body, upload_head};
use crate::toy::{Answer, Request, Said};

/// What the embedder hears of a request that comes in these pieces; pieces of a file are put together.
fn heard(mut server: Server, pieces: &[&[u8]]) -> String {
    let mut pieces = pieces.iter();
    let mut heard = String::new();
    let mut has_ended = false;
    for _ in 0..10_000 {
        let duty = server.exchange.poll(server.now, &mut ());
        let told = match &duty {
            Duty::Identify(_) => Some(Told::Identified),
            Duty::Serve(Request::Ping(_) | Request::Hand(_)) | Duty::FilesEnd => {
                Some(Told::Reply(Ok(Answer::Ping(Said { text: "ok".to_owned() }))))
            }
            Duty::Write(_) => Some(Told::Wrote),
            Duty::Wait { on, .. } if on.peer && !has_ended => Some(pieces.next().map_or_else(
                || {
                    has_ended = true;
                    Told::End
                },
                |piece| Told::Data(bytes::Bytes::copy_from_slice(piece)),
            )),
            Duty::Wait { .. } => panic!("stalled: {heard}"),
            Duty::Serve(_)
            | Duty::File(_)
            | Duty::Chunk(_)
            | Duty::FileEnd
            | Duty::Open { .. }
            | Duty::Finish
            | Duty::Abort
            | Duty::Feed { .. }
            | Duty::Done(_) => None,
        };
        match &duty {
            Duty::Chunk(chunk) => heard.push_str(&String::from_utf8_lossy(chunk)),
            Duty::Wait { .. } => {}
            Duty::Done(outcome) => return format!("{heard}\n{outcome:?}"),
            duty @ (Duty::Identify(_)
            | Duty::Serve(_)
            | Duty::File(_)
            | Duty::FileEnd
            | Duty::FilesEnd
            | Duty::Open { .. }
            | Duty::Write(_)
            | Duty::Finish
            | Duty::Abort
            | Duty::Feed { .. }) => heard.push_str(&format!("\n{duty:?}\n")),
        }
        if let Some(Err(misuse)) = told.map(|told| server.exchange.handle(told)) {
            panic!("{misuse}: {heard}");
        }
    }
    panic!("endless: {heard}")
}

fn ping(pieces: &[&[u8]]) -> String {
    heard(Server::new(request("POST", "/ping", &[])), pieces)
}

#[test]
fn of_a_message() {
    let body = b"text=a+request+of+some+length%21";
    let whole = ping(&[body]);
    insta::assert_snapshot!(whole);
    for first in 0..=body.len() {
        for second in first..=body.len() {
            assert_eq!(ping(&[&body[..first], &body[first..second], &body[second..]]), whole, "{first}, {second}");
        }
    }
}

#[test]
fn of_a_message_with_a_file() {
    let body = b"text[of a file]and[] more";
    let hand = |pieces: &[&[u8]]| heard(Server::new(request("POST", "/hand", &[])), pieces);
    let whole = hand(&[body]);
    assert!(whole.contains("textand more with of a file"), "{whole}");
    for first in 0..=body.len() {
        for second in first..=body.len() {
            assert_eq!(hand(&[&body[..first], &body[first..second], &body[second..]]), whole, "{first}, {second}");
        }
    }
}

#[test]
fn of_an_upload() {
    let body = upload_body(&["con\r\n--tent", "\r\n----------------", ""]);
    let whole = heard(Server::new(upload_head()), &[&body]);
    insta::assert_snapshot!(whole);
    for first in 0..=body.len() {
        let cut = heard(Server::new(upload_head()), &[&body[..first], &body[first..]]);
        assert_eq!(cut, whole, "{first}");
    }
    for size in 1..50 {
        let pieces: Vec<&[u8]> = body.chunks(size).collect();
        assert_eq!(heard(Server::new(upload_head()), &pieces), whole, "{size}");
    }
}

#[test]
fn of_an_upload_with_a_flaw_in_it() {
    let mut body = upload_body(&["content"]);
    body.truncate(body.len() - 10);
    let whole = heard(Server::new(upload_head()), &[&body]);
    assert!(whole.contains("is_broken: true"), "{whole}");
    for first in 0..=body.len() {
        let cut = heard(Server::new(upload_head()), &[&body[..first], &body[first..]]);
        assert_eq!(cut, whole, "{first}");
    }
}
