//! What crosses the line between an [`Api`] and the machines.

use core::fmt;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, Uri, uri};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::operation::{Api, Names};
use crate::{Reject, Rule, Secret};

/// Where an API is reached: scheme, authority, and a path before all paths.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    scheme: uri::Scheme,
    authority: uri::Authority,
    prefix: String,
}

impl Target {
    /// Reads a base URL such as `http://localhost:8080` or `https://host/behind/a/proxy/`.
    ///
    /// # Errors
    /// `Malformed` unless it is an http or https URL without user information, query or fragment.
    pub fn parse(url: &str) -> Result<Self, Reject> {
        let wrong = || Reject::new("base URL", Rule::Malformed);
        let parts = url.parse::<Uri>().map_err(|_| wrong())?.into_parts();
        let (Some(scheme), Some(authority)) = (parts.scheme, parts.authority) else { return Err(wrong()) };
        let known = scheme == uri::Scheme::HTTP || scheme == uri::Scheme::HTTPS;
        let path = parts.path_and_query.as_ref();
        if !known || authority.as_str().contains('@') || path.is_some_and(|path| path.query().is_some()) {
            return Err(wrong());
        }
        let prefix = path.map_or("", |path| path.path()).trim_end_matches('/').to_owned();
        Ok(Self { scheme, authority, prefix })
    }

    /// The same service on another host (and port), as a storage node: no prefix.
    ///
    /// # Errors
    /// `Malformed` unless `host` is an authority.
    pub fn on_host(&self, host: &str) -> Result<Self, Reject> {
        let authority: uri::Authority = host.parse().map_err(|_| Reject::new("host", Rule::Malformed))?;
        if authority.as_str().contains('@') {
            return Err(Reject::new("host", Rule::Malformed));
        }
        Ok(Self { scheme: self.scheme.clone(), authority, prefix: String::new() })
    }

    /// Host and port.
    #[must_use]
    pub fn host(&self) -> &str {
        self.authority.as_str()
    }

    /// The URL of `path_and_query`, which begins with a slash and is percent-encoded.
    ///
    /// # Errors
    /// `Malformed` unless it is.
    pub fn uri(&self, path_and_query: &str) -> Result<Uri, Reject> {
        let path = Bytes::from([&self.prefix, path_and_query].concat());
        let mut parts = uri::Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = uri::PathAndQuery::from_maybe_shared(path).ok();
        // Without a path, it is none.
        Uri::from_parts(parts).map_err(|_| Reject::new("path", Rule::Malformed))
    }
}

impl Serialize for Target {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.prefix)
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Everything beside the operation that a request is made of.
#[derive(Debug)]
pub struct Address<'a, A: Api> {
    /// Where to.
    pub target: &'a Target,
    /// The session's token, where one is needed.
    pub token: Option<&'a Secret>,
    /// How to write it.
    pub style: &'a A::Style,
    /// Fresh bits for a multipart boundary.
    pub bits: [u64; 2],
}

/// How long a body is, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// Exactly this.
    Known(u64),
    /// Nobody knows: chunked.
    Unknown,
}

/// A request as the client sends it.
#[derive(Debug)]
pub struct Outgoing {
    /// Request line and headers, without any that state the body's length.
    pub head: RequestHead,
    /// The body.
    pub body: OutgoingBody,
}

/// The body of an [`Outgoing`].
pub enum OutgoingBody {
    /// All there.
    Whole(Bytes),
    /// A file, and what stands before and after it.
    File {
        /// Before the file.
        before: Bytes,
        /// After it.
        after: Bytes,
    },
    /// Spans of a file, each with what stands before it. `Feed` asks for the offsets of the file, span by span.
    Spans {
        /// The spans, in the order in which they are sent.
        spans: Vec<Span>,
        /// After the last.
        after: Bytes,
    },
}

impl OutgoingBody {
    /// How long it is, given the length of the file in bytes, if that is known.
    pub(crate) fn length(&self, file: Option<u64>) -> Length {
        match (self, file) {
            (Self::Whole(bytes), _) => Length::Known(bytes.len() as u64),
            (Self::File { before, after }, Some(file)) => {
                Length::Known(((before.len() + after.len()) as u64).saturating_add(file))
            }
            (Self::File { .. }, None) => Length::Unknown,
            (Self::Spans { spans, after }, _) => {
                let framing = spans.iter().map(|span| span.before.len()).sum::<usize>() + after.len();
                Length::Known(spans.iter().fold(framing as u64, |sum, span| sum.saturating_add(span.length)))
            }
        }
    }
}

/// A span of a file within a body.
#[derive(Clone, PartialEq, Eq)]
pub struct Span {
    /// Before it.
    pub before: Bytes,
    /// Where it starts in the file.
    pub offset: u64,
    /// How long it is, in bytes.
    pub length: u64,
}

/// A request's head. `Debug` shows method, host and header names: paths and values may hold secrets.
#[derive(Clone)]
pub struct RequestHead(pub Request<()>);

/// A response's head. `Debug` shows status and header names.
#[derive(Clone)]
pub struct ResponseHead(pub Response<()>);

/// What a request offers as proof of its sender's identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// Nothing, or fields of the operation itself.
    None,
    /// The token of a session.
    Session(Secret),
    /// A static key.
    Key(Secret),
    /// The token of one upload.
    Upload(Secret),
    /// The token of a link to one file.
    Link(Secret),
}

/// The part of a request's body that decides what it asks for. `Debug` shows how long it is.
pub enum RequestBody<'a> {
    /// All of it.
    Whole(&'a [u8]),
    /// A message, and the file that was taken out of it (see [`Api::extract`]), in pieces.
    Split {
        /// What is left of the message.
        text: &'a [u8],
        /// The file; none if there was none.
        file: Option<Vec<Bytes>>,
    },
    /// The text fields that stood before the first file.
    Fields(&'a [(String, String)]),
}

/// A request as the server understood it.
pub struct Incoming<A: Api> {
    /// What its sender offers as proof of identity.
    pub credential: Credential,
    /// The typed, validated request.
    pub request: <A::Names as Names>::Request,
    /// How the answer is to be written.
    pub style: A::Style,
}

/// A request that was refused before it was understood.
#[derive(Debug)]
pub struct Refused<A: Api> {
    /// Why.
    pub fault: A::Fault,
    /// How to say so.
    pub style: A::Style,
    /// Which operation was asked for, where that is known already.
    pub name: Option<A::Names>,
}

/// An answer as the server sends it.
#[derive(Debug)]
pub struct Reply {
    /// Status and headers, without any that state the body's length.
    pub head: ResponseHead,
    /// The body.
    pub body: ReplyBody,
}

/// The body of a [`Reply`].
pub enum ReplyBody {
    /// All there.
    Whole(Bytes),
    /// A file of this many bytes, from this offset of the stored one on.
    File {
        /// Where it starts.
        offset: u64,
        /// How much of it.
        length: u64,
    },
}

/// A file part of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileHead {
    /// The name of the form field.
    pub field: String,
    /// The file's name or path as the sender gave it.
    pub file_name: String,
    /// Its `Content-Type`, unless empty.
    pub content_type: Option<String>,
    /// Its `Content-Range`.
    pub content_range: Option<String>,
}

fn names(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    headers.keys().map(http::HeaderName::as_str)
}

impl fmt::Debug for RequestHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.0.uri().authority().map_or("", uri::Authority::as_str);
        write!(f, "{} {host} ", self.0.method())?;
        f.debug_list().entries(names(self.0.headers())).finish()
    }
}

impl fmt::Debug for ResponseHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.0.status().as_u16())?;
        f.debug_list().entries(names(self.0.headers())).finish()
    }
}

impl fmt::Debug for RequestBody<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(bytes) => write!(f, "Whole({} bytes)", bytes.len()),
            Self::Split { text, file } => {
                let file = file.as_ref().map(|pieces| pieces.iter().map(Bytes::len).sum::<usize>());
                write!(f, "Split({} bytes, file: {file:?})", text.len())
            }
            Self::Fields(fields) => write!(f, "Fields({})", fields.len()),
        }
    }
}

impl fmt::Debug for OutgoingBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(bytes) => write!(f, "Whole({} bytes)", bytes.len()),
            Self::File { before, after } => write!(f, "File({} + file + {} bytes)", before.len(), after.len()),
            Self::Spans { spans, after } => write!(f, "Spans({spans:?} + {} bytes)", after.len()),
        }
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes, {} of the file from {}", self.before.len(), self.length, self.offset)
    }
}

impl fmt::Debug for ReplyBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(bytes) => write!(f, "Whole({} bytes)", bytes.len()),
            Self::File { offset, length } => write!(f, "File({length} bytes from {offset})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_is_http_and_nothing_but_a_place() {
        for (url, shown) in [
            ("http://localhost:8080", "http://localhost:8080"),
            ("https://host/behind/a/proxy/", "https://host/behind/a/proxy"),
            ("HTTP://host/", "http://host"),
        ] {
            assert_eq!(Target::parse(url).map(|target| target.to_string()).as_deref(), Ok(shown));
        }
        for url in
            ["ftp://host", "host", "/path", "", "http://user@host", "http://user:pass@host/", "http://host/?", "http://host/a?b"]
        {
            assert_eq!(Target::parse(url), Err(Reject::new("base URL", Rule::Malformed)), "{url}");
        }
    }

    #[test]
    fn another_host_has_the_scheme_and_nothing_else_of_the_first() {
        let target = Target::parse("https://host/behind/a/proxy").unwrap();
        let node = target.on_host("node.example:81").unwrap();
        assert_eq!((node.host(), format!("{node:?}")), ("node.example:81", "https://node.example:81".to_owned()));
        assert_eq!(target.uri("/a?b=%20").unwrap(), "https://host/behind/a/proxy/a?b=%20");
        assert_eq!(node.uri("/a").unwrap(), "https://node.example:81/a");
        for host in ["user@node.example", "a/b", ""] {
            assert_eq!(target.on_host(host), Err(Reject::new("host", Rule::Malformed)), "{host}");
        }
        assert_eq!(node.uri("a b"), Err(Reject::new("path", Rule::Malformed)));
    }

    #[test]
    fn a_body_is_as_long_as_its_file_and_what_stands_around_it() {
        let bytes = Bytes::from_static;
        let file = OutgoingBody::File { before: bytes(b"abc"), after: bytes(b"de") };
        assert_eq!((file.length(Some(10)), file.length(None)), (Length::Known(15), Length::Unknown));
        assert_eq!(OutgoingBody::Whole(bytes(b"abc")).length(Some(10)), Length::Known(3));
        let spans =
            vec![Span { before: bytes(b"ab"), offset: 7, length: 5 }, Span { before: bytes(b"cde"), offset: 0, length: 1 }];
        let spans = OutgoingBody::Spans { spans, after: bytes(b"fghi") };
        assert_eq!((spans.length(None), spans.length(Some(99))), (Length::Known(15), Length::Known(15)));
    }

    #[test]
    fn debug_names_headers_and_counts_bytes_and_shows_neither() {
        let head = Request::builder().method("PUT").uri("http://host:81/path?secret").header("b", "secret").header("a", "secret");
        assert_eq!(format!("{:?}", RequestHead(head.body(()).unwrap())), r#"PUT host:81 ["b", "a"]"#);
        let head = Response::builder().status(404).header("location", "secret").body(()).unwrap();
        assert_eq!(format!("{:?}", ResponseHead(head)), r#"404 ["location"]"#);
        let bytes = || Bytes::from_static(b"secret");
        assert_eq!(format!("{:?}", RequestBody::Whole(b"secret")), "Whole(6 bytes)");
        let split = RequestBody::Split { text: b"secret", file: Some(vec![bytes(), bytes()]) };
        assert_eq!(format!("{split:?}"), "Split(6 bytes, file: Some(12))");
        assert_eq!(format!("{:?}", RequestBody::Fields(&[("a".to_owned(), "secret".to_owned())])), "Fields(1)");
        assert_eq!(format!("{:?}", OutgoingBody::Whole(bytes())), "Whole(6 bytes)");
        assert_eq!(format!("{:?}", OutgoingBody::File { before: bytes(), after: Bytes::new() }), "File(6 + file + 0 bytes)");
        let spans = OutgoingBody::Spans { spans: vec![Span { before: bytes(), offset: 7, length: 5 }], after: bytes() };
        assert_eq!(format!("{spans:?}"), "Spans([6 bytes, 5 of the file from 7] + 6 bytes)");
        assert_eq!(format!("{:?}", ReplyBody::Whole(bytes())), "Whole(6 bytes)");
        assert_eq!(format!("{:?}", ReplyBody::File { offset: 7, length: 5 }), "File(5 bytes from 7)");
    }
}
