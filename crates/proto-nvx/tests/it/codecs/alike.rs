//! XML and JSON of one value.

use larder_proto_nvx::codec::{Envelope, json, xml_read, xml_write};
use larder_proto_nvx::values::{AnswerDate, Date, Metadata, Tags};

use super::{Answer, Done, Entry};

fn sample() -> Answer {
    let metadata = Metadata {
        file_name: Some("a \"b\" & c.png".to_owned()),
        entries: vec![("Height".to_owned(), "480".to_owned()), ("Note".to_owned(), "1 < 2\n".trim().to_owned())],
        unread: None,
    };
    let created = Some(Date::from_unix(1_178_113_001).into());
    Answer {
        folder: vec![],
        file: vec![
            Entry {
                name: "F8 & <co>.jpg".to_owned(),
                size_bytes: u64::MAX,
                created_date: created,
                metadata,
                file_tags: ["these", "are"].into_iter().collect(),
            },
            Entry {
                name: String::new(),
                size_bytes: 0,
                created_date: Some(AnswerDate::Other("soon".to_owned())),
                metadata: Metadata::default(),
                file_tags: Tags::default(),
            },
        ],
        tag: vec!["x".to_owned()],
        total: -1,
        is_shared: Some(true),
    }
}

#[test]
fn xml_and_json_of_one_value_are_read_alike() {
    let text = xml_write::answer(0, None, &sample()).unwrap();
    insta::assert_snapshot!(text, @r#"<?xml version="1.0" encoding="utf-8"?><Response><ResponseCode>0</ResponseCode><File><Name>F8 &amp; &lt;co&gt;.jpg</Name><SizeBytes>18446744073709551615</SizeBytes><CreatedDate>Wed, 02 May 2007 13:36:41 GMT</CreatedDate><Metadata><MetaData FileName="a &quot;b&quot; &amp; c.png"><Data Key="Height">480</Data><Data Key="Note">1 &lt; 2</Data></MetaData></Metadata><FileTags>these|are</FileTags></File><File><Name></Name><SizeBytes>0</SizeBytes><CreatedDate>soon</CreatedDate><Metadata></Metadata><FileTags></FileTags></File><Tag>x</Tag><Total>-1</Total><IsShared>true</IsShared></Response>"#);
    assert_eq!(xml_read::read(&text), Ok(Envelope::Success(sample())));

    let text = json::answer(0, None, &sample()).unwrap();
    insta::assert_snapshot!(text, @r#"{"ResponseCode":0,"Folder":[],"File":[{"Name":"F8 & <co>.jpg","SizeBytes":18446744073709551615,"CreatedDate":"Wed, 02 May 2007 13:36:41 GMT","Metadata":"<Metadata FileName=\"a &quot;b&quot; &amp; c.png\"><Data Key=\"Height\">480</Data><Data Key=\"Note\">1 &lt; 2</Data></Metadata>","FileTags":"these|are"},{"Name":"","SizeBytes":0,"CreatedDate":"soon","Metadata":null,"FileTags":null}],"Tag":["x"],"Total":-1,"IsShared":true}"#);
    assert_eq!(json::read(&text), Ok(Envelope::Success(sample())));
}

#[test]
fn faults_are_read_alike() {
    let fault = Envelope::<Answer>::Failure { code: 80006, message: "Session \"x\" & more".to_owned() };
    let text = xml_write::failure(80006, "Session \"x\" & more");
    insta::assert_snapshot!(text, @r#"<?xml version="1.0" encoding="utf-8"?><Response><ResponseCode>80006</ResponseCode><ErrorMessage>Session "x" &amp; more</ErrorMessage></Response>"#);
    assert_eq!(xml_read::read(&text), Ok(fault.clone()));
    let text = json::failure(80006, "Session \"x\" & more");
    insta::assert_snapshot!(text, @r#"{"ResponseCode":80006,"ErrorMessage":"Session \"x\" & more"}"#);
    assert_eq!(json::read(&text), Ok(fault.clone()));
    assert_eq!(json::read(r#"{"errormessage":" Session \"x\" & more\n","responsecode":" 80006"}"#), Ok(fault));
}

#[test]
fn answers_without_fields() {
    for text in [xml_write::answer(0, None, &Done).unwrap(), xml_write::answer(0, None, &()).unwrap()] {
        assert_eq!(text, "<?xml version=\"1.0\" encoding=\"utf-8\"?><Response><ResponseCode>0</ResponseCode></Response>");
        assert_eq!(xml_read::read(&text), Ok(Envelope::Success(Done)));
    }
    assert_eq!(json::answer(0, None, &Done).unwrap(), r#"{"ResponseCode":0}"#);
    assert_eq!(json::read(r#"{"ResponseCode":0,"Extra":[1]}"#), Ok(Envelope::Success(Done)));
    assert_eq!(json::read(r#"{"Extra":[1],"ResponseCode":"0"}"#), Ok(Envelope::Success(Done)));
    assert!(json::answer(0, None, "text").is_err() && xml_write::answer(0, None, "text").is_err());
}
