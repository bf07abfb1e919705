//! What must be known of a JSON text before it is read: how many values it may have. Readers limit depth and length; what
//! a short text of empty values becomes in memory is limited by their number.

use memchr::memchr_iter;

/// Whether a JSON text has more than `most` values. Counted is what begins one, commas and brackets outside strings, so
/// that an empty list counts as two. Short texts are not looked at.
///
/// ```
/// use larder_core::json::has_more_values_than;
/// assert!(has_more_values_than(br#"{"a":[0,0,0]}"#, 3));
/// assert!(!has_more_values_than(br#"{"a":"[0,0,0]"}"#, 4));
/// ```
#[must_use]
pub fn has_more_values_than(text: &[u8], most: usize) -> bool {
    text.len() > most && signs(text) > most && outside_strings(text) > most
}

/// How many there are, strings included: quick to count, and mostly so few that strings need not be known.
fn signs(text: &[u8]) -> usize {
    [b',', b'[', b'{'].iter().map(|sign| memchr_iter(*sign, text).count()).sum()
}

fn outside_strings(text: &[u8]) -> usize {
    let (mut count, mut string, mut escaped) = (0, false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = string,
            b'"' => string = !string,
            b',' | b'[' | b'{' => count += usize::from(!string),
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_where_they_begin() {
        for (text, count) in
            [("{}", 1), ("[[],[]]", 4), (r#"{"a":1,"b":"x,[{","c":"\",\\"}"#, 3), (r#"["\\",0]"#, 2), (r#"["open,,,"#, 1)]
        {
            assert_eq!(outside_strings(text.as_bytes()), count, "{text}");
        }
        assert!(!has_more_values_than(b"[0,0]", 2));
        assert!(!has_more_values_than(br#"["a,b,c,d"]"#, 2), "what a string holds is no value");
        assert!(!has_more_values_than(br#"["a,b",0]"#, 2) && has_more_values_than(br#"["a,b",0]"#, 1));
        assert!(has_more_values_than(b"[0,0]", 1));
    }
}
