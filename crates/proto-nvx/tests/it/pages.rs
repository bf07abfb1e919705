//! The document's page with an upload form: what a browser would send for it is understood as an upload.
#![expect(clippy::unwrap_used, reason = "helpers of tests, which have no one to hand an error to")]

use bytes::Bytes;
use http::Request;
use larder_core::multipart::{Boundary, Writer};
use larder_proto_nvx::{Nvx, Request as Understood};
use larder_testkit::{fixtures, wire};

/// A form of a page: its attributes, and the type and the name of each of its inputs that is sent.
struct Form {
    action: String,
    method: String,
    enctype: String,
    inputs: Vec<(String, String)>,
}

/// The start tags of a page.
fn tags(page: &str) -> impl Iterator<Item = &str> {
    page.split('<').skip(1).filter_map(|rest| Some(rest.split_once('>')?.0.trim_end_matches('/')))
}

/// The value of an attribute; its name matches in any case.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let (before, rest) = tag.split_once('"').map(|(before, _)| (before, &tag[before.len()..]))?;
    let value = rest[1..].split_once('"')?;
    let is_it = before.trim_end_matches('=').rsplit(' ').next()?.eq_ignore_ascii_case(name);
    if is_it { Some(value.0.to_owned()) } else { attribute(value.1, name) }
}

fn form(page: &str) -> Form {
    let form = tags(page).find(|tag| tag.starts_with("form ")).unwrap();
    let [action, method, enctype] = ["action", "method", "enctype"].map(|name| attribute(form, name).unwrap());
    let inputs = tags(page).filter(|tag| tag.starts_with("input "));
    // A button without a name is not sent.
    let inputs = inputs.filter_map(|tag| Some((attribute(tag, "type")?, attribute(tag, "name")?))).collect();
    Form { action, method, enctype, inputs }
}

/// What a browser sends, in the order of the page. `value` says what the user entered or chose.
fn submit(form: &Form, value: impl Fn(&str) -> (&'static str, &'static [u8])) -> Request<Bytes> {
    let writer = Writer::new(Boundary::from_seed(1, 2));
    let mut body = Vec::new();
    for (kind, name) in &form.inputs {
        let (text, content) = value(name);
        if kind == "file" {
            body.extend_from_slice(&writer.file(name, text, "image/jpeg", None).unwrap());
            body.extend_from_slice(content);
            body.extend_from_slice(&writer.file_end());
        } else {
            body.extend_from_slice(&writer.field(name, text));
        }
    }
    body.extend_from_slice(&writer.finish());
    let request = Request::builder().method(form.method.to_uppercase().as_str()).uri(&form.action);
    request.header("Content-Type", writer.content_type()).body(body.into()).unwrap()
}

#[test]
fn a_browser_can_send_the_printed_form() {
    let page = fixtures::all().into_iter().find(|row| row.id == "nvx/Transfer/Upload/html-page-1").unwrap();
    let form = form(std::str::from_utf8(&page.content).unwrap());
    assert_eq!(
        (form.action.as_str(), form.method.as_str(), form.enctype.as_str()),
        ("http://nodex.nirvanix.com/Upload.ashx", "post", "multipart/form-data")
    );
    let inputs: Vec<_> = form.inputs.iter().map(|(kind, name)| (kind.as_str(), name.as_str())).collect();
    assert_eq!(inputs, [("text", "uploadToken"), ("text", "destFolderPath"), ("file", "uploadFile1"), ("file", "uploadFile2")]);
    let request = submit(&form, |name| match name {
        "uploadToken" => ("fe-pC9v9~pRYkzGkBHQ", &[]),
        "destFolderPath" => ("MyOnlinePhotos", &[]),
        "uploadFile1" => (r"C:\Photos\myDog.jpg", b"dog"),
        _ => ("Öl \"1\".jpg", b"\r\n--"),
    });
    let seen = wire::understand::<Nvx>(request).unwrap();
    let Some(Understood::TransferUpload(upload)) = &seen.request else { panic!("{}", seen.log) };
    assert_eq!((upload.upload_token.expose(), upload.dest_folder_path.as_str()), ("fe-pC9v9~pRYkzGkBHQ", "MyOnlinePhotos"));
    let names: Vec<&str> = seen.heads.iter().map(|head| head.file_name.as_str()).collect();
    assert_eq!(names, [r"C:\Photos\myDog.jpg", "Öl \"1\".jpg"]);
    assert_eq!(seen.files, ["dog", "\r\n--"]);
}
