//! Faults: why SOAP says no, around the code and the message of the API.

use larder_core::{Reject, Rule};
use roxmltree::Node;

use super::envelope::{Version, close, open};
use crate::codec::xml_read::element::text_of;
use crate::codec::{integer, is_same, xml_write};

/// What a fault of SOAP says about whose fault it is, beside the API's own code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultCode {
    /// The request is wrong: `Client` in 1.1, `Sender` in 1.2.
    Sender,
    /// The service is in trouble: `Server` in 1.1, `Receiver` in 1.2.
    Receiver,
    /// A header must be understood, and is not.
    MustUnderstand,
    /// The envelope is of a version that is not spoken here.
    VersionMismatch,
}

impl FaultCode {
    fn name(self, version: Version) -> &'static str {
        match (self, version) {
            (Self::Sender, Version::V1_1) => "Client",
            (Self::Sender, Version::V1_2) => "Sender",
            (Self::Receiver, Version::V1_1) => "Server",
            (Self::Receiver, Version::V1_2) => "Receiver",
            (Self::MustUnderstand, _) => "MustUnderstand",
            (Self::VersionMismatch, _) => "VersionMismatch",
        }
    }

    /// HTTP's status of such a fault: 400 where 1.2 blames the sender, else 500.
    #[must_use]
    pub const fn status(self, version: Version) -> http::StatusCode {
        match (self, version) {
            (Self::Sender, Version::V1_2) => http::StatusCode::BAD_REQUEST,
            _ => http::StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// A whole message that reports a fault. Code and message of the API stand in the detail, in no namespace.
#[must_use]
pub fn fault(version: Version, cause: FaultCode, code: u32, message: &str) -> String {
    let mut text = String::new();
    xml_write::text(&mut text, message);
    let cause = cause.name(version);
    let detail =
        format!("<Response xmlns=\"\"><ResponseCode>{code}</ResponseCode><ErrorMessage>{text}</ErrorMessage></Response>");
    let mut out = open(version);
    out.push_str(&match version {
        Version::V1_1 => format!(
            "<soap:Fault><faultcode>soap:{cause}</faultcode><faultstring>{text}</faultstring>\
             <detail>{detail}</detail></soap:Fault>"
        ),
        Version::V1_2 => format!(
            "<soap:Fault><soap:Code><soap:Value>soap:{cause}</soap:Value></soap:Code>\
             <soap:Reason><soap:Text xml:lang=\"en\">{text}</soap:Text></soap:Reason>\
             <soap:Detail>{detail}</soap:Detail></soap:Fault>"
        ),
    });
    close(out)
}

/// The API's code and message out of a fault's detail. The document prints an element `response` in lower case, which reads
/// the same, and so do both without an element around them.
///
/// # Errors
/// `Missing` for a fault without a code: it is not one of this API. `Malformed` for a code that is none, or that says success.
pub(super) fn read(fault: Node<'_, '_>) -> Result<(u32, String), Reject> {
    let named = |node: Node<'_, '_>, name: &str| node.is_element() && is_same(name, node.tag_name().name());
    let inner = |name: &str| {
        let detail = fault.children().find(|node| named(*node, "detail"))?;
        let response = detail.children().find(|node| named(*node, "Response")).unwrap_or(detail);
        response.children().find(|node| named(*node, name))
    };
    let code = inner("ResponseCode").ok_or_else(|| Reject::new("ResponseCode", Rule::Missing))?;
    let code = integer(&text_of(code)).map_err(|reject| reject.at("ResponseCode"))?;
    if code == 0 {
        return Err(Reject::new("ResponseCode", Rule::Malformed));
    }
    let reason = || fault.children().find(|node| named(*node, "faultstring") || named(*node, "Reason"));
    let said = inner("ErrorMessage").map(text_of).or_else(|| {
        let reason = reason()?;
        Some(text_of(reason.first_element_child().unwrap_or(reason)))
    });
    Ok((code, said.unwrap_or_default().trim().to_owned()))
}
