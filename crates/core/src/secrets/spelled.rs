//! Whether a text begins with a secret, however it is spelled: as it is, percent-encoded, with `+` for blanks, with the
//! escapes of JSON, with the references of XML, and any mixture. Escapes are read here, not written, so that it does not
//! matter which characters whoever wrote the text thought worth escaping.

/// How a beginning of a text compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// It is the secret, so many bytes of text long.
    Whole(usize),
    /// The text ends before it can be told.
    Perhaps,
    /// It is not.
    No,
}

/// The longest spelling of one character, in bytes: two escapes of JSON, or four of percent-encoding.
const LONGEST: usize = 12;

/// How much of a secret a text begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Beginning {
    /// Characters of the secret.
    pub(crate) characters: usize,
    /// Bytes of the text.
    pub(crate) end: usize,
}

/// Whether `text` begins with `secret`, or else with how much of it. The longest spelling counts. The end of a line is a line
/// feed, with a carriage return before it or without.
pub(crate) fn begins(text: &str, secret: &str, ignores_case: bool) -> (Found, Beginning) {
    // All places that a spelling of what was compared so far may end at: hardly ever more than one.
    let mut places = vec![0];
    let mut perhaps = false;
    let mut beginning = Beginning { characters: 0, end: 0 };
    for wanted in secret.chars() {
        if wanted == '\n' {
            let (returned, _) = after(text, &places, '\r', false);
            places.extend(returned);
        }
        let (next, is_cut) = after(text, &places, wanted, ignores_case);
        perhaps |= is_cut;
        places = next;
        let Some(end) = places.iter().copied().max() else {
            return (if perhaps { Found::Perhaps } else { Found::No }, beginning);
        };
        beginning = Beginning { characters: beginning.characters + 1, end };
    }
    (if secret.is_empty() { Found::No } else { Found::Whole(beginning.end) }, beginning)
}

/// The places behind one more character, and whether the text may be cut within it.
fn after(text: &str, places: &[usize], wanted: char, ignores_case: bool) -> (Vec<usize>, bool) {
    let mut next = Vec::new();
    let mut is_cut = false;
    for place in places {
        let rest = text.get(*place..).unwrap_or_default();
        is_cut |= spellings(rest, wanted, ignores_case, |length| next.push(place + length));
    }
    next.dedup();
    (next, is_cut)
}

/// Says the length of each spelling of a character that `rest` begins with. Whether `rest` may be the beginning of one.
pub(crate) fn spellings(rest: &str, wanted: char, ignores_case: bool, mut is_one: impl FnMut(usize)) -> bool {
    let is_it = |got: char| got == wanted || ignores_case && got.eq_ignore_ascii_case(&wanted);
    let Some(first) = rest.chars().next() else { return true };
    // What was no UTF-8 was a character all the same.
    if is_it(first) || first == '\u{FFFD}' && !wanted.is_ascii() || first == '+' && wanted == ' ' {
        is_one(first.len_utf8());
    }
    let read = match first {
        '%' => percent(rest),
        '\\' => json(rest),
        '&' => xml(rest),
        _ => return false,
    };
    match read {
        Some((got, length)) => {
            if is_it(got) {
                is_one(length);
            }
            false
        }
        None => rest.len() < LONGEST,
    }
}

/// `%C3%A4`
pub(crate) fn percent(rest: &str) -> Option<(char, usize)> {
    let mut bytes = [0; 4];
    for (at, place) in (0..rest.len()).step_by(3).take(4).enumerate() {
        let digits = rest.get(place..place + 3)?.strip_prefix('%')?;
        *bytes.get_mut(at)? = u8::from_str_radix(digits, 16).ok()?;
        if let Ok(text) = core::str::from_utf8(bytes.get(..=at)?) {
            return Some((text.chars().next()?, place + 3));
        }
    }
    None
}

/// `\n`, `\u00e4`, `\ud83e\udd80`
pub(crate) fn json(rest: &str) -> Option<(char, usize)> {
    let unit = |at: usize| u16::from_str_radix(rest.get(at..at + 6)?.strip_prefix("\\u")?, 16).ok();
    let short = match rest.chars().nth(1)? {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'b' => '\u{8}',
        'f' => '\u{C}',
        'u' => {
            let units = [unit(0)?, unit(6).unwrap_or_default()];
            let got = char::decode_utf16(units).next()?.ok()?;
            return Some((got, 6 * got.len_utf16()));
        }
        other => other,
    };
    Some((short, 1 + rest.chars().nth(1)?.len_utf8()))
}

/// `&amp;`, `&#228;`, `&#xE4;`
pub(crate) fn xml(rest: &str) -> Option<(char, usize)> {
    let name = rest.get(1..rest.find(';')?)?;
    let got = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{A0}',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((got, name.len() + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_found_and_no_other_text() {
        for (text, secret, found) in [
            ("a b", "a b", Found::Whole(3)),
            ("a+b", "a b", Found::Whole(3)),
            ("a%20b", "a b", Found::Whole(5)),
            ("%61+%62", "a b", Found::Whole(7)),
            ("%c3%A4/", "ä/", Found::Whole(7)),
            ("\\u00E4\\/", "ä/", Found::Whole(8)),
            ("\\ud83e\\udd80x", "🦀", Found::Whole(12)),
            ("&#xe4;&#47;", "ä/", Found::Whole(11)),
            ("&amp;&lt;&quot;", "&<\"", Found::Whole(15)),
            ("a\\\\b\\\"", "a\\b\"", Found::Whole(6)),
            ("%25%2541", "%%41", Found::Whole(8)),
            ("%41", "%41", Found::Whole(3)),
            ("a\r\nb", "a\nb", Found::Whole(4)),
            ("a\\r\\nb", "a\nb", Found::Whole(6)),
            ("a%0D%0Ab", "a\nb", Found::Whole(8)),
            ("p\u{FFFD}ss", "päss", Found::Whole(6)),
            ("ab", "abc", Found::Perhaps),
            ("ab%6", "abc", Found::Perhaps),
            ("ab&#9", "abc", Found::Perhaps),
            ("ab\\u00", "abc", Found::Perhaps),
            ("ab%64", "abc", Found::No),
            ("", "abc", Found::Perhaps),
            ("abd", "abc", Found::No),
            ("ABC", "abc", Found::No),
            ("&gt;&apos;&nbsp;", ">'\u{A0}", Found::Whole(16)),
            ("\\t\\b\\f", "\t\u{8}\u{C}", Found::Whole(6)),
            ("x/", "ä/", Found::No),
            ("p\u{FFFD}ss", "pass", Found::No),
            ("a+b", "abb", Found::No),
            ("a\rb", "ab", Found::No),
            // No spelling of a character is longer than this.
            ("a%zzzzzzzzzz", "abc", Found::Perhaps),
            ("a%zzzzzzzzzzz", "abc", Found::No),
        ] {
            assert_eq!(begins(text, secret, false).0, found, "{text} {secret}");
        }
        assert_eq!(begins("ABC", "abc", true).0, Found::Whole(3));
        assert_eq!(begins("%61bx", "abc", false), (Found::No, Beginning { characters: 2, end: 4 }));
    }
}
