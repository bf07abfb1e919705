//! Parameters of header values (`; key=value; key="value"`), as real clients write them.

use memchr::memchr_iter;

/// White space within a header value. Not Unicode's: a name may start with a no-break space.
pub(super) const BLANK: [char; 2] = [' ', '\t'];

/// A parameter as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Param<'a> {
    /// Its key, in the sender's case.
    pub(super) key: &'a str,
    /// Its value: between the quotes, or up to the semicolon.
    pub(super) value: &'a str,
    /// Whether there were quotes.
    pub(super) quoted: bool,
}

impl Param<'_> {
    /// Whether this is the parameter `key`, whose case does not matter.
    pub(super) fn is(&self, key: &str) -> bool {
        self.key.eq_ignore_ascii_case(key)
    }
}

/// A quoted value has no closing quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unclosed;

/// The parameters of a header value. Segments without `=`, such as the disposition type, are skipped wherever they are.
#[derive(Debug)]
pub(super) struct Params<'a> {
    rest: &'a str,
}

impl<'a> Params<'a> {
    /// The parameters in `value`.
    pub(super) const fn new(value: &'a str) -> Self {
        Self { rest: value }
    }

    /// Whatever stands between a closing quote and the next semicolon is dropped.
    fn quoted(&mut self, key: &'a str, text: &'a str) -> Result<Param<'a>, Unclosed> {
        let Some(end) = closing_quote(text) else {
            self.rest = "";
            return Err(Unclosed);
        };
        let (value, after) = text.split_at(end);
        self.rest = after.find(';').map_or("", |at| &after[at..]);
        Ok(Param { key, value, quoted: true })
    }

    fn plain(&mut self, key: &'a str, text: &'a str) -> Param<'a> {
        let (value, after) = text.split_at(text.find(';').unwrap_or(text.len()));
        self.rest = after;
        Param { key, value: value.trim_end_matches(BLANK), quoted: false }
    }
}

impl<'a> Iterator for Params<'a> {
    type Item = Result<Param<'a>, Unclosed>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let text = self.rest.trim_start_matches([' ', '\t', ';']);
            let (key, after) = text.split_at(text.find(['=', ';'])?);
            let Some(value) = after.strip_prefix('=') else {
                self.rest = after;
                continue;
            };
            let (key, value) = (key.trim_end_matches(BLANK), value.trim_start_matches(BLANK));
            return Some(match value.strip_prefix('"') {
                Some(text) => self.quoted(key, text),
                None => Ok(self.plain(key, value)),
            });
        }
    }
}

fn closing_quote(text: &str) -> Option<usize> {
    memchr_iter(b'"', text.as_bytes()).find(|&at| !(text[..at].ends_with('\\') && goes_on(&text[at + 1..])))
}

/// Whether a quote before `rest` may be an escaped one. One at the parameter's end closes it even after a backslash, because
/// browsers escape no backslash and so send `"C:\Photos\"` for a name that ends with one.
fn goes_on(rest: &str) -> bool {
    let rest = rest.trim_start_matches(BLANK);
    !rest.is_empty() && !rest.starts_with(';')
}
