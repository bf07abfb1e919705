//! One listener, two APIs: a request's path tells them apart.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::uri::Authority;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::{Body as _, Incoming};
use larder_core::{Api, Serving};
use larder_engine::handlers::nvx::Nirvanix;
use larder_proto_e2::E2;
use larder_proto_nvx::{Name, Nvx};
use larder_transport::server::{Body, HungUp, Memory, Peer, Service as Listening, exchange};

use crate::blocking::Doors;
use crate::{Access, AccessLog, description, e2, nvx, pages};

/// Everything that a request may need.
pub(crate) struct Service {
    pub(crate) nirvanix: Nirvanix,
    pub(crate) reseller: Arc<e2::Responder>,
    pub(crate) serving: Serving,
    pub(crate) memory: Memory,
    pub(crate) doors: Arc<Doors>,
    pub(crate) access_log: Option<Arc<dyn AccessLog>>,
    /// The listener's own host and port, for requests that name none.
    pub(crate) address: String,
}

impl Listening for Service {
    async fn serve(&self, peer: Peer, request: Request<Incoming>) -> Result<Response<Body>, HungUp> {
        let Ok(authority) = authority(&request) else { return Ok(self.note(peer, bad_host())) };
        let authority = authority.unwrap_or_else(|| self.address.clone());
        if let Some(page) = self.page(peer, &authority, &request) {
            return Ok(self.note(peer, page));
        }
        if is_below(request.uri().path(), larder_proto_e2::PREFIX) {
            return exchange::<E2, _, _>(request, peer, Arc::clone(&self.reseller), self.serving, &self.memory).await;
        }
        let (head, body) = request.into_parts();
        if let Some(elsewhere) = self.elsewhere(peer, &authority, &head) {
            return Ok(self.note(peer, elsewhere));
        }
        let request = Request::from_parts(head, body);
        let doors = Arc::clone(&self.doors);
        let responder = nvx::Responder::new(self.nirvanix.clone(), authority, doors, self.access_log.clone());
        exchange::<Nvx, _, _>(request, peer, Arc::new(responder), self.serving, &self.memory).await
    }
}

impl Service {
    /// What is answered without an exchange: descriptions, and what old clients ask first.
    fn page(&self, peer: Peer, authority: &str, request: &Request<Incoming>) -> Option<Response<Body>> {
        if description::is_asked_for(request) {
            return Some(description::document());
        }
        if asks_for_version(request.uri().path()) {
            return Some(version());
        }
        let storage_host = self.nirvanix.storage_host.as_deref();
        let place = pages::Place { is_secure: peer.is_secure, authority, storage_host };
        pages::page(request, &place)
    }

    /// Sends a download to the host of downloads, if that is another than the one that was asked (N29). The file is looked
    /// up there.
    fn elsewhere(&self, peer: Peer, authority: &str, head: &Parts) -> Option<Response<Body>> {
        let host = self.nirvanix.download_host.as_deref().filter(|host| !host.eq_ignore_ascii_case(authority))?;
        let is_download = matches!(Nvx::route(head), Ok((Name::TransferDownload, _)));
        if !is_download || !matches!(head.method, Method::GET | Method::HEAD) {
            return None;
        }
        let scheme = if peer.is_secure { "https" } else { "http" };
        let location = format!("{scheme}://{host}{}", head.uri.path_and_query()?);
        let mut response = Response::new(Body::foreign(Full::new(Bytes::new())));
        *response.status_mut() = StatusCode::FOUND;
        response.headers_mut().insert(header::LOCATION, header::HeaderValue::from_str(&location).ok()?);
        Some(response)
    }

    /// Puts a page into the access log.
    fn note(&self, peer: Peer, page: Response<Body>) -> Response<Body> {
        if let Some(log) = &self.access_log {
            log.ended(&Access {
                api: "pages",
                peer: peer.address.ip(),
                operation: None,
                status: page.status().as_u16(),
                fault: None,
                received: 0,
                sent: page.body().size_hint().exact().unwrap_or_default(),
                is_broken: false,
                elapsed: Duration::ZERO,
            });
        }
        page
    }
}

fn is_below(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix.trim_end_matches('/')).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// `/Version.ashx`, also with a namespace in front. Anywhere else it is somebody's file.
fn asks_for_version(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    path == "/version.ashx" || path.starts_with("/ws/") && path.ends_with("/version.ashx")
}

/// What old clients ask to find out whether the service is up.
fn version() -> Response<Body> {
    let text = concat!("Larder ", env!("CARGO_PKG_VERSION"), "\n");
    let mut response = Response::new(Body::foreign(Full::new(Bytes::from_static(text.as_bytes()))));
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

/// The request names no host, or one that is none: RFC 9112, section 3.2, wants 400.
struct BadHost;

/// The host (and port) that was asked: of a target in absolute form, or of the `Host` header. None if it names none.
fn authority(request: &Request<Incoming>) -> Result<Option<String>, BadHost> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let (host, more) = (hosts.next(), hosts.next());
    let host = host.map(|host| host.to_str()).transpose().map_err(|_| BadHost)?.filter(|host| !host.is_empty());
    let host = host.map(str::parse::<Authority>).transpose().map_err(|_| BadHost)?;
    if more.is_some() || host.as_ref().is_some_and(|host| host.as_str().contains('@')) {
        return Err(BadHost);
    }
    let asked = request.uri().authority().or(host.as_ref());
    if asked.is_some_and(|asked| asked.port_u16().is_none() && !asked.as_str().trim_end_matches(':').ends_with(asked.host())) {
        // What is behind the colon is no port.
        return Err(BadHost);
    }
    Ok(asked.map(|asked| asked.port_u16().map_or(asked.host().to_owned(), |port| format!("{}:{port}", asked.host()))))
}

fn bad_host() -> Response<Body> {
    let mut response = Response::new(Body::foreign(Full::new(Bytes::from_static(b"Bad Host header\n"))));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/plain; charset=utf-8"));
    response.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("close"));
    response
}
