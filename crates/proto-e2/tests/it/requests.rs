//! What is refused before it is served, and with what.

use bytes::Bytes;
use http::Request;
use larder_core::operation::Names;
use larder_core::wire::{Address, RequestBody};
use larder_core::{Api, Credential, Reject, Rule, Target};
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

/// Ledger E3: a key that is blank is none, and without one no parameter matters.
#[test]
fn without_a_key_nothing_else_is_said() {
    for key in [None, Some(""), Some("   "), Some("\t")] {
        assert_eq!(refused(Name::DisableUser, key, "{}"), Some(Fault::unauthorized()), "{key:?}");
        let (head, credential) = opened(key, r#"{"email":"a"}"#);
        assert_eq!(credential, Credential::None, "{key:?}");
        let parts = E2::open(Name::DisableUser, &Json, &head, RequestBody::Fields(&[]));
        assert_eq!(parts.err().map(|refused| refused.fault), Some(Fault::unauthorized()), "{key:?}");
    }
    for key in ["the key", " the key\t"] {
        assert_eq!(refused(Name::DisableUser, Some(key), "{}"), Some(Fault::invalid("email", "is required")));
        let (head, credential) = opened(Some(key), r#"{"email":"a"}"#);
        assert_eq!(credential, Credential::Key("the key".into()));
        let parts = E2::open(Name::DisableUser, &Json, &head, RequestBody::Fields(&[]));
        assert_eq!(parts.err().map(|refused| refused.fault), Some(Fault::invalid("body", "is a multipart form")));
    }
}

/// What is known of who asks, once a request is read.
fn opened(key: Option<&str>, body: &str) -> (http::request::Parts, Credential) {
    let mut request = Request::builder();
    if let Some(key) = key {
        request = request.header("token", key);
    }
    let head = request.body(()).unwrap().into_parts().0;
    let opened = E2::open(Name::DisableUser, &Json, &head, RequestBody::Whole(body.as_bytes()));
    (head, opened.unwrap_or_else(|_| panic!("{body}")).credential)
}

#[test]
fn slashes_behind_a_path_are_none_of_it() {
    let route = |path: &str| {
        let head = Request::builder().uri(path).body(()).unwrap().into_parts().0;
        E2::route(&head).map_or_else(|refused| Err(refused.fault.status), |(name, _)| Ok(name))
    };
    for path in ["users", "users/", "users//", "users/?a=b"] {
        assert_eq!(route(&format!("{PREFIX}{path}")), Ok(Name::ListUsers), "{path}");
    }
    for path in ["", "/", "/users", "users/a", "user"] {
        assert_eq!(route(&format!("{PREFIX}{path}")), Err(404), "{path}");
    }
    assert_eq!((route("/users"), route(&format!("{PREFIX}create_user/"))), (Err(404), Err(405)));
}
