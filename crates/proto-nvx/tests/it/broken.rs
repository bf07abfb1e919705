//! Parameters that are none: whatever is wrong with one, the code that answers is one that the operation lists.

use std::collections::BTreeSet;

use larder_core::operation::Names;
use larder_proto_nvx::{Code, Name};

use super::call::{Call, calls};

/// What may stand where something else should. Most texts are too long at 2,000 characters, and most numbers too great.
fn values() -> Vec<String> {
    let short = ["", "-1", "0", "x", "1.5", "a\u{1}b", "..", ".", "a|b", "a*b", "99999999999999999999", "<a>"];
    short.into_iter().map(str::to_owned).chain(["x".repeat(2_000), "x/".repeat(2_000)]).collect()
}

/// What answers beyond the operation's list, one line each.
fn unlisted(call: &Call, what: &str) -> Option<String> {
    let fault = call.refusal()?;
    let is_listed = call.name.faults().contains(&fault.code);
    (!is_listed).then(|| format!("{}: {what}: {fault}", call.name.meta()))
}

#[test]
fn n60_what_is_wrong_with_a_parameter_is_listed() {
    let values = values();
    let mut findings = Vec::new();
    for call in calls() {
        for parameter in call.parameters() {
            findings.extend(unlisted(&call.without(parameter), &format!("without {parameter}")));
            for value in &values {
                let shown: String = value.chars().take(24).collect();
                findings.extend(unlisted(&call.with(parameter, value), &format!("{parameter}={shown:?}")));
            }
        }
    }
    findings.sort();
    findings.dedup();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn n140_pages_have_a_size_from_1_to_1000() {
    let mut operations = 0;
    for call in calls() {
        for parameter in ["pageSize", "maxResults"].into_iter().filter(|name| call.parameters().contains(name)) {
            operations += 1;
            let code = |value: &str| call.with(parameter, value).refusal().map(|fault| fault.code);
            for (value, expected) in [
                ("-99999999999999999999", Some(Code::ParameterOutOfAcceptedRange)),
                ("-1", Some(Code::ParameterOutOfAcceptedRange)),
                ("0", Some(Code::ParameterOutOfAcceptedRange)),
                ("1", None),
                (" 1000 ", None),
                ("1001", Some(Code::PageSizeExceedsLimit)),
                ("4294967296", Some(Code::PageSizeExceedsLimit)),
                ("99999999999999999999", Some(Code::PageSizeExceedsLimit)),
                ("ten", Some(Code::InvalidParameter)),
                ("1e3", Some(Code::InvalidParameter)),
            ] {
                assert_eq!(code(value), expected, "{}: {parameter}={value}", call.name.meta());
            }
        }
    }
    assert!(operations >= 6, "{operations}");
}

#[test]
fn n4_only_metadata_is_read_at_a_source_path() {
    for call in calls() {
        let Some((name, value)) = call.pairs.iter().find(|(name, _)| name.to_lowercase().ends_with("path")) else { continue };
        let renamed = call.without(name).with("sourcePath", value);
        let is_read = renamed.refusal().is_none() && call.without(name).refusal().is_some();
        assert_eq!(is_read, call.name == Name::MetadataGetMetadata, "{call:?}");
    }
}

/// What no answer gives back: secrets, and where a browser goes.
const NOT_GIVEN_BACK: [&str; 8] =
    ["appKey", "sessionToken", "uploadToken", "password", "oldPassword", "newPassword", "childAccountPassword", "forwardingUrl"];

#[test]
fn what_answers_may_give_back_is_what_xml_can_hold() {
    let mut taken = BTreeSet::new();
    for call in calls() {
        // What begins with `$` is in the head of a file's part or of the request, where it cannot stand.
        let given_back =
            |name: &&str| !name.starts_with('$') && !NOT_GIVEN_BACK.iter().any(|other| other.eq_ignore_ascii_case(name));
        for parameter in call.parameters().into_iter().filter(given_back) {
            for value in ["\u{1}", "\u{FFFE}", "a:\u{1}", "a:\u{FFFE}", "\u{1}@b", "<a>\u{1}</a>"] {
                if call.with(parameter, value).refusal().is_none() {
                    taken.insert(format!("{} {parameter}={value:?}", call.name.meta()));
                }
            }
        }
    }
    assert_eq!(taken, BTreeSet::new());
}
