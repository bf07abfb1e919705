//! Our client's machine and our server's, speaking SOAP.

use larder_core::{ErrorKind, PeerFlaw};
use larder_proto_nvx::flow::{UploadFile, Uploading};
use larder_proto_nvx::transfer::Download;
use larder_proto_nvx::{Code, Nvx, Style};
use larder_testkit::{Canned, Pair, Plan};

use crate::nvx::{self, Little};

const STYLES: [Style; 2] = [Style::SOAP_1_1, Style::SOAP_1_2];

fn settings(style: &Style) -> larder_core::Settings<Nvx> {
    larder_core::Settings { style: style.clone(), ..nvx::json() }
}

/// A pair that has a session, the folder `a`, and a client of this style.
fn pair(style: &Style) -> Pair<Nvx, Little> {
    let mut pair = nvx::pair();
    let created = pair.start(nvx::create("a"), settings(style));
    pair.run();
    assert!(created.outcome().is_some_and(|ended| ended.is_ok()), "{style:?}");
    pair
}

#[test]
fn a_call_a_fault_and_a_session_that_ends() {
    for style in &STYLES {
        let mut pair = pair(style);
        let list = pair.start(nvx::list(), settings(style));
        let again = pair.start(nvx::create("a"), settings(style));
        pair.run();
        assert_eq!(list.outcome().unwrap().unwrap().list_folder.folders[0].name, "a");
        assert_eq!(again.outcome().unwrap().unwrap_err().fault().unwrap().code, Code::FolderAlreadyExists);
        pair.service.forget();
        let create = pair.start(nvx::create("b"), settings(style));
        pair.run();
        assert!(create.outcome().unwrap().is_ok(), "nothing was carried out, so that even this may be repeated");
        assert_eq!(pair.service.logins, 2);
        let name = if *style == Style::SOAP_1_1 { "soap_1_1" } else { "soap_1_2" };
        insta::assert_snapshot!(name, crate::notes(&pair, &[create.number()]));
    }
}

#[test]
fn any_split_gives_the_same() {
    for (style, split) in STYLES.iter().flat_map(|style| [1, 7, 100].map(|split| (style, split))) {
        let mut pair = pair(style);
        pair.link(move |_| Plan::split(split));
        let list = pair.start(nvx::list(), settings(style));
        pair.run();
        assert_eq!(list.outcome().unwrap().unwrap().list_folder.total_folder_count, 1, "{split}");
    }
}

#[test]
fn files_travel_as_ever() {
    for style in &STYLES {
        let mut pair = pair(style);
        pair.service.storage_host = "node1.test".to_owned();
        let upload = UploadFile::new(nvx::parse("a"), nvx::parse("a.txt"), Uploading::default(), settings(style));
        let upload = pair.drive(upload, "hello");
        pair.run();
        assert!(upload.outcome().unwrap().unwrap().verified);
        let there = pair.start(Download::new(nvx::parse("a/a.txt")), settings(style));
        let gone = pair.start(Download::new(nvx::parse("a/b.txt")), settings(style));
        pair.run();
        assert_eq!((there.outcome().unwrap().is_ok(), pair.received(&there)), (true, &b"hello"[..]));
        assert_eq!(gone.outcome().unwrap().unwrap_err().fault().unwrap().code, Code::DownloadPathNotFound);
    }
}

#[test]
fn the_page_of_a_proxy_is_no_fault() {
    let mut pair = pair(&Style::SOAP_1_1);
    pair.link(|_| {
        let mut head = http::Response::new(());
        *head.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
        Plan::canned(Canned { head, body: "<html><body>Internal Server Error</body></html>".into() })
    });
    let call = pair.start(nvx::create("b"), settings(&Style::SOAP_1_1));
    pair.run();
    assert_eq!(call.outcome().unwrap().unwrap_err().kind, ErrorKind::Peer(PeerFlaw::Status(500)));
}
