//! What a request may cost a server: [`Limits`], and what each API counts by itself.

use larder_core::wire::RequestHead;
use larder_core::{Duty, Exchange, Limits, Machine, Serving, Time, Told};
use larder_proto_nvx::codec::xml_read::XmlLimits;
use larder_proto_nvx::transfer::Downloaded;
use larder_proto_nvx::{Answer, Nvx, codec};

use super::{UNDERSTOOD, e2, enveloped, field, file, filled, form, nvx, query, rights, soap, upload, user};

const TOO_LARGE: u32 = 10001;
const INVALID: u32 = 101;

fn defaults() -> Limits {
    Limits::default()
}

/// What a request to create a folder needs, as elements.
const LEAST: &str = "<sessionToken>t</sessionToken><folderPath>a</folderPath>";
const PAIRS: &str = "sessionToken=t&folderPath=a&other=";

/// Bytes of a request body.
#[test]
fn request() {
    let most = defaults().request;
    assert_eq!(nvx(form(filled(PAIRS.to_owned(), most)), defaults()), UNDERSTOOD);
    assert_eq!(nvx(form(filled(PAIRS.to_owned(), most + 1)), defaults()), TOO_LARGE);

    let envelope = |length: usize| filled(enveloped(LEAST) + "<!--", length - 3) + "-->";
    assert_eq!(nvx(soap(envelope(most)), defaults()), UNDERSTOOD);
    assert_eq!(nvx(soap(envelope(most + 1)), defaults()), TOO_LARGE);

    let json = |length: usize| filled(r#"{"email":"a","other":""#.to_owned(), length - 2) + "\"}";
    assert_eq!(e2(user(json(most)), defaults()), "501");
    assert_eq!(e2(user(json(most + 1)), defaults()), "400 body is too large");
    assert_eq!(e2(user(filled("email=a&other=".to_owned(), most)), defaults()), "501");
    assert_eq!(e2(user(filled("email=a&other=".to_owned(), most + 1)), defaults()), "400 body is too large");
}

/// A length that is declared is refused before a byte is read; one that is none is not believed.
#[test]
fn request_as_declared() {
    let declared = |length: &str| {
        let mut request = form(PAIRS);
        request.headers_mut().insert("content-length", length.parse().unwrap());
        nvx(request, defaults())
    };
    let most = defaults().request as u64;
    assert_eq!(declared(&most.to_string()), UNDERSTOOD);
    for over in [most + 1, u64::MAX] {
        assert_eq!(declared(&over.to_string()), TOO_LARGE, "{over}");
    }
    for none in ["18446744073709551616", "-1", "nonsense"] {
        assert_eq!(declared(none), UNDERSTOOD, "{none}: what comes is counted");
    }
}

/// Bytes of all text fields of an upload together.
#[test]
fn request_as_text_fields() {
    let most = defaults().request;
    let spent = "right".len() + "/in".len();
    let body = |length: usize| rights() + &field("callbackURL", &filled("http://h/?".to_owned(), length - spent)) + &file();
    let small = Limits { request: 1_000, ..defaults() };
    assert_eq!(nvx(upload(body(1_000)), small), UNDERSTOOD);
    assert_eq!(nvx(upload(body(1_001)), small), TOO_LARGE);
    // By default, fields of a megabyte are read, and too long for anything.
    assert_eq!(nvx(upload(body(most)), defaults()), INVALID);
    assert_eq!(nvx(upload(body(most + 1)), defaults()), TOO_LARGE);
}

/// Text fields of an upload.
#[test]
fn fields() {
    let body = |count: usize| rights() + &field("callbackURL", "").repeat(count - 2) + &file();
    let few = Limits { fields: 5, ..defaults() };
    assert_eq!(nvx(upload(body(5)), few), UNDERSTOOD);
    assert_eq!(nvx(upload(body(6)), few), TOO_LARGE);
    // By default there may be as many parts, and the file is one of them.
    let most = defaults().fields;
    assert_eq!(nvx(upload(body(most - 1)), defaults()), UNDERSTOOD);
    assert_eq!(nvx(upload(body(most)), defaults()), INVALID);
}

/// Bytes of an upload.
#[test]
fn upload_bytes() {
    let body = rights() + &file();
    let limits = |upload: usize| Limits { upload: upload as u64, ..defaults() };
    assert_eq!(nvx(upload(body.clone()), limits(body.len())), UNDERSTOOD);
    assert_eq!(nvx(upload(body.clone()), limits(body.len() - 1)), TOO_LARGE);
    let declared = |length: u64| {
        let mut request = upload(body.clone());
        request.headers_mut().insert("content-length", length.into());
        nvx(request, defaults())
    };
    assert_eq!(declared(defaults().upload), UNDERSTOOD);
    assert_eq!(declared(defaults().upload + 1), TOO_LARGE);
}

/// Pairs of a form, of a URL, of both, and of a URL and an upload's fields.
#[test]
fn pairs() {
    let most = codec::form::MAX_PAIRS;
    let pairs = |count: usize| format!("sessionToken=t&folderPath=a{}", "&x".repeat(count - 2));
    assert_eq!(nvx(form(pairs(most)), defaults()), UNDERSTOOD);
    assert_eq!(nvx(form(pairs(most + 1)), defaults()), INVALID);
    assert_eq!(nvx(query(&pairs(most)), defaults()), UNDERSTOOD);
    assert_eq!(nvx(query(&pairs(most + 1)), defaults()), INVALID);
    // An array, the same indented, each with its type, and the element repeated.
    let array = |item: &str, count: usize| {
        let items = item.repeat(count - 1);
        nvx(soap(enveloped(&format!("<sessionToken>t</sessionToken><folderPath>{items}</folderPath>"))), defaults())
    };
    for item in ["<string>a</string>", "\r\n <string>a</string>", "<string type='s:string'>a</string>"] {
        assert_eq!(array(item, most), UNDERSTOOD, "{item}");
        assert_eq!(array(item, most + 1), INVALID, "{item}");
    }
    let repeated = |count: usize| "<sessionToken>t</sessionToken>".to_owned() + &"<folderPath>a</folderPath>".repeat(count - 1);
    assert_eq!(nvx(soap(enveloped(&repeated(most))), defaults()), UNDERSTOOD);
    assert_eq!(nvx(soap(enveloped(&repeated(most + 1))), defaults()), INVALID);
    let both = |url: usize, body: usize| {
        let mut request = form("x&".repeat(body));
        *request.uri_mut() = query(&pairs(url)).uri().clone();
        nvx(request, defaults())
    };
    assert_eq!(both(4_000, most - 4_000), UNDERSTOOD);
    assert_eq!(both(4_000, most - 3_999), INVALID);
    let uploaded = |url: usize, fields: usize| {
        let mut request = upload(rights() + &field("callbackURL", "").repeat(fields - 2) + &file());
        *request.uri_mut() = format!("/Upload.ashx?{}", "x&".repeat(url)).parse().unwrap();
        nvx(request, defaults())
    };
    assert_eq!(uploaded(4_000, most - 4_000), UNDERSTOOD);
    assert_eq!(uploaded(4_000, most - 3_999), INVALID);
}

/// Elements, texts and comments of an envelope, and the root of all; and what looks like them, or like attributes.
#[test]
fn xml_nodes_and_signs() {
    let ask = |inside: String| nvx(soap(enveloped(&(LEAST.to_owned() + &inside))), defaults());
    let most = XmlLimits::REQUEST;
    // The document, three elements around, two parameters with their texts, and two unknown elements.
    let nodes = |count: usize| {
        let count = count - 10;
        ask(format!("<x><y>{}{}</y></x>", "a<b/>".repeat(count / 2), if count.is_multiple_of(2) { "" } else { "a" }))
    };
    assert_eq!(nodes(most.nodes as usize), UNDERSTOOD);
    assert_eq!(nodes(most.nodes as usize + 1), INVALID);
    for (open, sign, close) in [("<![CDATA[", "<", "]]>"), ("<x>", "=", "</x>")] {
        let around = enveloped(&[LEAST, open, close].concat()).matches(['<', '=']).count();
        let signs = |count: usize| ask([open, &sign.repeat(count - around), close].concat());
        assert_eq!(signs(most.signs), UNDERSTOOD, "{sign}");
        assert_eq!(signs(most.signs + 1), INVALID, "{sign}");
    }
}

/// Attributes of one element, declarations of namespaces among them; and declarations of a whole envelope.
#[test]
fn xml_attributes() {
    let ask = |inside: String| nvx(soap(enveloped(&(LEAST.to_owned() + &inside))), defaults());
    let most = XmlLimits::REQUEST.attributes;
    let crowd = |name: &str, count: usize| (0..count).map(|at| format!(" {name}{at}='u'")).collect::<String>();
    // Two namespaces are declared around.
    for (name, around) in [("a", 0), ("xmlns:n", 2)] {
        assert_eq!(ask(format!("<x{}/>", crowd(name, most - around))), UNDERSTOOD, "{name}");
        assert_eq!(ask(format!("<x{}/>", crowd(name, most - around + 1))), INVALID, "{name}");
    }
    let spread = |count: usize| ask((0..count).map(|at| format!("<x xmlns:n{at}='u'/>")).collect());
    assert_eq!(spread(most - 2), UNDERSTOOD);
    assert_eq!(spread(most - 1), INVALID);
}

/// Elements within each other: nothing recurses into them.
#[test]
fn xml_depth() {
    let nested = |levels: usize| format!("{}{}", "<a>".repeat(levels), "</a>".repeat(levels));
    for (around, after) in [("<x>", "</x>"), ("<folderPath><string>b", "</string></folderPath>")] {
        for levels in [1, 32, 33, 15_000] {
            let body = enveloped(&format!("{LEAST}{around}{}{after}", nested(levels)));
            assert_eq!(nvx(soap(body), defaults()), UNDERSTOOD, "{around} {levels}");
        }
    }
}

/// Values of a reseller's request: those of JSON, and keys of a form.
#[test]
fn values() {
    let most = larder_proto_e2::REQUEST_VALUES;
    let json = |count: usize| format!(r#"{{"email":"a","x":[0{}]}}"#, ",0".repeat(count - 3));
    assert_eq!(e2(user(json(most)), defaults()), "501");
    assert_eq!(e2(user(json(most + 1)), defaults()), "400 has too many values");
    let keys = |count: usize| format!("email=a{}", "&x".repeat(count - 1));
    assert_eq!(e2(user(keys(most)), defaults()), "501");
    assert_eq!(e2(user(keys(most + 1)), defaults()), "400 has too many values");
}

/// Lists and objects within each other in a reseller's request.
#[test]
fn depth() {
    let nested = |levels: usize| format!(r#"{{"email":"a","x":{}{}}}"#, "[".repeat(levels - 1), "]".repeat(levels - 1));
    assert_eq!(e2(user(nested(127)), defaults()), "501");
    assert_eq!(e2(user(nested(128)), defaults()), "400 is malformed");
    let objects = format!(r#"{{"email":"a","x":{}0{}}}"#, r#"{"x":"#.repeat(50_000), "}".repeat(50_000));
    assert_eq!(e2(user(objects), defaults()), "400 has too many values");
}

/// No more of a file is asked for at once.
#[test]
fn feed() {
    let asked = |feed: usize, length: u64| {
        let head = http::Request::get("/App/user/a").body(()).unwrap();
        let serving = Serving { limits: Limits { feed, ..defaults() }, ..Serving::default() };
        let mut exchange = Exchange::<Nvx>::new(RequestHead(head), serving);
        loop {
            match exchange.poll(Time::ZERO, &mut ()) {
                Duty::Identify(_) => exchange.handle(Told::Identified).unwrap(),
                Duty::Wait { on, .. } if on.peer => exchange.handle(Told::End).unwrap(),
                Duty::Wait { .. } => {
                    let file = Downloaded { length: Some(length), total: Some(length), ..Downloaded::default() };
                    exchange.handle(Told::Reply(Ok(Answer::TransferDownload(file)))).unwrap();
                }
                Duty::Feed { max, .. } => return max,
                Duty::Serve(_) | Duty::Open { .. } | Duty::Write(_) | Duty::Finish | Duty::Abort | Duty::Done(_) => {}
                Duty::File(_) | Duty::Chunk(_) | Duty::FileEnd | Duty::FilesEnd => {}
            }
        }
    };
    assert_eq!((asked(100, 99), asked(100, 100), asked(100, 101)), (99, 100, 100));
    assert_eq!(asked(defaults().feed, 1 << 40), 256 << 10);
}

/// Values between bars, beside those of repeated parameters.
#[test]
fn paths_between_bars() {
    let most = 10_000;
    let bars = |count: usize| format!("sessionToken=t&folderPath={}a", "a|".repeat(count - 1));
    assert_eq!(nvx(form(bars(most)), defaults()), UNDERSTOOD);
    assert_eq!(nvx(form(bars(most + 1)), defaults()), INVALID);
    assert_eq!(nvx(form(bars(most - 1) + "&folderPath=b"), defaults()), UNDERSTOOD);
    assert_eq!(nvx(form(bars(most) + "&folderPath=b"), defaults()), INVALID);
}
