//! Requests of every operation of Nirvanix Web Services, as the server's codec reads them. What is understood is sent by our
//! client as something that a server understands as the same; what is secret is not shown by anything that can be printed.
//!
//! The first line is the operation, the rest the form. For a download it is the URL, and a header a line.

use http::request::{Builder, Parts};
use http::{Request, header};
use larder_core::operation::{Names, Requests};
use larder_core::wire::{Incoming, Refused, RequestBody};
use larder_core::{Api, Kind};
use larder_proto_nvx::codec::form;
use larder_proto_nvx::{Name, Nvx, Style};
use larder_testkit::fixtures::{self, Direction};
use larder_testkit::trees::{self, Tree};

use crate::input::{self, label};
use crate::oracle::{CANARY, has_canary, hides};

/// Parameters that nobody may see.
pub(super) const SECRET: [&str; 7] =
    ["sessionToken", "uploadToken", "appKey", "password", "oldPassword", "newPassword", "childAccountPassword"];

/// Tries one input.
pub fn run(data: &[u8]) {
    let (name, text) = input::operation::<Name>(data);
    let Ok(text) = core::str::from_utf8(text) else { return };
    if let Some(Ok(incoming)) = open(name, text)
        && let Err(wrong) = trees::arrives::<Nvx>(name, &incoming.request, &Style::XML)
    {
        panic!("{}: {wrong}", name.meta());
    }
    if !has_canary(data) {
        secrets(name, text);
    }
}

fn open(name: Name, text: &str) -> Option<Result<Incoming<Nvx>, Refused<Nvx>>> {
    let post = || Request::post("/").body(()).ok().map(|request| request.into_parts().0);
    Some(match name.meta().kind {
        Kind::Unary => Nvx::open(name, &Style::XML, &post()?, RequestBody::Whole(text.as_bytes())),
        Kind::Upload => {
            let pairs = form::parse(text, 100).ok()?;
            Nvx::open(name, &Style::XML, &post()?, RequestBody::Fields(&pairs))
        }
        Kind::Download => Nvx::open(name, &Style::XML, &get(text)?, RequestBody::Whole(&[])),
    })
}

/// A URL, and a header a line.
fn get(text: &str) -> Option<Parts> {
    let mut lines = text.lines();
    let url = lines.next().filter(|url| url.starts_with('/'))?;
    let headers = lines.filter_map(|line| line.split_once(": "));
    let head = headers.fold(Request::get(url), |head: Builder, (name, value)| head.header(name, value));
    head.body(()).ok().map(|request| request.into_parts().0)
}

/// The same request with secrets in it: whoever prints it, or why it was refused, shows none.
fn secrets(name: Name, text: &str) {
    let secret: String = SECRET.iter().map(|parameter| format!("{parameter}={CANARY}&")).collect();
    let text = match name.meta().kind {
        Kind::Unary | Kind::Upload => format!("{secret}{text}"),
        // As a segment of its own it is a token; otherwise it would be a part of a name.
        Kind::Download if text.starts_with(['/', '?', '\n']) => format!("/{CANARY}{text}"),
        Kind::Download => return,
    };
    match open(name, &text) {
        Some(Ok(incoming)) => hides(&format!("{:?} {:?}", incoming.credential, incoming.request)),
        Some(Err(refused)) => hides(&format!("{refused:?} {}", refused.fault)),
        None => {}
    }
}

/// The requests of the fixtures.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for fixture in fixtures::of("nvx", Direction::Request) {
        let (Some(name), Ok(request)) = (trees::name_of::<Name>("nvx", &fixture), fixture.request()) else { continue };
        if request.uri().path().ends_with(".asmx") {
            continue;
        }
        let query = request.uri().query().unwrap_or_default();
        let text = match name.meta().kind {
            Kind::Unary if request.body().is_empty() => query.as_bytes().to_vec(),
            Kind::Unary => [query.as_bytes(), b"&", request.body()].concat(),
            Kind::Upload => continue,
            Kind::Download => url(&request).into_bytes(),
        };
        seeds.push([label(name).as_bytes(), b"\n", &text].concat());
    }
    for (name, tree) in trees::requests::<Nvx>("nvx") {
        let Ok(request) = name.decode(trees::Planted(tree)) else { continue };
        let pairs = request.inspect(Tree);
        let mut text = form_urlencoded::Serializer::new(String::new());
        for (field, value) in pairs.as_object().into_iter().flatten() {
            let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
            for value in values.iter().filter(|value| !value.is_null()) {
                text.append_pair(field, &value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            }
        }
        if name.meta().kind != Kind::Download {
            seeds.push([label(name).as_bytes(), b"\n", text.finish().as_bytes()].concat());
        }
    }
    seeds.sort();
    seeds.dedup();
    seeds
}

fn url<T>(request: &Request<T>) -> String {
    let mut text = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    for name in [header::RANGE, header::IF_NONE_MATCH, header::IF_MODIFIED_SINCE, header::IF_RANGE] {
        if let Some(value) = request.headers().get(&name).and_then(|value| value.to_str().ok()) {
            text.push_str(&format!("\n{name}: {value}"));
        }
    }
    text
}
