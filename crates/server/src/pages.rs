//! Pages that describe what SOAP has: `/ws/<Namespace>.asmx`, with `?WSDL` for toolkits, with `?op=` for one operation.

use bytes::Bytes;
use http::header::{self, HeaderName, HeaderValue};
use http::{Method, Request, Response};
use http_body_util::Full;
use larder_core::operation::Names;
use larder_proto_nvx::describe;
use larder_transport::server::Body;

const WSDL: &str = "text/xml; charset=utf-8";
const PAGE: &str = "text/html; charset=utf-8";
/// A page of ours needs nothing but itself.
const HEADERS: [(HeaderName, &str); 2] =
    [(header::X_CONTENT_TYPE_OPTIONS, "nosniff"), (header::CONTENT_SECURITY_POLICY, "default-src 'none'")];

/// Where the service was asked, and where files are to be sent.
pub(crate) struct Place<'p> {
    pub(crate) is_secure: bool,
    pub(crate) authority: &'p str,
    pub(crate) storage_host: Option<&'p str>,
}

impl Place<'_> {
    /// The address of a namespace's operations. Files go to the storage host.
    fn endpoint(&self, namespace: &str) -> String {
        let authority = self.storage_host.filter(|_| namespace == "Transfer").unwrap_or(self.authority);
        format!("{}://{authority}/ws/{namespace}.asmx", self.scheme())
    }

    fn scheme(&self) -> &'static str {
        if self.is_secure { "https" } else { "http" }
    }
}

/// The page that a request asks for; none if it asks for something else.
pub(crate) fn page<B>(request: &Request<B>, place: &Place<'_>) -> Option<Response<Body>> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return None;
    }
    let asked = namespace(request.uri().path())?;
    let namespace = describe::operations(asked).next()?.meta().namespace;
    let parameters =
        || request.uri().query().unwrap_or_default().split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let value = |wanted: &str| parameters().find(|(key, _)| key.eq_ignore_ascii_case(wanted)).map(|(_, value)| value);
    if value("wsdl").is_some() {
        return describe::wsdl(namespace, &place.endpoint(namespace)).map(|text| answer(WSDL, text));
    }
    let text = match value("op").and_then(|name| describe::operation(namespace, name)) {
        Some(name) => describe::operation_page(name),
        None => describe::page(namespace)?,
    };
    Some(answer(PAGE, text))
}

/// The namespace of a path such as `/ws/IMFS.asmx`, whose spelling is free.
fn namespace(path: &str) -> Option<&str> {
    let (folder, page) = path.strip_prefix('/')?.split_once('/')?;
    let (name, suffix) = page.rsplit_once('.')?;
    (folder.eq_ignore_ascii_case("ws") && suffix.eq_ignore_ascii_case("asmx")).then_some(name)
}

fn answer(media_type: &'static str, text: String) -> Response<Body> {
    let mut response = Response::new(Body::foreign(Full::new(Bytes::from(text))));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_is_the_connections() {
        let place = |is_secure| Place { is_secure, authority: "a.example", storage_host: Some("node") };
        assert_eq!(place(true).endpoint("Audio"), "https://a.example/ws/Audio.asmx");
        assert_eq!(place(false).endpoint("Audio"), "http://a.example/ws/Audio.asmx");
        assert_eq!(place(true).endpoint("Transfer"), "https://node/ws/Transfer.asmx");
    }
}
