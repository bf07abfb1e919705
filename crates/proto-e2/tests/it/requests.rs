//! What is refused before it is served, and with what.

use bytes::Bytes;
use http::Request;
use larder_core::operation::Names;
use larder_core::wire::Address;
use larder_core::{Api, Reject, Rule, Target};
use larder_proto_e2::{Date, E2, Fault, GetStorageUsage, Json, Name, PREFIX};
use larder_testkit::wire;

/// Why a request is refused, if it is.
fn refused(name: Name, key: Option<&str>, body: &str) -> Option<Fault> {
    let mut request = Request::builder().method(name.meta().verb).uri(format!("{PREFIX}{}", name.meta().name));
    if let Some(key) = key {
        request = request.header("token", key);
    }
    wire::understand::<E2>(request.body(Bytes::from(body.to_owned())).unwrap()).unwrap().fault
}

/// Ledger E43, in both forms and on both ends.
#[test]
fn the_last_day_is_not_before_the_first() {
    let json = |to: &str| format!(r#"{{"email":"a","date_from":"2022-08-02","date_to":"{to}"}}"#);
    let form = |to: &str| format!("email=a&date_from=2022-08-02&date_to={to}");
    for body in [json("2022-08-01"), form("2022-08-01")] {
        assert_eq!(refused(Name::GetStorageUsage, Some("key"), &body), Some(Fault::invalid("date_to", "is out of range")));
    }
    for body in [json("2022-08-02"), form("2022-08-02"), json("2022-08-03")] {
        assert_eq!(refused(Name::GetStorageUsage, Some("key"), &body), None);
    }
    let day = |day| Date::new(2022, 8, day).unwrap();
    let target = Target::parse("http://larder.example").unwrap();
    let address = Address::<E2> { target: &target, token: None, style: &Json, bits: [0, 0] };
    let sent = |to| E2::encode(&GetStorageUsage { email: "a".parse().unwrap(), date_from: day(2), date_to: day(to) }, &address);
    assert_eq!(sent(1).err(), Some(Reject::new("date_to", Rule::OutOfRange)));
    assert!(sent(2).is_ok());
}
