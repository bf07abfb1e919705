//! What an upload's framing may cost: `multipart::Limits`, as the server's machine sets them.

use larder_core::Limits;
use larder_core::multipart::Limits as FormLimits;

use super::{UNDERSTOOD, field, file, nvx, rights, upload};

const INVALID: u32 = 101;

/// A body at the limit is understood, one beyond it is 101.
fn reach(limit: usize, body: impl Fn(usize) -> String) {
    assert_eq!(nvx(upload(body(limit)), Limits::default()), UNDERSTOOD, "{limit}");
    assert_eq!(nvx(upload(body(limit + 1)), Limits::default()), INVALID, "{limit} + 1");
}

#[test]
fn preamble() {
    reach(FormLimits::default().preamble, |size| format!("{}\r\n", "p".repeat(size)) + &rights() + &file());
}

#[test]
fn padding() {
    let padded = |size: usize| (rights() + &file()).replacen("--b\r\n", &format!("--b{}\r\n", " ".repeat(size)), 1);
    reach(FormLimits::default().padding, padded);
}

#[test]
fn part_header_bytes() {
    // With its line ends and its blank line; the other line is the disposition.
    let head = "Content-Disposition: form-data; name=\"x\"\r\n";
    let field = |size: usize| format!("--b\r\n{head}h:{}\r\n\r\n1\r\n", "v".repeat(size - head.len() - 6));
    reach(FormLimits::default().headers, |size| rights() + &field(size) + &file());
    let name = |size: usize| {
        let around = "Content-Disposition: form-data; name=\"f\"; filename=\"\"\r\n\r\n".len();
        let head = format!("Content-Disposition: form-data; name=\"f\"; filename=\"{}\"", "a".repeat(size - around));
        rights() + &format!("--b\r\n{head}\r\n\r\ncontent\r\n--b--")
    };
    reach(FormLimits::default().headers, name);
}

#[test]
fn part_header_lines() {
    let field = |lines: usize| format!("--b\r\n{}\r\n1\r\n", "h:\r\n".repeat(lines));
    reach(FormLimits::default().header_lines, |size| rights() + &field(size) + &file());
}

#[test]
fn parts() {
    reach(FormLimits::default().parts, |size| rights() + &field("x", "").repeat(size - 3) + &file());
}

#[test]
fn epilogue() {
    let body = |size: usize| rights() + file().trim_end() + &"e".repeat(size);
    reach(FormLimits::default().epilogue, body);
}

#[test]
fn boundary() {
    let bounded = |length: usize| {
        let boundary = "b".repeat(length);
        let mut request = upload((rights() + &file()).replace("--b", &format!("--{boundary}")));
        let content_type = format!("multipart/form-data; boundary={boundary}");
        request.headers_mut().insert("content-type", content_type.parse().unwrap());
        nvx(request, Limits::default())
    };
    assert_eq!(bounded(FormLimits::BOUNDARY), UNDERSTOOD);
    assert_eq!(bounded(FormLimits::BOUNDARY + 1), INVALID);
}
