//! Requests of the fixtures as their parameters, to be changed and sent again.
#![expect(clippy::unwrap_used, reason = "helpers of tests, which have no one to hand an error to")]

use std::collections::BTreeSet;

use bytes::Bytes;
use http::{HeaderValue, Request, header};
use larder_core::multipart::{Boundary, Writer};
use larder_core::operation::{Inspect, Names, Requests, Visit};
use larder_core::{Auth, Kind, Operation};
use larder_proto_nvx::codec::form;
use larder_proto_nvx::{Code, Fault, Name, Nvx};
use larder_testkit::fixtures::{self, Direction};
use larder_testkit::wire;

/// A request that was understood: its parameters as our client spells them, the session's token among them.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) name: Name,
    pub(super) pairs: Vec<(String, String)>,
}

/// What a server that can do nothing says of a request that it understands.
const UNDERSTOOD: Code = Code::UnsupportedOperation;

struct Parameters;

impl Inspect for Parameters {
    type Output = Vec<(String, String)>;

    fn inspect<O: Operation>(self, request: &O) -> Self::Output {
        let token = (O::META.token_name.unwrap_or("sessionToken"), "22b16933-2cd5-40ab-981e-dc9b6cfba06d");
        let token = (O::META.auth != Auth::Own).then(|| (token.0.to_owned(), token.1.to_owned()));
        let pairs = form::to_pairs(request).unwrap();
        token.into_iter().chain(pairs.into_iter().map(|(name, value)| (name.into_owned(), value))).collect()
    }
}

/// The parameters that an operation's own type knows.
struct Known;

impl Visit for Known {
    type Output = Vec<&'static str>;

    fn visit<O: Operation>(self) -> Self::Output {
        form::names::<O>()
    }
}

/// Every request of the fixtures that is understood.
pub(super) fn calls() -> Vec<Call> {
    let all = fixtures::of("nvx", Direction::Request).into_iter().filter_map(|fixture| {
        let request = wire::understand::<Nvx>(fixture.request().unwrap()).unwrap().request?;
        let name = Name::ALL.iter().copied().find(|name| fixture.operation == format!("nvx:{}", name.meta()))?;
        Some(Call { name, pairs: request.inspect(Parameters) })
    });
    all.collect()
}

impl Call {
    /// The call with `value` for a parameter, which it may have had or not.
    pub(super) fn with(&self, parameter: &str, value: &str) -> Self {
        let mut call = self.without(parameter);
        call.pairs.push((parameter.to_owned(), value.to_owned()));
        call
    }

    /// The call without a parameter.
    pub(super) fn without(&self, parameter: &str) -> Self {
        let mut call = self.clone();
        call.pairs.retain(|(name, _)| name != parameter);
        call
    }

    /// The names of its parameters, and of those that it could have.
    pub(super) fn parameters(&self) -> BTreeSet<&str> {
        // Other spellings of Address1 and Address2 cannot stand beside those.
        let known = self.name.visit(Known).into_iter().filter(|name| !name.starts_with("AddressLine"));
        known.chain(self.pairs.iter().map(|(name, _)| name.as_str())).collect()
    }

    /// The fault that the call is refused with before anyone is asked; none also for a URL that is too long to be one.
    pub(super) fn refusal(&self) -> Option<Fault> {
        let request = match self.name.meta().kind {
            Kind::Unary => self.unary(),
            Kind::Upload => self.upload(),
            Kind::Download => self.download()?,
        };
        let seen = wire::understand::<Nvx>(request).unwrap();
        assert!(seen.fault.as_ref().is_none_or(|fault| fault.code != UNDERSTOOD), "{self:?} goes nowhere");
        seen.fault
    }

    fn unary(&self) -> Request<Bytes> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.pairs).finish();
        let head = Request::post(format!("/ws/{}.ashx", self.name.meta()));
        head.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(body.into()).unwrap()
    }

    /// Names that begin with `$` are of the file's part, which is no parameter.
    fn upload(&self) -> Request<Bytes> {
        let writer = Writer::new(Boundary::from_seed(1, 2));
        let fields = self.pairs.iter().filter(|(name, _)| !name.starts_with('$'));
        let mut body: Vec<u8> = fields.flat_map(|(name, value)| writer.field(name, value).to_vec()).collect();
        body.extend_from_slice(&writer.file("uploadFile1", "a.txt", "text/plain", None).unwrap());
        body.extend_from_slice(&writer.file_end());
        body.extend_from_slice(&writer.finish());
        let head = Request::post(format!("/{}.ashx", self.name.meta().name));
        head.header(header::CONTENT_TYPE, writer.content_type()).body(body.into()).unwrap()
    }

    /// The path in the URL, its conditions in headers as far as these can hold them.
    fn download(&self) -> Option<Request<Bytes>> {
        const HEADERS: [(&str, header::HeaderName); 4] = [
            ("$range", header::RANGE),
            ("$ifNoneMatch", header::IF_NONE_MATCH),
            ("$ifModifiedSince", header::IF_MODIFIED_SINCE),
            ("$ifRange", header::IF_RANGE),
        ];
        let value = |name: &str| self.pairs.iter().find(|(pair, _)| pair == name).map(|(_, value)| value.as_str());
        let path: String = form_urlencoded::byte_serialize(value("$path").unwrap_or_default().as_bytes()).collect();
        let path = path.replace('+', "%20").replace("%2F", "/");
        let query = self.pairs.iter().filter(|(name, _)| !name.starts_with('$'));
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let mut head = Request::get(format!("/{}?{query}", path.trim_start_matches('/')));
        for (name, header) in HEADERS {
            if let Some(value) = value(name).and_then(|value| HeaderValue::from_str(value).ok()) {
                head = head.header(header, value);
            }
        }
        head.body(Bytes::new()).ok()
    }
}

#[test]
fn calls_are_understood_as_the_fixtures_are() {
    let calls = calls();
    for name in Name::ALL {
        assert!(calls.iter().any(|call| call.name == *name), "no request of {}", name.meta());
    }
    for call in calls {
        assert_eq!(call.refusal(), None, "{call:?}");
    }
}
