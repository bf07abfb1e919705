//! WSDL 1.1.

use larder_core::operation::Names;

use super::kind::Parameter;
use super::shapes::Operation;
use super::types::{Style, Types};
use super::xml::Xml;
use super::{operations, soap};
use crate::codec::soap::{action, in_soap, target_namespace};
use crate::{Code, Name};

/// What the detail of a fault has.
pub const DETAIL: &str = "A refusal is a SOAP fault whose detail has an element Response, in no namespace, with ResponseCode, \
                          the number, and ErrorMessage.";

/// The description of a namespace, matched in any case, for the address `endpoint`; none for a namespace that is none.
#[must_use]
pub fn wsdl(namespace: &str, endpoint: &str) -> Option<String> {
    let all: Vec<(Name, Operation)> = operations(namespace).map(|name| (name, Operation::new(name))).collect();
    let (first, _) = all.first()?;
    let (name, target) = (first.meta().namespace, target_namespace(first.meta()));
    let mut xml = Xml::new();
    xml.open(
        "wsdl:definitions",
        &[
            ("name", name),
            ("targetNamespace", &target),
            ("xmlns:wsdl", "http://schemas.xmlsoap.org/wsdl/"),
            ("xmlns:soap", "http://schemas.xmlsoap.org/wsdl/soap/"),
            ("xmlns:soap12", "http://schemas.xmlsoap.org/wsdl/soap12/"),
            ("xmlns:xs", "http://www.w3.org/2001/XMLSchema"),
            ("xmlns:tns", &target),
        ],
    );
    xml.text("wsdl:documentation", &format!("Nirvanix Web Services, {name}. {DETAIL}"));
    types(&mut xml, &target, &all);
    messages(&mut xml, &all);
    port_type(&mut xml, name, &all);
    for version in [Version::Soap11, Version::Soap12] {
        binding(&mut xml, name, version, &all);
    }
    service(&mut xml, name, endpoint);
    Some(xml.finish())
}

/// The two versions of SOAP.
#[derive(Clone, Copy)]
enum Version {
    Soap11,
    Soap12,
}

impl Version {
    /// What a port and its binding are called.
    fn port(self, namespace: &str) -> String {
        match self {
            Self::Soap11 => format!("{namespace}Soap"),
            Self::Soap12 => format!("{namespace}Soap12"),
        }
    }

    /// The binding's elements.
    const fn elements(self) -> [&'static str; 4] {
        match self {
            Self::Soap11 => ["soap:binding", "soap:operation", "soap:body", "soap:address"],
            Self::Soap12 => ["soap12:binding", "soap12:operation", "soap12:body", "soap12:address"],
        }
    }
}

fn types(xml: &mut Xml, target: &str, all: &[(Name, Operation)]) {
    let mut types = Types::new(Style::Named);
    xml.open("wsdl:types", &[]);
    xml.open("xs:schema", &[("elementFormDefault", "qualified"), ("targetNamespace", target)]);
    for (name, operation) in all {
        let called = name.meta().name;
        let request = soap::request(*name, operation);
        // The records of an array in a call are called as their type is.
        wrapper(xml, &mut types, called, &request, "MetadataInfo");
        let result: Vec<Parameter> = soap::result(*name, operation).into_iter().collect();
        let item = soap::item_name(operation).unwrap_or_default();
        wrapper(xml, &mut types, &format!("{called}Response"), &result, item);
    }
    types.declare(xml);
    xml.close();
    xml.close();
}

/// The element around a call's parameters, or around its result.
fn wrapper(xml: &mut Xml, types: &mut Types, name: &str, parameters: &[Parameter], item: &str) {
    xml.open("xs:element", &[("name", name)]);
    xml.open("xs:complexType", &[]);
    xml.open("xs:sequence", &[]);
    for parameter in parameters {
        types.parameter(xml, parameter, item);
    }
    for _ in 0..3 {
        xml.close();
    }
}

fn messages(xml: &mut Xml, all: &[(Name, Operation)]) {
    for (name, _) in all {
        let name = name.meta().name;
        for (message, element) in [("SoapIn", name.to_owned()), ("SoapOut", format!("{name}Response"))] {
            xml.open("wsdl:message", &[("name", &format!("{name}{message}"))]);
            xml.empty("wsdl:part", &[("name", "parameters"), ("element", &format!("tns:{element}"))]);
            xml.close();
        }
    }
}

fn port_type(xml: &mut Xml, namespace: &str, all: &[(Name, Operation)]) {
    xml.open("wsdl:portType", &[("name", &Version::Soap11.port(namespace))]);
    for (name, operation) in all {
        let called = name.meta().name;
        xml.open("wsdl:operation", &[("name", called)]);
        xml.text("wsdl:documentation", &documentation(*name, operation));
        xml.empty("wsdl:input", &[("message", &format!("tns:{called}SoapIn"))]);
        xml.empty("wsdl:output", &[("message", &format!("tns:{called}SoapOut"))]);
        xml.close();
    }
    xml.close();
}

/// What an operation does, and how it may refuse.
pub(super) fn documentation(name: Name, operation: &Operation) -> String {
    let mut codes: Vec<Code> = name.faults().iter().copied().map(in_soap).collect();
    // Two codes of REST are one here.
    codes.sort_by_key(|code| code.number());
    codes.dedup();
    let faults: Vec<String> = codes.iter().map(|code| format!("{} {code:?}", code.number())).collect();
    format!("{}\n\nCodes: {}.", operation.text, faults.join(", "))
}

fn binding(xml: &mut Xml, namespace: &str, version: Version, all: &[(Name, Operation)]) {
    let [binding, operation, body, _] = version.elements();
    let port_type = format!("tns:{}", Version::Soap11.port(namespace));
    xml.open("wsdl:binding", &[("name", &version.port(namespace)), ("type", &port_type)]);
    xml.empty(binding, &[("style", "document"), ("transport", "http://schemas.xmlsoap.org/soap/http")]);
    for (name, _) in all {
        xml.open("wsdl:operation", &[("name", name.meta().name)]);
        xml.empty(operation, &[("soapAction", &action(name.meta())), ("style", "document")]);
        for direction in ["wsdl:input", "wsdl:output"] {
            xml.open(direction, &[]);
            xml.empty(body, &[("use", "literal")]);
            xml.close();
        }
        xml.close();
    }
    xml.close();
}

fn service(xml: &mut Xml, namespace: &str, endpoint: &str) {
    xml.open("wsdl:service", &[("name", namespace)]);
    for version in [Version::Soap11, Version::Soap12] {
        let [.., address] = version.elements();
        let port = version.port(namespace);
        xml.open("wsdl:port", &[("name", &port), ("binding", &format!("tns:{port}"))]);
        xml.empty(address, &[("location", endpoint)]);
        xml.close();
    }
    xml.close();
}
