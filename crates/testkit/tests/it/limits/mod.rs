//! Limits and hostile texts, through the machines themselves: a hostile client before an
//! [`Exchange`](larder_core::Exchange), a hostile server before a [`Call`](larder_core::Call). What holds each limit is
//! listed in `LIMITS.md`.
#![expect(clippy::unwrap_used, reason = "helpers of tests, which have no one to hand an error to")]

mod answers;
mod client;
mod clocks;
mod envelopes;
mod parts;
mod requests;
mod server;

use bytes::Bytes;
use http::Request;
use larder_core::{Limits, Rule, Serving};
use larder_proto_e2::E2;
use larder_proto_nvx::Nvx;
use larder_testkit::wire;

/// Code 160: understood, and nobody here serves it.
pub(crate) const UNDERSTOOD: u32 = 160;

/// A server within these limits.
fn within(limits: Limits) -> Serving {
    Serving { limits, ..Serving::default() }
}

/// What a Nirvanix server answers.
fn nvx(request: Request<Bytes>, limits: Limits) -> u32 {
    let seen = wire::understand_within::<Nvx>(request, within(limits)).unwrap();
    seen.answered.unwrap().code.number()
}

/// What a reseller's server answers: the status, and what it says of the parameters. 501 is a request that is understood.
fn e2(request: Request<Bytes>, limits: Limits) -> String {
    let fault = wire::understand_within::<E2>(request, within(limits)).unwrap().answered.unwrap();
    format!("{} {}", fault.status, fault.errors).trim_end().to_owned()
}

/// A form for CreateFolders.
fn form(body: impl Into<Bytes>) -> Request<Bytes> {
    let head = Request::post("/ws/IMFS/CreateFolders.ashx").header("content-type", "application/x-www-form-urlencoded");
    head.body(body.into()).unwrap()
}

/// An envelope of SOAP 1.1 for CreateFolders, with its head.
fn soap(body: impl Into<Bytes>) -> Request<Bytes> {
    let head = Request::post("/ws/IMFS.asmx").header("content-type", "text/xml");
    head.header("soapaction", "\"http://services.nirvanix.com/ws/IMFS/CreateFolders\"").body(body.into()).unwrap()
}

/// What stands in that envelope.
fn enveloped(parameters: &str) -> String {
    format!(
        "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body>\
         <CreateFolders xmlns='http://services.nirvanix.com/ws/IMFS'>{parameters}</CreateFolders></s:Body></s:Envelope>"
    )
}

/// Parameters of CreateFolders as a URL.
fn query(query: &str) -> Request<Bytes> {
    Request::get(format!("/ws/IMFS/CreateFolders.ashx?{query}")).body(Bytes::new()).unwrap()
}

/// A body for the reseller's disable_user.
fn user(body: impl Into<Bytes>) -> Request<Bytes> {
    Request::post("/api/reseller/v1/disable_user").header("token", "key").body(body.into()).unwrap()
}

/// The body of an upload, whose boundary is `b`.
fn upload(body: impl Into<Bytes>) -> Request<Bytes> {
    Request::post("/Upload.ashx").header("content-type", "multipart/form-data; boundary=b").body(body.into()).unwrap()
}

/// A text field of that body.
fn field(name: &str, value: &str) -> String {
    format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
}

/// What an upload needs, before its file.
fn rights() -> String {
    field("uploadToken", "right") + &field("destFolderPath", "/in")
}

/// A file, and the end of that body.
fn file() -> String {
    "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\ncontent\r\n--b--\r\n".to_owned()
}

/// A text filled up to a length.
fn filled(mut text: String, length: usize) -> String {
    let missing = length.checked_sub(text.len()).unwrap();
    text.extend(core::iter::repeat_n('x', missing));
    text
}

/// A rule in one word.
fn word(rule: Rule) -> String {
    format!("{rule:?}")
}
