//! Requests as others write them, and what is refused.

use larder_core::operation::Names;
use larder_proto_nvx::codec::soap::{self, FaultCode, Flaw, Version};
use larder_proto_nvx::{Code, Name, Nvx};
use larder_testkit::wire;

use super::post;

/// What is understood, or the code of the refusal.
fn understood(namespace: &str, operation: &str, body: &str) -> Result<String, Code> {
    let seen = wire::understand::<Nvx>(post(namespace, operation, body)).unwrap();
    seen.request.map(|request| format!("{request:?}")).ok_or_else(|| seen.fault.unwrap().code)
}

fn parameters(operation: &str, body: &str) -> Result<Vec<(String, String)>, Flaw> {
    let name = Name::ALL.iter().find(|name| name.meta().to_string() == operation).unwrap();
    let text = format!("<e:Envelope xmlns:e='{}'><e:Body>{body}</e:Body></e:Envelope>", Version::V1_2.namespace());
    soap::read_request(&text, *name, 4).map(|request| request.parameters).map_err(|refused| refused.flaw)
}

fn pairs(pairs: &[(&str, &str)]) -> Result<Vec<(String, String)>, Flaw> {
    Ok(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

#[test]
fn lists_are_arrays_or_repeat_their_element() {
    let both = pairs(&[("filePath", "a"), ("filePath", "b")]);
    for body in [
        "<DeleteFiles xmlns='u'><filePath><string>a</string><string>b</string></filePath></DeleteFiles>",
        "<DeleteFiles><filePath>a</filePath><filePath>b</filePath></DeleteFiles>",
        "<x:deletefiles xmlns:x='u'>\n <filePath>\n <x:any>a</x:any> <![CDATA[ ]]> <item><![CDATA[b]]></item></filePath>\
         </x:deletefiles>",
    ] {
        assert_eq!(parameters("IMFS/DeleteFiles", body), both, "{body}");
    }
    let empty = "<DeleteFiles><sessionToken>t</sessionToken><filePath/></DeleteFiles>";
    assert_eq!(understood("IMFS", "DeleteFiles", empty), Err(Code::MissingRequiredParameter));
    let with_null =
        "<filePath xmlns:i='http://www.w3.org/2001/XMLSchema-instance'><string>a</string><string i:nil='true'/></filePath>";
    let with_null = format!("<DeleteFiles><sessionToken>t</sessionToken>{with_null}</DeleteFiles>");
    assert_eq!(understood("IMFS", "DeleteFiles", &with_null), Err(Code::MissingRequiredParameter));
}

#[test]
fn nil_is_absence() {
    let nil = "xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:nil";
    let body = format!("<GetTags><path {nil}='1'/><path {nil}='false'>a</path></GetTags>");
    assert_eq!(parameters("Metadata/GetTags", &body), pairs(&[("path", "a")]));
}

#[test]
fn metadata_is_a_type_and_a_value() {
    let info = "<Type>Title</Type><Value>a:b</Value>";
    let one = pairs(&[("metadata", "Title:a:b")]);
    for body in [
        format!("<metadata><MetadataInfo>{info}</MetadataInfo></metadata>"),
        format!("<metadata>{info}</metadata>"),
        "<metadata><string>Title:a:b</string></metadata>".to_owned(),
    ] {
        assert_eq!(parameters("Metadata/SetMetadata", &format!("<SetMetadata>{body}</SetMetadata>")), one, "{body}");
    }
    let colon = "<SetMetadata><metadata><MetadataInfo><Type>a:b</Type><Value>c</Value></MetadataInfo></metadata></SetMetadata>";
    let refused = parameters("Metadata/SetMetadata", colon).unwrap_err();
    assert_eq!(
        (refused.to_string(), larder_proto_nvx::Fault::from(refused).code),
        ("metadata is malformed".to_owned(), Code::InvalidMetadata)
    );
}

#[test]
fn n47_the_enumeration_of_types() {
    let types = "<MetadataType>AudioAlbum</MetadataType><MetadataType>Title</MetadataType>";
    let body = format!("<DeleteMetadata><path>a</path><metadata>{types}</metadata></DeleteMetadata>");
    let read = pairs(&[("path", "a"), ("metadata", "Album"), ("metadata", "Title")]);
    assert_eq!(parameters("Metadata/DeleteMetadata", &body), read);
    let request = larder_proto_nvx::metadata::DeleteMetadata {
        path: "a".parse().unwrap(),
        types: "AudioAlbum".parse::<larder_proto_nvx::values::MetadataType>().unwrap().into(),
    };
    let written = soap::request(Version::V1_1, Name::MetadataDeleteMetadata.meta(), None, &request);
    assert_eq!(written.unwrap_err().to_string(), "metadata is malformed", "a type of that name cannot be said");
}

#[test]
fn options_are_parameters_of_the_operation_and_no_others() {
    let options = ["Width:300", "srcFilePath:b", "sessionToken:c", "odd"].map(|it| format!("<string>{it}</string>")).concat();
    let body = format!("<Transcode><srcFilePath>a</srcFilePath><options>{options}</options><height>4</height></Transcode>");
    assert_eq!(parameters("Video/Transcode", &body), pairs(&[("srcFilePath", "a"), ("Width", "300"), ("height", "4")]));
    let repeated = "<Transcode><options>width:300</options><options>height:4</options></Transcode>";
    assert_eq!(parameters("Video/Transcode", repeated), pairs(&[("width", "300"), ("height", "4")]));
    assert_eq!(parameters("IMFS/Sideload", "<Sideload><options>a</options></Sideload>"), pairs(&[("options", "a")]));
}

#[test]
fn what_is_refused_and_how_soap_calls_it() {
    let refused = |text: &str| soap::read_request(text, Name::MetadataGetTags, 4).unwrap_err();
    let envelope = |inner: &str| format!("<e:Envelope xmlns:e='{}'>{inner}</e:Envelope>", Version::V1_1.namespace());
    let cause = |text: &str| {
        let refused = refused(text);
        (refused.version, refused.flaw.code(), larder_proto_nvx::Fault::from(refused.flaw).code)
    };
    let (first, sender) = (Some(Version::V1_1), FaultCode::Sender);
    let doctype = envelope("<e:Body><GetTags/></e:Body>").replacen("<e:", "<!DOCTYPE a><e:", 1);
    for text in ["", "<a", "<a/>", doctype.as_str()] {
        let expected = if text == "<a/>" { Code::MissingRequiredParameter } else { Code::InvalidParameter };
        assert_eq!(cause(text), (None, sender, expected), "{text}");
    }
    for inner in ["", "<e:Body/>", "<e:Body><SetTags/></e:Body>", "<Body><GetTags/></Body>"] {
        assert_eq!(cause(&envelope(inner)), (first, sender, Code::InvalidParameter), "{inner}");
    }
    for referred in ["<path href='#id1'/>", "<path><item/><item href='#id1'/></path>"] {
        let text = envelope(&format!("<e:Body><GetTags>{referred}</GetTags></e:Body>"));
        assert_eq!(cause(&text), (first, sender, Code::InvalidParameter), "{referred}");
    }
    let many = format!("<e:Body><GetTags>{}</GetTags></e:Body>", "<path>a</path>".repeat(5));
    assert_eq!(cause(&envelope(&many)), (first, sender, Code::InvalidParameter));
    let other = envelope("<e:Body><GetTags/></e:Body>").replace("xmlsoap.org", "xmlsoap.example");
    assert_eq!(cause(&other), (None, FaultCode::VersionMismatch, Code::UnsupportedOperation));
}

#[test]
fn headers_count_only_if_they_must_be_understood_by_us() {
    let read = |header: &str, version: Version| {
        let text = format!(
            "<e:Envelope xmlns:e='{}'><e:Header>{header}</e:Header><e:Body><GetTags/></e:Body></e:Envelope>",
            version.namespace()
        );
        soap::read_request(&text, Name::MetadataGetTags, 4).map_err(|refused| refused.flaw)
    };
    for version in Version::ALL {
        let fine = [
            "<a/>",
            "<a mustUnderstand='1'/>",
            "<a e:mustUnderstand='0'/>",
            "<a e:mustUnderstand='1' e:actor='urn:somebody' e:role='urn:somebody'/>",
        ];
        for header in fine {
            assert!(read(header, version).is_ok(), "{header}");
        }
        for header in ["<a e:mustUnderstand='1'/>", "<x/><a e:mustUnderstand='true' e:actor='' e:role=''/>"] {
            assert_eq!(read(header, version), Err(Flaw::MustUnderstand), "{header}");
        }
    }
    let next = "<a e:mustUnderstand='1' e:actor='http://schemas.xmlsoap.org/soap/actor/next'/>";
    assert_eq!(read(next, Version::V1_1), Err(Flaw::MustUnderstand));
    let last = "<a e:mustUnderstand='1' e:role='http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver'/>";
    assert_eq!(read(last, Version::V1_2), Err(Flaw::MustUnderstand));
}
