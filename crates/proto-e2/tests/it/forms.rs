//! Ledger E21: a form says what JSON says.

use bytes::Bytes;
use http::Request;
use larder_core::operation::Names;
use larder_proto_e2::{E2, Name, PREFIX};
use larder_testkit::wire;
use proptest::prelude::*;
use serde_json::json;

fn understood(name: Name, body: String) -> String {
    let uri = format!("{PREFIX}{}", name.meta().name);
    let request = Request::builder().method(name.meta().verb).uri(uri).header("token", "key").body(Bytes::from(body)).unwrap();
    let seen = wire::understand::<E2>(request).unwrap();
    format!("{:?} {:?}", seen.request, seen.fault)
}

proptest! {
    #[test]
    fn json_and_form_are_one_request(
        email in "\\PC{0,260}",
        name in "\\PC{0,70}",
        permissions in 0..4_u8,
        buckets in proptest::option::of(proptest::collection::vec("\\PC{0,9}", 1..4)),
    ) {
        let mut object = json!({ "email": &email, "storage_dn": "dn", "name": &name, "permissions": permissions });
        let mut form = form_urlencoded::Serializer::new(String::new());
        let number = permissions.to_string();
        form.extend_pairs([("email", &*email), ("storage_dn", "dn"), ("name", &name), ("permissions", &number)]);
        if let Some(buckets) = buckets {
            form.extend_pairs(buckets.iter().map(|bucket| ("buckets", bucket)));
            object["buckets"] = json!(buckets);
        }
        // The fields of both are read in the order of their names, so that the same one is refused.
        prop_assert_eq!(understood(Name::CreateAccessKey, object.to_string()), understood(Name::CreateAccessKey, form.finish()));
    }

    #[test]
    fn any_bytes_are_a_request_or_refused(body in ".{0,99}") {
        for name in Name::ALL {
            understood(*name, body.clone());
        }
    }
}
