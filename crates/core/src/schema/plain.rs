//! The types' documentation as a text that needs no Rust: Markdown without rustdoc's links.

use schemars::Schema;
use schemars::transform::{Transform, transform_subschemas};

/// A documentation text, as whoever does not read the code needs it: a line per paragraph, code in backticks, and of a link
/// to an item only what it is called, its members behind a dot.
///
/// ```
/// use larder_core::schema::plain;
/// assert_eq!(plain("What names it:\n[`AccessKey::key_id`](crate::AccessKey)."), "What names it: `AccessKey.key_id`.");
/// ```
#[must_use]
pub fn plain(text: &str) -> String {
    let mut paragraphs = String::new();
    for line in text.trim().lines().map(str::trim) {
        let begins = line.is_empty() || paragraphs.ends_with('\n') || line.starts_with(['*', '-', '|', '#']);
        if !paragraphs.is_empty() {
            paragraphs.push(if begins { '\n' } else { ' ' });
        }
        paragraphs.push_str(line);
    }
    without_links(&paragraphs)
}

fn without_links(text: &str) -> String {
    let (mut plain, mut rest) = (String::new(), text);
    while let Some((before, label, after)) = next_link(rest) {
        plain.push_str(before);
        plain.push_str(&called(label));
        rest = after;
    }
    plain + rest
}

/// What stands before the first link to an item, what it is called, and what stands behind it.
fn next_link(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let open = from + text.get(from..)?.find('[')?;
        let close = open + text.get(open..)?.find(']')?;
        let (label, behind) = (&text[open + 1..close], &text[close + 1..]);
        let target = behind.strip_prefix('(').and_then(|target| target.split_once(')'));
        let is_code = label.len() > 2 && label.starts_with('`') && label.ends_with('`');
        match target {
            Some((target, after)) if !target.contains("://") => return Some((&text[..open], label, after)),
            None if is_code => return Some((&text[..open], label, behind)),
            _ => from = open + 1,
        }
    }
}

/// `crate::AccessKey::key_id` is `AccessKey.key_id`.
fn called(label: &str) -> String {
    let Some(path) = label.strip_prefix('`') else { return label.to_owned() };
    let is_place = |part: &&str| matches!(*part, "crate" | "super" | "self") || part.starts_with("larder_");
    format!("`{}", path.split("::").skip_while(is_place).collect::<Vec<_>>().join("."))
}

/// The first paragraph of an operation's documentation as a sentence, without the method and the path that may stand before
/// it, and the paragraphs behind it.
///
/// ```
/// use larder_core::schema::summary;
/// let text = "`PUT create_user`: creates a user.\n\nNot safe to repeat.";
/// assert_eq!(summary(text), ("Creates a user.".to_owned(), "Not safe to repeat."));
/// ```
#[must_use]
pub fn summary(text: &str) -> (String, &str) {
    let (first, rest) = text.split_once("\n\n").unwrap_or((text, ""));
    let address = |first: &str| ["`GET ", "`POST ", "`PUT "].iter().any(|method| first.starts_with(method));
    let sentence = first.split_once("`: ").filter(|(before, _)| address(before)).map_or(first, |(_, sentence)| sentence);
    let mut letters = sentence.chars();
    let sentence = letters.next().map(|letter| letter.to_uppercase().collect::<String>() + letters.as_str());
    (sentence.unwrap_or_default(), rest)
}

/// Makes every description in a schema [`plain`].
#[derive(Debug, Clone, Copy)]
pub struct PlainTexts;

impl Transform for PlainTexts {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(text) = schema.get("description").and_then(|text| text.as_str()) {
            let text = plain(text);
            schema.insert("description".to_owned(), text.into());
        }
        transform_subschemas(self, schema);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_what_they_are_called() {
        for (text, expected) in [
            ("The key: [`KeyPair::access_key`].", "The key: `KeyPair.access_key`."),
            ("[`crate::Limits`] and [limits](crate::Limits::request) and [`a`](b)", "`Limits` and limits and `a`"),
            ("see [RFC 3339](https://rfc.example) or [0, 1] or a[i]", "see [RFC 3339](https://rfc.example) or [0, 1] or a[i]"),
            ("of `http://a/[x]`: [`larder_core::wire::Reply`]", "of `http://a/[x]`: `wire.Reply`"),
            ("an open [ bracket", "an open [ bracket"),
            ("[``] and [`] and [`a] and [a`]", "[``] and [`] and [`a] and [a`]"),
        ] {
            assert_eq!(plain(text), expected);
        }
    }

    #[test]
    fn lines_of_a_paragraph_are_joined() {
        let text = " One\n two.\n\n Three:\n * four\n * five\n six\n";
        assert_eq!(plain(text), "One two.\n\nThree:\n* four\n* five six");
    }

    #[test]
    fn a_summary_is_a_sentence_without_the_address_before_it() {
        for (text, sentence, rest) in [
            ("`GET a/b`: looks at it.\n\nMore.\n\nYet more.", "Looks at it.", "More.\n\nYet more."),
            ("`POST a`: `sends` it.", "`sends` it.", ""),
            ("Takes `a`: `b`.", "Takes `a`: `b`.", ""),
            ("`a`: `b`.", "`a`: `b`.", ""),
            ("straße", "Straße", ""),
            ("", "", ""),
        ] {
            assert_eq!(summary(text), (sentence.to_owned(), rest));
        }
    }

    #[test]
    fn every_description_is_plain() {
        let mut schema = schemars::json_schema!({
            "description": "a [`B`]",
            "properties": { "description": { "description": "a\nb", "anyOf": [{ "description": "[`c`]" }] } }
        });
        PlainTexts.transform(&mut schema);
        let expected = schemars::json_schema!({
            "description": "a `B`",
            "properties": { "description": { "description": "a b", "anyOf": [{ "description": "`c`" }] } }
        });
        assert_eq!(schema, expected);
    }
}
