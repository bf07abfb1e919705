//! What callers rely on without sending anything.

use larder_proto_e2::Name;
use larder_testkit::meta;

#[test]
fn what_is_known_of_every_operation() {
    insta::assert_snapshot!(meta::table::<Name>());
}
