//! Clients that want more memory for their bodies than there is: they are turned away, and nobody else is.

use larder_core::{Limits, Serving};
use larder_server::Config;
use larder_transport::server::Memory;

use crate::support::{World, until};
use crate::wire::{Raw, post};

const MEMORY: usize = 8 << 20;
const LARGE: usize = MEMORY / 4 * 3;

async fn world(memory: &Memory) -> World {
    World::with(Config { memory: memory.clone(), ..Config::default() }).await
}

/// The head of a call by SOAP that declares so much of a body.
fn append(length: usize) -> String {
    format!(
        "POST /ws/Transfer.asmx HTTP/1.1\r\nHost: larder\r\nContent-Type: text/xml\r\n\
         SOAPAction: \"http://transfer.nirvanix.com/ws/Transfer/AppendFile\"\r\nContent-Length: {length}\r\n\r\n"
    )
}

const BEFORE: &str = "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body>\
    <AppendFile xmlns='http://transfer.nirvanix.com/ws/Transfer'><uploadToken>t</uploadToken><path>a</path><fileData>";
const AFTER: &str = "</fileData><endOfFile>true</endOfFile></AppendFile></e:Body></e:Envelope>";

/// Begins to send a piece of a file, so much of it that it has this many bytes, and goes silent.
async fn begin(world: &World, decoded: usize) -> Raw {
    let data = "AAAA".repeat(decoded / 3);
    let mut raw = world.raw().await;
    raw.send(append(BEFORE.len() + data.len() + AFTER.len()) + BEFORE + &data).await;
    raw
}

#[tokio::test]
async fn whoever_takes_too_much_is_turned_away_and_all_others_are_served() {
    let memory = Memory::new(MEMORY);
    let world = world(&memory).await;
    let session = world.login("kid").await;
    world.put(&session, "Docs", "a", "mine").await;
    // Together they are just below what large ones may have.
    let mut hostile = vec![begin(&world, 3 << 20).await, begin(&world, LARGE - (3 << 20) - (512 << 10)).await];
    until(|| memory.used() > LARGE - (512 << 10)).await;
    let used = memory.used();
    for _ in 0..3 {
        let refused = begin(&world, 3 << 20).await.answer().await;
        assert_eq!((refused.status, refused.code(), refused.header("connection")), (500, 100_001, Some("close")), "{refused:?}");
        assert!(refused.text().contains("Server") && refused.text().contains("busy"), "{}", refused.text());
    }
    let key = world.founded.api_key.expose();
    let body = "x".repeat(900_000);
    for (path, status) in [("/ws/IMFS/CreateFolders.ashx", 200), ("/api/reseller/v1/create_user", 503)] {
        let method = if status == 200 { "POST" } else { "PUT" };
        let length = body.len();
        let request = format!("{method} {path} HTTP/1.1\r\nHost: l\r\ntoken: {key}\r\nContent-Length: {length}\r\n\r\n{body}");
        let refused = world.ask(request).await;
        assert_eq!((refused.status, refused.header("connection")), (status, Some("close")));
        assert!(refused.text().contains("busy"), "{}", refused.text());
    }

    world.serves().await;
    world.put(&session, "Docs", "b", vec![7; 20 << 20]).await;
    assert_eq!(world.fetch(&session, "Docs/b").await.body.len(), 20 << 20);
    assert_eq!(world.names(&session, "Docs").await, ["a", "b"]);
    let paths = vec![("filePath", "Docs/none"); 1_000];
    let pairs = [&[("sessionToken", session.as_str())], paths.as_slice()].concat();
    assert_eq!(world.ask(post("/ws/IMFS/DeleteFiles.ashx", &pairs)).await.code(), 70005);

    // Whoever goes leaves room.
    drop(hostile.pop());
    until(|| memory.used() < used - (1 << 20)).await;
    let mut last = begin(&world, 2 << 20).await;
    until(|| memory.used() > 5 << 20).await;
    last.send(AFTER).await;
    assert_ne!(last.answer().await.code(), 100_001);
    hostile.clear();
    until(|| memory.used() == 0).await;
    world.serves().await;
}

#[tokio::test]
async fn a_message_that_is_complete_and_one_that_breaks_off_both_give_back_what_they_took() {
    let memory = Memory::new(MEMORY);
    let world = world(&memory).await;
    for round in 0..24 {
        let mut raw = begin(&world, (round % 6 + 1) << 18).await;
        if round % 3 > 0 {
            raw.send(if round % 3 == 1 { AFTER } else { "<x>" }).await;
            raw.answer().await;
        }
        drop(raw);
        until(|| memory.used() == 0).await;
    }
}

#[test]
fn n65_the_largest_message_fits_and_so_does_a_second_one() {
    let Limits { embedded, request, .. } = Serving::default().limits;
    assert!(2 * (embedded + request + (256 << 10)) < Memory::DEFAULT / 4 * 3);
}
