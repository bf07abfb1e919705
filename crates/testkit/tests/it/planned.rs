//! What a call would send: as a person reads it, and without any secret.

use larder_core::operation::{Inspect, Names, Requests};
use larder_core::{Api, Kind, Operation, Plan, Redactor, Reject, Secret, Session, Settings, Target};
use larder_proto_e2::E2;
use larder_proto_nvx::codec::soap::Version;
use larder_proto_nvx::imfs::CreateFolders;
use larder_proto_nvx::transfer::Download;
use larder_proto_nvx::values::{ByteRange, NonEmpty, Path};
use larder_proto_nvx::{Format, Nvx, Style};
use larder_testkit::trees::{Planted, Tree, requests};
use proptest::prelude::*;
use serde_json::Value;

use crate::{e2, nvx};

fn session() -> Session<Nvx> {
    Session::with_login(nvx::login("hunter2 & more"))
}

fn shown<O: Operation>(operation: &O, settings: &Settings<O::Api>, session: &Session<O::Api>) -> String {
    let plan = Plan::of(operation, settings, session).unwrap_or_else(|reject| panic!("{reject}"));
    assert_eq!(format!("{plan}"), format!("{plan:?}"));
    plan.to_string()
}

#[test]
fn a_login() {
    insta::assert_snapshot!(shown(&nvx::login("hunter2 & more"), &nvx::json(), &session()));
}

#[test]
fn a_form_that_needs_a_login_first() {
    let folders = CreateFolders { folder_paths: NonEmpty::from(nvx::parse::<Path>("/a & b")) };
    insta::assert_snapshot!(shown(&folders, &nvx::json(), &session()));
}

#[test]
fn an_envelope() {
    let settings = Settings { style: Style::SOAP_1_2, ..nvx::json() };
    insta::assert_snapshot!(shown(&nvx::list(), &settings, &Session::with_token("canary".into())));
}

#[test]
fn an_upload() {
    insta::assert_snapshot!(shown(&nvx::upload("a.txt"), &nvx::sized(1 << 30), &session()));
    assert!(shown(&nvx::upload("a.txt"), &nvx::json(), &session()).contains("transfer-encoding: chunked"));
}

#[test]
fn a_download_has_the_token_in_its_path() {
    let range = Some(ByteRange::From(1_000));
    let download = Download { range, ..Download::new(nvx::parse("//App/user/a b.txt")) };
    insta::assert_snapshot!(shown(&download, &nvx::json(), &Session::with_token("canary".into())));
}

#[test]
fn a_reseller_sends_its_key_in_a_header() {
    insta::assert_snapshot!(shown(&e2::create(), &e2::settings(), &Session::with_token("canary".into())));
}

#[test]
fn without_a_session_there_is_nothing_to_plan() {
    let planned = Plan::of(&nvx::list(), &nvx::json(), &Session::none());
    assert_eq!(planned.unwrap_err().to_string(), "session is required");
    assert!(Plan::of(&Download::new(nvx::parse("a")), &nvx::json(), &Session::none()).is_ok());
}

/// What a secret of a request becomes, so that it is seen wherever it goes.
const SIGNS: &str = "ca&n<a>r/y \"'\\%+=";

/// Makes every text of a tree that is a secret of its request into one of a kind that no other text is.
pub(crate) fn with_canaries<A: Api>(name: A::Names, tree: &Value, canary: &str) -> Option<(Value, bool)> {
    let mut tree = tree.clone();
    let mut has_any = false;
    for path in texts(&tree, String::new()) {
        let mut changed = tree.clone();
        *changed.pointer_mut(&path)? = canary.into();
        // It is a secret if the request takes it, and it is then among its secrets.
        let Ok(request) = name.decode(Planted(changed)) else { continue };
        if request.inspect(Hides(canary)) {
            tree = request.inspect(Tree);
            has_any = true;
        }
    }
    Some((tree, has_any))
}

/// Whether a redactor of a request hides a text.
struct Hides<'a>(&'a str);

impl Inspect for Hides<'_> {
    type Output = bool;

    fn inspect<O: Operation>(self, request: &O) -> bool {
        Redactor::of(request).redact(self.0) == "REDACTED"
    }
}

/// The places of all texts of a tree.
pub(crate) fn texts(tree: &Value, at: String) -> Vec<String> {
    match tree {
        Value::String(_) => vec![at],
        Value::Array(items) => items.iter().enumerate().flat_map(|(nth, item)| texts(item, format!("{at}/{nth}"))).collect(),
        Value::Object(fields) => fields.iter().flat_map(|(name, field)| texts(field, format!("{at}/{name}"))).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

/// Plans a request of any operation.
struct Planning<'a> {
    style: &'a dyn core::any::Any,
    token: &'a str,
}

impl Inspect for Planning<'_> {
    type Output = Result<String, Reject>;

    fn inspect<O: Operation>(self, request: &O) -> Self::Output {
        let mut settings = Settings::<O::Api>::new(Target::parse("http://larder.example")?);
        settings.style = self.style.downcast_ref().cloned().unwrap_or_default();
        let plan = Plan::of(request, &settings, &Session::with_token(Secret::from(self.token)))?;
        Ok(format!("{plan}\n{plan:?}\n{plan:#?}\n{}\n{:?}\n{:?}", plan.url, plan.headers, plan.body))
    }
}

/// Walks all operations; says how many of them have secrets of their own.
fn walk<A: Api>(api: &str, styles: &[A::Style], canary: &str, token: &str) -> usize {
    let mut hidden = std::collections::BTreeSet::new();
    let all = requests::<A>(api);
    for name in A::Names::ALL {
        assert!(all.iter().any(|(of, _)| of == name), "no request of {}", name.meta());
    }
    for (name, start) in all {
        let Some((tree, has_any)) = with_canaries::<A>(name, &start, canary) else { panic!("{}", name.meta()) };
        let request = name.decode(Planted(tree)).unwrap_or_else(|reject| panic!("{}: {reject}", name.meta()));
        for style in styles {
            let shown = match request.inspect(Planning { style, token }) {
                Ok(shown) => shown,
                // REST alone has it, or an envelope cannot say it.
                Err(reject) => {
                    assert!(name.meta().kind == Kind::Unary && start.get("ContactType").is_some(), "{}: {reject}", name.meta());
                    continue;
                }
            };
            for secret in [canary, token] {
                for spelled in spellings(secret) {
                    assert!(!shown.contains(&spelled), "{} {style:?}: {spelled}\n{shown}", name.meta());
                }
            }
            assert!(!has_any || shown.contains("REDACTED"), "{shown}");
        }
        if has_any {
            hidden.insert(name.meta().to_string());
        }
    }
    hidden.len()
}

/// A text as formats write it.
pub(crate) fn spellings(text: &str) -> Vec<String> {
    let form: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let percent = percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let json = serde_json::to_string(text).unwrap_or_default().trim_matches('"').to_owned();
    let xml = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    vec![text.to_owned(), form, percent, json, xml.replace('"', "&quot;"), xml]
}

pub(crate) const STYLES: [Style; 4] = [Style::JSON, Style::XML, Style::SOAP_1_1, Style::SOAP_1_2];

#[test]
fn no_secret_of_any_operation_is_in_its_plan() {
    assert_eq!(STYLES[3].format, Format::Soap(Version::V1_2));
    assert!(walk::<Nvx>("nvx", &STYLES, &format!("{SIGNS}ä🦀"), "0f8fad5b-d9cb-469f-a165-70867728950e") >= 8);
    // A URL is one as a whole; so are the password and the key in it.
    let url = "http://someone:canary-word@host.example/a?key=canary-of-a-key";
    assert!(walk::<Nvx>("nvx", &STYLES, url, "0f8fad5b-d9cb-469f-a165-70867728950e") >= 2);
    // A password must be base64 there; a private key is any text.
    assert!(walk::<E2>("e2", &[Default::default()], "Y2FuYXJ5IGNhbmFyeQ==", "canary-of-a-static-key") >= 1);
    assert!(walk::<E2>("e2", &[Default::default()], &format!("{SIGNS}ä🦀"), "canary-of-a-static-key") >= 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn whatever_the_secret_is(canary in "[ -~äß🦀]{8,24}".prop_filter("blanks around it do not count", |text| text.trim() == text)) {
        walk::<Nvx>("nvx", &STYLES, &canary, "0f8fad5b-d9cb-469f-a165-70867728950e");
    }
}
