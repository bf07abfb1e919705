//! What may be a secret in an answer that nobody understood.

use super::letters::stand_in;

/// Characters from which on a word may be a token or a key.
const WORD: usize = 16;

/// The same text, with other letters and digits in its long words, but for the names that JSON and XML give to values.
pub(super) fn without_long_words(bytes: &[u8]) -> Vec<u8> {
    let mut shown = Vec::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        shown.extend_from_slice(shredded(chunk.valid()).as_bytes());
        shown.extend_from_slice(chunk.invalid());
    }
    shown
}

fn shredded(text: &str) -> String {
    let is_of_word = |c: char| c.is_alphanumeric() || "-_~+/=.%".contains(c);
    let mut shown = String::with_capacity(text.len());
    while let Some(start) = text.get(shown.len()..).and_then(|rest| rest.find(is_of_word)) {
        let (before, from) = text.split_at(shown.len() + start);
        let (word, after) = from.split_at(from.find(|c| !is_of_word(c)).unwrap_or(from.len()));
        shown.push_str(before.get(shown.len()..).unwrap_or_default());
        if word.chars().count() >= WORD && !is_name(before, after) {
            shown.extend(word.chars().map(|c| stand_in(c, 0)));
        } else {
            shown.push_str(word);
        }
    }
    let rest = text.get(shown.len()..).unwrap_or_default();
    shown + rest
}

/// Whether what stands between the two is a name, or the URL of names.
fn is_name(before: &str, after: &str) -> bool {
    let is_key = after.strip_prefix('"').is_some_and(|rest| rest.trim_start().starts_with(':'));
    let attribute = before.rsplit(|c: char| c == '>' || c.is_whitespace()).next().unwrap_or_default();
    is_key
        || before.ends_with('<')
        || before.ends_with("</")
        || attribute.starts_with("xmlns") && attribute.matches('"').count() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_words_and_names_are_none() {
        let text = r#"<a xmlns:b="http://www.example.org/a/b"><a-very-long-element-name xmlns="http://www.example.org">secret-0123456789ab</a> {"a_very_long_member_name" : "0123456789abcdef", "b": "short"}"#;
        let shown = text.replace("secret-0123456789ab", "gdagdg-0000000000aa").replace("0123456789abcdef", "0000000000aaaddd");
        assert_eq!(String::from_utf8(without_long_words(text.as_bytes())).unwrap(), shown);
    }
}
