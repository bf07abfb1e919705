//! A request on its way out.

use bytes::{BufMut, BytesMut};
use http::{HeaderName, Method, Request, header};
use larder_core::Length;

use super::BadRequest;

/// How far a request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sending {
    Idle,
    /// A body of which so many bytes are left.
    Body(u64),
    Chunked,
    Sent,
}

/// Fields that say how a message is framed, or what the connection is used for afterwards.
const NOT_THE_CALLERS: [HeaderName; 6] =
    [header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::EXPECT, header::UPGRADE, header::TE, header::TRAILER];

/// Writes the head.
pub(super) fn write(head: &Request<()>, length: Length, out: &mut BytesMut) -> Result<Sending, BadRequest> {
    let authority = head.uri().authority().ok_or(BadRequest::Uri)?;
    let headers = head.headers();
    let is_framed = NOT_THE_CALLERS.iter().any(|name| headers.contains_key(name));
    if is_framed || *head.method() == Method::CONNECT || headers.get_all(header::HOST).iter().nth(1).is_some() {
        return Err(BadRequest::Field);
    }
    let path = head.uri().path_and_query().map_or("/", |path| path.as_str());
    out.reserve(128 + path.len() + headers.len() * 64);
    for part in [head.method().as_str(), " ", if path.starts_with('/') { "" } else { "/" }, path, " HTTP/1.1\r\n"] {
        out.put_slice(part.as_bytes());
    }
    if !headers.contains_key(header::HOST) {
        // A URI may have user information; `Host` may not.
        let host = authority.as_str();
        field(out, "host", host.rsplit_once('@').map_or(host, |(_, host)| host).as_bytes());
    }
    for (name, value) in headers {
        field(out, name.as_str(), value.as_bytes());
    }
    let sending = frame(head.method(), length, out);
    out.put_slice(b"\r\n");
    Ok(sending)
}

fn field(out: &mut BytesMut, name: &str, value: &[u8]) {
    for part in [name.as_bytes(), b": ", value, b"\r\n"] {
        out.put_slice(part);
    }
}

/// Writes what tells the peer where the body ends.
fn frame(method: &Method, length: Length, out: &mut BytesMut) -> Sending {
    match length {
        Length::Unknown => {
            out.put_slice(b"transfer-encoding: chunked\r\n");
            Sending::Chunked
        }
        // Only methods that are expected to have a body must say that there is none.
        Length::Known(0) if ![Method::POST, Method::PUT, Method::PATCH].contains(method) => Sending::Sent,
        Length::Known(length) => {
            field(out, "content-length", length.to_string().as_bytes());
            if length == 0 { Sending::Sent } else { Sending::Body(length) }
        }
    }
}

impl Sending {
    pub(super) fn frame(&mut self, size: usize, out: &mut BytesMut) -> Result<&'static [u8], BadRequest> {
        match self {
            // An empty chunk would be the last one.
            _ if size == 0 => Ok(b""),
            Self::Chunked => {
                out.put_slice(format!("{size:x}\r\n").as_bytes());
                Ok(b"\r\n")
            }
            Self::Body(left) => {
                *left = left.checked_sub(size as u64).ok_or(BadRequest::Length)?;
                Ok(b"")
            }
            Self::Idle | Self::Sent => Err(BadRequest::Length),
        }
    }

    pub(super) fn finish(&mut self, out: &mut BytesMut) -> Result<(), BadRequest> {
        match self {
            Self::Chunked => out.put_slice(b"0\r\n\r\n"),
            Self::Body(0) | Self::Sent => {}
            Self::Idle | Self::Body(_) => return Err(BadRequest::Length),
        }
        *self = Self::Sent;
        Ok(())
    }
}
