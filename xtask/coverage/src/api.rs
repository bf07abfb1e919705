//! The two APIs as the table sees them.

use larder_core::operation::Names;
use larder_core::{Api, Kind, Meta, Secret};
use larder_proto_e2::E2;
use larder_proto_nvx::codec::soap::Version;
use larder_proto_nvx::{Nvx, Style};

/// What the table must know of an API besides its catalog.
pub(crate) trait Covered: Api {
    /// What the fixtures call it.
    const PREFIX: &'static str;
    /// Styles whose messages are envelopes, and the namespace of each.
    const ENVELOPES: &'static [(Self::Style, &'static str)] = &[];

    /// What the fixtures call an operation.
    fn operation(meta: &Meta) -> String;
    /// How a success may be written.
    fn formats(kind: Kind) -> &'static [&'static str];
    /// Each listed refusal as the text of its fault, by format.
    fn faults(name: Self::Names) -> Vec<String>;
    /// What of a fault's text identifies its row in the list.
    fn identity(fault: &str, format: &str) -> String;
}

impl Covered for E2 {
    const PREFIX: &'static str = "e2";

    fn operation(meta: &Meta) -> String {
        format!("e2:{}", meta.name)
    }

    fn formats(_: Kind) -> &'static [&'static str] {
        &["json"]
    }

    fn faults(name: Self::Names) -> Vec<String> {
        name.faults().iter().map(|row| larder_proto_e2::Fault::from(*row).to_string()).collect()
    }

    fn identity(fault: &str, _: &str) -> String {
        fault.to_owned()
    }
}

impl Covered for Nvx {
    const PREFIX: &'static str = "nvx";
    const ENVELOPES: &'static [(Style, &'static str)] =
        &[(Style::SOAP_1_1, Version::V1_1.namespace()), (Style::SOAP_1_2, Version::V1_2.namespace())];

    fn operation(meta: &Meta) -> String {
        format!("nvx:{meta}")
    }

    fn formats(kind: Kind) -> &'static [&'static str] {
        if kind == Kind::Download { &["file"] } else { &["json", "xml"] }
    }

    fn faults(name: Self::Names) -> Vec<String> {
        let both = |code: &larder_proto_nvx::Code| ["json", "xml"].map(|format| format!("{code} {format}"));
        name.faults().iter().flat_map(both).collect()
    }

    fn identity(fault: &str, format: &str) -> String {
        format!("{} {format}", fault.split(' ').next().unwrap_or_default())
    }
}

/// The operation of a name that the fixtures use.
pub(crate) fn find<A: Covered>(operation: &str) -> Option<A::Names> {
    A::Names::ALL.iter().copied().find(|name| A::operation(name.meta()) == operation)
}

/// Any token: what a client sends, and no server knows.
pub(crate) fn token() -> Secret {
    Secret::new("22b16933-2cd5-40ab-981e-dc9b6cfba06d")
}
