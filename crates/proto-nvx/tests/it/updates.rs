//! The document's update examples: the ranges that the server understands make of the old file what is printed.
#![expect(clippy::unwrap_used, reason = "helpers of tests, which have no one to hand an error to")]

use bytes::Bytes;
use larder_core::wire::FileHead;
use larder_proto_nvx::transfer::{Changes, Piece, Update};
use larder_proto_nvx::values::{ContentRange, Md5};
use larder_proto_nvx::{Code, Nvx, Request};
use larder_testkit::fixtures::{self, Fixture};
use larder_testkit::wire;
use md5::Digest;

/// The file before every example.
const OLD: [u8; 10] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

fn fixture(id: &str) -> Fixture {
    fixtures::all().into_iter().find(|row| row.id == format!("nvx/Transfer/Update/{id}")).unwrap()
}

/// What is printed as the result; nothing for an example that is invalid.
fn printed(number: usize) -> Option<Vec<u8>> {
    let page = fixture(&format!("outcome-{number}"));
    let text = std::str::from_utf8(&page.content).unwrap();
    let last = text.lines().rfind(|line| !line.is_empty()).unwrap();
    let byte = |word: &str| u8::from_str_radix(word.strip_prefix("0x")?, 16).ok();
    let bytes: Option<Vec<u8>> = last.split(' ').map(byte).collect();
    let reason = ["byte 10 is not specified.", "byte 9 is specified in both ranges."]
        .map(|why| last == format!("Request is invalid because {why}"));
    assert!(bytes.is_some() || reason.contains(&true), "{last}");
    bytes
}

fn range(head: &FileHead) -> Option<ContentRange> {
    head.content_range.as_ref().map(|range| range.parse().unwrap())
}

fn apply(old: &[u8], heads: &[FileHead], parts: &[Bytes]) -> Result<Vec<u8>, Code> {
    let mut changes = Changes::new(old.len() as u64);
    for (head, part) in heads.iter().zip(parts) {
        assert!(range(head).is_none_or(|range| range.len() == part.len() as u64), "{head:?}");
        changes.add(&head.file_name, range(head))?;
    }
    let bytes = |piece| match piece {
        Piece::Kept { offset, length } => old[usize::try_from(offset).unwrap()..][..usize::try_from(length).unwrap()].to_vec(),
        Piece::Sent { part } => parts[part].to_vec(),
    };
    Ok(changes.finish()?.into_iter().flat_map(bytes).collect())
}

#[test]
fn n24_n41_the_examples_come_to_what_is_printed() {
    for number in 1..=7 {
        let seen = wire::understand::<Nvx>(fixture(&format!("multipart-request-{number}")).request().unwrap()).unwrap();
        let Some(Request::TransferUpdate(update)) = seen.request else { panic!("example {number}: {}", seen.log) };
        assert_eq!(update.dest_folder_path.as_str(), "/backup");
        let result = apply(&OLD, &seen.heads, &seen.files);
        assert_eq!(result, printed(number).ok_or(Code::RangeNotSatisfiable), "example {number}");
        let md5 = md5::Md5::digest(result.as_deref().unwrap_or(&OLD));
        assert_eq!(update.file_md5, Some(Md5(md5.into())), "example {number}");
    }
}

#[test]
fn n22_a_range_with_a_unit_is_one_of_an_update_too() {
    let page = fixtures::all().into_iter().find(|row| row.id == "extra/nvx/Transfer/Update/forwarded").unwrap();
    let seen = wire::understand::<Nvx>(page.request().unwrap()).unwrap();
    assert_eq!(apply(&OLD, &seen.heads, &seen.files).unwrap(), [0xF0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

#[test]
fn our_client_sends_one_range() {
    let update = Update {
        upload_token: "fe-pC9v9~pRYkzGkBHQ".parse().unwrap(),
        dest_folder_path: "backup".parse().unwrap(),
        file_md5: Some(Md5([0; 16])),
        callback_url: "http://myserver.com/done".parse().unwrap(),
        forwarding_url: None,
        file_name: Some("myfile.dat".parse().unwrap()),
        content_type: None,
        content_range: Some(ContentRange::new(9, 10, 11).unwrap()),
        ranges: Vec::new(),
    };
    let sent = wire::encode::<Nvx>(&Request::TransferUpdate(update), None, &Bytes::from_static(b"\xF9\xFA")).unwrap();
    insta::assert_snapshot!(wire::text(&sent).replace('\u{FFFD}', "?"));
    let seen = wire::understand::<Nvx>(sent).unwrap();
    assert_eq!(apply(&OLD, &seen.heads, &seen.files).unwrap(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 0xF9, 0xFA]);
}

#[test]
fn our_client_sends_several_ranges() {
    let range = |first, last| ContentRange::new(first, last, 12).unwrap();
    let ranges = vec![range(1, 2), range(10, 11), range(4, 4)];
    let update = Update::new(
        "fe-pC9v9~pRYkzGkBHQ".parse().unwrap(),
        "backup".parse().unwrap(),
        "myfile.dat".parse().unwrap(),
        "http://myserver.com/done".parse().unwrap(),
        ranges,
    );
    let new = Bytes::from_static(b"abcdefghijkl");
    let sent = wire::encode::<Nvx>(&Request::TransferUpdate(update), None, &new).unwrap();
    insta::assert_snapshot!(wire::text(&sent));
    let seen = wire::understand::<Nvx>(sent).unwrap();
    assert_eq!(apply(&OLD, &seen.heads, &seen.files).unwrap(), b"\x00bc\x03e\x05\x06\x07\x08\x09kl");
}
