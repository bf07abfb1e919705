//! Limits that a schema states are those of the type: one value at each, and one beyond it.

use larder_proto_nvx::Name;
use serde_json::Value;

use super::{one_of_each, properties, request};
use crate::call::Call;
use crate::lengths::{SHAPES, value};

/// Texts of so many characters, one of each shape that can be so short.
fn texts(length: usize) -> Vec<String> {
    let least = |shape: &str| match shape {
        "url" => 10,
        "notes" => 8,
        "email" | "type" | "value" => 3,
        _ => 1,
    };
    let mut all: Vec<String> = SHAPES
        .into_iter()
        .filter(|shape| *shape != "below" && length >= least(shape))
        .map(|shape| value(shape, length))
        .collect();
    // A type and its value, each as long as it may be; a path below an application and a user of the longest names.
    if length > 101 {
        all.push(format!("{}:{}", "ä".repeat(100), "ö".repeat(length - 101)));
    }
    if length > 700 {
        all.push(format!("//{0}/{0}/{1}", "ü".repeat(320), value("path", length - 644)));
    }
    all
}

fn is_accepted(call: &Call, name: &str, value: &str) -> bool {
    call.with(name, value).refusal().is_none()
}

/// Looks at every parameter of every operation, and whether it is required.
fn each(check: impl Fn(&Call, &str, &Value, bool)) {
    for call in one_of_each() {
        let schema = request(call.name);
        let is_required = |name: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
        for (name, property) in properties(&schema) {
            check(&call, name, property, is_required(name));
        }
    }
}

/// Headers and parts of forms have limits of their own, which are not parameters.
fn is_parameter(call: &Call, name: &str) -> bool {
    !name.starts_with('$') && call.name != Name::TransferDownload
}

#[test]
fn a_text_may_be_so_long_and_no_longer() {
    let seen = std::cell::Cell::new(0);
    each(|call, name, property, is_required| {
        let Some(most) = property["maxLength"].as_u64().filter(|_| property["format"] != "byte" && is_parameter(call, name))
        else {
            return;
        };
        let most = usize::try_from(most).unwrap();
        let context = format!("{:?} {name}", call.name);
        assert!(texts(most).iter().any(|text| is_accepted(call, name, text)), "{context}: {most}");
        let longer = texts(most + 1).into_iter().find(|text| is_accepted(call, name, text));
        assert_eq!(longer, None, "{context}: {most} + 1");
        // What may be absent is so when it is empty.
        if property["minLength"] == 1 && is_required {
            assert!(!is_accepted(call, name, ""), "{context} may not be empty");
        }
        seen.set(seen.get() + 1);
    });
    assert!(seen.get() > 80, "{} texts", seen.get());
}

#[test]
fn a_number_may_be_so_great_and_no_greater() {
    let seen = std::cell::Cell::new(0);
    each(|call, name, property, _| {
        if property["type"] != "integer" && property["type"][0] != "integer" {
            return;
        }
        let number = |value: &Value| value.as_u64().map(i128::from).or_else(|| value.as_i64().map(i128::from));
        let context = format!("{:?} {name}", call.name);
        let least = number(&property["minimum"]);
        // Numbers without a stated end are as great as the machine's are.
        let most = number(&property["maximum"]).unwrap_or(match property["format"].as_str() {
            Some("uint32") => u32::MAX.into(),
            _ => u64::MAX.into(),
        });
        if let Some(least) = least {
            assert!(!is_accepted(call, name, &(least - 1).to_string()), "{context}: {least} - 1");
            assert!(!is_accepted(call, name, &(most + 1).to_string()), "{context}: {most} + 1");
            assert!(is_accepted(call, name, &most.to_string()), "{context}: {most}");
            // Which side may be proportional depends on the other one.
            let excluded = property.pointer("/not/const").and_then(Value::as_i64);
            match excluded {
                Some(excluded) => assert!(!is_accepted(call, name, &excluded.to_string()), "{context}: {excluded}"),
                None => assert!(is_accepted(call, name, &least.to_string()), "{context}: {least}"),
            }
            seen.set(seen.get() + 1);
        }
        let listed: Vec<i64> = property["enum"].as_array().into_iter().flatten().filter_map(Value::as_i64).collect();
        for id in 0..=i64::from(!listed.is_empty()) * 300 {
            let expected = listed.is_empty() || listed.contains(&id);
            assert!(listed.is_empty() || is_accepted(call, name, &id.to_string()) == expected, "{context}: {id}");
        }
    });
    assert!(seen.get() > 20, "{} numbers", seen.get());
}

#[test]
fn a_word_is_one_of_those_and_no_other() {
    let seen = std::cell::Cell::new(0);
    each(|call, name, property, _| {
        let words = property["oneOf"].as_array().into_iter().flatten().filter_map(|word| word["const"].as_str());
        let words: Vec<&str> = words.collect();
        for word in &words {
            assert!(is_accepted(call, name, word), "{:?} {name}: {word}", call.name);
        }
        if !words.is_empty() {
            assert!(!is_accepted(call, name, "no such word"), "{:?} {name}", call.name);
            seen.set(seen.get() + 1);
        }
    });
    assert!(seen.get() >= 10, "{} sets of words", seen.get());
}
