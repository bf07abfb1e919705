//! Files within envelopes, through the server's machine.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Request as HttpRequest;
use larder_core::wire::RequestHead;
use larder_core::{Duty, Exchange, Limits, Machine, Serving, Time, Told};
use larder_proto_nvx::transfer::{AppendFile, UploadFile};
use larder_proto_nvx::values::FileData;
use larder_proto_nvx::{Code, Fault, Nvx, Request};

/// What becomes of a call whose envelope has these parameters.
fn call(operation: &str, parameters: &str) -> Result<Request, Fault> {
    let envelope = envelope(operation, parameters);
    let whole = send(operation, Limits::default(), &[envelope.as_bytes()]);
    // However it is cut.
    for size in [1, 7, 100] {
        let pieces: Vec<&[u8]> = envelope.as_bytes().chunks(size).collect();
        let cut = send(operation, Limits::default(), &pieces);
        assert_eq!(format!("{cut:?}"), format!("{whole:?}"), "{size}: {parameters}");
    }
    whole
}

fn envelope(operation: &str, parameters: &str) -> String {
    let namespace = "http://transfer.nirvanix.com/ws/Transfer";
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
         <soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>\
         <{operation} xmlns=\"{namespace}\">{parameters}</{operation}></soap:Body></soap:Envelope>"
    )
}

#[expect(clippy::wildcard_enum_match_arm, reason = "all other duties want nothing said")]
fn send(operation: &str, limits: Limits, chunks: &[&[u8]]) -> Result<Request, Fault> {
    let head = HttpRequest::post("/ws/Transfer.asmx").header("content-type", "text/xml; charset=utf-8");
    let head = head.header("soapaction", format!("\"http://transfer.nirvanix.com/ws/Transfer/{operation}\""));
    let mut exchange: Exchange<Nvx> =
        Exchange::new(RequestHead(head.body(()).unwrap()), Serving { limits, ..Serving::default() });
    let mut chunks = chunks.iter();
    loop {
        let told = match exchange.poll(Time::ZERO, &mut ()) {
            Duty::Wait { on, .. } if on.peer => {
                chunks.next().map_or(Told::End, |chunk| Told::Data(Bytes::copy_from_slice(chunk)))
            }
            Duty::Identify(_) => Told::Identified,
            Duty::Serve(request) => return Ok(request),
            Duty::Write(_) => Told::Wrote,
            Duty::Done(outcome) => return Err(outcome.fault.unwrap()),
            _ => continue,
        };
        exchange.handle(told).unwrap();
    }
}

fn append(file_data: Option<&[u8]>, end_of_file: bool) -> AppendFile {
    let file_data = file_data.map(|bytes| FileData::try_from(Bytes::copy_from_slice(bytes)).unwrap());
    AppendFile { upload_token: "t".parse().unwrap(), path: "a/b".parse().unwrap(), file_data, end_of_file }
}

#[track_caller]
fn appends(parameters: &str, expected: &AppendFile) {
    match call("AppendFile", parameters) {
        Ok(Request::TransferAppendFile(append)) => assert_eq!(&append, expected, "{parameters}"),
        other => panic!("{parameters}: {other:?}"),
    }
}

#[track_caller]
fn is_refused(operation: &str, parameters: &str, code: Code) {
    let fault = call(operation, parameters).map_err(|fault| fault.code);
    assert_eq!(fault.unwrap_err(), code, "{parameters}");
}

const BEFORE: &str = "<uploadToken>t</uploadToken><path>a\\b</path>";

#[test]
fn pieces_of_files_wherever_they_stand() {
    let some = append(Some(b"\xF0\xF1\xF2\xF3\xF4"), true);
    let data = "<fileData>8PHy&#13;\n8/Q=</fileData>";
    appends(&format!("{BEFORE}{data}<endOfFile>true</endOfFile>"), &some);
    appends(&format!("{data}{BEFORE}<endOfFile>true</endOfFile>"), &some);
    appends(&format!("<endOfFile>true</endOfFile>{data}{BEFORE}"), &some);
    let end = |is_last: bool| format!("<endOfFile>{is_last}</endOfFile>");
    for empty in ["<fileData/>", "<fileData></fileData>", "<fileData>\n</fileData>"] {
        appends(&format!("{BEFORE}{empty}{}", end(false)), &append(Some(b""), false));
    }
    let instance = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
    for nil in ["/>", "></fileData>"] {
        let nil = format!("<fileData {instance} xsi:nil=\"true\"{nil}");
        appends(&format!("{BEFORE}{nil}{}", end(true)), &append(None, true));
        is_refused("AppendFile", &format!("{BEFORE}{nil}{}", end(false)), Code::MissingRequiredParameter);
        // The first that is there counts.
        appends(&format!("{BEFORE}{nil}{data}{}", end(true)), &some);
    }
    appends(&format!("{BEFORE}{}", end(true)), &append(None, true));
    let typed = format!("<fileData {instance} xsi:type=\"xs:base64Binary\">8PHy8/Q=</fileData>");
    appends(&format!("{BEFORE}{typed}{}", end(true)), &some);
    appends(&format!("{BEFORE}{data}<fileData>AAAA</fileData>{}", end(true)), &some);
    appends(&format!("{BEFORE}<fileData/>{data}{}", end(true)), &append(Some(b""), true));
}

#[test]
fn whole_files() {
    match call("UploadFile", &format!("{BEFORE}<fileData>8PHy8/Q=</fileData>")) {
        Ok(Request::TransferUploadFile(UploadFile { file_data, .. })) => {
            assert_eq!(file_data.to_bytes(), b"\xF0\xF1\xF2\xF3\xF4".as_slice());
        }
        other => panic!("{other:?}"),
    }
    is_refused("UploadFile", BEFORE, Code::MissingRequiredParameter);
}

#[test]
fn what_is_no_file() {
    for data in ["8PHy8/Q", "8PHy!", "<x/>", "&amp;", "<string>AAAA</string>", "AAAA<x>AAAA</x>"] {
        let parameters = format!("{BEFORE}<fileData>{data}</fileData><endOfFile>true</endOfFile>");
        is_refused("AppendFile", &parameters, Code::InvalidParameter);
    }
    let good = format!("{BEFORE}<fileData>AAAA</fileData><endOfFile>true</endOfFile>");
    let good = envelope("AppendFile", &good);
    let malformed = |text: &str| send("AppendFile", Limits::default(), &[text.as_bytes()]).unwrap_err().code;
    for garbage in ["x", "<x/>", "</x>", "AAAA", &good] {
        assert_eq!(malformed(&format!("{good}{garbage}")), Code::InvalidParameter, "{garbage}");
    }
    for end in 0..good.len() {
        assert_eq!(malformed(&good[..end]), Code::InvalidParameter, "{end}");
    }
    for (from, to) in
        [("<?xml", "<!DOCTYPE a><?xml"), ("?>", "?><!DOCTYPE a [<!ENTITY b 'AAAA'>]>"), ("AAAA", "&b;"), ("</soap:Body>", "")]
    {
        assert_eq!(malformed(&good.replacen(from, to, 1)), Code::InvalidParameter, "{to}");
    }
    let wide: Vec<u8> = format!("\u{FEFF}{good}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(send("AppendFile", Limits::default(), &[&wide]).unwrap_err().code, Code::InvalidParameter);
}

#[test]
fn n65_at_the_limit_and_one_byte_beyond() {
    let parameters = |length: usize| {
        let data = STANDARD.encode(vec![7; length]);
        format!("{BEFORE}<fileData>{data}</fileData><endOfFile>false</endOfFile>")
    };
    let limits = Limits { embedded: 1 << 20, request: 1_000, ..Limits::default() };
    let at = |length: usize| {
        let envelope = envelope("AppendFile", &parameters(length));
        send("AppendFile", limits, &envelope.as_bytes().chunks(10_000).collect::<Vec<_>>()).map_err(|fault| fault.code)
    };
    assert!(
        matches!(at(1 << 20), Ok(Request::TransferAppendFile(append)) if append.file_data.as_ref().unwrap().len() == 1 << 20)
    );
    assert_eq!(at((1 << 20) + 1).unwrap_err(), Code::ContentTooLarge);
    // What is beside the file stays within the limit of requests.
    let small = Limits { request: envelope("AppendFile", &parameters(0)).len(), ..limits };
    let text = envelope("AppendFile", &parameters(1_000));
    assert!(send("AppendFile", small, &[text.as_bytes()]).is_ok());
    let less = Limits { request: small.request - 1, ..small };
    assert_eq!(send("AppendFile", less, &[text.as_bytes()]).unwrap_err().code, Code::ContentTooLarge);
}
