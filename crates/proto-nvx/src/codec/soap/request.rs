//! Writing requests.

use std::borrow::Cow;

use larder_core::{Meta, Reject, Rule, Secret};
use serde::Serialize;

use super::envelope::{Version, close, open};
use super::table::{self, Notation};
use crate::codec::form::write::{Parameters, Root};
use crate::codec::to_text::ToText;
use crate::codec::xml_write;
use crate::values::Date;

/// A whole request, with the session's token first, in the parameter that this operation has for it.
///
/// # Errors
/// `Malformed` for a shape that no form can express either, for text that XML cannot hold, and for a parameter that REST
/// alone has (`ContactType`): what is sent is never something else than what was asked for.
pub fn request<T: Serialize + ?Sized>(
    version: Version,
    operation: &Meta,
    token: Option<(&'static str, &Secret)>,
    value: &T,
) -> Result<String, Reject> {
    let mut body = Body { out: open(version), operation, is_list: false, options: Vec::new() };
    body.out.push_str(&format!("<{} xmlns=\"{}\">", operation.name, table::target_namespace(operation)));
    if let Some((name, token)) = token {
        body.value(Cow::Borrowed(name), token.expose().to_owned())?;
    }
    value.serialize(ToText(Root { to: &mut body }))?;
    body.close_options();
    body.out.push_str(&format!("</{}>", operation.name));
    Ok(close(body.out))
}

/// The operation's element while it is written.
struct Body<'a> {
    out: String,
    operation: &'a Meta,
    is_list: bool,
    /// Parameters that stand in the array of options, which comes last.
    options: Vec<String>,
}

impl Parameters for Body<'_> {
    fn value(&mut self, name: Cow<'static, str>, text: String) -> Result<(), Reject> {
        // A service would pass over what SOAP does not have there, and do something else.
        if !xml_write::can_hold(&text) || table::is_rest_only(&name) {
            return Err(Reject::new(name, Rule::Malformed));
        }
        if table::options(self.operation).contains(&name.as_ref()) {
            self.options.push(format!("{name}:{text}"));
            return Ok(());
        }
        let element = if self.is_list { "string" } else { name.as_ref() };
        match table::notation(self.operation, &name) {
            // The same text means another type there.
            Notation::MetadataType if table::metadata_type(&text).is_some() => {
                return Err(Reject::new(name, Rule::Malformed));
            }
            Notation::Text | Notation::MetadataType => self.element(element, &text),
            Notation::Date => {
                let date: Date = text.parse().map_err(|rule| Reject::new(name.clone(), rule))?;
                self.element(element, &date.iso8601());
            }
            Notation::TypeAndValue => {
                let (kind, value) = text.split_once(':').unwrap_or((&text, ""));
                self.out.push_str("<MetadataInfo>");
                self.element("Type", kind);
                self.element("Value", value);
                self.out.push_str("</MetadataInfo>");
            }
        }
        Ok(())
    }

    fn begin(&mut self, name: &str) {
        self.is_list = true;
        self.tag("<", name);
    }

    fn end(&mut self, name: &str) {
        self.is_list = false;
        self.tag("</", name);
    }
}

impl Body<'_> {
    fn tag(&mut self, start: &str, name: &str) {
        self.out.push_str(start);
        self.out.push_str(name);
        self.out.push('>');
    }

    fn element(&mut self, name: &str, text: &str) {
        self.tag("<", name);
        xml_write::text(&mut self.out, text);
        self.tag("</", name);
    }

    fn close_options(&mut self) {
        let options = core::mem::take(&mut self.options);
        if options.is_empty() {
            return;
        }
        self.tag("<", table::OPTIONS_ELEMENT);
        for option in &options {
            self.element("string", option);
        }
        self.tag("</", table::OPTIONS_ELEMENT);
    }
}
