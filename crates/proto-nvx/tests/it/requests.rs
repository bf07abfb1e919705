//! Every request of the fixtures: what the server's machine makes of it, and what our client sends for the same.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests, which have no one to hand an error to")]

use bytes::Bytes;
use larder_core::Secret;
use larder_proto_nvx::{Nvx, Style};
use larder_testkit::fixtures::{self, Direction, Fixture};
use larder_testkit::wire;

/// The session that the fixtures are called with; ours to choose, since requests do not hold it.
fn token() -> Secret {
    Secret::new("22b16933-2cd5-40ab-981e-dc9b6cfba06d")
}

fn page(fixture: &Fixture) -> String {
    let seen = wire::understand::<Nvx>(fixture.request().unwrap()).unwrap();
    let mut page = format!("{}\n=== understood\n{}", fixture.operation, seen.log);
    for (head, file) in seen.heads.iter().zip(&seen.files) {
        let range = head.content_range.as_deref().unwrap_or("all");
        page.push_str(&format!("file, {range}: {}\n", file.escape_ascii()));
    }
    let Some(request) = seen.request else { return page + &format!("refused: {}\n", seen.fault.unwrap()) };
    let file = seen.files.first().cloned().unwrap_or_default();
    let name = first_file_name(&seen.log);
    let again = match wire::encode::<Nvx>(&request, Some(&token()), &file) {
        Ok(again) => again,
        // A server finds the names of files in their parts, our client in the request.
        Err(reject) => return page + &format!("=== our client cannot send it\n{reject} (files: {name:?})\n"),
    };
    page.push_str(&format!("=== our client sends\n{}\n", wire::text(&again)));
    if fixture.content.windows(9).any(|nine| nine == b":Envelope") {
        let by_soap = wire::encode_as::<Nvx>(&request, Some(&token()), &file, &Style::SOAP_1_1).unwrap();
        page.push_str(&format!("=== our client sends by SOAP\n{}\n", wire::text(&by_soap)));
    }
    let twice = wire::understand::<Nvx>(again.clone()).unwrap().request.expect("our own request is understood");
    assert_eq!(format!("{request:?}"), format!("{twice:?}"), "{}", fixture.id);
    let again_twice = wire::encode::<Nvx>(&twice, Some(&token()), &file).unwrap();
    assert_eq!(bytes_of(&again), bytes_of(&again_twice), "{}", fixture.id);
    page
}

fn first_file_name(log: &str) -> Option<&str> {
    log.lines().find_map(|line| line.strip_prefix("File "))
}

fn bytes_of(request: &http::Request<Bytes>) -> (String, Bytes) {
    (request.uri().to_string(), request.body().clone())
}

#[test]
fn every_request_is_understood_and_sent_again() {
    let requests = fixtures::of("nvx", Direction::Request);
    assert!(requests.len() > 40, "the fixtures are there: {}", requests.len());
    for fixture in requests {
        insta::assert_snapshot!(fixture.snapshot.clone(), page(&fixture));
    }
}

#[test]
fn a_request_in_absolute_form_and_in_any_case_is_the_same() {
    let fixture = fixtures::all().into_iter().find(|row| row.id == "nvx/IMFS/ListFolder/rest-request-1").unwrap();
    let plain = fixture.request().unwrap();
    let expected = wire::understand::<Nvx>(plain.clone()).unwrap().log;
    let target = plain.uri().to_string();
    for other in [format!("http://services.nirvanix.com{target}"), shout(&target)] {
        let mut request = plain.clone();
        *request.uri_mut() = other.parse().unwrap();
        assert_eq!(wire::understand::<Nvx>(request).unwrap().log, expected, "{other}");
    }
}

/// Names in capitals, values as they are.
fn shout(target: &str) -> String {
    let (path, query) = target.split_once('?').unwrap();
    let pairs = query.split('&').map(|pair| {
        let (name, value) = pair.split_once('=').unwrap();
        format!("{}={value}", name.to_uppercase())
    });
    format!("{}?{}", path.to_uppercase(), pairs.collect::<Vec<_>>().join("&"))
}
