//! What callers rely on without sending anything: what is known of each operation, and the countries.

use larder_proto_nvx::Name;
use larder_proto_nvx::values::Country;
use larder_testkit::meta;

#[test]
fn what_is_known_of_every_operation() {
    insta::assert_snapshot!(meta::table::<Name>());
}

#[test]
fn n59_the_countries() {
    let lines: Vec<String> = Country::all().map(|country| format!("{:3} {}", country.id(), country.name())).collect();
    assert_eq!(lines.len(), 244);
    insta::assert_snapshot!(lines.join("\n"));
}
