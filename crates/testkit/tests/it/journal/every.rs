//! Every operation of both APIs, in every style, with canaries for secrets.

use std::collections::BTreeSet;

use larder_core::journal::End;
use larder_core::operation::{Inspect, Names, Requests, Visit};
use larder_core::{Api, Call, Operation, Redactor, Secret, Session, Settings, Shared, Target};
use larder_proto_e2::E2;
use larder_proto_nvx::Nvx;
use larder_testkit::Canned;
use larder_testkit::fixtures::{self, Direction};
use larder_testkit::trees::{self, Planted, requests};
use serde_json::Value;

use super::{File, drive, replay};
use crate::planned::{STYLES, spellings, with_canaries};

/// What is written of a call of any operation.
struct Recording<'a, A: Api> {
    style: &'a A::Style,
    token: &'a str,
    split: usize,
    answers: Vec<Option<Canned>>,
}

impl<A: Api> Inspect for Recording<'_, A> {
    type Output = (File, bool);

    fn inspect<O: Operation>(mut self, request: &O) -> Self::Output {
        let operation: O = serde_json::from_value(serde_json::to_value(request).unwrap()).unwrap();
        let mut settings = Settings::<O::Api>::new(Target::parse("http://larder.example").unwrap());
        let style: &dyn std::any::Any = self.style;
        settings.style = style.downcast_ref().cloned().unwrap_or_default();
        let file = File::default();
        let mut shared: Shared<O::Api> = Shared::new(Session::with_token(Secret::from(self.token)), 7);
        let call = file.record(Call::new(operation, settings));
        let mut rest = self.answers.drain(..);
        let is_ok = drive(call, &mut shared, self.split, &mut |_| rest.next().flatten());
        (file, is_ok)
    }
}

/// The secrets of an answer.
struct Confided(Value);

impl Visit for Confided {
    type Output = Vec<String>;

    fn visit<O: Operation>(self) -> Vec<String> {
        let text = |path: &String| self.0.pointer(path)?.as_str().map(str::to_owned);
        let is_secret = |path: &String| {
            let mut changed = self.0.clone();
            *changed.pointer_mut(path).unwrap() = CANARY.into();
            trees::read::<O::Answer>(changed).is_ok_and(|answer| Redactor::of(&answer).redact(CANARY) == "REDACTED")
        };
        crate::planned::texts(&self.0, String::new()).iter().filter(|path| is_secret(path)).filter_map(text).collect()
    }
}

/// What stands for every secret of an answer: of a kind that any of them may be, and that no format escapes.
const CANARY: &str = "canary00AnswerZz99canary00AnswerZz99";

/// The answers that the documents print, with canaries.
fn answers<A: Api>(api: &str) -> Vec<(A::Names, Canned, bool)> {
    let all = fixtures::of(api, Direction::Response).into_iter();
    let printed = all.filter_map(|fixture| {
        let name = trees::name_of::<A::Names>(api, &fixture)?;
        let (head, body) = fixture.response().ok()?.into_parts();
        let secrets = name.visit(trees::Answered(&fixture)).map_or(Vec::new(), |tree| name.visit(Confided(tree)));
        let body = secrets.iter().fold(String::from_utf8(body.to_vec()).ok()?, |body, secret| body.replace(secret, CANARY));
        Some((name, Canned { head: http::Response::from_parts(head, ()), body: body.into() }, !secrets.is_empty()))
    });
    printed.collect()
}

/// Walks all operations; says how many journals there are, and how many of calls that succeeded.
fn walk<A: Api>(api: &str, styles: &[A::Style], canary: &str, token: &str) -> (usize, usize) {
    let told = answers::<A>(api);
    let (mut seen, mut well, mut journals, mut confided) = (BTreeSet::new(), 0, 0, 0);
    for (name, start) in requests::<A>(api) {
        let (tree, has_any) = with_canaries::<A>(name, &start, canary).unwrap();
        for (nth, style) in styles.iter().enumerate() {
            let request = name.decode(Planted(tree.clone())).unwrap();
            // Somebody else answers, and repeats what it was sent; or nobody does.
            let nonsense = Canned {
                head: http::Response::new(()),
                body: format!("<p>{} {token} {CANARY}</p>", if has_any { canary } else { "" }).into(),
            };
            let mut ways = vec![vec![Some(nonsense)], vec![]];
            for (_, good, confides) in told.iter().filter(|(of, ..)| *of == name) {
                confided += usize::from(*confides);
                // Once the connection breaks before; once the answer is cut short.
                let cut = Canned { body: good.body.slice(..good.body.len().saturating_sub(1)), ..good.clone() };
                ways.extend([vec![None, Some(good.clone())], vec![Some(good.clone())], vec![Some(cut)]]);
            }
            for (split, answers) in ways.into_iter().enumerate() {
                let (file, is_ok) = request.inspect(Recording::<A> { style, token, split: 7 + split * 31, answers });
                well += usize::from(is_ok);
                journals += 1;
                let text = file.text();
                // What an answer that holds no secret says by itself is none.
                let secrets = [canary, token, CANARY]
                    .into_iter()
                    .filter(|secret| *secret != CANARY || name.meta().confides)
                    .filter(|secret| *secret != canary || has_any);
                for spelled in secrets.flat_map(spellings) {
                    assert!(!text.contains(&spelled), "{} {nth}: {spelled}\n{text}", name.meta());
                }
                let replayed = replay(&file.bytes()).unwrap_or_else(|unlike| panic!("{} {nth}: {unlike}\n{text}", name.meta()));
                assert_eq!(replayed.end, End::Done);
            }
        }
        seen.insert(name.meta().to_string());
    }
    assert_eq!(seen.len(), A::Names::ALL.len(), "{seen:?}");
    assert!(confided > 0);
    (journals, well)
}

const TOKEN: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

#[test]
fn every_operation_of_nirvanix_is_recorded_without_its_secrets_and_replayed() {
    let (journals, well) = walk::<Nvx>("nvx", &STYLES[..3], "ca&n<a>r/y \"'\\%+=ä🦀", TOKEN);
    assert!(journals > 600 && well > 100, "{well} of {journals}");
}

#[test]
fn a_url_hides_what_is_in_it() {
    walk::<Nvx>("nvx", &STYLES[2..], "http://someone:canary-word@host.example/a?key=canary-of-a-key", TOKEN);
}

#[test]
fn every_operation_of_the_reseller_api_is_recorded_without_its_secrets_and_replayed() {
    // A password must be base64 there; a private key is any text.
    for canary in ["Y2FuYXJ5IGNhbmFyeQ==", "ca&n<a>r/y \"'\\%+=ä🦀"] {
        let (journals, well) = walk::<E2>("e2", &[Default::default()], canary, "canary-of-a-static-key");
        assert!(journals > 50 && well > 10, "{well} of {journals}");
    }
}
