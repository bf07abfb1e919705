//! How long a parameter may be, in characters: each bounded one is taken at its length and refused one character beyond.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which have no one to hand an error to")]

use std::collections::{BTreeMap, BTreeSet};

use larder_core::operation::Names;
use larder_proto_nvx::Code;

use super::call::{Call, calls};

/// Operation (`*`: all that have the parameter), parameter in any case, shape, the most characters, the code beyond. The
/// numbers are the document's, but for names and telephone in SetAccountInfo (N87), notes (N84), callbacks (N132), and keys
/// and tokens (ours).
const TABLE: &str = "
    *                             appKey                text   1024  101
    *                             uploadToken           text   1024  101
    *                             userName              text   320   101
    *                             childAccountUsername  text   320   101
    *                             password              text   100   101
    *                             oldPassword           text   100   101
    *                             newPassword           text   100   101
    *                             childAccountPassword  text   100   101
    Accounting/CreateChildAccount FirstName             text   30    65101
    Accounting/CreateChildAccount LastName              text   30    65101
    Accounting/CreateChildAccount MiddleInitial         text   1     65101
    Accounting/CreateChildAccount PhoneNumber           text   50    65101
    Accounting/CreateChildAccount EmailAddress          email  1000  65101
    Accounting/CreateChildAccount Address1              text   200   65101
    Accounting/CreateChildAccount Address2              text   200   65101
    Accounting/CreateChildAccount City                  text   200   65101
    Accounting/CreateChildAccount State                 text   3     65101
    Accounting/CreateChildAccount PostalCode            text   50    65101
    Accounting/SetAccountInfo     FirstName             text   30    65101
    Accounting/SetAccountInfo     LastName              text   30    65101
    Accounting/SetAccountInfo     MiddleInitial         text   1     65101
    Accounting/SetAccountInfo     PhoneNumber           text   50    65101
    Accounting/SetAccountInfo     EmailAddress          email  1000  65101
    Accounting/SetAccountInfo     Address1              text   200   65101
    Accounting/SetAccountInfo     Address2              text   200   65101
    Accounting/SetAccountInfo     City                  text   200   65101
    Accounting/SetAccountInfo     State                 text   2     65101
    Accounting/SetAccountInfo     PostalCode            text   50    65101
    Accounting/SetAccountNotes    xmlNotes              notes  65536 101
    Metadata/SetMetadata          metadata              type   100   70107
    Metadata/SetMetadata          metadata              value  400   70107
    Metadata/DeleteMetadata       metadata              text   100   70107
    Metadata/SearchMetadata       searchKey             text   100   70107
    *                             path                  path   512   70009
    Transfer/Download             $path                 below  512   70009
    *                             itemPath              path   512   70009
    *                             filePath              path   512   70009
    *                             folderPath            path   512   70009
    *                             sharePath             path   512   70009
    *                             srcFilePath           path   512   70009
    *                             srcFolderPath         path   512   70009
    *                             destFilePath          path   512   70009
    *                             destFolderPath        path   512   70009
    *                             path                  name   256   70010
    Transfer/Download             $path                 name   256   70010
    *                             itemPath              name   256   70010
    *                             filePath              name   256   70010
    *                             folderPath            name   256   70010
    *                             sharePath             name   256   70010
    *                             srcFilePath           name   256   70010
    *                             srcFolderPath         name   256   70010
    *                             destFilePath          name   256   70010
    *                             destFolderPath        name   256   70010
    IMFS/RenameFile               newFileName           name   256   70010
    IMFS/RenameFolder             newFolderName         name   256   70010
    Video/ExtractFrames           frameName             name   256   70010
    *                             callbackURL           url    2048  101
";

pub(super) const SHAPES: [&str; 9] = ["text", "email", "notes", "url", "path", "below", "name", "type", "value"];

/// A value of `length` characters that count, most of them of more than one byte.
pub(super) fn value(shape: &str, length: usize) -> String {
    let fill = |around: usize| "ä".repeat(length - around);
    match shape {
        "text" | "name" => fill(0),
        "email" => format!("ü@{}", fill(2)),
        "notes" => format!("<a>{}</a>", fill(7)),
        // A URL has no other characters than ASCII's.
        "url" => format!("http://a/{}", "b".repeat(length - 9)),
        "path" => (1..=length).map(|at| if at % 200 == 0 { '/' } else { 'ä' }).collect(),
        // An application and a user are not counted.
        "below" => format!("//App/User/{}", value("path", length)),
        // Only what stands before the colon, or behind it, is counted.
        "type" => format!("{}:v", fill(0)),
        "value" => format!("t:{}", fill(0)),
        _ => panic!("{shape} is no shape"),
    }
}

/// A row of the table for one operation: a call of it, the parameter, the shape, the most characters, the code beyond.
type Row<'c> = (&'c Call, &'c str, &'static str, usize, Code);

fn rows(calls: &[Call]) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    for line in TABLE.lines().filter(|line| !line.is_empty()) {
        let [operation, parameter, shape, most, code] = line.split_whitespace().collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        let (most, code, known) = (most.parse().unwrap(), Code::from(code.parse::<u32>().unwrap()), rows.len());
        for call in calls.iter().filter(|call| operation == "*" || call.name.meta().to_string() == operation) {
            let Some(parameter) = call.parameters().into_iter().find(|name| name.eq_ignore_ascii_case(parameter)) else {
                continue;
            };
            if rows[known..].iter().all(|row| row.0.name != call.name) {
                rows.push((call, parameter, shape, most, code));
            }
        }
        assert!(rows.len() > known, "nobody has {parameter}");
    }
    rows
}

#[test]
fn a_parameter_may_be_so_long_and_no_longer() {
    for (call, parameter, shape, most, code) in rows(&calls()) {
        let refusal = |length: usize| call.with(parameter, &value(shape, length)).refusal();
        let name = call.name.meta();
        assert_eq!(refusal(most), None, "{name} {parameter}: {most}");
        assert_eq!(refusal(most + 1).map(|fault| fault.code), Some(code), "{name} {parameter}: {most} + 1");
    }
}

/// Whether one value or another is refused for its length alone, and with which codes.
fn too_long(call: &Call, parameter: &str) -> BTreeSet<u32> {
    let texts = ["is too long", "than a path may be", "than a name may be"];
    // Longer than any of its shape may be.
    let values = SHAPES.map(|shape| value(shape, if shape == "notes" { 70_000 } else { 2_500 }));
    let refusals = values.iter().filter_map(|value| call.with(parameter, value).refusal());
    let for_length = refusals.filter(|fault| texts.iter().any(|text| fault.message.ends_with(text)));
    for_length.map(|fault| fault.code.number()).collect()
}

#[test]
fn every_bounded_parameter_is_in_the_table() {
    let calls = calls();
    let mut listed: BTreeMap<_, BTreeSet<u32>> = BTreeMap::new();
    for (call, parameter, _, _, code) in rows(&calls) {
        listed.entry((call.name, parameter)).or_default().insert(code.number());
    }
    let parameters: BTreeMap<_, _> =
        calls.iter().flat_map(|call| call.parameters().into_iter().map(move |name| ((call.name, name), call))).collect();
    for ((name, parameter), call) in parameters {
        let expected = listed.remove(&(name, parameter)).unwrap_or_default();
        assert_eq!(too_long(call, parameter), expected, "{} {parameter}", name.meta());
    }
}
