//! The lines of a listing.
//!
//! `public-api` writes items with the paths by which users reach them. Added here is what decides whether a change is a breaking
//! one: what may not be built or matched by users (`{ .. }`, `#[non_exhaustive]`), and which methods of a trait have a body.
//! Left out are methods in impls of traits: the trait says them.

use std::collections::{BTreeMap, BTreeSet};

use public_api::PublicItem;
use rustdoc_types::{Attribute, Crate, Id, Item, ItemEnum, StructKind, VariantKind};
use serde_json::Value;

use crate::Result;
use crate::document::Document;

/// One item of a public API.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) line: String,
    /// The libraries whose types and traits it names.
    pub(crate) libraries: BTreeSet<String>,
}

/// The items of a document: each line once, in an order that is the same in each run.
pub(crate) fn of(document: &Document) -> Result<Vec<Listed>> {
    let builder = public_api::Builder::from_rustdoc_json(&document.file);
    let api = builder.omit_blanket_impls(true).omit_auto_trait_impls(true).sorted(true).build()?;
    let items: BTreeMap<u32, &Item> = document.content.index.iter().map(|(id, item)| (id.0, item)).collect();
    let mut seen = BTreeSet::new();
    let mut listed = Vec::new();
    for public in api.into_items() {
        let (item, parent) = (items.get(&public.id().0), public.parent_id().and_then(|id| items.get(&id.0)));
        let Some(item) = item else { return Err(format!("rustdoc does not describe {public}").into()) };
        if is_told_elsewhere(item, parent.copied()) {
            continue;
        }
        let line = line(&public, item, parent.copied());
        if seen.insert(line.clone()) {
            listed.push(Listed { line, libraries: libraries(&document.content, item) });
        }
    }
    Ok(listed)
}

/// A method in an impl of a trait; what the compiler derives for itself; an impl block that says nothing.
fn is_told_elsewhere(item: &Item, parent: Option<&Item>) -> bool {
    let of_a_trait = parent.is_some_and(|parent| matches!(&parent.inner, ItemEnum::Impl(it) if it.trait_.is_some()));
    if let ItemEnum::Impl(it) = &item.inner {
        let is_plain = it.generics.params.is_empty() && it.generics.where_predicates.is_empty();
        return it.trait_.as_ref().map_or(is_plain, |path| path.path.ends_with("StructuralPartialEq"));
    }
    of_a_trait && matches!(item.inner, ItemEnum::Function(_))
}

fn line(public: &PublicItem, item: &Item, parent: Option<&Item>) -> String {
    let text = public.to_string();
    let is_open = item.attrs.contains(&Attribute::NonExhaustive) && !text.starts_with("#[non_exhaustive]");
    let before = if is_open { "#[non_exhaustive] " } else { "" };
    format!("{before}{text}{}", after(item, parent))
}

#[expect(clippy::wildcard_enum_match_arm, reason = "of all other kinds there is nothing to add")]
fn after(item: &Item, parent: Option<&Item>) -> String {
    if let ItemEnum::Use(it) = &item.inner
        && !it.is_glob
    {
        return format!(" = {}", it.source);
    }
    let in_a_trait = parent.is_some_and(|parent| matches!(parent.inner, ItemEnum::Trait(_)));
    let has_more = match &item.inner {
        ItemEnum::Struct(it) => matches!(it.kind, StructKind::Plain { has_stripped_fields: true, .. }),
        ItemEnum::Variant(it) => matches!(it.kind, VariantKind::Struct { has_stripped_fields: true, .. }),
        ItemEnum::Function(it) => in_a_trait && it.has_body,
        _ => false,
    };
    if has_more { " { .. }".to_owned() } else { String::new() }
}

/// Every path in what rustdoc says of the item leads to a crate.
fn libraries(document: &Crate, item: &Item) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    if let ItemEnum::Use(it) = &item.inner {
        found.extend(it.id.and_then(|id| library(document, id)));
    }
    // The types name nothing by themselves: their fields, methods and impls are items of their own.
    let described = serde_json::to_value(&item.inner).unwrap_or_default();
    let mut waiting = vec![&described];
    while let Some(value) = waiting.pop() {
        match value {
            Value::Object(members) => {
                if let (Some(Value::String(_)), Some(id)) = (members.get("path"), members.get("id").and_then(Value::as_u64)) {
                    found.extend(u32::try_from(id).ok().and_then(|id| library(document, Id(id))));
                }
                waiting.extend(members.values());
            }
            Value::Array(values) => waiting.extend(values),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    found
}

fn library(document: &Crate, id: Id) -> Option<String> {
    let crate_id = document.paths.get(&id)?.crate_id;
    document.external_crates.get(&crate_id).map(|external| external.name.clone())
}
