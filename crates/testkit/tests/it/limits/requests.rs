//! Texts that no honest client sends, in every place of a request where a text can stand (N168, E51).

use bytes::Bytes;
use http::Request;
use larder_core::Limits;
use larder_proto_e2::E2;
use larder_testkit::wire;
use percent_encoding::percent_decode_str;

use super::{UNDERSTOOD, e2, field, file, form, nvx, query, upload, user};

const MISSING: u32 = 100;
const INVALID: u32 = 101;
const OUT_OF_RANGE: u32 = 50103;
const PATH_CHARACTER: u32 = 70102;

fn ask(request: Request<Bytes>) -> u32 {
    nvx(request, Limits::default())
}

fn users(request: Request<Bytes>) -> String {
    e2(request, Limits::default())
}

fn get(target: &str) -> Request<Bytes> {
    Request::get(target).body(Bytes::new()).unwrap()
}

/// The bytes that escapes stand for.
fn raw(escaped: &str) -> Vec<u8> {
    percent_decode_str(escaped).collect()
}

/// What is answered to a text in each place of a path, with its name.
fn in_paths(escaped: &str) -> [(&'static str, u32); 5] {
    let bytes = raw(escaped);
    let folder = [&upload_fields("destFolderPath", &bytes)[..], file().as_bytes()].concat();
    [
        ("query", ask(query(&format!("sessionToken=t&folderPath=x{escaped}")))),
        ("form", ask(form(format!("sessionToken=t&folderPath=x{escaped}")))),
        ("form's bytes", ask(form([b"sessionToken=t&folderPath=x", &bytes[..], b"&y"].concat()))),
        ("text field", ask(upload(folder))),
        ("URL's path", ask(get(&format!("/App/user/x{escaped}")))),
    ]
}

/// A token, and another field with these bytes behind an `x`.
fn upload_fields(name: &str, bytes: &[u8]) -> Vec<u8> {
    let before = field(name, "x");
    [field("uploadToken", "t").as_bytes(), before.trim_end().as_bytes(), bytes, b"\r\n"].concat()
}

/// An upload with these bytes in its head, where `@` stands.
fn in_the_head(head: &str, bytes: &[u8]) -> u32 {
    let head = format!("--b\r\n{head}\r\n\r\ncontent\r\n--b--\r\n");
    let head = head.as_bytes().split(|byte| *byte == b'@').collect::<Vec<_>>().join(bytes);
    ask(upload([super::rights().as_bytes(), &head].concat()))
}

const NO_UTF8: [&str; 9] = ["%FF", "%C3", "%C3%28", "%C0%AF", "%C0%80", "%E0%80%AF", "%F0%80%80%AF", "%ED%A0%80", "%F4%90%80%80"];

/// Overlong forms and surrogates among them: nothing is replaced, so that no two names look alike.
#[test]
fn what_is_no_utf8_is_invalid_everywhere() {
    for text in NO_UTF8 {
        for (place, code) in in_paths(text) {
            assert_eq!(code, INVALID, "{text} in the {place}");
        }
        for place in ["folderPath=a&x@=y", "folderPath=a&x=@", "sessionToken=@&folderPath=a"] {
            let text = format!("sessionToken=t&{}", place.replace('@', text));
            assert_eq!((ask(query(&text)), ask(form(text.clone()))), (INVALID, INVALID), "{text}");
        }
        for head in [
            "Content-Disposition: form-data; name=\"f\"; filename=\"@\"",
            "Content-Disposition: form-data; name=\"@\"",
            "Content-Disposition: form-data; name=\"f\"; filename=\"a\"\r\nx: @",
            "Content-Disposition: form-data; name=\"f\"; filename=\"a\"\r\nx@: y",
            "Content-Disposition: form-data; name=\"f\"; filename=\"a\"\r\nContent-Type: @",
        ] {
            assert_eq!(in_the_head(head, &raw(text)), INVALID, "{head} {text}");
        }
        let encoded = format!("Content-Disposition: form-data; name=\"f\"; filename*=utf-8''{text}");
        assert_eq!(in_the_head(&encoded, b""), INVALID, "{encoded}");
    }
}

/// A file's name is judged by whoever stores it: the machine passes on what it says.
#[test]
fn control_characters_have_no_place_in_paths() {
    for text in ["%00", "%01", "%0D%0ASet-Cookie:x", "%7F", "%C2%85", "%EF%BF%BF", "%3C", "%22", "%2F..%2Fy", "%5Cy"] {
        for (place, code) in in_paths(text) {
            assert_eq!(code, PATH_CHARACTER, "{text} in the {place}");
        }
        assert_eq!(ask(query(&format!("sessionToken=t&folder{text}Path=a"))), MISSING, "{text}: another name");
        assert_eq!(ask(query(&format!("sessionToken=t&folderPath=a&{text}={text}"))), UNDERSTOOD, "{text}: unknown");
    }
    for text in ["%EF%BB%BF", "%E2%80%AE", "%", "%4", "%zz", "%25zz"] {
        for (place, code) in in_paths(text) {
            assert_eq!(code, UNDERSTOOD, "{text} in the {place}: a character like any other");
        }
    }
    assert_eq!(in_the_head("Content-Disposition: form-data; name=\"f\"; filename=\"a@\"", b"\0"), UNDERSTOOD);
    assert_eq!(in_the_head("Content-Disposition: form-data; name=\"f\"; filename=\"a@\"", b"\r"), INVALID);
}

/// Nothing skips a byte order mark before a request: the first name is another then.
#[test]
fn byte_order_marks() {
    assert_eq!(ask(form("\u{FEFF}sessionToken=t&folderPath=a")), MISSING);
    assert_eq!(ask(form("x&\u{FEFF}sessionToken=t&sessionToken=t&folderPath=a")), UNDERSTOOD);
    for body in ["\u{FEFF}{\"email\":\"a\"}", "\u{FEFF}email=a"] {
        assert_eq!(users(user(body)), "400 email is required", "{body}");
    }
}

#[test]
fn numbers() {
    let page = |text: &str| {
        let rest = format!("sessionToken=t&folderPath=a&pageSize=1&pageNumber={text}");
        ask(get(&format!("/ws/IMFS/ListFolder.ashx?{rest}")))
    };
    for text in ["1", "4294967295", "%201%20", "01"] {
        assert_eq!(page(text), UNDERSTOOD, "{text}");
    }
    for text in ["0", "-1", "4294967296", "18446744073709551616", "-99999999999999999999", "999999999999999999999999999"] {
        assert_eq!(page(text), OUT_OF_RANGE, "{text}");
    }
    for text in ["1e400", "NaN", "Infinity", "0x10", "1.0", "%2B1", "1_0", "%EF%BC%91", "1%00", "%001", "1%0A2", "true"] {
        assert_eq!(page(text), INVALID, "{text}");
    }
    assert_eq!((page(""), page("%20")), (MISSING, MISSING));
}

/// Of a parameter that is no list, the first value counts.
#[test]
fn duplicates() {
    let (first, second) = ("sessionToken=t&sessionToken=u", "SESSIONTOKEN=t&sessionToken=u");
    for tokens in [first, second] {
        let seen = wire::understand::<larder_proto_nvx::Nvx>(query(&format!("{tokens}&folderPath=a"))).unwrap();
        assert!(seen.request.is_some() && seen.log.contains("Identify Session("), "{}", seen.log);
    }
    let pages = |pages: &str| ask(get(&format!("/ws/IMFS/ListFolder.ashx?sessionToken=t&folderPath=a&pageSize=1&{pages}")));
    assert_eq!(pages("pageNumber=1&pageNumber=x"), UNDERSTOOD);
    assert_eq!(pages("pageNumber=x&pageNumber=1"), INVALID);
    // In a part's head, two readers could each take another one.
    let head = "Content-Disposition: form-data; name=\"f\"; filename=\"a\"";
    for twice in ["; filename=\"b\"", "; name=\"g\"", "\r\nContent-Disposition: form-data"] {
        assert_eq!(in_the_head(&format!("{head}{twice}"), b""), INVALID, "{twice}");
    }
    for body in [r#"{"email":"a","email":"b"}"#, r#"{"email":"a","\u0065mail":"a"}"#, "email=a&email=b"] {
        assert_eq!(users(user(body)), "400 email has too many values", "{body}");
    }
    assert_eq!(users(user(r#"{"email":"a","x":1,"x":2}"#)), "501");
}

#[test]
fn texts_of_json() {
    for body in [
        r#"{"\u0065mail":"a"}"#,
        r#"{"email":"\ud83d\ude00"}"#,
        r#"{"email":"a","x":99999999999999999999}"#,
        " {\"email\":\"a\"}\r\n",
    ] {
        assert_eq!(users(user(body)), "501", "{body}");
    }
    for body in [
        r#"{"email":"\ud800"}"#,
        r#"{"email":"\udc00\ud800"}"#,
        r#"{"email":"\ud800\u0041"}"#,
        r#"{"email":"a","x":"\ud800"}"#,
        r#"{"email":"a","\ud800":1}"#,
        r#"{"email":NaN}"#,
        r#"{"email":"a","x":NaN}"#,
        r#"{"email":"a","x":1e400}"#,
        r#"{"email":"a","x":-1e400}"#,
        r#"{"email":"a","x":01}"#,
        "{\"email\":\"a\0\"}",
        "{\"email\":\"a\"}\0",
        "{\"email\":\"a\"}{}",
        r#"{"email":"a",}"#,
        "{'email':'a'}",
        "{",
        r#"{"email":"a"} // c"#,
        r#"{"email":"a" /* c */}"#,
    ] {
        assert_eq!(users(user(body)), "400 is malformed", "{body}");
    }
    for body in [r#"{"email":"\u0000"}"#, r#"{"email":{"a":1}}"#, r#"{"email":["a"]}"#, "email=%00"] {
        assert_eq!(users(user(body)), "400 email is malformed", "{body}");
    }
    // What does not begin with a brace is a form, and so is one that is no JSON.
    for body in ["", "[]", "null", "\"a\"", "/**/{\"email\":\"a\"}", "<!DOCTYPE a>", "{\"email\\u0000\":\"a\"}", "email%00=a"] {
        assert_eq!(users(user(body)), "400 email is required", "{body}");
    }
    for text in NO_UTF8 {
        for place in [r#"{"email":"@"}"#, r#"{"email":"a","x":"@"}"#, r#"{"@":"a","email":"a"}"#, "email=@"] {
            let body = place.as_bytes().split(|byte| *byte == b'@').collect::<Vec<_>>().join(&raw(text)[..]);
            assert_eq!(users(user(body)), "400 is malformed", "{place} {text}");
        }
        assert_eq!(users(user(format!("email={text}"))), "400 is malformed", "{text}");
    }
}

#[test]
fn numbers_of_the_reseller() {
    let put =
        |body: String| users(Request::put("/api/reseller/v1/create_user").header("token", "key").body(body.into()).unwrap());
    let quota = |number: &str| {
        let json = put(format!(r#"{{"email":"a","password":"dGVzdDEyMw==","first_name":"b","quota":{number}}}"#));
        [json, put(format!("email=a&password=dGVzdDEyMw%3D%3D&first_name=b&quota={number}"))]
    };
    for number in ["0", "18446744073709551615", "-0", "1e19"] {
        assert_eq!(quota(number), ["501", "501"], "{number}");
    }
    for number in ["18446744073709551616", "-1", "-18446744073709551616", "1e20"] {
        assert_eq!(quota(number), ["400 quota is out of range"; 2], "{number}");
    }
    for number in ["1.5", "1e-1", "null", "true", "[]", "{}"] {
        assert_eq!(quota(number), ["400 quota is malformed"; 2], "{number}");
    }
    for number in ["1e400", "NaN", "0x1", "01", "", "1 0"] {
        assert_eq!(quota(number), ["400 is malformed", "400 quota is malformed"], "{number}");
    }
}

/// A key that is no text is none.
#[test]
fn headers() {
    let key = |value: &[u8]| {
        let request = Request::get("/api/reseller/v1/users").header("token", value).body(Bytes::new()).unwrap();
        wire::understand::<E2>(request).unwrap().log
    };
    assert!(key(b" key ").contains("Identify Key("));
    for value in [&b"\xFF"[..], b"k\xC3\xA4", b"\xC0\xAF", b"\t", b" ", b""] {
        assert!(key(value).contains("Identify None"), "{value:?}: {}", key(value));
    }
    let typed = |value: &[u8]| {
        let mut request = upload(super::rights() + &file());
        request.headers_mut().insert("content-type", http::HeaderValue::from_bytes(value).unwrap());
        ask(request)
    };
    assert_eq!(typed(b"multipart/form-data; boundary=b"), UNDERSTOOD);
    for value in [
        &b"multipart/form-data; boundary=\xFF"[..],
        b"multipart/form-data; boundary=\"b",
        b"multipart/form-data",
        b"multipart/form-data; boundary=",
        b"multipart/form-data; boundary=b; boundary=c",
        b"text/plain; boundary=b",
        b"\xFF",
    ] {
        assert_eq!(typed(value), INVALID, "{value:?}");
    }
}
