//! Forms.

use std::collections::BTreeMap;

use larder_core::{Reject, Rule};
use larder_proto_nvx::codec::form;
use larder_proto_nvx::values::Path;
use serde::{Deserialize, Serialize};

use super::pairs;

#[test]
fn n1_parameters_in_any_case() {
    let read = pairs("SESSIONTOKEN=t&pagenumber=%201+&PageSize=500&filepath=b&unknown=1&FilePath=a&FILEPATH=b&sortdescending=TRUE&sortCode=&ADDRESSLINE1=x").unwrap();
    let paths: Vec<_> = read.file_path.iter().map(Path::as_str).collect();
    assert_eq!(paths, ["b", "a", "b"]);
    assert_eq!((read.page_number.get(), read.page_size.get(), read.sort_descending, read.sort_code), (1, 500, Some(true), None));
    assert!(read.folder_path.is_root());
    assert_eq!(read.address1.as_deref(), Some("x"));
    assert_eq!(
        form::to_string(&read).unwrap(),
        "sessionToken=t&folderPath=%2F&pageNumber=1&pageSize=500&sortDescending=true&filePath=b&filePath=a&filePath=b&address1=x"
    );
}

#[test]
fn form_rejections_name_the_parameter() {
    let broken = |text: &str| pairs(text).map(drop);
    let rest = "&pageSize=1&sessionToken=";
    assert_eq!(broken(&format!("pageNumber=1{rest}")), Ok(()), "an empty text is a text");
    assert_eq!(broken("pageNumber=1&pageSize=1"), Err(Reject::new("sessionToken", Rule::Missing)));
    assert_eq!(broken(&format!("pageNumber={rest}")), Err(Reject::new("pageNumber", Rule::Missing)));
    assert_eq!(broken(&format!("pageNumber=0{rest}")), Err(Reject::new("pageNumber", Rule::OutOfRange)));
    assert_eq!(
        broken(&format!("pageNumber=1&filePath=a&filePath=b%5Cc{rest}")),
        Err(Reject::new("filePath", Rule::PathCharacter))
    );
    assert_eq!(broken(&format!("pageNumber=1&filePath={rest}")), Err(Reject::new("filePath", Rule::Missing)));
    assert_eq!(broken(&format!("pageNumber=1&sortCode=Colour{rest}")), Err(Reject::new("sortCode", Rule::Malformed)));
    assert_eq!(broken(&format!("pageNumber=1&sortDescending=yes{rest}")), Err(Reject::new("sortDescending", Rule::Malformed)));
    assert_eq!(form::parse("a=1&b=2&c=3", 2), Err(Reject::new("", Rule::TooMany)));
    assert_eq!(form::parse("a=1&b=%FF", 2), Err(Reject::new("", Rule::Malformed)));
    assert_eq!(form::parse("a=%EF%BF%BD&=&c", 3).map(|pairs| pairs.len()), Ok(3));
    let nested = BTreeMap::from([("a", BTreeMap::from([("b", 1)]))]);
    assert_eq!(form::to_pairs(&nested), Err(Reject::new("", Rule::Malformed)));
}

#[test]
fn form_numbers_have_no_exponents() {
    let numbers = BTreeMap::from([("a", 1e21), ("b", 1e-9)]);
    assert_eq!(form::to_string(&numbers).unwrap(), "a=1000000000000000000000&b=0.000000001");
}

#[test]
fn a_record_may_stand_among_the_parameters() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Whole {
        first: u8,
        #[serde(rename = "$inline")]
        part: Part,
        last: Option<u8>,
    }
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Part {
        #[serde(alias = "Middle1")]
        middle: Option<String>,
        number: u8,
    }
    let read = |text: &str| form::from_pairs::<Whole, _, _>(&form::parse(text, 10).unwrap());
    let whole = Whole { first: 1, part: Part { middle: Some("x".to_owned()), number: 2 }, last: Some(3) };
    assert_eq!(form::to_string(&whole).unwrap(), "First=1&middle=x&number=2&Last=3");
    assert_eq!(read("LAST=3&MIDDLE1=x&NUMBER=2&%24inline=y&first=1&other=4"), Ok(whole));
    assert_eq!(read("First=1"), Err(Reject::new("number", Rule::Missing)));
    assert_eq!(read("First=1&number=x"), Err(Reject::new("number", Rule::Malformed)));
    assert_eq!(read("number=2"), Err(Reject::new("First", Rule::Missing)));
}
