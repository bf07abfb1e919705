//! Pages, actions, media types and statuses.

use bytes::Bytes;
use http::Request;
use larder_core::wire::{ReplyBody, RequestBody};
use larder_core::{Api, Credential};
use larder_proto_nvx::{Answer, Code, Done, Name, Nvx, Style};

use super::post;

/// The operation and the style that a head leads to.
fn route(request: &Request<Bytes>) -> Result<(Name, Style), (Code, Style)> {
    let (head, _) = request.clone().into_parts();
    Nvx::route(&head).map_err(|refused| (refused.fault.code, refused.style))
}

fn with(page: &str, content_type: &str, action: Option<&str>) -> Result<(Name, Style), (Code, Style)> {
    let request = Request::post(page).header("Content-Type", content_type);
    let request = action.into_iter().fold(request, |request, action| request.header("SOAPAction", action));
    route(&request.body(Bytes::new()).unwrap())
}

#[test]
fn the_page_is_the_namespace_and_the_action_the_operation() {
    let first = Ok((Name::ImfsListFolder, Style::SOAP_1_1));
    for action in
        ["\"http://services.nirvanix.com/ws/IMFS/ListFolder\"", "http://a.example/LISTFOLDER", "ListFolder", "urn:x#listFolder"]
    {
        assert_eq!(with("/ws/IMFS.asmx", "text/xml; charset=utf-8", Some(action)), first, "{action}");
    }
    assert_eq!(with("/WS/imfs.ASMX", "application/xml", Some("ListFolder")), first);
    // Single quotes are none of HTTP's.
    assert_eq!(with("/ws/IMFS.asmx", "text/xml; charset='utf-8'", Some("'urn:x#ListFolder'")), first);
    let single = "application/soap+xml; charset='utf-8'; action='http://services.nirvanix.com/ws/IMFS/ListFolder'";
    assert_eq!(with("/ws/IMFS.asmx", single, None), Ok((Name::ImfsListFolder, Style::SOAP_1_2)));
    let second = "application/soap+xml; charset=utf-8; action=\"http://services.nirvanix.com/ws/IMFS/ListFolder\"";
    assert_eq!(with("/ws/IMFS.asmx", second, None), Ok((Name::ImfsListFolder, Style::SOAP_1_2)));
    assert_eq!(with("/ws/IMFS.asmx", "Application/SOAP+XML", Some("ListFolder")), Ok((Name::ImfsListFolder, Style::SOAP_1_2)));
    let unknown = Err((Code::UnsupportedOperation, Style::SOAP_1_1));
    assert_eq!(with("/ws/Metadata.asmx", "text/xml", Some("ListFolder")), unknown);
    assert_eq!(with("/ws/Nothing.asmx", "text/xml", Some("ListFolder")), unknown);
}

#[test]
fn n143_without_an_action_nothing_is_called() {
    for action in [None, Some(""), Some("\"\""), Some("\"http://services.nirvanix.com/ws/IMFS/\"")] {
        assert_eq!(with("/ws/IMFS.asmx", "text/xml", action), Err((Code::MissingRequiredParameter, Style::SOAP_1_1)));
    }
    let missing = Err((Code::MissingRequiredParameter, Style::SOAP_1_2));
    assert_eq!(with("/ws/IMFS.asmx", "application/soap+xml; charset=utf-8", None), missing);
}

#[test]
fn only_posts_are_soap() {
    let mut request = post("IMFS", "ListFolder", "");
    *request.method_mut() = http::Method::GET;
    assert_eq!(route(&request), Err((Code::UnsupportedOperation, Style::XML)));
}

fn open(request: Request<Bytes>) -> Result<larder_core::wire::Incoming<Nvx>, larder_core::wire::Refused<Nvx>> {
    let (head, body) = request.into_parts();
    let (name, style) = Nvx::route(&head).unwrap();
    Nvx::open(name, &style, &head, RequestBody::Whole(&body))
}

#[test]
fn the_envelope_says_in_which_version_it_is_answered() {
    let request = post("Authentication", "Logout", "<Logout><sessionToken> t </sessionToken></Logout>");
    let incoming = open(request.clone()).unwrap();
    assert_eq!((incoming.style, incoming.credential), (Style::SOAP_1_1, Credential::Session("t".into())));
    let (head, body) = request.into_parts();
    let text = String::from_utf8(body.to_vec()).unwrap();
    let other = text.replace("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope");
    assert_eq!(open(Request::from_parts(head, other.into())).unwrap().style, Style::SOAP_1_2);
}

#[test]
fn neither_the_url_nor_the_body_chooses_another_format() {
    let mut request = post("Authentication", "Logout", "<Logout><sessionToken>t</sessionToken><output>json</output></Logout>");
    *request.uri_mut() = "/ws/Authentication.asmx?output=json&sessionToken=other".parse().unwrap();
    let incoming = open(request).unwrap();
    assert_eq!((incoming.style, incoming.credential), (Style::SOAP_1_1, Credential::Session("t".into())));
}

#[test]
fn envelopes_in_other_encodings() {
    let (mut head, body) = post(
        "IMFS",
        "CreateFolders",
        "<CreateFolders><sessionToken>t</sessionToken><folderPath>Ünï</folderPath></CreateFolders>",
    )
    .into_parts();
    let text = String::from_utf8(body.to_vec()).unwrap();
    let folder = |incoming: larder_core::wire::Incoming<Nvx>| format!("{:?}", incoming.request);
    let wide: Vec<u8> = format!("\u{FEFF}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = format!("\u{FEFF}<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n{text}").into_bytes();
    for bytes in [body.to_vec(), wide, marked] {
        let incoming = open(Request::from_parts(head.clone(), bytes.into())).unwrap();
        assert!(folder(incoming).contains("Ünï"));
    }
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    for charset in ["\"ISO-8859-1\"", "'iso-8859-1'"] {
        head.headers.insert("content-type", format!("text/xml; charset={charset}").parse().unwrap());
        assert!(folder(open(Request::from_parts(head.clone(), latin.clone().into())).unwrap()).contains("Ünï"));
    }
    head.headers.insert("content-type", "text/xml; charset=ebcdic".parse().unwrap());
    let Err(refused) = open(Request::from_parts(head, body)) else { panic!("nobody reads that") };
    assert_eq!((refused.fault.code, refused.style), (Code::InvalidParameter, Style::SOAP_1_1));
}

/// What a request that is refused is answered with.
fn refused(request: Request<Bytes>) -> (u16, String) {
    let Err(refused) = open(request) else { panic!("it is refused") };
    let reply = Nvx::refuse(&refused.fault, refused.name, &refused.style);
    let ReplyBody::Whole(body) = reply.body else { panic!("a fault is no file") };
    (reply.head.0.status().as_u16(), String::from_utf8(body.to_vec()).unwrap())
}

#[test]
fn what_soap_calls_a_refusal() {
    let change = |from: &str, to: &str| {
        let (head, body) = post("Authentication", "Logout", "<Logout/>").into_parts();
        let text = String::from_utf8(body.to_vec()).unwrap().replace(from, to);
        refused(Request::from_parts(head, text.into()))
    };
    for (from, to, code) in [
        ("xmlsoap.org", "xmlsoap.example", "soap:VersionMismatch"),
        ("<e:Body>", "<e:Header><a e:mustUnderstand=\"1\"/></e:Header><e:Body>", "soap:MustUnderstand"),
        ("<Logout/>", "<Login/>", "soap:Client"),
        ("<Logout/>", "<Logout/>", "soap:Client"),
    ] {
        let (status, text) = change(from, to);
        assert!(status == 500 && text.contains(&format!("<faultcode>{code}</faultcode>")), "{to}: {status} {text}");
    }
}

#[test]
fn heads_of_answers() {
    for (style, media_type) in
        [(Style::SOAP_1_1, "text/xml; charset=utf-8"), (Style::SOAP_1_2, "application/soap+xml; charset=utf-8")]
    {
        let reply = Nvx::reply(&Answer::AuthenticationLogout(Done {}), &style);
        assert_eq!(reply.head.0.headers()["content-type"], media_type);
        assert_eq!(reply.head.0.status(), 200);
    }
}
