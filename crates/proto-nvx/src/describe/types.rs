//! XML Schema of parameters and members.

use std::collections::VecDeque;

use super::kind::{Kind, Parameter};
use super::xml::Xml;

/// How types are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// For toolkits that make code of a WSDL: records, arrays and words are named types.
    Named,
    /// For validators: everything stands where it is used, numbers as narrow as they are.
    Nested,
}

/// Writes elements, and remembers the named types that they refer to.
pub(super) struct Types {
    style: Style,
    /// What is referred to and not written yet.
    waiting: VecDeque<(String, Declared)>,
    /// All names that were referred to.
    known: Vec<String>,
}

enum Declared {
    Record(Vec<Parameter>),
    Words(Vec<String>),
    Array { item: String, kind: Kind },
}

impl Types {
    pub(super) fn new(style: Style) -> Self {
        Self { style, waiting: VecDeque::new(), known: Vec::new() }
    }

    /// An element of a record: a list repeats it.
    pub(super) fn member(&mut self, xml: &mut Xml, member: &Parameter) {
        if let Kind::List(item) = &member.kind {
            return self.element(xml, member, item, &[("minOccurs", "0"), ("maxOccurs", "unbounded")]);
        }
        let occurs: &[_] = if member.is_required { &[] } else { &[("minOccurs", "0")] };
        self.element(xml, member, &member.kind, occurs);
    }

    /// An element of a call or its result: a list is an array, whose records are called `item`.
    pub(super) fn parameter(&mut self, xml: &mut Xml, parameter: &Parameter, item: &str) {
        let mut occurs = Vec::new();
        if !parameter.is_required {
            // Where both may be, .NET passes two arguments: the value, and whether there is one.
            let absence = if is_plain_value(&parameter.kind) { ("nillable", "true") } else { ("minOccurs", "0") };
            occurs.push(absence);
        }
        let Kind::List(kind) = &parameter.kind else { return self.element(xml, parameter, &parameter.kind, &occurs) };
        let item = if matches!(**kind, Kind::Record { .. }) { item } else { "string" };
        let (first, rest) = item.split_at(1);
        let name = format!("ArrayOf{}{rest}", first.to_uppercase());
        let array = Declared::Array { item: item.to_owned(), kind: (**kind).clone() };
        let of = self.refer(&name, array);
        self.leaf(xml, parameter, &of, &occurs);
    }

    fn element(&mut self, xml: &mut Xml, of: &Parameter, kind: &Kind, occurs: &[(&str, &str)]) {
        match (kind, self.style) {
            (Kind::Words { name, words }, Style::Named) => {
                let of_type = self.refer(name, Declared::Words(words.clone()));
                self.leaf(xml, of, &of_type, occurs);
            }
            (Kind::Record { name, members }, Style::Named) => {
                let of_type = self.refer(name, Declared::Record(members.clone()));
                self.leaf(xml, of, &of_type, occurs);
            }
            (Kind::Record { members, .. } | Kind::Markup(members), _) => {
                xml.open("xs:element", &[&[("name", of.name.as_str())], occurs].concat());
                annotate(xml, &of.text);
                self.content(xml, &[], members);
                xml.close();
            }
            (kind, style) => self.leaf(xml, of, simple(kind, style), occurs),
        }
    }

    fn leaf(&mut self, xml: &mut Xml, of: &Parameter, of_type: &str, occurs: &[(&str, &str)]) {
        let attributes = [&[("name", of.name.as_str()), ("type", of_type)], occurs].concat();
        if of.text.is_empty() {
            return xml.empty("xs:element", &attributes);
        }
        xml.open("xs:element", &attributes);
        annotate(xml, &of.text);
        xml.close();
    }

    /// A complex type: attributes have `@` before their names, and `$text` stands for the element's own text.
    fn content(&mut self, xml: &mut Xml, attributes: &[(&str, &str)], members: &[Parameter]) {
        let (attached, elements): (Vec<_>, Vec<_>) = members.iter().partition(|member| member.name.starts_with('@'));
        let text = elements.iter().find(|member| member.name == "$text");
        xml.open("xs:complexType", attributes);
        if let Some(text) = text {
            xml.open("xs:simpleContent", &[]);
            xml.open("xs:extension", &[("base", simple(&text.kind, self.style))]);
        } else {
            xml.open("xs:sequence", &[]);
            for element in &elements {
                self.member(xml, element);
            }
            xml.close();
        }
        for attribute in attached {
            let required = if attribute.is_required { "required" } else { "optional" };
            let name = attribute.name.trim_start_matches('@');
            xml.empty("xs:attribute", &[("name", name), ("type", simple(&attribute.kind, self.style)), ("use", required)]);
        }
        if text.is_some() {
            xml.close();
            xml.close();
        }
        xml.close();
    }

    /// Refers to a named type.
    fn refer(&mut self, name: &str, declared: Declared) -> String {
        if !self.known.iter().any(|known| known == name) {
            self.known.push(name.to_owned());
            self.waiting.push_back((name.to_owned(), declared));
        }
        format!("tns:{name}")
    }

    /// Writes all types that were referred to, and those that they refer to.
    pub(super) fn declare(&mut self, xml: &mut Xml) {
        while let Some((name, declared)) = self.waiting.pop_front() {
            let named = [("name", name.as_str())];
            match declared {
                Declared::Record(members) => self.content(xml, &named, &members),
                Declared::Words(words) => {
                    xml.open("xs:simpleType", &named);
                    xml.open("xs:restriction", &[("base", "xs:string")]);
                    for word in words {
                        xml.empty("xs:enumeration", &[("value", &word)]);
                    }
                    xml.close();
                    xml.close();
                }
                Declared::Array { item, kind } => {
                    let item = Parameter { name: item, text: String::new(), kind: Kind::Flag, is_required: false };
                    xml.open("xs:complexType", &named);
                    xml.open("xs:sequence", &[]);
                    let occurs = [("minOccurs", "0"), ("maxOccurs", "unbounded"), ("nillable", "true")];
                    self.element(xml, &item, &kind, &occurs);
                    xml.close();
                    xml.close();
                }
            }
        }
    }
}

fn annotate(xml: &mut Xml, text: &str) {
    if !text.is_empty() {
        xml.open("xs:annotation", &[]);
        xml.text("xs:documentation", text);
        xml.close();
    }
}

/// What languages have values for that cannot be absent.
fn is_plain_value(kind: &Kind) -> bool {
    matches!(kind, Kind::Flag | Kind::Whole { .. } | Kind::Fraction | Kind::Date | Kind::Words { .. })
}

fn simple(kind: &Kind, style: Style) -> &'static str {
    match kind {
        Kind::Flag => "xs:boolean",
        Kind::Whole { least, most } => whole(*least, *most),
        Kind::Fraction => "xs:decimal",
        Kind::Bytes => "xs:base64Binary",
        Kind::Date if style == Style::Named => "xs:dateTime",
        Kind::Text | Kind::Date | Kind::Words { .. } | Kind::Record { .. } | Kind::List(_) | Kind::Markup(_) => "xs:string",
    }
}

fn whole(least: i128, most: i128) -> &'static str {
    let fits = |from: i128, to: i128| least >= from && most <= to;
    if fits(i32::MIN.into(), i32::MAX.into()) {
        "xs:int"
    } else if fits(i64::MIN.into(), i64::MAX.into()) {
        "xs:long"
    } else if least >= 0 {
        "xs:unsignedLong"
    } else {
        "xs:integer"
    }
}
