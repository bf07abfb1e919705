//! XML that is refused.

use larder_core::{Reject, Rule};
use larder_proto_nvx::codec::xml_read;
use serde::Deserialize;

use super::{Answer, Done, xml};

#[test]
fn xml_rejections_name_the_field() {
    let broken = |text: &str| xml::<Answer>(text).map(drop);
    assert_eq!(broken(""), Err(Reject::new("Total", Rule::Missing)));
    assert_eq!(broken("<Total>five</Total>"), Err(Reject::new("Total", Rule::Malformed)));
    assert_eq!(broken("<Total>99999999999999999999</Total>"), Err(Reject::new("Total", Rule::OutOfRange)));
    assert_eq!(broken("<Total>1</Total><IsShared>yes</IsShared>"), Err(Reject::new("IsShared", Rule::Malformed)));
    let file = "<Total>1</Total><File><Name>a</Name><SizeBytes>-1</SizeBytes></File>";
    assert_eq!(broken(file), Err(Reject::new("SizeBytes", Rule::OutOfRange)));
}

/// A type that looks as deep as the message goes.
#[derive(Debug, Deserialize)]
struct Nested {
    #[serde(rename = "A")]
    inner: Option<Box<Nested>>,
}

#[test]
fn hostile_xml_is_refused() {
    let dtd = "<!DOCTYPE r [<!ENTITY a 'a'>]><Response><ResponseCode>0</ResponseCode></Response>";
    assert_eq!(xml_read::read::<Done>(dtd), Err(Reject::new("", Rule::Malformed)));
    assert_eq!(xml::<Done>("&unknown;"), Err(Reject::new("", Rule::Malformed)));

    let deep = |levels: usize| format!("{}{}", "<A>".repeat(levels), "</A>".repeat(levels));
    assert_eq!(xml::<Nested>(&deep(100_000)).map(drop), Err(Reject::new("A", Rule::TooMany)));
    assert_eq!(xml::<Done>(&deep(100_000)), Ok(Done), "nothing looks into it");
    // With the root and the listing's own element, 32 levels have content.
    assert_eq!(xml::<Nested>(&deep(32)).map(drop), Ok(()));
    assert_eq!(xml::<Nested>(&deep(33)).map(drop), Err(Reject::new("A", Rule::TooMany)));
    let levels = xml::<Nested>(&deep(30)).unwrap();
    assert_eq!(core::iter::successors(levels.inner.as_deref(), |level| level.inner.as_deref()).count(), 29, "the last is empty");

    let attributes: String = (0..20_000).map(|at| format!(" a{at}=''")).collect();
    assert_eq!(xml::<Done>(&format!("<A{attributes}/>")), Err(Reject::new("", Rule::TooMany)));
    let namespaces: String = (0..20_000).map(|at| format!("<A xmlns:n{at}='urn:n'/>")).collect();
    assert_eq!(xml::<Done>(&namespaces), Err(Reject::new("", Rule::TooMany)));
    let plenty: String = (0..20_000).map(|_| "<A b='>' c=\"=====\">=====</A>").collect();
    assert_eq!(xml::<Done>(&plenty), Ok(Done));

    let small = xml_read::XmlLimits { bytes: 100, nodes: 10, ..Default::default() };
    assert_eq!(xml_read::read_with::<Done>(&" ".repeat(101), &small), Err(Reject::new("", Rule::TooLong)));
    assert_eq!(
        xml_read::read_with::<Done>(&format!("<A>{}</A>", "<b/>".repeat(10)), &small),
        Err(Reject::new("", Rule::TooMany))
    );
}
