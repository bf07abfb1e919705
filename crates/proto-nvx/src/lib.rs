//! Nirvanix Web Services as types: operations, answers, faults and their XML, JSON, SOAP and form codecs.
//!
//! # In scope
//! Request and answer types with their documented limits, the table of codes, and how all of it looks on the wire from
//! both ends ([`Nvx`] implements [`larder_core::Api`]). Modules are the document's namespaces: [`authentication`],
//! [`imfs`], [`metadata`], [`sharing`], [`transfer`], [`image`], [`audio`], [`video`], [`accounting`]. [`flow`] has transfers
//! that take several calls.
//!
//! # Out of scope
//! Sockets, clocks, retries: `larder-core` has the machines, `larder-transport` the sockets. What the service does with
//! a request is `larder-engine`'s. Of SOAP, messages in its own encoding (`rpc/encoded`) and the headers of its extensions.
//!
//! # How a message flows
//! ```text
//!              encode                                           route, open
//!  ListFolder ────────▶ form, or envelope  ~~ your transport ~~▶ ──────────▶ Name, Request::ListFolder
//!                                                                              │ your Handler, by `dispatch`
//!  FolderListing ◀───── XML, JSON, JSONP   ◀~~ your transport ~~ ◀────────── Answer::ListFolder, or a Fault
//!   or a Fault  decode  or envelope                              reply, refuse
//! ```
//! [`Style`] chooses the format: forms answered in JSON (as our client asks), in XML, or envelopes of SOAP 1.1 or 1.2 both ways.
//! Files travel as multipart bodies and plain downloads in any of them. An upload takes two calls, and [`flow::UploadFile`] is
//! their parent machine, which a driver drives like any call:
//! ```text
//!  GetStorageNode ──▶ Upload ──────────────────────────────▶ done        up to 64 MiB
//!       ▲       └───▶ Upload a piece ──▶ next piece ──▶ … ──▶ done       above
//!       │                   │ lost: ask how much there is, go on behind it
//!       └── token ended ────┘
//! ```
//!
//! # An example
//! ```
//! use larder_core::{Action, Call, Machine, Session, Settings, Shared, Target, Time};
//! use larder_proto_nvx::{Nvx, imfs::ListFolder};
//!
//! let session = Session::with_token("54592180-7060-4D4B-BC74-2566F4B2F943".into());
//! let mut shared = Shared::<Nvx>::new(session, 42);
//! let list = ListFolder::new("Photos".parse()?, 1.try_into()?, 100.try_into()?);
//! let mut call = Call::new(list, Settings::new(Target::parse("http://localhost:8080")?));
//! let Action::Open { head, .. } = call.poll(Time::ZERO, &mut shared) else { panic!("a call begins by opening an exchange") };
//! assert_eq!(head.0.uri(), "http://localhost:8080/ws/IMFS/ListFolder.ashx");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//! `schema` (off by default): JSON Schema of every operation, and the module `describe` with WSDL and pages made of it.

mod api;
pub mod codec;
#[cfg(feature = "schema")]
pub mod describe;
mod fault;
pub mod flow;
pub mod journal;
mod operations;
pub mod values;

pub use api::{Format, Forward, Nvx, SESSION_TOKEN, Style};
pub use fault::{Code, Fault};
pub use operations::*;
