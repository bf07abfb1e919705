//! Descriptions for toolkits, made of the catalog: the WSDL of a namespace, the XML schema of an operation's REST answer, and
//! the parameters of a call as a list. Only with the feature `schema`.
//!
//! Their texts are the operations' own documentation. What SOAP calls otherwise than REST stands in the SOAP codec's tables,
//! from which it is taken here.
//!
//! # What a WSDL leaves open
//! Lengths, patterns and bounds are told in words and are no restrictions: toolkits differ in what they make of those, and
//! the service says which rule was broken by a code. Closed sets of words are enumerations where callers choose, and texts
//! where the service answers, which may learn new ones. Sizes are `xs:long`, as the printed calls pass and take them: what
//! only an unsigned number could hold nobody has stored. Numbers, flags, dates and words that may be absent are to be nil
//! then, so that a toolkit has one argument for each; an element that is not there is read alike. The detail of a fault is
//! not declared, as the original did not: [`DETAIL`] says what it has.

mod kind;
mod page;
mod shapes;
mod soap;
mod types;
mod wsdl;
mod xml;
mod xsd;

pub use kind::{Kind, Parameter};
pub use page::{operation_page, page};
pub use soap::{namespaces, operation, operations, parameters};
pub use wsdl::{DETAIL, wsdl};
pub use xsd::xsd;

use larder_core::operation::Names;

/// The path of an operation by REST.
#[must_use]
pub fn address(name: crate::Name) -> String {
    match name.meta().kind {
        larder_core::Kind::Unary | larder_core::Kind::Upload => crate::api::path(name.meta()),
        larder_core::Kind::Download => "/<token>/<application>/<user>/<path>".to_owned(),
    }
}
