//! The texts that stand in the fixtures' requests and answers.

use std::collections::BTreeSet;

use larder_proto_e2::E2;
use larder_proto_nvx::Nvx;
use larder_testkit::trees;
use serde_json::Value;

/// Each text once, as an input.
pub(super) fn all(is_wanted: impl Fn(&str) -> bool) -> Vec<Vec<u8>> {
    let nvx = trees::requests::<Nvx>("nvx").into_iter().chain(trees::answers::<Nvx>("nvx")).map(|(_, tree)| tree);
    let e2 = trees::requests::<E2>("e2").into_iter().chain(trees::answers::<E2>("e2")).map(|(_, tree)| tree);
    let mut texts = BTreeSet::new();
    nvx.chain(e2).for_each(|tree| collect(&tree, &mut texts));
    texts.into_iter().filter(|text| is_wanted(text)).map(String::into_bytes).collect()
}

fn collect(tree: &Value, texts: &mut BTreeSet<String>) {
    match tree {
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Object(fields) => fields.values().for_each(|field| collect(field, texts)),
        Value::String(text) => drop(texts.insert(text.clone())),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
