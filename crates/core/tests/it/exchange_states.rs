//! Every stage of an exchange, as the conversation that leads through it.

use core::time::Duration;

use bytes::Bytes;
use larder_core::{Failure, Limits, Serving, Told};

use crate::drive::{Server, form, request, upload_body, upload_head};
use crate::toy::{Answer, Fault, Said, Toy};

fn said(text: &str) -> Said {
    Said { text: text.to_owned() }
}

fn data(bytes: impl Into<Bytes>) -> Told<Toy> {
    Told::Data(bytes.into())
}

fn ping() -> Server {
    Server::new(request("POST", "/ping", &[]))
}

fn pong() -> Told<Toy> {
    Told::Reply(Ok(Answer::Ping(said("pong"))))
}

fn fetch(method: &str) -> Server {
    let mut server = Server::new(request(method, "/fetch", &[("token", "secret")]));
    server.poll().tell(Told::End).tell(Told::Identified);
    server
}

fn file(length: u64) -> Told<Toy> {
    Told::Reply(Ok(Answer::Fetch(said(&length.to_string()))))
}

fn store() -> Told<Toy> {
    Told::Reply(Ok(Answer::Store(said("stored"))))
}

fn limited(limits: Limits) -> Serving {
    Serving { limits, ..Serving::default() }
}

#[test]
fn a_message() {
    let mut server = ping();
    server.poll().tell(data("text=hi")).tell(Told::End).tell(Told::Identified).tell(pong()).tell(Told::Wrote);
    insta::assert_snapshot!(server.log);
}

#[test]
fn what_is_not_served() {
    let mut server = Server::new(request("POST", "/nothing", &[]));
    server.poll().tell(Told::Wrote);
    insta::assert_snapshot!(server.log);
}

#[test]
fn who_is_not_welcome() {
    let mut server = Server::new(request("POST", "/look", &[("token", "old")]));
    server.poll().tell(Told::End).tell(Told::Refused(Fault::Session)).tell(Told::Wrote);
    insta::assert_snapshot!(server.log);
}

#[test]
fn an_upload_says_who_it_is_before_its_first_file() {
    let mut server = Server::new(upload_head());
    server.poll().tell(data(upload_body(&["first", "second"]))).tell(Told::Identified).tell(Told::End);
    server.tell(store()).tell(Told::Wrote);
    insta::assert_snapshot!(server.log);
}

#[test]
fn an_upload_without_files() {
    let mut server = Server::new(upload_head());
    server.poll().tell(data(upload_body(&[]))).tell(Told::End).tell(Told::Identified).tell(store()).tell(Told::Wrote);
    insta::assert_snapshot!(server.log);
}

#[test]
fn an_upload_whose_key_comes_too_late() {
    let form = form();
    let mut body = form.file("file", "a", "text/plain", None).unwrap().to_vec();
    body.extend_from_slice(b"content\r\n");
    body.extend_from_slice(&form.field("key", "key"));
    body.extend_from_slice(&form.finish());
    let mut server = Server::new(upload_head());
    server.poll().tell(data(body)).tell(Told::Wrote);
    insta::assert_snapshot!(server.log);
}

#[test]
fn a_field_after_the_first_file_is_ignored_and_kept_nowhere() {
    let limits = Limits { request: 20, ..Limits::default() };
    let form = form();
    let mut body = upload_body(&["content"]);
    body.truncate(body.len() - form.finish().len());
    body.extend_from_slice(&form.field("text", "too late, and longer than all fields together may be"));
    body.extend_from_slice(&form.finish());
    let mut server = Server::with(upload_head(), limited(limits));
    server.poll().tell(data(body)).tell(Told::Identified).tell(Told::End);
    assert!(server.log.contains("text: \"something\"") && server.log.contains("> FilesEnd"), "{}", server.log);
}

#[test]
fn an_upload_that_is_answered_early() {
    let mut server = Server::new(upload_head());
    let body = upload_body(&["a file that is not wanted"]);
    server.poll().tell(data(body[..330].to_vec())).tell(Told::Identified);
    server.tell(Told::Reply(Err(Fault::No))).tell(data(body[330..].to_vec())).tell(Told::Wrote);
    insta::assert_snapshot!(server.log);
}

#[test]
fn an_upload_that_is_no_form() {
    let mut other = Server::new(request("POST", "/store", &[("content-type", "text/plain")]));
    other.poll();
    let mut cut = Server::new(upload_head());
    let body = upload_body(&["content"]);
    cut.poll().tell(data(body[..body.len() - 20].to_vec())).tell(Told::Identified).tell(Told::End);
    insta::assert_snapshot!([other.log, cut.log].join("\n"));
}

#[test]
fn a_download() {
    let mut server = fetch("GET");
    server.tell(file(5)).tell(Told::Body { offset: 0, chunk: "ab".into() }).tell(Told::Wrote);
    server.tell(Told::Body { offset: 2, chunk: "cde".into() }).tell(Told::Wrote);
    insta::assert_snapshot!(server.log);
}

#[test]
fn the_head_of_a_download_alone() {
    let mut server = fetch("HEAD");
    server.tell(file(5));
    insta::assert_snapshot!(server.log);
}

#[test]
fn a_download_whose_file_is_gone() {
    let mut server = fetch("GET");
    server.tell(file(5)).tell(Told::Body { offset: 0, chunk: "ab".into() }).tell(Told::Wrote).tell(Told::BodyGone);
    insta::assert_snapshot!(server.log);
}

fn hand(limits: Limits, headers: &[(&'static str, &str)]) -> Server {
    Server::with(request("POST", "/hand", headers), limited(limits))
}

/// Whether it said that, and no more.
fn is_too_large(server: &mut Server) -> bool {
    server.tell(Told::Wrote).log.contains("fault: Some(TooLarge)")
}

#[test]
fn a_file_within_a_message() {
    let mut server = hand(Limits::default(), &[]);
    server.poll().tell(data("a[fi")).tell(data("le]b[")).tell(data("]c")).tell(Told::End).tell(Told::Identified);
    let mut without = hand(Limits::default(), &[]);
    without.poll().tell(data("abc")).tell(Told::End).tell(Told::Identified);
    let mut malformed = hand(Limits::default(), &[]);
    malformed.poll().tell(data("a[fi!")).tell(data("le]b")).tell(Told::Wrote);
    insta::assert_snapshot!([server.log, without.log, malformed.log].join("\n"));
}

#[test]
fn a_file_within_a_message_has_a_limit_of_its_own() {
    let limits = Limits { request: 3, embedded: 5, ..Limits::default() };
    assert_eq!(limits.message(), 13);
    let is_taken = |headers: &[(&'static str, &str)], body: &str| {
        let mut server = hand(limits, headers);
        server.poll().tell(data(body.to_owned())).tell(Told::End);
        let is_taken = server.log.contains("> Identify");
        assert!(is_taken || is_too_large(&mut server), "{}", server.log);
        is_taken
    };
    assert!(is_taken(&[], "ab[12345]c"));
    assert!(!is_taken(&[], "ab[123456]c"));
    assert!(!is_taken(&[], "ab[12345]cd"));
    // What is sent, whatever becomes of it: here the brackets are left out, elsewhere line ends.
    assert!(is_taken(&[], "a[12345][][]"));
    assert!(is_taken(&[], "ab[12345][][]"));
    assert!(!is_taken(&[], "abc[12345][][]"));
    assert!(is_taken(&[("content-length", "13")], "a"));
    let mut declared = hand(limits, &[("content-length", "14")]);
    assert!(is_too_large(declared.poll()));
    // Only operations whose messages carry files.
    let mut other = Server::with(request("POST", "/ping", &[("content-length", "4")]), limited(limits));
    assert!(is_too_large(other.poll()));
}

#[test]
fn what_there_is_no_room_for() {
    let busy = || Told::Reply(Err(Fault::Busy));
    let mut message = ping();
    message.poll().tell(data("text=h")).tell(busy()).tell(data("i")).tell(Told::Wrote);
    let mut upload = Server::new(upload_head());
    upload.poll().tell(busy()).tell(Told::Wrote);
    insta::assert_snapshot!([message.log, upload.log].join("\n"));
    let mut early = ping();
    early.poll();
    // An answer to what is not known; and while it is asked who the caller is.
    assert!(early.misuse(pong()).contains("a reply was not asked for"));
    early.tell(Told::End);
    assert!(early.misuse(busy()).contains("a reply was not asked for"));
}

#[test]
fn what_it_holds() {
    let limits = Limits { request: 10_000, embedded: 20_000, ..Limits::default() };
    let mut server = hand(limits, &[]);
    assert_eq!(server.exchange.holds(), 0);
    server.poll().tell(data("x".repeat(1_000)));
    let text = server.exchange.holds();
    assert!((1_000..=2_000).contains(&text), "{text}");
    server.tell(data(format!("[{}", "y".repeat(5_000))));
    let both = server.exchange.holds();
    assert!((text + 5_000..=text + 15_000).contains(&both), "{both}");
    server.tell(Told::End);
    assert_eq!(server.exchange.holds(), 0, "it is the embedder's now");

    let mut upload = Server::new(upload_head());
    upload.poll().tell(data(upload_body(&["content"]))).tell(Told::Identified);
    assert_eq!(upload.exchange.holds(), "key".len() + "something".len(), "files pass");
    let mut gone = ping();
    gone.poll().tell(data("text=hi")).tell(Told::Failed(Failure::Reset));
    assert_eq!(gone.exchange.holds(), 0);
}

#[test]
fn a_message_with_a_file_may_take_its_time_but_not_for_ever() {
    let serving = Serving { embedded_rate: 1, ..limited(Limits::default()) };
    let outlasts = |first: usize, then: usize, wait: u64| {
        let mut server = Server::with(request("POST", "/hand", &[]), serving);
        server.poll().tell(data("x".repeat(first)));
        for _ in 0..wait / 20 {
            if !server.after(20).is_done {
                // Just before it would be too long.
                server.tell(data("x".repeat(then)));
            }
        }
        !server.is_done
    };
    assert!(outlasts(1, 1, 60) && !outlasts(1, 1, 100));
    assert!(outlasts(1, 20, 2_000), "at the rate it may go on");
    assert!(!outlasts(1, 15, 2_000), "below it, it may not");
    assert!(outlasts(1_000, 1, 60) && !outlasts(1_000, 1, 100), "what came fast is no credit for later");
}

#[test]
fn what_is_too_large() {
    let limits = Limits { request: 10, fields: 1, upload: 300, ..Limits::default() };
    let mut declared = Server::with(request("POST", "/ping", &[("content-length", "11")]), limited(limits));
    declared.poll();
    let mut sent = Server::with(request("POST", "/ping", &[]), limited(limits));
    sent.poll().tell(data("text=12345")).tell(data("6"));
    let mut fields = Server::with(upload_head(), limited(limits));
    fields.poll().tell(data(upload_body(&["x"])));
    let roomy = Limits { fields: 2, request: 20, ..limits };
    let mut upload = Server::with(upload_head(), limited(roomy));
    upload.poll().tell(data(upload_body(&["x"])));
    let text = Limits { request: 11, upload: 9999, fields: 9, ..limits };
    let mut texts = Server::with(upload_head(), limited(text));
    texts.poll().tell(data(upload_body(&["x"])));
    insta::assert_snapshot!([declared.log, sent.log, fields.log, upload.log, texts.log].join("\n"));
}

#[test]
fn a_silent_client_is_hung_up_on() {
    let mut reading = ping();
    reading.poll().after(29).tell(data("te")).after(29).after(1);
    let mut writing = ping();
    writing.poll().tell(Told::End).tell(Told::Identified).after(999).tell(pong()).after(30);
    insta::assert_snapshot!([reading.log, writing.log].join("\n"));
}

/// The lines that follow when the client vanishes here.
fn vanishes(name: &str, server: &mut Server) -> String {
    let before = server.log.len();
    server.tell(Told::Failed(Failure::Reset));
    assert!(server.is_done, "{name}");
    format!("{name}\n{}", &server.log[before..])
}

#[test]
fn a_client_may_vanish_in_any_stage() {
    let body = upload_body(&["content"]);
    let mut files = Server::new(upload_head());
    files.poll().tell(data(body[..330].to_vec())).tell(Told::Identified);
    let mut identifying = ping();
    identifying.poll().tell(Told::End);
    let mut replying = ping();
    replying.poll().tell(Told::End).tell(Told::Identified);
    let mut writing = ping();
    writing.poll().tell(Told::End).tell(Told::Identified).tell(pong());
    let mut feeding = fetch("GET");
    feeding.tell(file(5));
    let shown = [
        vanishes("reading", ping().poll()),
        vanishes("identifying", &mut identifying),
        vanishes("files", &mut files),
        vanishes("replying", &mut replying),
        vanishes("writing", &mut writing),
        vanishes("feeding", &mut feeding),
    ];
    insta::assert_snapshot!(shown.join("\n"));
}

/// What an exchange in this stage must not be told.
fn table(name: &str, server: &mut Server, legal: &[&str]) -> String {
    let all = [
        ("data", data("x")),
        ("end", Told::End),
        ("identified", Told::Identified),
        ("refused", Told::Refused(Fault::No)),
        ("reply", pong()),
        ("wrote", Told::Wrote),
        ("body", Told::Body { offset: 0, chunk: "x".into() }),
        ("body", Told::Body { offset: 3, chunk: "x".into() }),
        ("gone", Told::BodyGone),
    ];
    let illegal = all.into_iter().filter(|(what, _)| !legal.contains(what));
    let refused: Vec<String> = illegal.map(|(_, told)| server.misuse(told)).collect();
    format!("{name}\n  {}\n", refused.join("\n  "))
}

#[test]
fn misuse_is_told_and_changes_nothing() {
    let mut tables = Vec::new();
    let mut server = ping();
    tables.push(table("reading", server.poll(), &["data", "end"]));
    tables.push(table("identifying", server.tell(Told::End), &["identified", "refused"]));
    tables.push(table("replying", server.tell(Told::Identified), &["reply"]));
    tables.push(table("writing", server.tell(pong()), &["wrote"]));
    tables.push(table("over", server.tell(Told::Wrote), &[]));
    let mut server = Server::new(upload_head());
    server.poll().tell(data(upload_body(&["content"])));
    tables.push(table("identifying an upload", &mut server, &["identified", "refused", "end"]));
    let mut server = fetch("GET");
    tables.push(table("feeding", server.tell(file(2)), &["body", "gone"]));
    tables.push(server.misuse(Told::Body { offset: 1, chunk: "x".into() }));
    tables.push(server.misuse(Told::Body { offset: 0, chunk: "xyz".into() }));
    tables.push(server.misuse(Told::Body { offset: 0, chunk: Bytes::new() }));
    insta::assert_snapshot!(tables.join("\n"));
}

#[test]
fn a_piece_of_an_upload_that_was_not_asked_for_is_not_counted() {
    let mut server = Server::new(upload_head());
    server.poll();
    server.say_data(upload_body(&["content"]));
    // Not polled since: the parser still holds the last piece.
    assert!(server.misuse(data("more")).contains("not asked for"));
}

#[test]
fn an_embedder_may_take_its_time() {
    let mut server = ping();
    server.poll().tell(Told::End);
    server.now = server.now + Duration::from_secs(3600);
    server.tell(Told::Identified);
    server.now = server.now + Duration::from_secs(3600);
    server.tell(pong()).tell(Told::Wrote);
    assert!(server.is_done && !server.log.contains("Abort"), "{}", server.log);
}

#[test]
fn a_part_without_a_file_name_is_a_file_unless_it_is_a_parameter() {
    let form = form();
    let mut body = form.field("key", "key").to_vec();
    body.extend_from_slice(&form.field("photo", "its bytes"));
    body.extend_from_slice(&form.finish());
    let mut server = Server::new(upload_head());
    server.poll().tell(data(body)).tell(Told::Identified).tell(Told::End);
    assert!(server.log.contains("> File \"photo\"\n") && server.log.contains("> Chunk 9 bytes"), "{}", server.log);
    // And a parameter is one, even with a file name.
    let mut body = form.file("key", "name", "text/plain", None).unwrap().to_vec();
    body.extend_from_slice(b"key\r\n");
    body.extend_from_slice(&form.finish());
    let mut named = Server::new(upload_head());
    named.poll().tell(data(body)).tell(Told::End);
    assert!(named.log.contains("> Identify Upload(REDACTED)\n") && !named.log.contains("> File "), "{}", named.log);
}

#[test]
fn an_upload_may_be_as_large_as_its_limits_and_no_larger() {
    let body = upload_body(&["content"]);
    let size = body.len() as u64;
    let exact = Limits { upload: size, request: "keysomething".len(), fields: 2, ..Limits::default() };
    let is_taken = |limits: Limits, declared: Option<u64>| {
        let (form, length) = (form().content_type(), declared.map(|length| length.to_string()));
        let mut headers = vec![("content-type", form.as_str())];
        headers.extend(length.as_deref().map(|length| ("content-length", length)));
        let mut server = Server::with(request("POST", "/store", &headers), limited(limits));
        server.poll();
        if !server.log.contains("> Open") {
            server.tell(data(body[..330].to_vec()));
        }
        if server.log.contains("> Identify") {
            server.tell(Told::Identified).tell(data(body[330..].to_vec()));
        }
        assert_eq!(server.exchange.name(), Some(crate::toy::Name::Store));
        server.log.contains("> FileEnd")
    };
    assert!(is_taken(exact, None) && is_taken(exact, Some(size)));
    assert!(!is_taken(exact, Some(size + 1)), "it says so itself");
    assert!(!is_taken(Limits { upload: size - 1, ..exact }, None));
    assert!(!is_taken(Limits { request: exact.request - 1, ..exact }, None));
    assert!(!is_taken(Limits { fields: 1, ..exact }, None));
}

#[test]
fn a_connection_on_which_more_may_come_is_closed() {
    let closes = |method: &str, headers: &[(&'static str, &str)]| {
        let mut server = Server::new(request(method, "/nothing", headers));
        server.poll();
        let open = server.log.lines().find(|line| line.contains("> Open")).unwrap_or_default().to_owned();
        open.contains("\"connection\"")
    };
    let length = [("content-length", "5")];
    let chunked = [("transfer-encoding", "chunked")];
    for method in ["GET", "HEAD"] {
        assert!(!closes(method, &[]) && closes(method, &length) && closes(method, &chunked), "{method}");
    }
    assert!(closes("POST", &[]) && closes("POST", &length));
    // All of it is here.
    let mut whole = ping();
    whole.poll().tell(data("text=hi")).tell(Told::End).tell(Told::Identified).tell(pong());
    assert!(!whole.log.contains("connection"), "{}", whole.log);
}
