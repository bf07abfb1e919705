//! The descriptions of the nine namespaces.

use larder_core::Kind;
use larder_core::operation::Names;
use larder_proto_nvx::codec::soap::{action, target_namespace};
use larder_proto_nvx::{Name, describe};
use roxmltree::{Document, Node};

const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";
const SOAP: [&str; 2] = ["http://schemas.xmlsoap.org/wsdl/soap/", "http://schemas.xmlsoap.org/wsdl/soap12/"];

fn all() -> Vec<(&'static str, String)> {
    describe::namespaces().map(|name| (name, describe::wsdl(name, &format!("http://host/ws/{name}.asmx")).unwrap())).collect()
}

fn elements<'d>(document: &'d Document<'_>, namespace: &'d str, name: &'d str) -> impl Iterator<Item = Node<'d, 'd>> {
    document.descendants().filter(move |node| node.has_tag_name((namespace, name)))
}

#[test]
fn a_description_of_each_namespace() {
    let all = all();
    assert_eq!(all.len(), 9);
    for (namespace, text) in &all {
        insta::assert_snapshot!(*namespace, text);
        assert_eq!(describe::wsdl(&namespace.to_lowercase(), &format!("http://host/ws/{namespace}.asmx")).as_ref(), Some(text));
    }
    assert_eq!(describe::wsdl("Nothing", "http://host/"), None);
}

#[test]
fn every_operation_without_a_file_beside_it_is_described_once() {
    let mut described = Vec::new();
    for (namespace, text) in all() {
        let document = Document::parse(&text).unwrap();
        let root = document.root_element();
        for port_type in elements(&document, WSDL, "portType") {
            let names = port_type.children().filter_map(|node| node.attribute("name"));
            described.extend(names.map(|name| describe::operation(namespace, name).unwrap()));
        }
        for soap in SOAP {
            let actions: Vec<_> =
                elements(&document, soap, "operation").map(|node| node.attribute("soapAction").unwrap()).collect();
            let expected: Vec<String> = describe::operations(namespace).map(|name| action(name.meta())).collect();
            assert_eq!(actions, expected);
            assert!(elements(&document, soap, "body").all(|body| body.attribute("use") == Some("literal")));
            let address = elements(&document, soap, "address").next().unwrap();
            assert_eq!(address.attribute("location"), Some(format!("http://host/ws/{namespace}.asmx").as_str()));
        }
        let name = describe::operations(namespace).next().unwrap();
        assert_eq!(root.attribute("targetNamespace"), Some(target_namespace(name.meta()).as_str()));
        // Every reference leads somewhere.
        let names: Vec<_> = document.descendants().filter_map(|node| node.attribute("name")).collect();
        let references =
            document.descendants().flat_map(|node| node.attributes()).filter_map(|one| one.value().strip_prefix("tns:"));
        for reference in references {
            assert!(names.contains(&reference), "{namespace}: {reference}");
        }
    }
    let expected: Vec<Name> = Name::ALL.iter().copied().filter(|name| name.meta().kind == Kind::Unary).collect();
    described.sort_unstable();
    let mut sorted = expected.clone();
    sorted.sort_unstable();
    assert_eq!(described, sorted);
}

#[test]
fn an_address_cannot_break_out_of_its_description() {
    let text = describe::wsdl("Audio", "http://a\"><evil/>&amp;/").unwrap();
    let document = Document::parse(&text).unwrap();
    let address = elements(&document, SOAP[0], "address").next().unwrap();
    assert_eq!(address.attribute("location"), Some("http://a\"><evil/>&amp;/"));
}

#[test]
fn texts_are_free_of_markup_and_code() {
    for (namespace, text) in all() {
        let document = Document::parse(&text).unwrap();
        for node in document.descendants().filter(|node| node.tag_name().name() == "documentation") {
            let text = node.text().unwrap_or_default();
            let is_plain = !text.is_empty() && !text.contains(['`', '[', ']']) && !text.contains("::");
            assert!(is_plain, "{namespace}: {text}");
        }
    }
}

#[test]
fn n177_a_toolkit_has_one_argument_for_each_parameter() {
    for (namespace, text) in all() {
        let document = Document::parse(&text).unwrap();
        let of_types = |node: &roxmltree::Node<'_, '_>| node.tag_name().namespace() == Some("http://www.w3.org/2001/XMLSchema");
        for node in document.descendants().filter(of_types) {
            let name = node.attribute("name");
            let is_item = node.attribute("maxOccurs") == Some("unbounded");
            let has_two = node.attribute("nillable").is_some() && node.attribute("minOccurs").is_some();
            assert!(is_item || !has_two, "{namespace}: {name:?}");
            // .NET's numbers with signs, as the printed calls pass them, are not converted.
            assert!(!node.attribute("type").is_some_and(|of| of.starts_with("xs:unsigned")), "{namespace}: {name:?}");
        }
    }
}

#[test]
fn n47_calls_have_what_the_printed_ones_pass() {
    let parameters = |name: Name| {
        let all = describe::parameters(name).into_iter();
        all.map(|one| format!("{}{}", one.name, if one.is_required { "" } else { "?" })).collect::<Vec<_>>().join(" ")
    };
    for (name, expected) in [
        (Name::AuthenticationLogin, "appKey userName password"),
        (Name::ImfsListFolder, "sessionToken folderPath? pageNumber pageSize sortCode? sortDescending?"),
        (Name::MetadataSetMetadata, "sessionToken path metadata"),
        (Name::AudioTranscode, "sessionToken srcFilePath destFilePath callbackURL? options?"),
        (Name::VideoPresetTranscode, "sessionToken srcFilePath destFilePath callbackURL? preset options?"),
        (Name::VideoExtractFrames, "sessionToken srcFilePath destFolderPath callbackURL? options?"),
        (Name::TransferAppendFile, "uploadToken path fileData? endOfFile"),
        (Name::AccountingGetAccountInfo, "SessionToken Username"),
        (Name::AccountingGetStorageUsage, "SessionToken Username"),
    ] {
        assert_eq!(parameters(name), expected, "{name:?}");
    }
}
