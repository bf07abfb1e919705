//! Ledger E21: a form says what JSON says.

use bytes::Bytes;
use http::Request;
use larder_core::operation::Names;
use larder_proto_e2::{E2, Name, PREFIX};
use larder_testkit::wire;
use proptest::prelude::*;
use serde_json::{Number, json};

fn understood(name: Name, body: String) -> String {
    let uri = format!("{PREFIX}{}", name.meta().name);
    let request = Request::builder().method(name.meta().verb).uri(uri).header("token", "key").body(Bytes::from(body)).unwrap();
    let seen = wire::understand::<E2>(request).unwrap();
    format!("{:?} {:?}", seen.request, seen.fault)
}

fn fraction() -> impl Strategy<Value = Number> {
    prop_oneof![-2.0..9999.0, (0..9999_u16).prop_map(f64::from), any::<f64>()].prop_filter_map("finite", Number::from_f64)
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
    fn json_and_form_are_one_user(
        email in "\\PC{0,9}",
        password in "[a-zA-Z0-9+/=]{0,12}",
        last_name in proptest::option::of("\\PC{0,70}"),
        quota in prop_oneof![any::<i64>().prop_map(Number::from), any::<u64>().prop_map(Number::from), fraction()],
        email_notification in proptest::option::of(any::<bool>()),
    ) {
        let mut object = json!({ "email": &email, "password": &password, "first_name": "a", "quota": &quota });
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs([("email", &*email), ("password", &password), ("first_name", "a"), ("quota", &quota.to_string())]);
        if let Some(name) = last_name {
            form.append_pair("last_name", &name);
            object["last_name"] = json!(name);
        }
        if let Some(flag) = email_notification {
            form.append_pair("email_notification", &flag.to_string());
            object["email_notification"] = json!(flag);
        }
        prop_assert_eq!(understood(Name::CreateUser, object.to_string()), understood(Name::CreateUser, form.finish()));
    }

    #[test]
    fn any_bytes_are_a_request_or_refused(body in ".{0,99}") {
        for name in Name::ALL {
            understood(*name, body.clone());
        }
    }
}
