//! How much memory reading an answer takes at most: the worst messages that the limits let through, and those that they
//! are there to stop. Bytes asked of the allocator are counted, besides the message itself.

use larder_core::{Operation, Reject, Rule};
use larder_proto_nvx::Done;
use larder_proto_nvx::codec::{Envelope, json, soap, xml_read};
use larder_proto_nvx::imfs::{FolderListing, ListFolder};
use larder_testkit::memory::{Counting, peak};
use serde::de::DeserializeOwned;

#[global_allocator]
static COUNTING: Counting = Counting;

/// What `XmlLimits` and `json::MAX_BYTES` state.
const XML: usize = 448 << 20;
const JSON: usize = 320 << 20;
/// And for an answer that keeps nothing.
const XML_IGNORED: usize = 160 << 20;
const JSON_IGNORED: usize = 1 << 20;

/// The longest text for both formats.
const TEXT: usize = json::MAX_BYTES;

type Read<T> = fn(&str) -> Result<Envelope<T>, Reject>;

/// Whether a text is read, and in how much memory.
fn cost<T: DeserializeOwned>(read: Read<T>, text: &str) -> (Result<(), Reject>, usize) {
    let (read, peak) = peak(|| read(text));
    (read.map(drop), peak)
}

/// Holds that a text is read as a listing and as an answer without fields, within these bounds.
#[track_caller]
fn is_read(listing: Read<FolderListing>, done: Read<Done>, text: &str, most: [usize; 2]) {
    for ((read, peak), most) in [cost(listing, text), cost(done, text)].into_iter().zip(most) {
        println!("{:.100}: {} MiB", text, peak >> 20);
        assert_eq!(read, Ok(()), "{text:.60}");
        assert!(peak <= most, "{text:.60}: {peak}");
    }
}

/// Holds that a text is refused in little memory: JSON that is passed over takes a byte for each level.
#[track_caller]
fn is_refused(listing: Read<FolderListing>, text: &str, rule: Rule) {
    let (read, peak) = cost(listing, text);
    assert_eq!(read, Err(Reject::new("", rule)), "{text:.60}");
    assert!(peak <= JSON_IGNORED, "{text:.60}: {peak}");
}

/// A listing with so many units, and as much of a filling in `last` as there is room for.
fn page(open: &str, units: String, last: [&str; 3], close: &str) -> String {
    let [before, filling, after] = last;
    let room = TEXT - open.len() - units.len() - before.len() - after.len() - close.len();
    [open, &units, before, &filling.repeat(room / filling.len()), after, close].concat()
}

fn xml_page(units: String, last: [&str; 3]) -> String {
    page("<Response><ResponseCode>0</ResponseCode><ListFolder>", units, last, "</ListFolder></Response>")
}

fn json_page(units: String, last: [&str; 3]) -> String {
    page("{\"ResponseCode\":0,\"ListFolder\":{\"File\":[{}", units, last, "]}}")
}

/// Metadata as markup, of three signs each.
fn metadata(count: usize) -> String {
    ["<Metadata>", &"<Data a='' b=''/>".repeat(count), "</Metadata>"].concat()
}

fn soap_page(units: String, last: [&str; 3]) -> String {
    let open = "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body>\
                <ListFolderResponse xmlns='http://services.nirvanix.com/ws/IMFS'><ListFolderResult>";
    page(open, units, last, "</ListFolderResult></ListFolderResponse></s:Body></s:Envelope>")
}

fn soap<T: DeserializeOwned>(text: &str) -> Result<Envelope<T>, Reject> {
    soap::read(text, &ListFolder::META)
}

/// One test, because all threads count together.
#[test]
fn reading_stays_within_its_bounds() {
    the_worst_is_read();
    what_looks_like_too_many_is_refused();
}

fn the_worst_is_read() {
    let xml = |text: &str| is_read(xml_read::read, xml_read::read, text, [XML, XML_IGNORED]);
    // Beside as many files as nodes, the signs that are left.
    let files = "<File/>".repeat(499_980);
    let after = format!("</FileTags><Metadata><![CDATA[{}]]></Metadata></File>", metadata(166_000));
    xml(&xml_page(files.clone(), ["<File><FileTags>", "a|", &after]));
    xml(&xml_page(files.clone(), ["<File><Name>", "&amp;", "</Name></File>"]));

    let enveloped = |text: &str| is_read(soap, soap, text, [XML, XML_IGNORED]);
    enveloped(&soap_page(files.clone(), ["<File><FileTags>", "a|", &after]));
    enveloped(&soap_page(files, ["<File><Name>", "&amp;", "</Name></File>"]));
    for unit in ["=<x/>", "<x b=''/>", "a<x/>"] {
        let signs = unit.matches(['<', '=']).count();
        let nodes = 1 + usize::from(!unit.starts_with('<'));
        let units = unit.repeat((999_980 / signs).min(499_980 / nodes));
        enveloped(&soap_page(units, ["", "&#65;", ""]));
    }
    enveloped(&soap_page("<a>".repeat(499_980) + &"</a>".repeat(499_980), ["", "\r", ""]));

    let json = |text: &str| is_read(json::read, json::read, text, [JSON, JSON_IGNORED]);
    let files = ",{}".repeat(249_980);
    let after = format!("\",\"Metadata\":\"{}\"}}", metadata(333_000));
    json(&json_page(files.clone(), [",{\"FileTags\":\"", "a|", "\"}"]));
    json(&json_page(files, [",{\"Name\":\"", "\\n", &after]));
}

/// What would cost much is refused before it is built.
fn what_looks_like_too_many_is_refused() {
    let listing = xml_read::read::<FolderListing>;
    for unit in ["<a/>", "<a b='' c=''/>"] {
        is_refused(listing, &xml_page(unit.repeat(1_000_001), ["", " ", ""]), Rule::TooMany);
        is_refused(soap, &soap_page(unit.repeat(1_000_001), ["", " ", ""]), Rule::TooMany);
    }
    for sign in ["=", "<![CDATA[<<<<<<<<]]>"] {
        is_refused(listing, &xml_page(String::new(), ["<File><Name>", sign, "</Name></File>"]), Rule::TooMany);
    }
    for value in [",{}", ",[]", ",0"] {
        is_refused(json::read::<FolderListing>, &json_page(value.repeat(500_000), ["", " ", ""]), Rule::TooMany);
    }
    let deep = format!("{{\"ResponseCode\":0,\"a\":{}", "[".repeat(400_000));
    is_refused(json::read::<FolderListing>, &deep, Rule::Malformed);
}
