//! Ugly XML that is read all the same.

use std::collections::BTreeMap;

use larder_core::{Reject, Rule};
use larder_proto_nvx::codec::{Envelope, xml_read, xml_write};
use larder_proto_nvx::values::{Metadata, Tags};
use serde::{Deserialize, Serialize};

use super::{Answer, Done, Entry, xml};

#[test]
fn ugly_xml_is_read() {
    let entry = |name: &str| Entry {
        name: name.to_owned(),
        size_bytes: 7,
        created_date: None,
        metadata: Metadata::default(),
        file_tags: Tags::default(),
    };
    let file = |names: &[&str]| Answer { file: names.iter().map(|name| entry(name)).collect(), total: 5, ..Answer::default() };
    let cases = [
        ("blanks around numbers", "<Total>\n 5 </Total><File><Name>a</Name><SizeBytes> 7\t</SizeBytes></File>"),
        ("names in other cases", "<total>5</total><FILE><name>a</name><sizebytes>7</sizebytes></FILE>"),
        (
            "comments within text",
            "<Total><!-- five -->5<?pi?></Total><File><Name><!--x-->a</Name><SizeBytes>7</SizeBytes></File>",
        ),
        ("sections and entities", "<Total><![CDATA[5]]></Total><File><Name>&#x61;</Name><SizeBytes>&#55;</SizeBytes></File>"),
        (
            "empty elements",
            "<Total>5</Total><Folder/><File><Name>a</Name><SizeBytes>7</SizeBytes><Metadata/><FileTags> </FileTags></File>",
        ),
        ("namespaces", "<n:Total xmlns:n='urn:n'>5</n:Total><File xmlns='urn:f'><Name>a</Name><SizeBytes>7</SizeBytes></File>"),
        (
            "a first value counts",
            "<Total>5</Total><Total>6</Total><File><Name>a</Name><SizeBytes>7</SizeBytes></File><Other>1</Other>",
        ),
    ];
    for (what, text) in cases {
        assert_eq!(xml::<Answer>(text), Ok(file(&["a"])), "{what}");
    }
    let interleaved = "<File><Name>a</Name><SizeBytes>7</SizeBytes></File><Total>5</Total><Tag>x</Tag>\
                       <file><Name>b</Name><SizeBytes>7</SizeBytes></file><Tag/><File><SizeBytes>7</SizeBytes><Name>c</Name></File>";
    let tags = vec!["x".to_owned(), String::new()];
    assert_eq!(xml::<Answer>(interleaved), Ok(Answer { tag: tags, ..file(&["a", "b", "c"]) }));
}

#[test]
fn n5_ugly_envelopes_are_read() {
    let text = "\u{FEFF}\r\n<?xml version=\"1.0\"?>\n<!-- hello --><response>\n<RESPONSECODE> 70001 </RESPONSECODE><errormessage>\n no </errormessage></response>";
    let fault = Envelope::<Done>::Failure { code: 70001, message: "no".to_owned() };
    assert_eq!(xml_read::read(text), Ok(fault));
    assert_eq!(xml_read::read::<Done>("<Other/>"), Err(Reject::new("Response", Rule::Missing)));
    assert_eq!(xml_read::read::<Done>("<Response/>"), Err(Reject::new("ResponseCode", Rule::Missing)));
    assert_eq!(xml_read::read::<Done>("<Response><ResponseCode/></Response>"), Err(Reject::new("ResponseCode", Rule::Missing)));
    for text in ["", "<Response>", "<Response><A></a></Response>", "{\"ResponseCode\":0}"] {
        assert_eq!(xml_read::read::<Done>(text), Err(Reject::new("", Rule::Malformed)), "{text}");
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Attributed {
    #[serde(rename = "@Id")]
    id: u32,
    #[serde(rename = "@Note", skip_serializing_if = "Option::is_none", default)]
    note: Option<String>,
    #[serde(rename = "$text")]
    text: String,
}

#[test]
fn attributes_and_text() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Items {
        #[serde(rename = "Item")]
        items: Vec<Attributed>,
        map: BTreeMap<String, String>,
    }
    let items = Items {
        items: vec![
            Attributed { id: 1, note: Some("a\t\"b\"\r\n".to_owned()), text: " x\r\n\u{1}\u{FFFF}y ".to_owned() },
            Attributed { id: 2, note: None, text: String::new() },
        ],
        map: BTreeMap::from([("a".to_owned(), "1".to_owned()), ("b".to_owned(), "<".to_owned())]),
    };
    let text = xml_write::answer(0, None, &items).unwrap();
    insta::assert_snapshot!(text.replace('\n', "\\n"), @r#"<?xml version="1.0" encoding="utf-8"?><Response><ResponseCode>0</ResponseCode><Item Id="1" Note="a&#9;&quot;b&quot;&#13;&#10;"> x&#13;\n��y </Item><Item Id="2"></Item><map><a>1</a><b>&lt;</b></map></Response>"#);
    let Ok(Envelope::Success(read)) = xml_read::read::<Items>(&text) else { panic!("{text}") };
    assert_eq!(read.items[0].note, items.items[0].note);
    assert_eq!(read.items[0].text, " x\r\n\u{FFFD}\u{FFFD}y ");
    assert_eq!((&read.items[1], &read.map), (&items.items[1], &items.map));

    let bad = BTreeMap::from([("a b", "1")]);
    assert_eq!(xml_write::answer(0, None, &bad), Err(Reject::new("", Rule::Malformed)));
    assert_eq!(xml_write::answer(0, None, &BTreeMap::from([("a", f64::NAN)])), Err(Reject::new("", Rule::Malformed)));
}

#[test]
fn metadata_in_every_spelling() {
    let spelt = |text: &str| xml::<BTreeMap<String, Metadata>>(text).map(|mut map| map.remove("Metadata").unwrap());
    let wanted = Metadata {
        file_name: Some("v.wmv".to_owned()),
        entries: vec![("Width".to_owned(), "640".to_owned()), ("MD5".to_owned(), "5Ji==".to_owned())],
        unread: None,
    };
    for text in [
        "<Metadata><MetaData FileName='v.wmv'>\n<Data Key='Width'>640</Data> <Data Key='MD5'> 5Ji== </Data></MetaData>\n</Metadata>",
        "<Metadata FileName='v.wmv'><Data Key='Width'>640</Data><Data Key='MD5'>5Ji==</Data></Metadata>",
        "<Metadata><metadata filename='v.wmv'><DATA KEY='Width'>640</DATA></metadata><MetaData><Data Key='MD5'>5Ji==</Data></MetaData></Metadata>",
        "<Metadata>&lt;Metadata FileName='v.wmv'>&lt;Data Key='Width'>640&lt;/Data>&lt;Data Key='MD5'>5Ji==&lt;/Data>&lt;/Metadata></Metadata>",
    ] {
        assert_eq!(spelt(text), Ok(wanted.clone()), "{text}");
    }
    let unread = Metadata { unread: Some("a < b".to_owned()), ..Metadata::default() };
    assert_eq!(spelt("<Metadata>a &lt; b</Metadata>"), Ok(unread));
    assert_eq!(spelt("<Metadata> </Metadata>"), Ok(Metadata::default()));
}
