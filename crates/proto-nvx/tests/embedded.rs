//! How much memory a file within an envelope takes at most while it comes, by a counting allocator: its own bytes and little
//! more, since it lies in pieces that are never moved, and only the rest of the envelope becomes a tree.

use bytes::Bytes;
use http::Request as HttpRequest;
use larder_core::wire::RequestHead;
use larder_core::{Duty, Exchange, Limits, Machine, Serving, Time, Told};
use larder_proto_nvx::{Code, Fault, Nvx, Request};
use larder_testkit::memory::{Counting, peak};

#[global_allocator]
static COUNTING: Counting = Counting;

/// What is taken besides the file: a last piece that is not full (256 KiB), the list of pieces, the rest of the envelope
/// and its tree, a block of base64, the chunk on its way.
const BESIDE: usize = 512 << 10;

const FILE: usize = 40 << 20;
const CHUNK: usize = 16 << 10;

/// An envelope that is made while it is sent: 76 characters of base64 in a line, as programs write it.
struct Envelope {
    before: &'static str,
    lines: usize,
    last: &'static str,
}

const BEFORE: &str = "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body><AppendFile>\
    <uploadToken>t</uploadToken><path>a</path><fileData>";
const AFTER: &str = "</fileData><endOfFile>true</endOfFile></AppendFile></e:Body></e:Envelope>";
const LINE: &str = "8PHy8/Tw8fLz9PDx8vP08PHy8/Tw8fLz9PDx8vP08PHy8/Tw8fLz9PDx8vP08PHy8/Tw8fLz9PDx\r\n";

impl Envelope {
    fn chunks(&self) -> impl Iterator<Item = Bytes> {
        let lines = CHUNK / LINE.len();
        let middle = std::iter::repeat_with(move || Bytes::from(LINE.repeat(lines))).take(self.lines / lines);
        let rest = Bytes::from(LINE.repeat(self.lines % lines) + self.last);
        [Bytes::from_static(self.before.as_bytes())].into_iter().chain(middle).chain([rest])
    }
}

/// What becomes of it, and the most memory that it takes.
fn cost(envelope: &Envelope, limits: Limits) -> (Result<Request, Fault>, usize) {
    let head = HttpRequest::post("/ws/Transfer.asmx").header("soapaction", "AppendFile");
    let head = RequestHead(head.body(()).unwrap_or_else(|error| panic!("{error}")));
    peak(|| serve(head, envelope.chunks(), Serving { limits, ..Serving::default() }))
}

#[expect(clippy::wildcard_enum_match_arm, reason = "all other duties want nothing said")]
fn serve(head: RequestHead, mut chunks: impl Iterator<Item = Bytes>, serving: Serving) -> Result<Request, Fault> {
    let mut exchange: Exchange<Nvx> = Exchange::new(head, serving);
    loop {
        let told = match exchange.poll(Time::ZERO, &mut ()) {
            Duty::Wait { on, .. } if on.peer => chunks.next().map_or(Told::End, Told::Data),
            Duty::Identify(_) => Told::Identified,
            Duty::Serve(request) => return Ok(request),
            Duty::Write(_) => Told::Wrote,
            Duty::Done(outcome) => return Err(outcome.fault.unwrap_or_else(|| Fault::from(Code::Configuration))),
            _ => continue,
        };
        exchange.handle(told).unwrap_or_else(|misuse| panic!("{misuse}"));
    }
}

/// One test, because all threads count together.
#[test]
fn a_file_takes_its_own_bytes_and_little_more() {
    let (lines, limits) = (FILE / 57, Limits::default());
    let whole = Envelope { before: BEFORE, lines, last: AFTER };
    let (request, most) = cost(&whole, limits);
    let Ok(Request::TransferAppendFile(append)) = request else { panic!("{request:?}") };
    assert_eq!(append.file_data.as_ref().map(|data| data.len()), Some(lines * 57));
    println!("{} bytes of a file: {most} at most, {} beside it", lines * 57, most - lines * 57);
    assert!(most < lines * 57 + BESIDE, "{most}");
    drop(append);

    // Beyond the limit, no more than up to it.
    let less = Limits { embedded: 10 << 20, ..limits };
    let (request, most) = cost(&whole, less);
    assert_eq!(request.map_err(|fault| fault.code).err(), Some(Code::ContentTooLarge));
    assert!(most < (10 << 20) + BESIDE, "{most}");

    // What is no file takes what any request does, however much of it comes.
    for (before, last) in [("<!--", "-->"), ("<a b='", "'/>"), ("<e><b:body><c><x>", ""), ("<!DOCTYPE a>", ""), ("</", ">")] {
        let (request, most) = cost(&Envelope { before, lines, last }, limits);
        assert_eq!(request.map_err(|fault| fault.code).err(), Some(Code::ContentTooLarge), "{before}");
        assert!(most < 2 * limits.request + BESIDE, "{before}: {most}");
    }
    // Nor do blanks, of which there may be as many as bytes of a message.
    let blanks = Envelope { before: BEFORE, lines: 0, last: AFTER };
    let head =
        || RequestHead(HttpRequest::post("/ws/Transfer.asmx").header("soapaction", "AppendFile").body(()).unwrap_or_default());
    let ((), most) = peak(|| {
        let blank = std::iter::repeat_with(|| Bytes::from(" ".repeat(CHUNK)));
        let chunks = blanks.chunks().take(1).chain(blank);
        let fault = serve(head(), chunks, Serving::default()).map_err(|fault| fault.code).err();
        assert_eq!(fault, Some(Code::ContentTooLarge));
    });
    assert!(most < BESIDE, "{most}");
}
