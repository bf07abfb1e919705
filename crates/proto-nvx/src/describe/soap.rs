//! Operations as SOAP has them.

use larder_core::operation::Names;
use larder_core::{Auth, Kind as Carries};

use super::kind::{Kind, Parameter};
use super::shapes::Operation;
use crate::Name;
use crate::api::SESSION_TOKEN;
use crate::codec::soap::{Notation, OPTIONS_ELEMENT, is_rest_only, is_text, notation, options, soap_member};

/// The namespaces that have a WSDL, in the catalog's order.
pub fn namespaces() -> impl Iterator<Item = &'static str> {
    let mut last = "";
    let all = soap_names().map(|name| name.meta().namespace);
    all.filter(move |namespace| core::mem::replace(&mut last, namespace) != *namespace)
}

/// The operations of a namespace, matched in any case, that can be called by SOAP.
pub fn operations(namespace: &str) -> impl Iterator<Item = Name> {
    soap_names().filter(move |name| name.meta().namespace.eq_ignore_ascii_case(namespace))
}

/// The operation of a namespace and a name, both matched in any case, if it can be called by SOAP.
#[must_use]
pub fn operation(namespace: &str, name: &str) -> Option<Name> {
    operations(namespace).find(|operation| operation.meta().name.eq_ignore_ascii_case(name))
}

/// Files do not fit into envelopes: their operations are not there.
fn soap_names() -> impl Iterator<Item = Name> {
    Name::ALL.iter().copied().filter(|name| name.meta().kind == Carries::Unary)
}

/// The parameters of a SOAP call, in their order: the session's token comes first.
#[must_use]
pub fn parameters(name: Name) -> Vec<Parameter> {
    request(name, &Operation::new(name))
}

pub(super) fn request(name: Name, operation: &Operation) -> Vec<Parameter> {
    let meta = name.meta();
    let token = (meta.auth == Auth::Session).then(|| Parameter {
        name: meta.token_name.unwrap_or(SESSION_TOKEN).to_owned(),
        text: "The token of the session.".to_owned(),
        kind: Kind::Text,
        is_required: true,
    });
    let is_option = |parameter: &&Parameter| options(meta).contains(&parameter.name.as_str());
    let own = operation.request.iter().filter(|parameter| !is_option(parameter) && !is_rest_only(&parameter.name));
    let own = own.map(|parameter| in_soap(name, operation, parameter));
    let options: Vec<&Parameter> = operation.request.iter().filter(is_option).collect();
    token.into_iter().chain(own).chain(in_array(&options)).collect()
}

/// The parameters that stand in an array of texts.
fn in_array(options: &[&Parameter]) -> Option<Parameter> {
    let lines: Vec<String> = options.iter().map(|option| format!("{}: {}", option.name, option.text)).collect();
    let text = format!("Texts such as {}:…, each with a colon behind the name.\n{}", options.first()?.name, lines.join("\n"));
    let kind = Kind::List(Box::new(Kind::Text));
    Some(Parameter { name: OPTIONS_ELEMENT.to_owned(), text, kind, is_required: false })
}

fn in_soap(name: Name, operation: &Operation, parameter: &Parameter) -> Parameter {
    let kind = match (notation(name.meta(), &parameter.name), &parameter.kind) {
        (Notation::TypeAndValue, _) => Kind::List(Box::new(record(operation, "MetadataInfo"))),
        (Notation::Date, _) => Kind::Date,
        (_, Kind::Words { .. }) if is_text(&parameter.name) => Kind::Text,
        (Notation::Text | Notation::MetadataType, Kind::Date) => Kind::Text,
        (Notation::Text | Notation::MetadataType, kind) => signed(kind),
    };
    Parameter { kind, ..parameter.clone() }
}

fn record(operation: &Operation, name: &str) -> Kind {
    Kind::Record { name: name.to_owned(), members: operation.members_of(name) }
}

/// The result of a call: the answer's only field, or all of them as a record.
pub(super) fn result(name: Name, operation: &Operation) -> Option<Parameter> {
    let result = format!("{}Result", name.meta().name);
    match operation.answer.as_slice() {
        [] => None,
        [one] => Some(Parameter { name: result, text: one.text.clone(), kind: answered(&one.kind), is_required: true }),
        members => {
            let members = members.iter().map(answered_member).collect();
            let kind = Kind::Record { name: result.clone(), members };
            Some(Parameter { name: result, text: String::new(), kind, is_required: true })
        }
    }
}

/// What an item of a result's list is called: `None` for texts.
pub(super) fn item_name(operation: &Operation) -> Option<&str> {
    operation.answer.first().map(|field| field.name.as_str())
}

/// A number that a signed one of 64 bits holds, which every toolkit has; the printed calls pass and take such. Other kinds stay.
fn signed(kind: &Kind) -> Kind {
    let Kind::Whole { least, most } = *kind else { return kind.clone() };
    Kind::Whole { least, most: most.min(i64::MAX.into()) }
}

/// Dates are texts as REST has them, and so are words, of which there may be new ones.
fn answered(kind: &Kind) -> Kind {
    match kind {
        Kind::Date | Kind::Words { .. } => Kind::Text,
        Kind::List(item) => Kind::List(Box::new(answered(item))),
        Kind::Record { name, members } => {
            Kind::Record { name: name.clone(), members: members.iter().map(answered_member).collect() }
        }
        Kind::Text | Kind::Flag | Kind::Whole { .. } | Kind::Fraction | Kind::Bytes | Kind::Markup(_) => signed(kind),
    }
}

fn answered_member(member: &Parameter) -> Parameter {
    Parameter { name: soap_member(&member.name).to_owned(), kind: answered(&member.kind), ..member.clone() }
}
