//! Dates of both APIs. What is read prints, and reads back as the same moment; an answer's date is kept whatever it is.

use larder_proto_nvx::values::AnswerDate;

use crate::oracle::{prints, travels};

/// The whole input is one text.
pub fn run(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    let date = prints::<larder_proto_nvx::values::Date>(text);
    prints::<larder_proto_e2::Date>(text);
    if let Ok(kept) = serde_json::from_value::<AnswerDate>(text.into()) {
        assert_eq!(kept.known(), date, "{text:?}");
        travels(text, &kept);
    } else {
        panic!("an answer's date is refused: {text:?}");
    }
}

/// Every text of the fixtures that has digits and is short.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    super::texts::all(|text| text.len() <= 40 && text.bytes().any(|byte| byte.is_ascii_digit()))
}
