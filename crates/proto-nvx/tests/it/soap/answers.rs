//! Faults, and answers as others write them. What our server writes is held by the walk over all answers.

use larder_core::wire::ReplyBody;
use larder_core::{Api, Fault as _, FaultClass, PeerFlaw, Refusal};
use larder_proto_nvx::codec::soap::{self, FaultCode, Version};
use larder_proto_nvx::imfs::ListFolder;
use larder_proto_nvx::{Code, Fault, Name, Nvx, Style};

use super::STYLES;

/// What our server answers, and what our client makes of it.
fn refused(fault: &Fault, style: &Style) -> (u16, Refusal<Fault>) {
    let reply = Nvx::refuse(fault, Some(Name::ImfsListFolder), style);
    let ReplyBody::Whole(body) = reply.body else { panic!("a fault is no file") };
    let head = reply.head.0.into_parts().0;
    (head.status.as_u16(), Nvx::decode::<ListFolder>(&head, &body).unwrap_err())
}

#[test]
fn every_code_comes_through() {
    for code in Code::ALL.iter().copied().chain([Code::Other(4711)]) {
        let fault = Fault { code, message: format!("<{code}> & \"so on\"") };
        for (style, client) in STYLES.iter().zip([500, 400]) {
            let (status, said) = refused(&fault, style);
            let expected = if fault.class() == FaultClass::Transient { 500 } else { client };
            let code = if fault.class() == FaultClass::Session { Code::InvalidSoapSession } else { code };
            assert_eq!((status, said), (expected, Refusal::Fault(Fault { code, ..fault.clone() })), "{style:?}");
        }
    }
}

#[test]
fn n142_a_session_that_is_over_has_the_code_that_is_printed() {
    for code in [Code::SessionNotFound, Code::InvalidSessionToken] {
        let (_, Refusal::Fault(fault)) = refused(&code.into(), &Style::SOAP_1_1) else { panic!("a fault") };
        assert_eq!((fault.code, fault.class()), (Code::InvalidSoapSession, FaultClass::Session));
    }
}

fn decode(status: u16, body: &str) -> Result<Vec<String>, Refusal<Fault>> {
    let mut head = http::Response::new(()).into_parts().0;
    head.status = status.try_into().unwrap();
    let answer = Nvx::decode::<larder_proto_nvx::metadata::GetTags>(&head, body.as_bytes());
    answer.map(|answer| answer.tags)
}

fn envelope(body: &str) -> String {
    format!("<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body>{body}</s:Body></s:Envelope>")
}

#[test]
fn n47_faults_as_others_write_them() {
    let said = |code: u32, message: &str| Err(Refusal::Fault(Fault { code: code.into(), message: message.to_owned() }));
    let detail = |inner: &str| {
        envelope(&format!(
            "<s:Fault><faultcode>s:Server</faultcode><faultstring>why</faultstring><detail>{inner}</detail></s:Fault>"
        ))
    };
    let printed =
        "<response ns=\"NirvanixException\"><responseCode>82005</responseCode>\n<errorMessage> so </errorMessage></response>";
    assert_eq!(decode(500, &detail(printed)), said(82_005, "so"));
    assert_eq!(
        decode(500, &detail("<x:Response xmlns:x='u'><x:ResponseCode>100</x:ResponseCode></x:Response>")),
        said(100, "why")
    );
    assert_eq!(decode(500, &detail("<ResponseCode>100</ResponseCode><ErrorMessage>m</ErrorMessage>")), said(100, "m"));
    let text = soap::fault(Version::V1_2, FaultCode::Sender, 100, "m").replace("<ErrorMessage>m</ErrorMessage>", "");
    assert_eq!(decode(400, &text), said(100, "m"), "{text}");
    for other in [detail(""), detail("<Response><ResponseCode>0</ResponseCode></Response>"), "<html/>".to_owned()] {
        assert_eq!(decode(500, &other), Err(Refusal::Peer(PeerFlaw::Status(500))), "{other}");
    }
}

#[test]
fn answers_as_others_write_them() {
    let tags = |body: &str| decode(200, &envelope(body));
    let both = Ok(vec!["a".to_owned(), "b".to_owned()]);
    assert_eq!(
        tags(
            "<GetTagsResponse xmlns='urn:x'><GetTagsResult><string>a</string><string>b</string></GetTagsResult></GetTagsResponse>"
        ),
        both
    );
    assert_eq!(
        tags("<x:gettagsresponse xmlns:x='u'><x:GETTAGSRESULT><Tag>a</Tag><Tag>b</Tag></x:GETTAGSRESULT></x:gettagsresponse>"),
        both
    );
    assert_eq!(tags("<GetTagsResponse><Other/><GetTagsResult>a</GetTagsResult></GetTagsResponse>"), Ok(vec!["a".to_owned()]));
    let nil =
        "<GetTagsResponse><GetTagsResult xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:nil='true'/></GetTagsResponse>";
    for none in [nil, "<GetTagsResponse/>", "<GetTagsResponse><GetTagsResult/></GetTagsResponse>"] {
        assert_eq!(tags(none), Ok(Vec::new()), "{none}");
    }
    for other in ["", "<GetMetadataResponse/>", "<GetTagsResult/>"] {
        assert!(matches!(tags(other), Err(Refusal::Peer(PeerFlaw::Malformed { status: 200, .. }))), "{other}");
    }
    let unknown = envelope("<GetTagsResponse/>").replace("xmlsoap.org", "xmlsoap.example");
    assert!(matches!(decode(200, &unknown), Err(Refusal::Peer(PeerFlaw::Malformed { .. }))));
}
