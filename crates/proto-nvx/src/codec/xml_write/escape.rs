//! Escapes of text and attributes.

/// Appends text. A carriage return is escaped, since readers turn a bare one into a line feed.
pub(crate) fn text(out: &mut String, text: &str) {
    escape(out, text, |byte| match byte {
        b'\t' | b'\n' | b'"' => None,
        _ => general(byte),
    });
}

/// Appends the value of an attribute in double quotes. Tabs and line feeds are escaped, since readers turn bare ones
/// into blanks.
pub(crate) fn attribute(out: &mut String, text: &str) {
    escape(out, text, general);
}

/// Whether XML 1.0 can hold every character of a text, in any form.
pub(crate) fn can_hold(text: &str) -> bool {
    let is_lost = |c: char| matches!(c, '\0'..='\x08' | '\x0B' | '\x0C' | '\x0E'..='\x1F' | '\u{FFFE}' | '\u{FFFF}');
    !text.contains(is_lost)
}

fn general(byte: u8) -> Option<&'static str> {
    match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'"' => Some("&quot;"),
        b'\r' => Some("&#13;"),
        b'\n' => Some("&#10;"),
        b'\t' => Some("&#9;"),
        0..=0x1F => Some("\u{FFFD}"),
        _ => None,
    }
}

/// The bytes that `general` escapes, and the first one of U+FFFE and U+FFFF.
const SUSPECT: [bool; 256] = {
    let mut suspect = [false; 256];
    let mut at = 0;
    while at < 0x20 {
        suspect[at] = true;
        at += 1;
    }
    suspect[b'&' as usize] = true;
    suspect[b'<' as usize] = true;
    suspect[b'>' as usize] = true;
    suspect[b'"' as usize] = true;
    suspect[0xEF] = true;
    suspect
};

fn escape(out: &mut String, text: &str, rule: impl Fn(u8) -> Option<&'static str>) {
    let mut done = 0;
    for (at, byte) in text.bytes().enumerate().filter(|(_, byte)| SUSPECT[usize::from(*byte)]) {
        let (length, instead) = match byte {
            0xEF if matches!(text.as_bytes().get(at + 1..at + 3), Some([0xBF, 0xBE | 0xBF])) => (3, Some("\u{FFFD}")),
            _ => (1, rule(byte)),
        };
        if let Some(instead) = instead {
            out.push_str(text.get(done..at).unwrap_or_default());
            out.push_str(instead);
            done = at + length;
        }
    }
    out.push_str(text.get(done..).unwrap_or_default());
}
