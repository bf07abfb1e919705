//! The reseller API's OpenAPI document, at the address of the host that was asked.

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, header};
use http_body_util::Full;
use larder_transport::server::Body;

use crate::pages::Place;

/// As `cargo xtask openapi` writes it.
const DOCUMENT: &str = include_str!("../../../openapi/e2.json");
/// The address in it.
const NOWHERE: &str = r#""url": "/""#;
/// Below the reseller API's prefix. No operation has this name.
const PATH: &str = "openapi.json";

/// Whether a request is for the document. It needs no key.
pub(crate) fn is_asked_for<B>(request: &Request<B>) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD)
        && request.uri().path().strip_prefix(larder_proto_e2::PREFIX) == Some(PATH)
}

/// The document, with this place as its server.
pub(crate) fn document(place: &Place<'_>) -> Response<Body> {
    let address = serde_json::Value::from(place.origin());
    let text = DOCUMENT.replacen(NOWHERE, &format!(r#""url": {address}"#), 1);
    let mut response = Response::new(Body::foreign(Full::new(Bytes::from(text))));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

#[cfg(test)]
mod tests {
    use larder_core::operation::Names;

    use super::*;

    #[test]
    fn no_operation_has_its_name() {
        assert!(larder_proto_e2::Name::ALL.iter().all(|name| name.meta().name != PATH));
    }

    #[test]
    fn there_is_one_address_to_replace() {
        assert_eq!(DOCUMENT.matches(NOWHERE).count(), 1);
    }
}
