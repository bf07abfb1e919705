//! JSON.

use larder_core::{Reject, Rule};
use larder_proto_nvx::codec::{Envelope, json};
use larder_proto_nvx::values::Callback;

use super::Answer;

#[test]
fn n7_lenient_json() {
    let one = r#"{"Total":1,"File":{"Name":"a","SizeBytes":1,"Metadata":null},"Folder":null,"Tag":"x","ResponseCode":0}"#;
    let Ok(Envelope::Success(answer)) = json::read::<Answer>(one) else { panic!("{:?}", json::read::<Answer>(one)) };
    assert_eq!((answer.file.len(), answer.folder.len(), answer.tag), (1, 0, vec!["x".to_owned()]));
    let broken = |text: &str| json::read::<Answer>(text).map(drop);
    assert_eq!(broken(r#"{"Total":1}"#), Err(Reject::new("ResponseCode", Rule::Missing)));
    assert_eq!(broken(r#"{"ResponseCode":0}"#), Err(Reject::new("Total", Rule::Missing)));
    for text in
        ["", "[]", "{", r#"{"ResponseCode":0,"Total":1} x"#, r#"{"ResponseCode":"x"}"#, r#"{"ResponseCode":0,"Total":"x"}"#]
    {
        assert_eq!(broken(text), Err(Reject::new("", Rule::Malformed)), "{text}");
    }
    let deep = format!("{{\"ResponseCode\":0,\"Deep\":{}", "[".repeat(100_000));
    assert!(broken(&deep).is_err());
}

#[test]
fn n31_an_answer_in_a_callback() {
    let callback: Callback = "app.onListing".parse().unwrap();
    assert_eq!(json::jsonp(&callback, "{\"a\":\"\u{2028}\"}"), "/**/app.onListing({\"a\":\"\\u2028\"});");
}
