//! Envelopes that no honest peer sends: requests to a server, answers to our client, of both versions (N168).

use bytes::Bytes;
use http::Request;
use larder_core::{Limits, Operation, PeerFlaw, Rule};
use larder_proto_nvx::codec::soap;
use larder_proto_nvx::codec::xml_read::XmlLimits;
use larder_proto_nvx::imfs::ListFolder;
use larder_proto_nvx::{Code, Style};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::client::{listed, ok, said};
use super::{UNDERSTOOD, nvx};

const MISSING: u32 = 100;
const INVALID: u32 = 101;
const PATH_CHARACTER: u32 = 70102;
const MALFORMED: &str = "Malformed";

const NAMESPACES: [&str; 2] = ["http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"];
const STYLES: [Style; 2] = [Style::SOAP_1_1, Style::SOAP_1_2];

fn envelope(version: usize, inside: &str) -> String {
    format!("<s:Envelope xmlns:s='{}'><s:Body>{inside}</s:Body></s:Envelope>", NAMESPACES[version])
}

/// What a server says to a message of each version.
fn asked(message: impl Fn(usize) -> Vec<u8>) -> u32 {
    let action = "http://services.nirvanix.com/ws/IMFS/CreateFolders";
    let [first, second] = [0, 1].map(|version| {
        let head = Request::post("/ws/IMFS.asmx");
        let head = match version {
            0 => head.header("content-type", "text/xml").header("soapaction", format!("\"{action}\"")),
            _ => head.header("content-type", format!("application/soap+xml; action=\"{action}\"")),
        };
        nvx(head.body(Bytes::from(message(version))).unwrap(), Limits::default())
    });
    assert_eq!(first, second, "both versions say the same");
    first
}

fn request(version: usize, parameters: &str) -> String {
    envelope(version, &format!("<CreateFolders xmlns='u'><sessionToken>t</sessionToken>{parameters}</CreateFolders>"))
}

fn answer(version: usize, inside: &str) -> String {
    envelope(
        version,
        &format!("<ListFolderResponse xmlns='u'><ListFolderResult>{inside}</ListFolderResult></ListFolderResponse>"),
    )
}

/// What a client makes of an answer of each version.
fn answered(message: impl Fn(usize) -> Vec<u8>) -> String {
    let [first, second] = [0, 1].map(|version| {
        let outcome = listed(&STYLES[version], Limits::default(), ok(message(version)));
        outcome.as_ref().map_or_else(|_| said(&outcome), |page| page.files.first().map_or("Ok".to_owned(), |it| it.name.clone()))
    });
    assert_eq!(first, second, "both versions are read alike");
    first
}

/// Text as it is, with bytes where `@` stands.
fn with(text: &str, bytes: &[u8]) -> Vec<u8> {
    text.as_bytes().split(|byte| *byte == b'@').collect::<Vec<_>>().join(bytes)
}

/// A path's or a name's text, as bytes.
fn both(bytes: &[u8]) -> (u32, String) {
    let path = asked(|version| with(&request(version, "<folderPath>x@</folderPath>"), bytes));
    (path, answered(|version| with(&answer(version, "<File><Name>x@</Name></File>"), bytes)))
}

#[test]
fn texts() {
    for (text, code, name) in [
        ("%FF%00%zz%2F", UNDERSTOOD, "x%FF%00%zz%2F"),
        ("&#x41;&#66;&amp;", UNDERSTOOD, "xAB&"),
        ("<![CDATA[y&#0;]]>", UNDERSTOOD, "xy&#0;"),
        ("a<!-- c --><?pi x?>b", UNDERSTOOD, "xab"),
        ("\u{FEFF}", UNDERSTOOD, "x\u{FEFF}"),
        ("&lt;", PATH_CHARACTER, "x<"),
        ("&#10;y", PATH_CHARACTER, "x\ny"),
        ("&#x7F;", PATH_CHARACTER, "x\u{7F}"),
        // No characters, and not well-formed; the parser takes them so.
        ("&#xD800;", UNDERSTOOD, "x\u{FFFD}"),
        ("&#x110000;", UNDERSTOOD, "x\u{FFFD}"),
    ] {
        assert_eq!(both(text.as_bytes()), (code, name.to_owned()), "{text}");
    }
    for text in [
        "&#0;",
        "&#x0;",
        "&#1;",
        "&#xFFFE;",
        "&#99999999999999999999;",
        "&#-1;",
        "&#x;",
        "&#x41",
        "&nbsp;",
        "&a;",
        "&",
        "a<b",
        "]]>",
        "\0",
        "\u{1}",
        "\u{FFFE}",
        "\u{FFFF}",
    ] {
        assert_eq!(both(text.as_bytes()), (INVALID, MALFORMED.to_owned()), "{text}");
    }
    for bytes in [
        &b"\xFF"[..],
        b"\xC3",
        b"\xC3\x28",
        b"\xC0\xAF",
        b"\xC0\x80",
        b"\xE0\x80\xAF",
        b"\xF0\x80\x80\xAF",
        b"\xED\xA0\x80",
        b"\xF4\x90\x80\x80",
    ] {
        assert_eq!(both(bytes), (INVALID, MALFORMED.to_owned()), "{bytes:?}");
        for place in ["<!--@-->", "<x a='@'/>", "<x@/>", "<x>@</x>"] {
            assert_eq!(asked(|version| with(&request(version, place), bytes)), INVALID, "{place} {bytes:?}");
            assert_eq!(answered(|version| with(&answer(version, place), bytes)), MALFORMED, "{place} {bytes:?}");
        }
    }
}

/// Entities need a document type, and there is none; and what else may stand around an envelope.
#[test]
fn around() {
    let whole = |before: &str, after: &str| {
        let code = asked(|version| [before, &request(version, "<folderPath>a</folderPath>"), after].concat().into());
        (code, answered(|version| [before, &answer(version, "<File><Name>a</Name></File>"), after].concat().into()))
    };
    for before in ["<?xml version='1.0'?>", "\u{FEFF}<?xml version='1.0'?>", "\r\n\t ", "<!-- <!DOCTYPE a> -->"] {
        assert_eq!(whole(before, ""), (UNDERSTOOD, "a".to_owned()), "{before}");
    }
    for (before, after) in [
        ("<!DOCTYPE Envelope>", ""),
        ("<!DOCTYPE e [<!ENTITY l0 'lol'><!ENTITY l1 '&l0;&l0;'>]>", ""),
        ("<!DOCTYPE e SYSTEM 'file:///etc/passwd'>", ""),
        ("<!ENTITY a 'a'>", ""),
        ("", "<!DOCTYPE Envelope>"),
        ("x", ""),
        ("\0", ""),
        ("", "\0"),
        ("", "<x/>"),
        ("<x>", ""),
    ] {
        assert_eq!(whole(before, after), (INVALID, MALFORMED.to_owned()), "{before} {after}");
    }
}

/// Of a parameter, and of a member, the first counts.
#[test]
fn what_stands_twice() {
    let path = |text: &str| asked(|version| request(version, &format!("<folderPath>a</folderPath>{text}")).into());
    assert_eq!(path("<sessionToken></sessionToken>"), UNDERSTOOD);
    let page = |pages: &str| {
        let head = Request::post("/ws/IMFS.asmx").header("content-type", "text/xml");
        let head = head.header("soapaction", "http://services.nirvanix.com/ws/IMFS/ListFolder");
        let rest = "<sessionToken>t</sessionToken><folderPath>a</folderPath><pageSize>1</pageSize>";
        let body = envelope(0, &format!("<ListFolder>{rest}{pages}</ListFolder>"));
        nvx(head.body(body.into()).unwrap(), Limits::default())
    };
    let number = |text: &str| format!("<pageNumber>{text}</pageNumber>");
    assert_eq!(page(&(number("1") + &number("x"))), UNDERSTOOD);
    assert_eq!(page(&(number("x") + &number("1"))), INVALID);
    for text in ["0", "-1", "4294967296", "99999999999999999999"] {
        assert_eq!(page(&number(text)), 50103, "{text}");
    }
    for text in ["1e400", "NaN", "0x10", "1.0", "+1", "%31"] {
        assert_eq!(page(&number(text)), INVALID, "{text}");
    }
    assert_eq!(page(&number("")), MISSING);
    let file = |inside: &str| answered(|version| answer(version, &format!("<File>{inside}</File>")).into());
    assert_eq!(file("<Name>a</Name><Name>b</Name>"), "a");
    let size = |text: &str| file(&format!("<Name>a</Name><SizeBytes>{text}</SizeBytes>"));
    assert_eq!(size("18446744073709551615"), "a");
    for text in ["18446744073709551616", "-1"] {
        assert_eq!(size(text), "OutOfRange SizeBytes", "{text}");
    }
    for text in ["1e400", "NaN", "0x1", "+1", "1.5"] {
        assert_eq!(size(text), "Malformed SizeBytes", "{text}");
    }
    let member = "<TotalFileCount>1</TotalFileCount>";
    assert_eq!(answered(|version| answer(version, &member.repeat(2)).into()), "Ok");
}

/// Bytes of an answer, its nodes and attributes at their limits and beyond, and how deep it may be.
#[test]
fn sizes_of_an_answer() {
    let (most, limits) = (Limits::default().answer, XmlLimits::default());
    for (version, style) in STYLES.iter().enumerate() {
        let of = |length: usize| {
            let text = answer(version, "");
            let missing = length - text.len();
            listed(style, Limits::default(), ok(text + &" ".repeat(missing)))
        };
        assert!(of(most).is_ok());
        let beyond = Err(larder_core::ErrorKind::Peer(PeerFlaw::TooLong(most)));
        assert_eq!(of(most + 1), beyond);
    }
    let of = |inside: &str| said(&listed(&STYLES[0], Limits::default(), ok(answer(0, inside))));
    // The document, and the four elements around.
    let nodes = |count: usize| of(&"<a/>".repeat(count - 5));
    assert_eq!([nodes(limits.nodes as usize), nodes(limits.nodes as usize + 1)], ["Ok", "TooMany"]);
    let crowd =
        |name: &str, count: usize| of(&format!("<b{}/>", (0..count).map(|at| format!(" {name}{at}='u'")).collect::<String>()));
    // Two namespaces are declared around.
    for (name, around) in [("a", 0), ("xmlns:n", 2)] {
        let most = limits.attributes - around;
        assert_eq!([crowd(name, most), crowd(name, most + 1)], ["Ok", "TooMany"], "{name}");
    }
    let nested = "<b>".repeat(100_000) + &"</b>".repeat(100_000);
    assert_eq!(of(&format!("<x>{nested}</x>")), "Ok", "nothing looks into what is unknown");
    assert_eq!(of(&format!("<File><Name>a{nested}</Name></File>")), "Ok", "a text is the element's own");
}

/// Types that look as deep as the message goes: a record in a record, and lists in lists.
#[derive(Debug, Deserialize)]
struct Nested {
    #[serde(rename = "A")]
    _inner: Option<Box<Nested>>,
}

#[derive(Debug, Deserialize)]
struct Lists {
    #[serde(rename = "A", default)]
    _inner: Vec<Lists>,
}

/// Elements within each other, as far as a type looks into them: the limit is that of any XML, the result counted.
#[test]
fn depth_of_an_answer() {
    fn read<T: DeserializeOwned>(levels: usize) -> Option<Rule> {
        let text = answer(0, &("<A>".repeat(levels) + "a" + &"</A>".repeat(levels)));
        soap::read::<T>(&text, &ListFolder::META).err().map(|reject| reject.rule)
    }
    let most = usize::from(XmlLimits::default().depth);
    assert_eq!((read::<Nested>(most - 1), read::<Lists>(most - 1)), (None, None));
    for beyond in [most, 100_000] {
        assert_eq!((read::<Nested>(beyond), read::<Lists>(beyond)), (Some(Rule::TooMany), Some(Rule::TooMany)), "{beyond}");
    }
}

/// A fault that is none of ours, or says what cannot be.
#[test]
fn faults() {
    let fault =
        |detail: &str| answered(|version| envelope(version, &format!("<s:Fault><detail>{detail}</detail></s:Fault>")).into());
    let code = |code: &str| fault(&format!("<Response><ResponseCode>{code}</ResponseCode></Response>"));
    let invalid = listed(
        &STYLES[0],
        Limits::default(),
        ok(envelope(0, "<s:Fault><detail><ResponseCode>101</ResponseCode><ResponseCode>0</ResponseCode></detail></s:Fault>")),
    );
    let Err(larder_core::ErrorKind::Fault(said)) = invalid else { panic!("no fault") };
    assert_eq!(said.code, Code::InvalidParameter);
    assert_eq!(fault(""), "Missing ResponseCode");
    assert_eq!(code("4294967296"), "OutOfRange ResponseCode");
    assert_eq!(code(""), "Missing ResponseCode");
    for text in ["1e400", "NaN", "0", "x"] {
        assert_eq!(code(text), "Malformed ResponseCode", "{text}");
    }
}
