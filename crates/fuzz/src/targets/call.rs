//! The client's machine, whole: every operation against a server that answers anything in any pieces, too late, too much,
//! twice, or never, while time jumps. It never panics, calls nothing legal a misuse, opens one exchange at a time, takes no
//! more than its limits, shows no secret, and is over by its deadline.
//!
//! The first line is `nvx` or `e2` and the operation, the second has a decision a byte (see `drive::Run::decide`), the rest
//! are answers with a line `%%` between them, one for each exchange. When the decisions are used up, they come as they are.

mod decide;
mod drive;

use std::sync::OnceLock;

use larder_core::operation::{Names, Visit};
use larder_core::{Api, Kind, Operation};
use larder_proto_e2::E2;
use larder_proto_nvx::Nvx;
use larder_testkit::fixtures::{self, Direction};
use larder_testkit::memory::peak;
use larder_testkit::trees;
use serde_json::Value;

use self::drive::{Heard, Plan};
use crate::input::{self, label};
use crate::oracle::{CANARY, has_canary};

/// What each operation asks for.
type Starts<A> = Vec<(<A as Api>::Names, Value)>;

/// Tries one input.
pub fn run(data: &[u8]) {
    if has_canary(data) {
        return;
    }
    let (first, rest) = input::line(data);
    let (script, answers) = input::line(rest);
    let (flags, script) = script.split_first().map_or((0, script), |(flags, script)| (*flags, script));
    let whole = Plan { flags, script: b"", sizes: b"", answers };
    assert_eq!(made(first, Plan { sizes: script, ..whole }), made(first, whole), "other pieces");
    let (_, bytes) = peak(|| made(first, Plan { script, ..whole }));
    assert!(bytes <= MEMORY + 64 * data.len(), "{bytes} bytes for an input of {}", data.len());
}

/// Makes the call of a first line.
fn made(first: &[u8], plan: Plan<'_>) -> Option<Heard> {
    if first == b"nvx UploadFile" {
        drive::upload(plan)
    } else if let Some(name) = first.strip_prefix(b"e2 ") {
        static STARTS: OnceLock<Starts<E2>> = OnceLock::new();
        call::<E2>(STARTS.get_or_init(|| starts::<E2>("e2")), name, plan)
    } else {
        static STARTS: OnceLock<Starts<Nvx>> = OnceLock::new();
        let name = first.strip_prefix(b"nvx ").unwrap_or(first);
        call::<Nvx>(STARTS.get_or_init(|| starts::<Nvx>("nvx")), name, plan)
    }
}

/// Several times the limits of [`drive::LIMITS`], and what decoded answers take besides.
const MEMORY: usize = 512 << 10;

/// The fixtures' requests, with secrets where they have any.
fn starts<A: Api>(api: &str) -> Starts<A> {
    let mut starts = trees::requests::<A>(api);
    for (_, tree) in &mut starts {
        for secret in ["uploadToken", "appKey", "password", "oldPassword", "newPassword", "childAccountPassword"] {
            if let Some(value) = tree.get_mut(secret).filter(|_| api == "nvx") {
                *value = CANARY.into();
            }
        }
    }
    starts
}

fn call<A: Api>(starts: &Starts<A>, name: &[u8], plan: Plan<'_>) -> Option<Heard> {
    let (name, _) = input::operation::<A::Names>(name);
    let (_, tree) = starts.iter().find(|(of, _)| *of == name)?;
    name.visit(Start(tree, plan))
}

struct Start<'d>(&'d Value, Plan<'d>);

impl Visit for Start<'_> {
    type Output = Option<Heard>;

    fn visit<O: Operation>(self) -> Option<Heard> {
        drive::call(trees::read::<O>(self.0.clone()).ok()?, self.1)
    }
}

/// The answers of the fixtures, behind that of a login, with a few ways to go on.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = plain::<Nvx>("nvx");
    seeds.extend(plain::<E2>("e2"));
    for name in <Nvx as Api>::Names::ALL.iter().filter(|name| name.meta().kind != Kind::Unary) {
        for away in ["302 Found\r\nLocation: @HERE@x", "503 Busy\r\nRetry-After: 3", "206 Part\r\nContent-Range: bytes 0-4/9"] {
            let answer = format!("nvx {}\n\x01\x7f\x20\n{LOGIN}\n%%\nHTTP/1.1 {away}\r\n\r\nhello", label(*name));
            seeds.push(answer.into_bytes());
        }
    }
    for flags in ["\0", "\x01\x7f\x45", "\x02\x1f\x44\x63"] {
        seeds.push(format!("nvx UploadFile\n{flags}\n{LOGIN}\n%%\n{NODE}\n%%\n{UPLOADED}").into_bytes());
        seeds.push(format!("nvx UploadFile\n{flags}\n{NODE}\n%%\n{UPLOADED}").into_bytes());
    }
    seeds.sort();
    seeds.dedup();
    seeds
}

/// What a request for a storage node is answered with, and an upload to it.
const NODE: &str = "HTTP/1.1 200 OK\r\n\r\n<Response><ResponseCode>0</ResponseCode><GetStorageNode>\
    <UploadHost>node.test</UploadHost><UploadToken>22b16933</UploadToken></GetStorageNode></Response>";
const UPLOADED: &str = "HTTP/1.1 200 OK\r\n\r\n<Response><ResponseCode>0</ResponseCode><FilesUploaded>1</FilesUploaded>\
    <BytesUploaded>35</BytesUploaded></Response>";

/// What a login is answered with.
const LOGIN: &str = "HTTP/1.1 200 OK\r\n\r\n{\"ResponseCode\":0,\"SessionToken\":\"22b16933-2cd5-40ab-981e-dc9b6cfba06d\"}";

fn plain<A: Api>(api: &str) -> Vec<Vec<u8>> {
    let scripts: [&[u8]; 7] = [
        b"\0\x1f\x3f\x3f",
        b"\x02\x9f\x9f\x9f\x9f\x9f",
        b"",
        b"\x05\x04\x7f\x43",
        b"\x80\x3f\x5f\x1f\xa0",
        b"\x00\x01\x1f\x1f\x1f\xe9",
        b"\x60\x40\x1f\xc1\x1f",
    ];
    let all = fixtures::all().into_iter().filter(|fixture| fixture.direction == Direction::Response);
    let some = all.enumerate().filter(|(at, fixture)| !fixture.id.starts_with("faults/") || at % 20 == 0);
    let named = some.filter_map(|(at, fixture)| Some((at, trees::name_of::<A::Names>(api, &fixture)?, fixture)));
    let input = |(at, name, fixture): (usize, A::Names, fixtures::Fixture)| {
        let first = format!("{api} {}\n", label(name));
        let login = if api == "nvx" && at % 3 > 0 { [LOGIN, "\n%%\n"].concat() } else { String::new() };
        [first.as_bytes(), scripts[at % scripts.len()], b"\n", login.as_bytes(), &fixture.content].concat()
    };
    named.map(input).collect()
}
