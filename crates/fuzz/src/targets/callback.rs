//! JSON in a script: no callback but an identifier path gets into the script, and what is written is read back.
//!
//! The first line is the callback, the rest a text in the answer.

use larder_core::Rule;
use larder_proto_nvx::codec::{Envelope, json};
use larder_proto_nvx::values::Callback;
use serde::{Deserialize, Serialize};

use crate::input;
use crate::oracle::prints;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    text: String,
}

/// Tries one input.
pub fn run(data: &[u8]) {
    let (name, text) = input::line(data);
    let (name, text) = (String::from_utf8_lossy(name), String::from_utf8_lossy(text).into_owned());
    // A text that calls itself a script is read, or not, as any other.
    let _ = json::read::<Answer>(&text);
    let Some(callback) = prints::<Callback>(&name) else {
        assert_eq!(name.parse::<Callback>(), Err(Rule::Malformed));
        return;
    };
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'.');
    assert!(callback.as_str().bytes().all(safe) && callback.as_str().len() <= Callback::MAX, "{callback}");
    let answer = Answer { text };
    let Ok(plain) = json::answer(0, None, &answer) else { panic!("cannot be written: {answer:?}") };
    let script = json::jsonp(&callback, &plain);
    assert!(!script.contains(['\u{2028}', '\u{2029}', '\n']), "a script with a line end: {script}");
    assert_eq!(json::read(&script), Ok(Envelope::Success(answer)), "{script}");
}

/// Callbacks before texts.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let names = ["loginresult", "$.jQuery1_2", "a.b.c", "_", "alert(1)//", "a[0]", ""];
    let texts = super::texts::all(|text| text.contains(['"', '(', '\\', '<', '\u{2028}']) || text.len() % 16 == 0);
    let more = [
        "a({\"ResponseCode\":0,\"Text\":\"\"});",
        "/**/a({\"ResponseCode\":0,\"Text\":\"\\u2028\"})",
        "\u{2028}\u{2029}\n</script>",
    ];
    let texts = texts.into_iter().chain(more.map(|text| text.as_bytes().to_vec()));
    texts.enumerate().map(|(at, text)| [names[at % names.len()].as_bytes(), b"\n", &text].concat()).collect()
}
