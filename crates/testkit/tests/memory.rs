//! How much memory one hostile request takes at most, from its first byte until it is understood or refused: bytes asked of
//! the allocator are counted, those of the pieces in which the body comes and of the refusal among them.
#![expect(clippy::unwrap_used, reason = "helpers of tests, which have no one to hand an error to")]

use bytes::Bytes;
use http::Request;
use larder_core::wire::RequestHead;
use larder_core::{Api, Duty, Exchange, Machine, Serving, Time, Told};
use larder_proto_e2::E2;
use larder_proto_nvx::Nvx;
use larder_testkit::memory::{Counting, peak};

#[global_allocator]
static COUNTING: Counting = Counting;

/// What `Limits::request` states.
const MOST: usize = 6 << 20;
/// The pieces in which a body comes.
const PIECE: usize = 64 << 10;

/// Feeds a request to a server's machine until it is understood or refused, and gives what it said and what that took.
fn cost<A: Api>(head: &http::request::Builder, body: impl Iterator<Item = Vec<u8>>) -> (String, usize) {
    let mut head = Some(RequestHead(Request::from_parts(parts(head), ())));
    let mut body = body;
    peak(|| {
        let mut exchange = Exchange::<A>::new(head.take().unwrap(), Serving::default());
        loop {
            match exchange.poll(Time::ZERO, &mut ()) {
                Duty::Identify(_) => exchange.handle(Told::Identified).unwrap(),
                Duty::Serve(request) => {
                    drop(request);
                    return "understood".to_owned();
                }
                Duty::Wait { on, .. } if on.peer => {
                    let next = body.next();
                    exchange.handle(next.map_or(Told::End, |piece| Told::Data(Bytes::from(piece)))).unwrap();
                }
                Duty::Write(_) => exchange.handle(Told::Wrote).unwrap(),
                Duty::Done(outcome) => return format!("{:.60}", outcome.fault.unwrap().to_string()),
                Duty::Wait { .. } | Duty::File(_) | Duty::Chunk(_) | Duty::FileEnd | Duty::FilesEnd => {}
                Duty::Open { .. } | Duty::Feed { .. } | Duty::Finish | Duty::Abort => {}
            }
        }
    })
}

fn parts(head: &http::request::Builder) -> http::request::Parts {
    let mut request = Request::builder().method(head.method_ref().unwrap()).uri(head.uri_ref().unwrap());
    for (name, value) in head.headers_ref().unwrap() {
        request = request.header(name, value);
    }
    request.body(()).unwrap().into_parts().0
}

/// A text in pieces, each made when it is asked for.
fn pieces(text: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    text.chunks(PIECE).map(<[u8]>::to_vec)
}

/// Holds that a request ends like this, in no more than is stated.
#[track_caller]
fn holds<A: Api>(head: &http::request::Builder, body: &str, ends: &str) {
    is_held::<A>(head, body.as_bytes(), &format!("{body:.60}"), ends);
}

/// As [`holds`], with a name for the body.
#[track_caller]
fn is_held<A: Api>(head: &http::request::Builder, body: &[u8], name: &str, ends: &str) {
    let (said, bytes) = cost::<A>(head, pieces(body));
    println!("{:7} KiB {said}: {name}", bytes >> 10);
    assert!(said.starts_with(ends), "{said}: {name}");
    assert!(bytes <= MOST, "{bytes}: {name}");
}

/// One test, because all threads count together.
#[test]
fn reading_a_request_stays_within_its_bound() {
    forms();
    envelopes();
    uploads();
    resellers();
}

/// So many characters of a body that is as long as it may be, besides its first parameters.
const ROOM: usize = (1 << 20) - 100;

fn forms() {
    let folders = Request::post("/ws/IMFS/CreateFolders.ashx");
    let create = |rest: &str, ends: &str| holds::<Nvx>(&folders, &format!("sessionToken=t{rest}"), ends);
    create(&"x".repeat(ROOM), "100 ");
    create(&"&x".repeat(9_999), "100 ");
    create(&"&".repeat(ROOM), "100 ");
    create(&"&folderPath=a".repeat(9_999), "understood");
    create(&format!("&folderPath={}", "a".repeat(90)).repeat(9_999), "understood");
    create(&format!("&folderPath={}a", "a|".repeat(9_999)), "understood");
    create(&format!("&folderPath={}a", "a|".repeat(ROOM / 2)), "101 ");
    create(&format!("&folderPath={}a", "%61%7C".repeat(ROOM / 6)), "101 ");
    create(&format!("&folderPath={}", "%61".repeat(ROOM / 3)), "70010 ");
    create(&format!("&folderPath={}", "%FF".repeat(ROOM / 3)), "101 ");
    create(&format!("&x={}", "x".repeat(4 * ROOM)), "10001 ");
    let tags = Request::post("/ws/Metadata/SetTags.ashx");
    holds::<Nvx>(&tags, &format!("sessionToken=t&path=a{}", "&tag=a".repeat(9_990)), "understood");
    let metadata = Request::post("/ws/Metadata/SetMetadata.ashx");
    let items = format!("&metadata=Title:{}", "b".repeat(85)).repeat(9_990);
    holds::<Nvx>(&metadata, &format!("sessionToken=t&path=a{items}"), "understood");
    let append = Request::post("/ws/Transfer/AppendFile.ashx");
    holds::<Nvx>(
        &append,
        &format!("sessionToken=t&uploadToken=t&path=a&endOfFile=false&fileData={}", "AAAA".repeat(ROOM / 4 - 20)),
        "understood",
    );
    let url = Request::get(format!("/ws/IMFS/CreateFolders.ashx?sessionToken=t{}", "&folderPath=a".repeat(5_000)));
    holds::<Nvx>(&url, "", "understood");
}

/// An envelope for CreateFolders with this behind its token, and then as much of a filling as may be.
fn envelope(inside: &str, unit: &str, most: usize) -> String {
    let envelope = "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body>\
                    <CreateFolders xmlns='http://services.nirvanix.com/ws/IMFS'><sessionToken>t</sessionToken>@\
                    </CreateFolders></s:Body></s:Envelope>";
    let room = most - envelope.len() - inside.len();
    envelope.replace('@', &inside.replace('@', &unit.repeat(room / unit.len())))
}

fn envelopes() {
    let page = |charset: &str| {
        let head = Request::post("/ws/IMFS.asmx").header("content-type", format!("text/xml; charset={charset}"));
        head.header("soapaction", "\"http://services.nirvanix.com/ws/IMFS/CreateFolders\"")
    };
    let utf16 = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let latin = |text: &str| -> Vec<u8> { text.chars().map(|char| u8::try_from(char).unwrap()).collect() };
    let each = |inside: &str, unit: &str, ends: &str| {
        let name = format!("{inside:.60} {unit:.30}");
        is_held::<Nvx>(&page("utf-8"), envelope(inside, unit, ROOM).as_bytes(), &name, ends);
        is_held::<Nvx>(&page("utf-16le"), &utf16(&envelope(inside, unit, ROOM / 2)), &format!("UTF-16 {name}"), ends);
        is_held::<Nvx>(&page("iso-8859-1"), &latin(&envelope(inside, unit, ROOM)), &format!("ISO 8859-1 {name}"), ends);
    };
    for (inside, unit) in [
        ("@", "<z/>"),
        ("<z>@</z>", "<a/>"),
        ("<z><x>@</x></z>", "=<a/>"),
        ("<z>@</z>", "=<a/>"),
        ("<z><x>@</x></z>", "<a b=''/>"),
        ("<z><x>@</x></z>", "<!---->a"),
        ("<z><x>@", "<a>"),
        ("<z>@</z>", "="),
    ] {
        each(inside, unit, "101 ");
    }
    for (inside, unit) in
        [("<z>@</z>", "&#65;"), ("<z>@</z>", "\r"), ("<z>@</z>", "<![CDATA[aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]]>")]
    {
        each(inside, unit, "100 ");
    }
    // As many signs, nodes and values as may be, each with as much text as there is room for.
    let paths = |text: &str, count: usize| format!("<folderPath>{}</folderPath>", format!("<a>{text}</a>").repeat(count));
    let others = |count: usize| format!("<z><x>{}</x></z>", "<b/>".repeat(count));
    each(&(paths(&"b".repeat(40), 9_990) + "@"), " ", "understood");
    each(&(paths(&"b".repeat(40), 10_001) + "@"), " ", "101 ");
    each(&(paths("b", 9_990) + &others(10_980) + "@"), " ", "understood");
    each(&(paths("b", 9_990) + &others(11_010) + "@"), " ", "101 ");
    for unit in ["&#65;<a/>", "<a b='&#65;'/>"] {
        each(&format!("<z><x>{}</x></z>@", unit.repeat(15_000)), " ", "100 ");
    }
    each(&format!("<z>{}</z>@", "&#65;<a/>".repeat(9_000)), " ", "100 ");
    // What is longer in UTF-8 than it came.
    let crowd = format!("<z><x>{}</x>@</z>", "&#65;<a/>".repeat(15_000));
    for (inside, ends) in [(paths("b", 9_990) + "<z>@</z>", "understood"), (crowd, "100 ")] {
        let wide = |unit: &str, most: usize| utf16(&envelope(&inside, unit, most));
        is_held::<Nvx>(&page("utf-16le"), &wide("\u{e9}", ROOM / 2), "UTF-16, two bytes of each two", ends);
        is_held::<Nvx>(&page("utf-16le"), &wide("\u{FB01}", ROOM), "UTF-16, three bytes of each two", ends);
        let latin = |unit: &str, most: usize| latin(&envelope(&inside, unit, most));
        is_held::<Nvx>(&page("iso-8859-1"), &latin("\u{e9}", ROOM), "ISO 8859-1, full", ends);
        is_held::<Nvx>(&page("iso-8859-1"), &latin("\u{e9}", ROOM / 2 * 3), "ISO 8859-1, two bytes of each", "101 ");
    }
}

fn uploads() {
    let upload = Request::post("/Upload.ashx").header("content-type", "multipart/form-data; boundary=b");
    let part = |head: &str, content: &str| format!("--b\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n");
    let rights = part("name=uploadToken", "t") + &part("name=destFolderPath", "/in");
    let send = |parts: String, ends: &str| {
        holds::<Nvx>(&upload, &format!("{rights}{parts}--b\r\nContent-Disposition: form-data; name=f; filename=a\r\n\r\n"), ends);
    };
    let call = |length: usize| part("name=callbackURL", &"a".repeat(length));
    send(call(0).repeat(9_990), "understood");
    send(call(100).repeat(9_990), "101 ");
    send(call(ROOM), "101 ");
    send(call(4 * ROOM), "10001 ");
    send(part(&format!("name=callbackURL{}", " ".repeat(16_000)), "").repeat(2_000), "understood");
    send(part(&format!("name=callbackURL\r\n{}x: y", "x: y\r\n".repeat(29)), "").repeat(9_000), "understood");
    send(part(&format!("name=callbackURL\r\nx: {}", "x".repeat(4 * ROOM)), ""), "101 ");
    send("--b".repeat(ROOM), "101 ");
}

fn resellers() {
    let keys = Request::post("/api/reseller/v1/create_access_key").header("token", "k");
    let create = |body: &str, ends: &str| holds::<E2>(&keys, body, ends);
    let key = r#""email":"a","storage_dn":"b","name":"c","permissions":2"#;
    create(&format!(r#"{{{key},"buckets":["a"{}]}}"#, r#","a""#.repeat(900)), "understood");
    create(&format!(r#"{{{key},"x":"{}"}}"#, "x".repeat(ROOM)), "understood");
    create(&format!(r#"{{{key},"x":"{}"}}"#, "\\n".repeat(ROOM / 2)), "understood");
    create(&format!(r#"{{{key},"{}":0}}"#, "\\n".repeat(ROOM / 2)), "understood");
    create(&format!(r#"{{{key}{}}}"#, format!(r#","{}":{{}}"#, "x".repeat(2_000)).repeat(490)), "understood");
    create(&format!(r#"{{"email":[{}"#, "[".repeat(ROOM)), "400 ");
    create(&format!(r#"{{"email":[{}"#, "0,".repeat(ROOM / 2)), "400 ");
    create(&format!(r#"{{"email":"{}"#, "x".repeat(4 * ROOM)), "400 ");
    let form = "email=a&storage_dn=b&name=c&permissions=2";
    create(&format!("{form}{}", "&buckets=a".repeat(900)), "understood");
    create(&format!("{form}{}", format!("&x={}", "%61".repeat(340)).repeat(990)), "understood");
    create(&format!("{form}&x={}", "%61".repeat(ROOM / 3)), "understood");
    create(&format!("{form}{}", "&".repeat(ROOM)), "400 ");
    let deep = format!(r#"{{{key},"x":{}}}"#, r#"{"x":"#.repeat(120) + "0" + &"}".repeat(120));
    create(&deep, "understood");
}
