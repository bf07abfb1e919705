//! Writes another text in the place of a secret, spelled as the secret was.

use crate::secrets::spelled::{json, percent, spellings, xml};

/// `spelled` is some spelling of the beginning of `secret`: the same spelling of `other`, character by character. None if it is
/// no such spelling.
pub(super) fn respell(spelled: &str, secret: &str, other: &str, ignores_case: bool) -> Option<String> {
    let wanted: Vec<char> = secret.chars().collect();
    let units = units(spelled, &wanted, ignores_case)?;
    let mut text = String::with_capacity(spelled.len());
    let mut others = other.chars();
    let mut before = 0;
    for ((start, end), was) in units.into_iter().zip(wanted) {
        // A carriage return before the end of a line.
        text.push_str(spelled.get(before..start)?);
        text.push_str(&unit(spelled.get(start..end)?, was, others.next()?));
        before = end;
    }
    Some(text)
}

/// Where each character begins and ends.
fn units(spelled: &str, secret: &[char], ignores_case: bool) -> Option<Vec<(usize, usize)>> {
    // Each level: where a character ends, where it began, and which place of the level before it follows.
    let mut levels: Vec<Vec<(usize, usize, usize)>> = vec![vec![(0, 0, 0)]];
    for wanted in secret {
        let before = levels.last()?;
        if before.iter().any(|(end, ..)| *end == spelled.len()) {
            break;
        }
        let mut next = Vec::new();
        for (from, (end, ..)) in before.iter().enumerate() {
            let mut starts = vec![*end];
            if *wanted == '\n' {
                spellings(spelled.get(*end..)?, '\r', false, |length| starts.push(end + length));
            }
            for start in starts {
                spellings(spelled.get(start..)?, *wanted, ignores_case, |length| next.push((start + length, start, from)));
            }
        }
        levels.push(next);
    }
    let mut units = Vec::with_capacity(levels.len());
    let mut place = levels.last()?.iter().position(|(end, ..)| *end == spelled.len())?;
    for level in levels.iter().skip(1).rev() {
        let (end, start, from) = *level.get(place)?;
        units.push((start, end));
        place = from;
    }
    units.reverse();
    Some(units)
}

/// One character: `was` stands there as `text`; `other` takes its place.
fn unit(text: &str, was: char, other: char) -> String {
    let mut chars = text.chars();
    let (Some(first), is_bare) = (chars.next(), chars.next().is_none()) else { return String::new() };
    if was == other || is_bare && matches!(first, '+' | '\u{FFFD}') && first != was {
        return text.to_owned();
    }
    let read = match first {
        _ if is_bare => Some((first, 0)),
        '%' => percent(text),
        '\\' => json(text),
        _ => xml(text),
    };
    let got = read.map_or(was, |(got, _)| got);
    let other = match got {
        _ if got == was => other,
        _ if got.is_ascii_uppercase() => other.to_ascii_uppercase(),
        _ => other.to_ascii_lowercase(),
    };
    if is_bare { other.to_string() } else { escaped(text, first, other) }
}

fn escaped(text: &str, first: char, c: char) -> String {
    let is_upper = text.bytes().skip(1).any(|byte| byte.is_ascii_hexdigit() && byte.is_ascii_uppercase());
    let hex = |code: u32, width: usize| if is_upper { format!("{code:0width$X}") } else { format!("{code:0width$x}") };
    let mut room = [0; 4];
    match first {
        '%' => c.encode_utf8(&mut room).bytes().map(|byte| format!("%{}", hex(u32::from(byte), 2))).collect(),
        '\\' if text.starts_with("\\u") => {
            c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{}", hex(u32::from(*unit), 4))).collect()
        }
        '\\' => format!("\\{c}"),
        _ => match text.strip_prefix("&#x").or(text.strip_prefix("&#X")) {
            Some(digits) => {
                let marker = text.get(..3).unwrap_or("&#x");
                format!("{marker}{};", hex(u32::from(c), digits.len() - 1))
            }
            None => format!("&#{:0width$};", u32::from(c), width = text.len().saturating_sub(3)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spelling_stays() {
        for (spelled, secret, other, expected) in [
            ("ab+c", "ab c", "gh i", "gh+i"),
            ("%61%C3%a4", "aä", "bà", "%62%C3%A0"),
            ("\\u0061\\/x", "a/x", "b/y", "\\u0062\\/y"),
            ("&#97;&#x7a;&amp;", "az&", "bg&", "&#98;&#x67;&amp;"),
            ("ABC", "abc", "ggh", "GGH"),
            ("ab", "abc", "ghi", "gh"),
            ("a\r\nb", "a\nb", "g\nh", "g\r\nh"),
            ("p\u{FFFD}", "pä", "gà", "g\u{FFFD}"),
            ("\\ud83e\\udd80", "🦀", "\u{20001}", "\\ud840\\udc01"),
        ] {
            assert_eq!(respell(spelled, secret, other, true).as_deref(), Some(expected), "{spelled}");
        }
        assert_eq!(respell("abx", "abc", "ghi", true), None);
    }
}
