//! Forms beside Python's `urllib.parse.parse_qsl`, for raw pairs, and serde_html_form, for types.

use larder_core::operation::{Decode, Names, Requests};
use larder_core::{Operation, Reject, Rule, Secret};
use larder_proto_e2::E2;
use larder_proto_nvx::Nvx;
use larder_proto_nvx::codec::form;
use larder_testkit::fixtures::{self, Direction};
use larder_testkit::trees::{Tree, requests};
use larder_testkit::wire;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::mutation::{Dice, mutated};
use super::python;
use crate::identity::e2;

const TOKENS: &[&[u8]] = &[
    b"&",
    b"=",
    b"%",
    b"+",
    b";",
    b"%2",
    b"%26",
    b"%3D",
    b"%2B",
    b"%20",
    b"%00",
    b"%FF",
    b"%C3%BC",
    b"%C0%AF",
    b"%ED%A0%80",
    b"%zz",
    b"&&",
    b"=&",
    "ü".as_bytes(),
    "\u{FFFD}".as_bytes(),
    b"%EF%BF%BD",
    b"\r\n",
    b"#",
    b"?",
];

/// The forms and the queries of fixtures, what our client writes for their requests, and what becomes of them.
fn texts() -> Vec<String> {
    let mut texts = vec!["a=b&c=d+e%20f&a=%C3%BC&empty=&name".to_owned()];
    for fixture in fixtures::of("nvx", Direction::Request) {
        let Ok(request) = fixture.request() else { continue };
        texts.extend(request.uri().query().map(str::to_owned));
        texts.extend(String::from_utf8(request.body().to_vec()).ok().filter(|text| text.contains('=') && !text.contains("\r\n")));
        let Some(request) = wire::understand::<Nvx>(request).ok().and_then(|seen| seen.request) else { continue };
        let sent = wire::encode::<Nvx>(&request, Some(&Secret::new("a token")), &bytes::Bytes::new());
        texts.extend(
            sent.ok().and_then(|sent| String::from_utf8(sent.body().to_vec()).ok()).filter(|text| !text.contains("\r\n")),
        );
    }
    assert!(texts.len() > 200, "{}", texts.len());
    let mut dice = Dice::new(3);
    let whole = texts.clone();
    for _ in 0..6_000 {
        let base = dice.one(&whole);
        let base = if dice.below(2) == 0 { base.as_str() } else { whole[0].as_str() };
        texts.extend(String::from_utf8(mutated(base.as_bytes(), TOKENS, &mut dice)));
    }
    texts
}

#[test]
fn pairs_are_read_as_python_reads_them() {
    let texts = texts();
    let asked: Vec<Value> = texts.iter().map(|text| json!({ "text": text })).collect();
    let Some(told) = python("form", "urllib.parse", &asked) else { return };
    let mut refused = 0;
    for (text, told) in texts.iter().zip(told) {
        match form::parse(text, usize::MAX) {
            Ok(pairs) => assert_eq!(json!({ "pairs": pairs }), told, "{text:?}"),
            Err(reject) => {
                // Python replaces what is no UTF-8 unless it is asked to be strict, as it is here.
                assert_eq!(reject, Reject::new("", Rule::Malformed), "{text:?}");
                assert!(told["error"].as_str().is_some_and(|error| error.starts_with("UnicodeDecodeError")), "{text:?} {told}");
                refused += 1;
            }
        }
    }
    assert!(refused > 100, "{refused}");
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Typed {
    name: String,
    list: Vec<String>,
    number: u32,
    flag: bool,
    text: Option<String>,
}

#[test]
fn types_are_read_as_serde_html_form_reads_them() {
    let mut dice = Dice::new(4);
    let words = ["a", "ü b", "x&y=z", "100%", "+", "\u{1F980}", "a|b", "a\r\nb"];
    for _ in 0..2_000 {
        let mut word = || (*dice.one(&words)).to_owned();
        let (name, list, text) = (word(), vec![word(), word(), word()], Some(word()));
        let wanted = Typed { name, list, number: u32::try_from(dice.below(1 << 30)).unwrap(), flag: dice.below(2) == 0, text };
        let written = form::to_string(&wanted).unwrap();
        let pairs = form::parse(&written, 100).unwrap();
        assert_eq!(form::from_pairs::<Typed, _, _>(&pairs).as_ref(), Ok(&wanted), "{written}");
        assert_eq!(serde_html_form::from_str::<Typed>(&written).as_ref(), Ok(&wanted), "{written}");
    }
}

/// Where ours is told to read otherwise, and why.
#[test]
fn types_that_are_read_otherwise() {
    let ours = |text: &str| form::from_pairs::<Typed, _, _>(&form::parse(text, 100)?);
    let theirs = |text: &str| serde_html_form::from_str::<Typed>(text).ok();
    let typed = |name: &str, text: Option<&str>| Typed {
        name: name.to_owned(),
        list: vec!["b".to_owned()],
        number: 1,
        flag: true,
        text: text.map(str::to_owned),
    };
    let rest = "list=b&number=1&flag=true";
    let same = typed("a", Some("c"));
    assert_eq!(
        (ours(&format!("name=a&{rest}&text=c")), theirs(&format!("name=a&{rest}&text=c"))),
        (Ok(typed("a", Some("c"))), Some(same))
    );
    for (text, ours_is, theirs_is, why) in [
        (format!("NAME=a&{rest}"), Ok(typed("a", None)), None, "N1: names in any case"),
        (format!("name=a&name=b&{rest}"), Ok(typed("a", None)), None, "of a parameter that is no list the first value counts"),
        (format!("name=a&text=&{rest}"), Ok(typed("a", None)), Some(typed("a", Some(""))), "nothing is no value"),
        (format!("name=a&text=%20&{rest}"), Ok(typed("a", None)), Some(typed("a", Some(" "))), "nor are blanks"),
        (
            "name=a&list=b&number=%201&flag=TRUE".to_owned(),
            Ok(typed("a", None)),
            None,
            "blanks around numbers, flags in any case",
        ),
        (format!("name=%FF&{rest}"), Err(Reject::new("", Rule::Malformed)), Some(typed("\u{FFFD}", None)), "nothing is replaced"),
    ] {
        assert_eq!(ours(&text), ours_is, "{text}: {why}");
        assert_eq!(theirs(&text), theirs_is, "{text}: {why}");
    }
}

/// A typed request, read by serde_html_form.
struct Theirs<'a>(&'a [u8]);

impl Decode for Theirs<'_> {
    fn decode<O: Operation>(self) -> Result<O, Reject> {
        serde_html_form::from_bytes(self.0).map_err(|error| Reject::new(error.to_string(), Rule::Malformed))
    }
}

/// Forms of the reseller's requests, as real clients send them.
#[test]
fn the_resellers_forms_are_read_as_serde_html_form_reads_them() {
    let mut read = 0;
    for (name, start) in requests::<E2>("e2") {
        let request = name.decode(crate::identity::Changed(&start, &[])).unwrap();
        let sent = wire::encode::<E2>(&request, Some(&Secret::new("key")), &bytes::Bytes::new()).unwrap();
        let Some(form) = e2::as_form(&sent) else { continue };
        let theirs = name.decode(Theirs(form.body())).unwrap_or_else(|reject| panic!("{}: {reject}", name.meta()));
        let ours = wire::understand::<E2>(form.clone()).unwrap().request.unwrap();
        assert_eq!(ours.inspect(Tree), theirs.inspect(Tree), "{}", name.meta());
        read += 1;
    }
    assert!(read > 10, "{read}");
}
