//! The XML schema of every operation's answer, made of the types: what our server writes keeps to it, successes and
//! failures, and what lacks something or has more does not. `xmllint` is the judge.

use std::path::{Path, PathBuf};

use larder_core::Kind;
use larder_core::operation::Names;
use larder_proto_nvx::{Name, describe};
use larder_testkit::fixtures::{self, Direction, Fixture};
use larder_testkit::foreign;

use crate::schemas::{Written, failure, file, last, validate};

/// Successes of the fixtures as our server writes them, with their names; without those that only a lenient reader takes.
fn successes(name: Name) -> Vec<(String, String)> {
    let wanted = format!("nvx:{}", name.meta());
    let is_whole = |row: &Fixture| !["flat", "lenient"].iter().any(|odd| last(row).starts_with(odd));
    let rows = fixtures::of("nvx", Direction::Response).into_iter().filter(|row| row.operation == wanted && is_whole(row));
    rows.filter_map(|row| name.visit(Written(&row)).map(|text| (row.id.replace('/', "__"), text))).collect()
}

/// Ways to break a message: without its code, with another element, and without whatever is in it.
fn broken(text: &str) -> Vec<String> {
    let without_code = text.replace("<ResponseCode>0</ResponseCode>", "");
    let more = text.replace("</Response>", "<More>1</More></Response>");
    let mixed = text.replace("</Response>", "<ErrorMessage></ErrorMessage></Response>");
    let content = text.split_once("</ResponseCode>").unwrap().1;
    let emptied = text.replace(content, "</Response>");
    let mut all = vec![without_code, more];
    // An answer without content, or with a list alone, may have nothing but its code; the message makes a failure of it.
    if content != "</Response>" {
        all.push(mixed);
    }
    if is_needed(content) {
        all.push(emptied);
    }
    all
}

/// Whether something in this content may not be absent: a list may.
fn is_needed(content: &str) -> bool {
    let lists = ["<Account>", "<DownloadNode>", "<Download>", "<Metadata>", "<Tag>", "<HostedItem>", "<GetUsage>", "<GetLimits>"];
    content != "</Response>" && !lists.iter().any(|list| content.starts_with(list))
}

fn check(folder: &Path, name: Name) {
    let Some(xsd) = describe::xsd(name) else {
        return assert_eq!(name.meta().kind, Kind::Download);
    };
    let folder = folder.join(name.meta().to_string().replace('/', "_"));
    std::fs::create_dir_all(&folder).unwrap();
    let schema = file(&folder, "schema.xsd", xsd.as_bytes());
    let successes = successes(name);
    assert!(!successes.is_empty(), "{}: no success to validate", name.meta());
    let write = |(name, text): &(String, String)| file(&folder, &format!("{name}.xml"), text.as_bytes());
    let mut files: Vec<PathBuf> = successes.iter().map(write).collect();
    files.push(file(&folder, "failure.xml", failure(Some(name)).as_bytes()));
    assert_eq!(validate(&schema, &files), Ok(()), "{}", name.meta());
    for (at, text) in successes.iter().flat_map(|(_, text)| broken(text)).enumerate() {
        let path = file(&folder, &format!("broken-{at}.xml"), text.as_bytes());
        let refused = validate(&schema, &[path]).expect_err(&text);
        assert!(refused.contains("fails to validate"), "{refused}");
    }
}

#[test]
fn n61_what_our_server_writes_keeps_to_the_schemas_that_the_types_give() {
    if foreign::program("xmllint").is_none() {
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("xsd");
    for name in Name::ALL {
        check(&folder, *name);
    }
}
