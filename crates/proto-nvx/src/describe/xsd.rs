//! XML Schema of REST's answers.

use larder_core::Kind as Carries;
use larder_core::operation::Names;

use super::shapes::Operation;
use super::types::{Style, Types};
use super::xml::Xml;
use crate::Name;

/// The schema of an operation's `<Response>` in XML: a success with all of its elements, or a failure with its message. None for
/// a download, whose success is a file.
#[must_use]
pub fn xsd(name: Name) -> Option<String> {
    if name.meta().kind == Carries::Download {
        return None;
    }
    let (operation, mut types) = (Operation::new(name), Types::new(Style::Nested));
    let mut xml = Xml::new();
    xml.open("xs:schema", &[("xmlns:xs", "http://www.w3.org/2001/XMLSchema")]);
    xml.open("xs:element", &[("name", "Response")]);
    xml.open("xs:complexType", &[]);
    xml.open("xs:sequence", &[]);
    xml.empty("xs:element", &[("name", "ResponseCode"), ("type", "xs:unsignedInt")]);
    xml.open("xs:choice", &[]);
    xml.empty("xs:element", &[("name", "ErrorMessage"), ("type", "xs:string")]);
    xml.open("xs:sequence", &[]);
    for member in &operation.answer {
        types.member(&mut xml, member);
    }
    Some(xml.finish())
}
