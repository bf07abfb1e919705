//! Prints that are no whole message: a page, a date, a piece of XML; and a fault within SOAP.
#![expect(clippy::unwrap_used, reason = "helpers of tests, which have no one to hand an error to")]

use bytes::Bytes;
use larder_core::operation::Names;
use larder_core::wire::ReplyBody;
use larder_core::{Api, Secret};
use larder_proto_nvx::authentication::LoggedIn;
use larder_proto_nvx::codec::{Envelope, json, soap, xml_read};
use larder_proto_nvx::values::{Date, Metadata};
use larder_proto_nvx::{Answer, Done, Format, Name, Nvx, Request};
use larder_testkit::{fixtures, wire};
use serde::Deserialize;

fn content(id: &str) -> String {
    let row = fixtures::all().into_iter().find(|row| row.id == id).unwrap();
    String::from_utf8(row.content.to_vec()).unwrap()
}

#[test]
fn the_page_of_the_document_logs_in_and_calls_its_script() {
    let page = content("nvx/General/conventions/html-page-1");
    let (_, from) = page.split_once("src=\"").unwrap();
    let (url, _) = from.split_once('"').unwrap();
    let request = http::Request::get(url).body(Bytes::new()).unwrap();
    let (head, _) = request.clone().into_parts();
    let (name, style) = Nvx::route(&head).unwrap();
    assert_eq!((name, style.format), (Name::AuthenticationLogin, Format::Json));
    assert_eq!(style.callback.as_ref().unwrap().as_str(), "loginresult");

    let Some(Request::AuthenticationLogin(login)) = wire::understand::<Nvx>(request).unwrap().request else {
        panic!("it is a login");
    };
    assert_eq!((login.app_key.expose(), login.user_name.as_str()), ("XYZ-YOUR-APPKEY", "YOURUSER"));
    assert_eq!(login.password.expose(), "YOURPASSWORD");

    let logged_in = Answer::AuthenticationLogin(LoggedIn { session_token: Secret::new("1cf8ff68") });
    let reply = Nvx::reply(&logged_in, &style);
    assert_eq!(reply.head.0.headers()["content-type"], "application/javascript; charset=utf-8");
    let ReplyBody::Whole(script) = reply.body else { panic!("a script is no file") };
    assert_eq!(&script[..], br#"/**/loginresult({"ResponseCode":0,"SessionToken":"1cf8ff68"});"#);
}

#[test]
fn n13_the_date_of_the_document_is_read() {
    let date: Date = content("nvx/General/conventions/date-1").parse().unwrap();
    assert_eq!(date.to_string(), "Sat, 05 Nov 1994 13:15:30 GMT");
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    metadata: Metadata,
}

#[test]
fn the_metadata_of_the_document_is_read_from_xml_and_from_a_json_string() {
    let fragment = content("nvx/General/metadata/xml-fragment-1");
    let text = format!("<Response><ResponseCode>0</ResponseCode>{fragment}</Response>");
    let Ok(Envelope::Success(Described { metadata })) = xml_read::read(&text) else { panic!("{text}") };
    insta::assert_debug_snapshot!("nvx__General__metadata__xml-fragment-1", metadata);
    let text = serde_json::json!({ "ResponseCode": 0, "Metadata": fragment }).to_string();
    assert_eq!(json::read(&text), Ok(Envelope::Success(Described { metadata })));
}

#[test]
fn n62_a_call_without_arguments_finds_what_is_missing_in_the_detail() {
    let message = content("nvx/General/exceptions/soap-client-call-1");
    let (_, envelope) = message.split_once("\r\n\r\n").unwrap();
    let document = roxmltree::Document::parse(envelope).unwrap();
    let detail = document.descendants().find(|node| node.has_tag_name("detail")).unwrap();
    let response = detail.first_element_child().unwrap();
    assert!(response.has_tag_name("Response"), "in no namespace");
    let expected = Envelope::Failure { code: 100, message: "MissingRequiredParameter".to_owned() };
    assert_eq!(soap::read::<Done>(envelope, Name::AccountingCreateChildAccount.meta()), Ok(expected));
}
