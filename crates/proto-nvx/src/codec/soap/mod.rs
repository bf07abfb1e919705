//! Requests, answers and faults in envelopes of SOAP 1.1 and 1.2: document/literal, wrapped.
//!
//! A request is `<Operation>` with its parameters, an answer `<OperationResponse>` with an `<OperationResult>`, both in
//! the namespace of the operation's own ([`target_namespace`]); a refusal is a `Fault` whose detail has the API's code. A
//! list is an array, `<filePath><string>a</string></filePath>`, absence a missing element or `xsi:nil`. The result of an
//! answer with one field is that field, and of one with several the record, as XML answers have it. The few things that
//! SOAP calls otherwise than REST stand in one table, `codec/soap/table.rs`.
//!
//! What is read may be written with any prefixes and in any case; lists may be repeated elements; elements that are
//! unknown and headers that need not be understood are passed over. Messages in SOAP's own encoding (`rpc/encoded`) are
//! read as far as they look alike; references from one element to another (`href`) are refused.

mod answer;
mod charset;
mod envelope;
mod fault;
mod file_data;
mod read_answer;
mod read_request;
mod request;
mod table;

pub use answer::answer;
pub use charset::decode;
pub use envelope::Version;
pub(crate) use envelope::is_envelope;
pub use fault::{FaultCode, fault};
pub(crate) use file_data::FileDataOf;
pub use read_answer::read;
pub(crate) use read_answer::read_document;
pub use read_request::{Flaw, Refused, Request, read_request};
pub use request::request;
#[cfg(feature = "schema")]
pub(crate) use table::{Notation, OPTIONS_ELEMENT, is_rest_only, is_text, notation, soap_member};
pub use table::{action, in_soap, options, target_namespace};
