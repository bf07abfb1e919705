//! Reading requests: what the body's element holds becomes the pairs that a form would have, so that a form's reader checks
//! them, once for all formats.

use core::fmt;

use larder_core::operation::Names;
use larder_core::{Meta, Reject, Rule};
use roxmltree::Node;

use super::FaultCode;
use super::envelope::{Envelope, Version, is_envelope, is_nil};
use super::table::{self, Notation};
use crate::Name;
use crate::api::{SESSION_TOKEN, parameters};
use crate::codec::xml_read::element::text_of;
use crate::codec::{XmlLimits, is_same, parse_xml};

/// A request as it stands in its envelope. `Debug` shows no values: passwords are among them.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The envelope's version, which the answer has too.
    pub version: Version,
    /// Parameters as a form would have them: lists repeat their name.
    pub parameters: Vec<(String, String)>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({:?}, {} parameters)", self.version, self.parameters.len())
    }
}

/// A request that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The envelope's version, if it has one.
    pub version: Option<Version>,
    /// Why.
    pub flaw: Flaw,
}

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Flaw {
    /// It is no well-formed envelope, or a parameter is not what its place says.
    #[error("{0}")]
    Reject(Reject),
    /// The body's first element is not the operation's.
    #[error("The body is not of the operation that the action names")]
    OtherOperation,
    /// A header must be understood.
    #[error("A header that must be understood is not")]
    MustUnderstand,
    /// An envelope of another namespace.
    #[error("The envelope is neither of SOAP 1.1 nor of SOAP 1.2")]
    VersionMismatch,
}

impl Flaw {
    /// What SOAP calls it.
    #[must_use]
    pub const fn code(&self) -> FaultCode {
        match self {
            Self::Reject(_) | Self::OtherOperation => FaultCode::Sender,
            Self::MustUnderstand => FaultCode::MustUnderstand,
            Self::VersionMismatch => FaultCode::VersionMismatch,
        }
    }
}

/// Reads the envelope of an operation's request, of at most `max` values. What is refused has the parameter's documented name:
/// names that an envelope has are its sender's own text.
///
/// # Errors
/// As [`Flaw`] has it; which parameters there must be is not looked at here.
pub fn read_request(text: &str, name: Name, max: usize) -> Result<Request, Refused> {
    let operation = name.meta();
    let no_envelope = |flaw| Refused { version: None, flaw };
    let document = parse_xml(text, &XmlLimits::REQUEST).map_err(|reject| no_envelope(Flaw::Reject(reject)))?;
    if !is_envelope(&document) {
        return Err(no_envelope(Flaw::Reject(Reject::new("Envelope", Rule::Missing))));
    }
    let envelope = Envelope::find(&document).ok_or_else(|| no_envelope(Flaw::VersionMismatch))?;
    let refused = |flaw| Refused { version: Some(envelope.version), flaw };
    if envelope.must_understand() {
        return Err(refused(Flaw::MustUnderstand));
    }
    let content = envelope.content().filter(|content| is_same(operation.name, content.tag_name().name()));
    let content = content.ok_or_else(|| refused(Flaw::OtherOperation))?;
    let mut found = Found { name, operation, parameters: Vec::new(), max };
    for element in content.children().filter(Node::is_element) {
        found.parameter(element).map_err(|reject| refused(Flaw::Reject(reject)))?;
    }
    Ok(Request { version: envelope.version, parameters: found.parameters })
}

/// What was found so far.
struct Found<'a> {
    name: Name,
    operation: &'a Meta,
    parameters: Vec<(String, String)>,
    max: usize,
}

impl Found<'_> {
    /// An element, or those in it if it is an array.
    fn parameter(&mut self, element: Node<'_, '_>) -> Result<(), Reject> {
        if is_nil(element) {
            return Ok(());
        }
        let name = element.tag_name().name();
        let is_record = || table::notation(self.operation, name) == Notation::TypeAndValue && child(element, "Type").is_some();
        match element.first_element_child() {
            Some(first) if !is_record() => {
                core::iter::successors(Some(first), Node::next_sibling_element).try_for_each(|item| self.item(name, item))
            }
            _ => self.item(name, element),
        }
    }

    fn item(&mut self, name: &str, element: Node<'_, '_>) -> Result<(), Reject> {
        let options = table::options(self.operation);
        let referring = element.attribute("href").and_then(|_| self.spelt(name));
        if let Some(parameter) = referring {
            Err(Reject::new(parameter, Rule::Malformed))
        } else if is_same(table::OPTIONS_ELEMENT, name) && !options.is_empty() {
            self.option(options, &text_of(element))
        } else {
            self.value(name, element)
        }
    }

    /// `width:300`; what is no option of the operation is no other parameter of it either.
    fn option(&mut self, options: &[&str], text: &str) -> Result<(), Reject> {
        match text.split_once(':') {
            Some((name, value)) if options.iter().any(|option| is_same(option, name.trim())) => {
                self.push(name.trim(), value.to_owned())
            }
            _ => Ok(()),
        }
    }

    /// A parameter's name as it is documented; none for what is no parameter.
    fn spelt(&self, name: &str) -> Option<&'static str> {
        let options = Some(table::OPTIONS_ELEMENT).filter(|_| !table::options(self.operation).is_empty());
        let token = self.operation.token_name.unwrap_or(SESSION_TOKEN);
        let mut all = parameters(self.name).into_iter().chain([token]).chain(options);
        all.find(|parameter| is_same(parameter, name))
    }

    fn value(&mut self, name: &str, element: Node<'_, '_>) -> Result<(), Reject> {
        let text = text_of(element);
        let text = match table::notation(self.operation, name) {
            Notation::MetadataType => table::metadata_type(&text).map_or_else(|| text.into_owned(), str::to_owned),
            Notation::TypeAndValue if child(element, "Type").is_some() => {
                type_and_value(element).ok_or_else(|| Reject::new(self.spelt(name).unwrap_or_default(), Rule::Malformed))?
            }
            Notation::Text | Notation::Date | Notation::TypeAndValue => text.into_owned(),
        };
        self.push(name, text)
    }

    fn push(&mut self, name: &str, value: String) -> Result<(), Reject> {
        if self.parameters.len() == self.max {
            return Err(Reject::new("", Rule::TooMany));
        }
        self.parameters.push((name.to_owned(), value));
        Ok(())
    }
}

/// A type and a value, joined as REST has them. A colon in the type would move its end.
fn type_and_value(element: Node<'_, '_>) -> Option<String> {
    let text = |member: &str| child(element, member).map(text_of).unwrap_or_default();
    let (kind, value) = (text("Type"), text("Value"));
    (!kind.contains(':')).then(|| format!("{kind}:{value}"))
}

fn child<'a, 'i>(element: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    element.children().find(|node| node.is_element() && is_same(name, node.tag_name().name()))
}
