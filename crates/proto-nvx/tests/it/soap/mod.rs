//! SOAP 1.1 and 1.2, held against every fixture, and what is forgiven.
#![expect(clippy::unwrap_used, reason = "helpers of tests, which have no one to hand an error to")]

mod answers;
mod embedded;
mod heads;
mod lenient;
mod names;
mod requests;

use bytes::Bytes;
use http::Request;
use larder_core::Secret;
use larder_proto_nvx::Style;

/// Both versions.
const STYLES: [Style; 2] = [Style::SOAP_1_1, Style::SOAP_1_2];

fn token() -> Secret {
    Secret::new("22b16933-2cd5-40ab-981e-dc9b6cfba06d")
}

/// An envelope of SOAP 1.1 around a body, addressed by hand.
fn post(namespace: &str, operation: &str, body: &str) -> Request<Bytes> {
    let envelope =
        format!("<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body>{body}</e:Body></e:Envelope>");
    Request::post(format!("/ws/{namespace}.asmx"))
        .header("Content-Type", "text/xml; charset=utf-8")
        .header("SOAPAction", format!("\"http://services.nirvanix.com/ws/{namespace}/{operation}\""))
        .body(envelope.into())
        .unwrap()
}
