//! Requests in JSON or as a form, read into the same types with rejections that name the field.
//!
//! # Ceilings
//! A body is held whole before it is read, and its size is the machine's to limit: [`Limits::request`] on the serving side
//! (1 MiB by default), [`Limits::answer`] on the client's (16 MiB). JSON nests at most 127 deep in a request and in a
//! refusal, which is `serde_json`'s own limit; what is deeper is malformed; in an answer nothing
//! looks that deep. A request has at most [`REQUEST_VALUES`], as JSON or as a form; an answer has at most [`ANSWER_VALUES`], a
//! refusal [`FAULT_VALUES`]: reading either takes at most 256 MiB of heap besides the text.
//!
//! [`Limits::request`]: larder_core::Limits::request
//! [`Limits::answer`]: larder_core::Limits::answer

mod answer;
mod form;
mod json;

use std::borrow::Cow;
use std::collections::{BTreeMap, btree_map};

use larder_core::json::has_more_values_than;
use larder_core::{Reject, Rule};
use percent_encoding::percent_decode_str;
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{DeserializeOwned, DeserializeSeed, MapAccess};

pub(crate) use answer::answer;
use form::Texts;
use json::{Members, Values};

/// The most values of a request: no documented one has a hundred.
pub const REQUEST_VALUES: usize = 1_000;
/// The most values of an answer: seventy thousand users, which take about 16 MiB.
pub const ANSWER_VALUES: usize = 700_000;
/// The most values of a refusal.
pub const FAULT_VALUES: usize = 10_000;

/// Reads a request's body. Clients send JSON labelled as a form and forms labelled as JSON, so the content decides: what
/// begins with a brace is JSON.
///
/// In a form, a list is a key that is repeated; a key of anything else must not be, and no key of JSON. What is optional is
/// absent when it is empty or null.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Reject> {
    let body = body.trim_ascii();
    deserialize(if body.first() == Some(&b'{') { object(body)? } else { form(body)? })
}

/// The members of a JSON object, with every value that their names stand for.
fn object(body: &[u8]) -> Result<BTreeMap<Cow<'_, str>, Field<'_>>, Reject> {
    if has_more_values_than(body, REQUEST_VALUES) {
        return Err(Reject::new("", Rule::TooMany));
    }
    let Members(members) = serde_json::from_slice(body).map_err(|_| Reject::new("", Rule::Malformed))?;
    Ok(members.into_iter().map(|(name, values)| (name.into(), Field::Json(Values(values)))).collect())
}

/// The keys of a form, with every value that they stand for.
fn form(body: &[u8]) -> Result<BTreeMap<Cow<'_, str>, Field<'_>>, Reject> {
    let text = core::str::from_utf8(body).map_err(|_| Reject::new("", Rule::Malformed))?;
    if text.matches('&').count() >= REQUEST_VALUES {
        return Err(Reject::new("", Rule::TooMany));
    }
    // Escapes that are no UTF-8 would be replaced, so that two different texts look alike.
    if percent_decode_str(text).decode_utf8().is_err() {
        return Err(Reject::new("", Rule::Malformed));
    }
    Ok(keys(form_urlencoded::parse(text.as_bytes())))
}

/// Reads a request from parameters by name, as those of a form: a list is a parameter that is repeated.
///
/// # Errors
/// The parameter and the rule that it breaks; `Missing` for a required one that is absent.
pub fn from_pairs<T, K, V>(pairs: &[(K, V)]) -> Result<T, Reject>
where
    T: DeserializeOwned,
    K: AsRef<str>,
    V: AsRef<str>,
{
    if pairs.len() > REQUEST_VALUES {
        return Err(Reject::new("", Rule::TooMany));
    }
    deserialize(keys(pairs.iter().map(|(name, value)| (name.as_ref().into(), value.as_ref().into()))))
}

fn keys<'a>(pairs: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>) -> BTreeMap<Cow<'a, str>, Field<'a>> {
    let mut keys = BTreeMap::<_, Vec<_>>::new();
    for (name, value) in pairs {
        keys.entry(name).or_default().push(value);
    }
    keys.into_iter().map(|(name, values)| (name, Field::Form(values))).collect()
}

fn deserialize<T: DeserializeOwned>(fields: BTreeMap<Cow<'_, str>, Field<'_>>) -> Result<T, Reject> {
    T::deserialize(MapAccessDeserializer::new(Fields { rest: fields.into_iter(), current: None }))
}

enum Field<'a> {
    Json(Values),
    Form(Vec<Cow<'a, str>>),
}

type Named<'a> = (Cow<'a, str>, Field<'a>);

struct Fields<'a> {
    rest: btree_map::IntoIter<Cow<'a, str>, Field<'a>>,
    current: Option<Named<'a>>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Reject;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Reject> {
        self.current = self.rest.next();
        let Some((name, _)) = &self.current else { return Ok(None) };
        seed.deserialize(StrDeserializer::<Reject>::new(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Reject> {
        let Some((name, field)) = self.current.take() else { return Err(Reject::new("", Rule::Malformed)) };
        match field {
            Field::Json(values) => seed.deserialize(values),
            Field::Form(values) => seed.deserialize(Texts(&values)),
        }
        .map_err(|reject| reject.at(&name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CreateAccessKey, CreateUser, DisableUser, Permissions, Quota};

    const USER: &str = "email=a&password=dGVzdDEyMw%3D%3D&first_name=b";
    const KEY: &str = "email=a&storage_dn=b&name=c&permissions=2";

    fn buckets(body: &str) -> Result<Option<Vec<String>>, Reject> {
        let key = read::<CreateAccessKey>(body.as_bytes())?;
        Ok(key.buckets.map(|buckets| buckets.as_slice().iter().map(ToString::to_string).collect()))
    }

    #[test]
    fn e21_lists_are_repeated_keys_and_nothing_else_is() {
        assert_eq!(buckets(KEY), Ok(None));
        assert_eq!(buckets(&format!("{KEY}&buckets=x&buckets=y&other=1&other=2")), Ok(Some(vec!["x".into(), "y".into()])));
        assert_eq!(buckets(&format!("{KEY}&name=d")), Err(Reject::new("name", Rule::TooMany)));
        assert_eq!(buckets(&format!("{KEY}{}", "&a".repeat(1_000))), Err(Reject::new("", Rule::TooMany)));
    }

    #[test]
    fn e15_no_bucket_is_never_every_bucket() {
        let json = |buckets: &str| format!(r#"{{"email":"a","storage_dn":"b","name":"c","permissions":2,"buckets":{buckets}}}"#);
        assert_eq!(buckets(&json(r#"["x"]"#)), Ok(Some(vec!["x".into()])));
        for empty in ["[]", "null", "\"\""] {
            assert_eq!(buckets(&json(empty)), Err(Reject::new("buckets", Rule::Malformed)), "{empty}");
        }
        assert_eq!(buckets(&format!("{KEY}&buckets=")), Err(Reject::new("buckets", Rule::Missing)));
    }

    #[test]
    fn e48_what_is_optional_is_absent_when_it_is_empty() {
        let name = |body: &str| read::<CreateUser>(body.as_bytes()).map(|user| (user.last_name, user.email_notification));
        let user = r#""email":"a","password":"dGVzdDEyMw==","first_name":"b","quota":1"#;
        for empty in ["\"\"", "null"] {
            let body = format!(r#"{{{user},"last_name":{empty},"email_notification":{empty}}}"#);
            assert_eq!(name(&body), Ok((None, None)), "{empty}");
        }
        assert_eq!(name(&format!("{USER}&quota=1&last_name=&email_notification=")), Ok((None, None)));
        let said = Ok((Some("c".parse().unwrap()), Some(false)));
        assert_eq!(name(&format!(r#"{{{user},"last_name":"c","email_notification":false}}"#)), said);
        assert_eq!(name(&format!("{USER}&quota=1&last_name=c&email_notification= false ")), said);
        for body in [r#"{"email":""}"#, "email="] {
            assert_eq!(read::<DisableUser>(body.as_bytes()), Err(Reject::new("email", Rule::Missing)), "{body}");
        }
    }

    #[test]
    fn e48_numbers_of_forms_are_those_of_json() {
        let quota = |number: &str| read::<CreateUser>(format!("{USER}&quota={number}").as_bytes()).map(|user| user.quota);
        for (number, gigabytes) in [("1024.0", 1024), ("1e3", 1000), (" 5 ", 5), ("5", 5), ("0", 0)] {
            assert_eq!(quota(number), Ok(Quota::gigabytes(gigabytes)), "{number}");
        }
        for (number, rule) in
            [("%2B5", Rule::Malformed), ("", Rule::Malformed), ("1.5", Rule::Malformed), ("-1", Rule::OutOfRange)]
        {
            assert_eq!(quota(number), Err(Reject::new("quota", rule)), "{number}");
        }
        let permissions = |number: &str| {
            let form = format!("email=a&storage_dn=b&name=c&permissions={number}");
            read::<CreateAccessKey>(form.as_bytes()).map(|key| key.permissions)
        };
        assert_eq!((permissions("2"), permissions("%202%20")), (Ok(Permissions::ReadWrite), Ok(Permissions::ReadWrite)));
        assert_eq!(permissions("%2B2"), Err(Reject::new("permissions", Rule::Malformed)));
    }

    #[test]
    fn e48_a_member_stands_once() {
        let twice = Err(Reject::new("email", Rule::TooMany));
        for body in [r#"{"email":"a","email":"b"}"#, r#"{"email":"a","\u0065mail":"a"}"#, "email=a&email=b"] {
            assert_eq!(read::<DisableUser>(body.as_bytes()), twice, "{body}");
        }
        assert!(read::<DisableUser>(br#"{"email":"a","x":1,"x":2}"#).is_ok());
        let twice = Err(Reject::new("buckets", Rule::TooMany));
        assert_eq!(
            buckets(r#"{"email":"a","storage_dn":"b","name":"c","permissions":2,"buckets":["x"],"buckets":["y"]}"#),
            twice
        );
        let twice = read::<CreateUser>(format!("{USER}&quota=1&last_name=&last_name=").as_bytes());
        assert_eq!(twice, Err(Reject::new("last_name", Rule::TooMany)));
    }

    #[test]
    fn escapes_of_forms_are_utf_8() {
        let email = |body: &str| read::<DisableUser>(body.as_bytes()).map(|user| user.email.to_string());
        for body in ["email=%FF%FE", "email=a&%FF=b", "email=a%C3&b=%BC"] {
            assert_eq!(email(body), Err(Reject::new("", Rule::Malformed)), "{body}");
        }
        assert_eq!(email("email=%C3%BC%EF%BF%BD+%2B%"), Ok("ü\u{FFFD} +%".to_owned()));
    }

    #[test]
    fn blanks_around_a_body_are_none_of_it() {
        for body in ["\r\n email=a\r\n", " \t{\"email\":\"a\"}\n "] {
            assert_eq!(read::<DisableUser>(body.as_bytes()).map(|user| user.email.to_string()), Ok("a".to_owned()), "{body}");
        }
    }

    #[test]
    fn a_request_has_so_many_values() {
        let numbers = |count: usize| format!(r#"{{"email":"a","x":[0{}]}}"#, ",0".repeat(count));
        assert!(read::<DisableUser>(numbers(997).as_bytes()).is_ok());
        assert_eq!(read::<DisableUser>(numbers(998).as_bytes()), Err(Reject::new("", Rule::TooMany)));
    }

    #[test]
    fn json_nests_so_deep() {
        let nested = |depth: usize| format!(r#"{{"email":"a","x":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
        assert!(read::<DisableUser>(nested(126).as_bytes()).is_ok());
        assert_eq!(read::<DisableUser>(nested(127).as_bytes()), Err(Reject::new("", Rule::Malformed)));
        assert!(read::<DisableUser>(nested(1 << 20).as_bytes()).is_err());
    }
}
