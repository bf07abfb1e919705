//! What SOAP has, as the service describes it.

use larder_server::Config;

use crate::support::World;
use crate::wire::{Answer, get, post};

async fn asked(world: &World, target: &str, host: &str) -> Answer {
    world.ask(format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n")).await
}

/// The addresses of both ports.
fn addresses(answer: &Answer) -> Vec<String> {
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/xml; charset=utf-8")));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    let text = answer.text();
    text.split("location=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_description_has_the_address_that_was_asked() {
    let world = World::start().await;
    let own = world.address.to_string();
    for (target, host, expected) in [
        ("/ws/IMFS.asmx?WSDL", "files.example", "http://files.example/ws/IMFS.asmx"),
        ("/WS/imfs.ASMX?wsdl", "files.example:8443", "http://files.example:8443/ws/IMFS.asmx"),
        ("/ws/Transfer.asmx?a=b&Wsdl=", "[::1]:80", "http://[::1]:80/ws/Transfer.asmx"),
        ("http://other.example/ws/Audio.asmx?WSDL", "files.example", "http://other.example/ws/Audio.asmx"),
        ("/ws/Audio.asmx?WSDL", "a'&b", "http://a'&amp;b/ws/Audio.asmx"),
    ] {
        assert_eq!(addresses(&asked(&world, target, host).await), [expected; 2], "{target}");
    }
    let unnamed = world.ask("GET /ws/Audio.asmx?WSDL HTTP/1.0\r\n\r\n").await;
    assert_eq!(addresses(&unnamed), [format!("http://{own}/ws/Audio.asmx"), format!("http://{own}/ws/Audio.asmx")]);
}

#[tokio::test]
async fn files_go_to_the_storage_host() {
    let world = World::with(Config { storage_host: Some("node1.example:81".to_owned()), ..Config::default() }).await;
    let transfer = asked(&world, "/ws/Transfer.asmx?WSDL", "files.example").await;
    assert_eq!(addresses(&transfer), ["http://node1.example:81/ws/Transfer.asmx"; 2]);
    let others = asked(&world, "/ws/IMFS.asmx?WSDL", "files.example").await;
    assert_eq!(addresses(&others), ["http://files.example/ws/IMFS.asmx"; 2]);
}

#[tokio::test]
async fn pages_list_operations_and_their_parameters() {
    let world = World::start().await;
    let page = world.ask(get("/ws/sharing.asmx")).await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(page.header("content-security-policy"), Some("default-src 'none'"));
    insta::assert_snapshot!(page.text());
    let operation = world.ask(get("/ws/Sharing.asmx?op=listhosteditems")).await;
    insta::assert_snapshot!(operation.text());
    let unknown = world.ask(get("/ws/Sharing.asmx?op=%3Cscript%3E")).await;
    assert_eq!(unknown.text(), page.text(), "what is no operation is not repeated");
}

#[tokio::test]
async fn what_is_no_page_is_left_to_others() {
    let world = World::start().await;
    for target in ["/ws/Nothing.asmx?WSDL", "/ws/a/IMFS.asmx", "/IMFS.asmx?WSDL"] {
        let answer = world.ask(get(target)).await.text();
        assert!(!answer.contains("<wsdl:") && !answer.contains("<html"), "{target}: {answer}");
    }
    let call = world.ask(post("/ws/IMFS.asmx?WSDL", &[])).await;
    assert!(call.text().contains("Fault"), "{}", call.text());
    let mut raw = world.raw().await;
    raw.send("HEAD /ws/IMFS.asmx?WSDL HTTP/1.1\r\nHost: l\r\n\r\n").await;
    let head = raw.answer_to_head().await;
    assert_eq!((head.status, head.header("content-type")), (200, Some("text/xml; charset=utf-8")));
    raw.send(get("/Version.ashx")).await;
    assert_eq!(raw.answer().await.status, 200, "nothing stands between them");
}

#[tokio::test]
async fn what_is_behind_the_colon_of_a_host_is_a_port() {
    let world = World::start().await;
    for (host, status) in
        [("h:1", 200), ("h:65535", 200), ("h:", 200), ("[::1]", 200), ("h:99999", 400), ("h:x", 400), ("h:1:2", 400)]
    {
        assert_eq!(asked(&world, "/ws/IMFS.asmx?WSDL", host).await.status, status, "{host}");
    }
}

#[tokio::test]
async fn pages_are_in_the_access_log() {
    let world = World::start().await;
    for target in ["/ws/IMFS.asmx?WSDL", "/ws/IMFS.asmx", "/Version.ashx", "/api/reseller/v1/openapi.json"] {
        let answer = asked(&world, target, "h").await;
        let last = world.log.lines().pop().unwrap();
        assert_eq!((last.api, last.status, last.sent), ("pages", 200, answer.body.len() as u64), "{target}");
    }
    asked(&world, "/", "a@b").await;
    assert_eq!(world.log.lines().pop().unwrap().status, 400);
}
