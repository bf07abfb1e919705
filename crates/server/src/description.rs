//! The reseller API's OpenAPI document. Its addresses are relative: it is true wherever it is read.

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, header};
use http_body_util::Full;
use larder_transport::server::Body;

/// As `cargo xtask openapi` writes it.
const DOCUMENT: &str = include_str!("../../../openapi/e2.json");
/// Below the reseller API's prefix. No operation has this name.
const PATH: &str = "openapi.json";

/// Whether a request is for the document. It needs no key.
pub(crate) fn is_asked_for<B>(request: &Request<B>) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD)
        && request.uri().path().strip_prefix(larder_proto_e2::PREFIX) == Some(PATH)
}

/// The document.
pub(crate) fn document() -> Response<Body> {
    let mut response = Response::new(Body::foreign(Full::new(Bytes::from_static(DOCUMENT.as_bytes()))));
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
}
