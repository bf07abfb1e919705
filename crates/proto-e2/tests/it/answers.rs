//! Ledger E47: answers carry what the peer said, and what cannot be one is named.

use larder_core::{Api, Operation, PeerFlaw, Refusal, Reject, Rule};
use larder_proto_e2::{
    ByteCount, CertificateInfo, Date, E2, GetStorageUsage, KeyDescription, Quota, Said, StorageUsage, User, Users,
};
use larder_proto_e2::{EnableUserRegion, ListAccessKeys, ListCnames, ListRegions, ListUserRegions, ListUsers};

fn read<O: Operation<Api = E2>>(body: &str) -> Result<O::Answer, Reject> {
    match E2::decode::<O>(&http::Response::new(()).into_parts().0, body.as_bytes()) {
        Ok(answer) => Ok(answer),
        Err(Refusal::Peer(PeerFlaw::Malformed { status: 200, reject })) => Err(reject),
        Err(other) => panic!("{other:?}"),
    }
}

fn user(members: &str) -> User {
    let users = read::<ListUsers>(&format!(r#"{{"users":[{{{members}}}]}}"#)).unwrap().users;
    users.into_iter().next().unwrap()
}

#[test]
fn what_is_null_or_absent_is_not_said() {
    let bare = user(r#""email":"a""#);
    assert_eq!((bare.is_signed_up, bare.is_active, bare.storage_used, &bare.storage_quota), (None, None, None, &None));
    assert_eq!(serde_json::to_string(&bare).unwrap().matches(':').count(), 5, "{bare:?}");
    let nulls = r#""first_name":null,"is_signed_up":null,"is_active":null,"storage_used":null,"storage_quota":null"#;
    assert_eq!(user(&format!(r#""email":"a",{nulls}"#)), bare);

    assert_eq!(read::<ListUsers>(r#"{"id":null,"users":null}"#), Ok(Users::default()));
    let day = r#"[{"downloads":null,"date":null}]"#;
    assert_eq!(read::<GetStorageUsage>(day), read::<GetStorageUsage>("[{}]"));
    let regions = read::<ListRegions>(r#"[{"region_key":"LDN","region_name":null,"active":null}]"#);
    assert_eq!(regions, read::<ListRegions>(r#"{"regions":[{"region_key":"LDN"}]}"#));
    assert!(read::<ListUserRegions>(r#"{"user_regions":null}"#).unwrap().user_regions.is_empty());
    assert_eq!(read::<ListAccessKeys>(r#"{"storage_dn":null,"access_keys":null}"#).unwrap().storage_dn, "");
    assert!(read::<ListCnames>(r#"{"cname_list":null}"#).unwrap().cname_list.is_empty());
}

#[test]
fn numbers_are_texts_where_texts_are_meant() {
    assert_eq!(read::<ListUsers>(r#"{"id":7,"users":[]}"#).unwrap().id, "7");
    assert_eq!(user(r#""email":-1,"last_name":true"#).email, "-1");
    assert_eq!(
        read::<ListCnames>(r#"{"cname_list":[{"cname":"c","file_index":1}]}"#).unwrap().cname_list[0].file_index,
        Some("1".into())
    );
    let keys = read::<ListAccessKeys>(r#"{"access_keys":[{"key_id":7,"description":2}]}"#).unwrap().access_keys;
    assert_eq!((&*keys[0].key_id, &keys[0].description), ("7", &Some(KeyDescription::Other("2".to_owned()))));
}

/// Read to the nearest double, as the standard library does: one beside it would be another number when it is written.
#[test]
fn fractions_are_kept_to_the_last_digit() {
    for number in ["1.0995116666666666e+79", "0.1", "51.24817837550540418", "2.2250738585072014e-308"] {
        let list = read::<ListCnames>(&format!(r#"{{"cname_list":[{{"cname":"c","certificate_info":{number}}}]}}"#)).unwrap();
        let kept = list.cname_list[0].certificate_info.clone();
        assert_eq!(kept, Some(CertificateInfo::Other(number.parse::<f64>().unwrap().into())), "{number}");
    }
}

#[test]
fn what_cannot_be_read_is_kept() {
    let StorageUsage(days) =
        read::<GetStorageUsage>(r#"[{"date":"8/1/2022"},{"date":"2022-08-01"},{"date":20220801.5}]"#).unwrap();
    let dates: Vec<_> = days.iter().map(|day| day.date.clone().unwrap()).collect();
    assert_eq!(dates[0], Said::Other("8/1/2022".to_owned()));
    assert_eq!(dates[1].clone().known(), Some(Date::new(2022, 8, 1).unwrap()));
    assert_eq!(dates[2].clone().known(), None);
    assert_eq!(serde_json::to_string(&dates).unwrap(), r#"["8/1/2022","2022-08-01","20220801.5"]"#);

    for (quota, said) in [
        ("1024.0", Quota::gigabytes(1024).into()),
        ("\"0\"", Quota::Unlimited.into()),
        ("-1", Said::Other("-1".to_owned())),
        ("0.5", Said::Other("0.5".to_owned())),
    ] {
        let user = user(&format!(r#""email":"a","storage_quota":{quota},"storage_used":"1.5e3""#));
        assert_eq!((user.storage_quota, user.storage_used), (Some(said), Some(ByteCount(1500))), "{quota}");
    }
}

#[test]
fn what_is_wrong_has_a_name() {
    let users = |body| read::<ListUsers>(body).err();
    let wrong = |field: &str, rule| Some(Reject::new(field, rule));
    for around in [["[", "]"], ["{\"users\":\n[", "\n]}"]] {
        let user = |members: &str| read::<ListUsers>(&format!("{}{{\n{members}}}{}", around[0], around[1])).err();
        assert_eq!(user(r#""first_name":"a""#), wrong("email", Rule::Missing));
        assert_eq!(user(r#""email":null,"first_name":"b""#), wrong("email", Rule::Missing));
        assert_eq!(user(r#""email":["b"],"first_name":"b""#), wrong("email", Rule::Malformed));
        assert_eq!(user(r#""email":"a\":\\","storage_used" : -1 , "is_active":true"#), wrong("storage_used", Rule::OutOfRange));
        assert_eq!(user(r#""email":"a","is_active":"yes""#), wrong("is_active", Rule::Malformed));
    }
    assert_eq!(users(r#"{"users":[{"email":"a","c2VjcmV0":{"c2VjcmV0":[1]}},7]}"#), wrong("users", Rule::Malformed));
    assert_eq!(users(r#"{"users":[{"email":"a","c2VjcmV0":1,"email":"b"}]}"#), wrong("email", Rule::TooMany));
    assert_eq!(users(r#"{"id":"1"}"#), wrong("users", Rule::Missing));
    assert_eq!(users(r#"{"id":"1","users":7}"#), wrong("users", Rule::Malformed));
    assert_eq!(users(r#"{"id":"1","users":[{"email":"a"}"#), wrong("", Rule::Malformed));
    for body in ["", "7", "\"a\"", "null", "[[]]", "[7]"] {
        assert_eq!(users(body), wrong("", Rule::Malformed), "{body}");
    }
    assert_eq!(
        read::<EnableUserRegion>(r#"{"storage_added":1,"storage_dn":"a"}"#).err(),
        wrong("storage_added", Rule::Malformed)
    );
}
