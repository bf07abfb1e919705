//! Names that a message has are its sender's own text, perhaps a secret in the wrong place: no refusal tells them, and so no
//! log does.

use bytes::Bytes;
use http::Request;
use larder_core::Kind;
use larder_core::operation::Names;
use larder_proto_nvx::{Name, Nvx};
use larder_testkit::wire;

use super::post;

const CANARY: &str = "hunter2";

/// All that is said of a request: what it is answered with, and what a log may have of it.
fn said(request: Request<Bytes>) -> String {
    let seen = wire::understand::<Nvx>(request).unwrap();
    let fault = seen.fault.map(|fault| format!("{fault:?} {fault}"));
    let answer = seen.answered.map(|answer| format!("{answer:?}"));
    format!("{} {fault:?} {answer:?}", seen.log)
}

/// Elements that nobody asked for, and values and attributes that are none.
fn odd(canary: &str) -> Vec<String> {
    vec![
        format!("<{canary} href='#1'/>"),
        format!("<{canary}><{canary} href='#1'/></{canary}>"),
        format!("<x:{canary} xmlns:x='urn:{canary}' x:href='#1' href='{canary}'>{canary}</x:{canary}>"),
        format!("<options href='{canary}'/><options><string>{canary}:1</string></options>"),
        format!("<metadata href='{canary}'/><tag><{canary} href=''/></tag>"),
        format!("<pageNumber><{canary} href='#{canary}'/></pageNumber>"),
        format!("<pageNumber>{canary} is malformed</pageNumber>"),
        format!("<metadata><MetadataInfo><Type>{canary}:</Type></MetadataInfo></metadata>"),
    ]
}

#[test]
fn no_name_of_an_envelope_is_told() {
    for name in Name::ALL.iter().filter(|name| name.meta().kind == Kind::Unary) {
        let meta = name.meta();
        for odd in odd(CANARY) {
            let body = format!("<{0}><sessionToken>t</sessionToken>{odd}</{0}>", meta.name);
            let said = said(post(meta.namespace, meta.name, &body));
            assert!(said.contains("Fault {") || said.contains("Serve("), "{meta}: {said}");
            assert!(!said.contains(CANARY), "{meta}: {odd}: {said}");
        }
        let said = said(post(meta.namespace, meta.name, &format!("<{CANARY}/>")));
        assert!(!said.contains(CANARY), "{meta}: {said}");
    }
}

#[test]
fn however_long_it_is() {
    let long = CANARY.repeat(130_000);
    for odd in odd(&long) {
        let said = said(post("IMFS", "ListFolder", &format!("<ListFolder>{odd}</ListFolder>")));
        assert!(said.len() < 4_000 && !said.contains(CANARY), "{} bytes", said.len());
    }
}

#[test]
fn no_name_of_a_form_is_told() {
    for name in Name::ALL.iter().filter(|name| name.meta().kind == Kind::Unary) {
        let page = format!("/ws/{}.ashx?sessionToken=t", name.meta());
        for form in ["hunter2=%FF", "hunter2=%00&pageNumber=hunter2+is+malformed", "fileType=hunter2&metadata=hunter2%01"] {
            let request = Request::post(&page).header("Content-Type", "application/x-www-form-urlencoded");
            let said = said(request.body(form.into()).unwrap());
            assert!(!said.contains(CANARY), "{}: {form}: {said}", name.meta());
        }
    }
}

#[test]
fn n148_parameters_are_told_as_they_are_documented() {
    for (namespace, operation, element, told) in [
        ("Metadata", "GetTags", "PATH", "path is malformed"),
        ("Metadata", "SetMetadata", "METADATA", "metadata is malformed"),
        ("Metadata", "GetTags", "SESSIONTOKEN", "sessionToken is malformed"),
        ("Accounting", "GetAccountInfo", "sessiontoken", "SessionToken is malformed"),
        ("Accounting", "CreateChildAccount", "city", "City is malformed"),
        ("Video", "Transcode", "Options", "options is malformed"),
    ] {
        for element in [format!("<{element} href='#1'/>"), format!("<{element}><item href='#1'/></{element}>")] {
            let seen = wire::understand::<Nvx>(post(namespace, operation, &format!("<{operation}>{element}</{operation}>")));
            assert_eq!(seen.unwrap().fault.unwrap().message, told, "{element}");
        }
    }
    // What is no parameter may refer to whatever it likes.
    let body = "<Logout><sessionToken>t</sessionToken><options href='#1'/><other href='#1'/></Logout>";
    assert!(wire::understand::<Nvx>(post("Authentication", "Logout", body)).unwrap().request.is_some());
}
