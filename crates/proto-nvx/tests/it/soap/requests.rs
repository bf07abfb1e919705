//! Every request of the fixtures by SOAP.

use bytes::Bytes;
use larder_core::Kind;
use larder_core::operation::{Inspect, Names, Requests};
use larder_core::{Meta, Operation};
use larder_proto_nvx::codec::soap;
use larder_proto_nvx::{Name, Nvx, Request};
use larder_testkit::fixtures::{self, Direction, Fixture};
use larder_testkit::wire;

use super::{STYLES, token};

struct MetaOf;

impl Inspect for MetaOf {
    type Output = &'static Meta;

    fn inspect<O: Operation>(self, _: &O) -> Self::Output {
        &O::META
    }
}

/// The requests of the fixtures that are understood, and that SOAP has.
fn understood() -> impl Iterator<Item = (Fixture, Request)> {
    fixtures::of("nvx", Direction::Request).into_iter().filter_map(|fixture| {
        let request = wire::understand::<Nvx>(fixture.request().unwrap()).unwrap().request?;
        (request.inspect(MetaOf).kind == Kind::Unary).then_some((fixture, request))
    })
}

#[test]
fn every_request_of_the_fixtures_is_the_same_by_soap() {
    let mut count = 0;
    for (fixture, request) in understood() {
        let meta = request.inspect(MetaOf);
        for style in &STYLES {
            let sent = match wire::encode_as::<Nvx>(&request, Some(&token()), &Bytes::new(), style) {
                Err(reject) if reject.field == "ContactType" => continue,
                sent => sent.unwrap(),
            };
            assert_eq!(sent.uri().path(), format!("/ws/{}.asmx", meta.namespace), "{}", fixture.id);
            let seen = wire::understand::<Nvx>(sent.clone()).unwrap();
            let again = seen.request.unwrap_or_else(|| panic!("{}: {:?}\n{}", fixture.id, seen.fault, wire::text(&sent)));
            assert_eq!(format!("{request:?}"), format!("{again:?}"), "{}\n{}", fixture.id, wire::text(&sent));
            let twice = wire::encode_as::<Nvx>(&again, Some(&token()), &Bytes::new(), style).unwrap();
            assert_eq!(sent.body(), twice.body(), "{}", fixture.id);
        }
        count += 1;
    }
    assert!(count > 100, "the fixtures are there: {count}");
}

#[test]
fn every_operation_of_all_nine_namespaces_is_reached() {
    let requests: Vec<_> = understood().collect();
    let mut namespaces = std::collections::BTreeSet::new();
    for &name in Name::ALL.iter().filter(|name| name.meta().kind == Kind::Unary) {
        let meta = name.meta();
        let of_it = || requests.iter().filter(|(_, request)| request.inspect(MetaOf) == meta);
        for style in &STYLES {
            let sent = of_it().find_map(|(_, it)| wire::encode_as::<Nvx>(it, Some(&token()), &Bytes::new(), style).ok());
            let sent = sent.unwrap_or_else(|| panic!("{meta}"));
            let seen = wire::understand::<Nvx>(sent).unwrap();
            assert_eq!(seen.request.expect("understood").inspect(MetaOf), meta);
        }
        namespaces.insert(soap::target_namespace(meta));
    }
    assert_eq!(namespaces.len(), 9, "{namespaces:?}");
    assert!(namespaces.contains("http://transfer.nirvanix.com/ws/Transfer"));
}

#[test]
fn what_carries_files_has_no_soap() {
    for name in Name::ALL.iter().filter(|name| name.meta().kind != Kind::Unary) {
        let post = super::post("Transfer", name.meta().name, "");
        let (head, _) = post.into_parts();
        let refused = <Nvx as larder_core::Api>::route(&head).unwrap_err();
        assert_eq!(refused.fault.code, larder_proto_nvx::Code::UnsupportedOperation, "{}", name.meta());
    }
}

#[test]
fn n150_what_rest_alone_has_is_read_and_not_sent() {
    let parameters = "<SessionToken>t</SessionToken><Username>a</Username><ContactType>BillableContact</ContactType>";
    let body = format!("<GetAccountInfo>{parameters}</GetAccountInfo>");
    let seen = wire::understand::<Nvx>(super::post("Accounting", "GetAccountInfo", &body)).unwrap();
    let request = seen.request.unwrap();
    assert!(format!("{request:?}").contains("contact_type: Some(Billable)"), "{request:?}");
    let reject = wire::encode_as::<Nvx>(&request, Some(&token()), &Bytes::new(), &STYLES[0]).unwrap_err();
    assert_eq!(reject.to_string(), "ContactType is malformed");
}

/// What our client sends for the request of a fixture, by SOAP 1.1.
fn body(id: &str) -> String {
    let (_, request) = understood().find(|(fixture, _)| fixture.id == id).unwrap();
    let sent = wire::encode_as::<Nvx>(&request, Some(&token()), &Bytes::new(), &STYLES[0]).unwrap();
    let text = wire::text(&sent);
    let (_, body) = text.split_once("<soap:Body>").unwrap();
    body.split_once("</soap:Body>").unwrap().0.replace("><", ">\n<")
}

#[test]
fn what_soap_writes_in_another_way_than_forms() {
    for id in [
        "nvx/IMFS/CopyFiles/rest-request-1",
        "nvx/IMFS/SearchFileSystem/rest-request-1",
        "nvx/Metadata/SetMetadata/rest-request-1",
        "nvx/Video/ExtractFrames/rest-request-1",
        "nvx/Accounting/GetStorageUsage/rest-request-1",
    ] {
        insta::assert_snapshot!(id.replace('/', "__"), body(id));
    }
}
