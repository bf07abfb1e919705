//! Which character stands for which: one that every format spells as long as the one that it replaces.

/// How many stand for the characters of one class.
pub(super) const DIGITS: u32 = 3;

/// The first of those that stand for a character; none when it stands for itself.
///
/// Signs stay: formats treat each of them differently, and texts are cut at them. Letters and digits do not: `a` to `c` are
/// apart from the other hexadecimal ones because `&#97;` is shorter than `&#100;`; upper case goes with lower.
fn first(c: char) -> Option<u32> {
    let first = match c {
        '0'..='9' => '0',
        'a'..='c' => 'a',
        'd'..='f' => 'd',
        'g'..='z' => 'g',
        'A'..='C' => 'A',
        'D'..='F' => 'D',
        'G'..='Z' => 'G',
        _ if c.is_ascii() || c.is_whitespace() || c.is_control() || c == '\u{FFFD}' => return None,
        _ => return first_abroad(u32::from(c)),
    };
    Some(u32::from(first))
}

/// Beyond ASCII: as long in UTF-8, in UTF-16, and as a number, decimal or hexadecimal.
fn first_abroad(code: u32) -> Option<u32> {
    Some(match code {
        0..=0xFF => 0xE0,
        0x100..=999 => 0x101,
        1_000..=0x7FF => 0x430,
        0x800..=0xFFF => 0x905,
        0x1000..=9_999 => 0x1E01,
        10_000..=0xFFFF => 0x4E00,
        0x1_0000..=99_999 => 0x1_0400,
        100_000..=999_999 => 0x2_0000,
        1_000_000..=0xF_FFFF => 0xF_4240,
        _ => return None,
    })
}

/// A sign that every format escapes, or none, as it does this one. Only of secrets without a letter or a digit.
fn sign(c: char) -> Option<[char; 3]> {
    "!$()*,;:@|^`{}[]#~?".contains(c).then_some(['!', '$', '('])
}

/// Whether something else stands for it.
pub(super) fn is_hidden(c: char) -> bool {
    first(c).is_some()
}

/// What stands for it: one of [`DIGITS`].
pub(super) fn stand_in(c: char, digit: u32) -> char {
    first(c).and_then(|first| char::from_u32(first + digit % DIGITS)).unwrap_or(c)
}

/// What stands for a sign, where there is nothing but signs.
pub(super) fn sign_stand_in(c: char, digit: u32) -> char {
    sign(c).and_then(|signs| signs.get((digit % DIGITS) as usize).copied()).unwrap_or(c)
}

/// Whether [`sign_stand_in`] hides it.
pub(super) fn is_hidden_sign(c: char) -> bool {
    sign(c).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(c: char) -> [usize; 6] {
        let form: String = form_urlencoded::byte_serialize(c.to_string().as_bytes()).collect();
        let code = u32::from(c);
        [
            c.len_utf8(),
            c.len_utf16(),
            form.len(),
            format!("{code}").len(),
            format!("{code:x}").len(),
            usize::from(c.is_uppercase()),
        ]
    }

    #[test]
    fn what_stands_for_a_character_is_as_long_in_every_spelling() {
        for c in ('\0'..='\u{10FFFF}').step_by(7).chain('\0'..='\u{2FFF}') {
            for digit in 0..DIGITS {
                let other = stand_in(c, digit);
                let (mut was, mut is) = (lengths(c), lengths(other));
                if !c.is_ascii() {
                    (was[5], is[5]) = (0, 0);
                }
                assert_eq!(was, is, "{c:?} {other:?}");
                assert!(!c.is_ascii() || c.is_ascii_hexdigit() == other.is_ascii_hexdigit(), "{c:?} {other:?}");
                assert!(!c.is_ascii() || stand_in(c.to_ascii_lowercase(), digit) == other.to_ascii_lowercase());
            }
        }
    }
}
