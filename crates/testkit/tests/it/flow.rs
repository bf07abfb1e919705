//! An upload as one machine: the storage node is asked for, and the file goes there.

use larder_core::{ErrorKind, PeerFlaw};
use larder_proto_nvx::Code;
use larder_proto_nvx::flow::UploadFile;
use larder_proto_nvx::transfer::Uploaded;
use larder_testkit::Plan;

use crate::nvx;

fn machine() -> UploadFile {
    UploadFile::new(nvx::parse("in"), nvx::parse("a.txt"), None, nvx::sized(5))
}

#[test]
fn the_file_goes_to_the_node_that_the_service_names() {
    let mut pair = nvx::pair();
    pair.service.storage_host = "node1.test:81".to_owned();
    let upload = pair.drive(machine(), "hello");
    pair.run();
    assert_eq!(upload.outcome().unwrap(), Ok(Uploaded { files_uploaded: 1, bytes_uploaded: 5 }));
    assert_eq!(pair.service.tree["in/a.txt"].as_deref(), Some(&b"hello"[..]));
    insta::assert_snapshot!(pair.trace());
}

#[test]
fn any_split_gives_the_same_file() {
    for split in 1..40 {
        let mut pair = nvx::pair();
        pair.service.storage_host = "node1.test".to_owned();
        pair.link(move |_| Plan::split(split));
        let upload = pair.drive(machine(), "hello");
        pair.run();
        assert_eq!(upload.outcome().unwrap(), Ok(Uploaded { files_uploaded: 1, bytes_uploaded: 5 }), "{split}");
        assert_eq!(pair.service.tree["in/a.txt"].as_deref(), Some(&b"hello"[..]), "{split}");
    }
}

#[test]
fn a_host_that_is_none_is_the_peers_flaw() {
    let mut pair = nvx::pair();
    pair.service.storage_host = "user@node1.test/".to_owned();
    let upload = pair.drive(machine(), "hello");
    pair.run();
    let error = upload.outcome().unwrap().unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Peer(PeerFlaw::Malformed { .. })), "{error}");
}

#[test]
fn a_refused_node_ends_it_before_the_file_is_touched() {
    let mut pair = nvx::pair();
    pair.service.says = vec![Code::StorageLimitExceeded];
    let upload = pair.drive(machine(), "hello");
    pair.run();
    let error = upload.outcome().unwrap().unwrap_err();
    assert_eq!(error.fault().map(|fault| fault.code), Some(Code::StorageLimitExceeded));
    assert!(!pair.trace().contains("Feed"));
}
