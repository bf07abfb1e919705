//! Pages for people: what a namespace has, and what a call takes.

use larder_core::operation::Names;
use larder_core::schema::summary;

use super::shapes::Operation;
use super::xml::Xml;
use super::{operations, soap, wsdl};
use crate::Name;

/// The operations of a namespace, matched in any case, as a page in HTML without scripts; none for a namespace that is none.
#[must_use]
pub fn page(namespace: &str) -> Option<String> {
    let first = operations(namespace).next()?;
    let mut html = head(first.meta().namespace);
    html.text("p", "Web services of this namespace, by SOAP 1.1 and 1.2. Each operation says what it takes.");
    html.text_with("a", &[("href", "?WSDL")], "Description for toolkits (WSDL)");
    html.open("ul", &[]);
    for name in operations(namespace) {
        let (called, operation) = (name.meta().name, Operation::new(name));
        html.open("li", &[]);
        html.text_with("a", &[("href", &format!("?op={called}"))], called);
        html.text("span", &summary(&operation.text).0);
        html.close();
    }
    Some(html.finish())
}

/// What an operation takes, as a page in HTML without scripts.
#[must_use]
pub fn operation_page(name: Name) -> String {
    let operation = Operation::new(name);
    let mut html = head(&name.meta().to_string());
    for paragraph in wsdl::documentation(name, &operation).split("\n\n") {
        html.text("p", paragraph);
    }
    html.open("table", &[]);
    for parameter in soap::request(name, &operation) {
        html.open("tr", &[]);
        let required = if parameter.is_required { "required" } else { "optional" };
        for cell in [&parameter.name, required, &parameter.kind.to_string(), &parameter.text] {
            html.text("td", cell);
        }
        html.close();
    }
    html.close();
    html.text_with("a", &[("href", "?")], "All operations");
    html.finish()
}

fn head(title: &str) -> Xml {
    let mut html = Xml::html();
    html.open("html", &[("lang", "en")]);
    html.open("head", &[]);
    html.empty("meta", &[("charset", "utf-8")]);
    html.text("title", title);
    html.close();
    html.open("body", &[]);
    html.text("h1", title);
    html
}
