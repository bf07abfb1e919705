//! Where in XML's markup a byte stands.

/// Between two bytes of a document.
pub(super) enum Markup {
    /// In character data.
    Text,
    /// Behind `<`.
    Open,
    /// Behind `<!`, and so many bytes of what opens a comment or a section.
    Declaration(&'static [u8], usize),
    /// In the name of a tag that opens an element.
    Name(Name),
    /// In the rest of it: in quotes of this kind, or right behind a slash.
    Tag { name: Name, quote: Option<u8>, slash: bool },
    /// In a tag that closes an element.
    Close,
    /// In something that ends in this, of which so many bytes have come: a comment, an instruction, a section.
    Until(&'static [u8], usize),
    /// Behind a document type, or what its reader will refuse as well.
    Lost,
}

/// What a byte completed.
pub(super) enum Token {
    /// A tag that opens an element, or is one without content.
    Start(Name, bool),
    /// A tag that closes one.
    End,
}

const COMMENT: &[u8] = b"--";
const COMMENT_END: &[u8] = b"-->";
const SECTION: &[u8] = b"[CDATA[";
const SECTION_END: &[u8] = b"]]>";
const INSTRUCTION_END: &[u8] = b"?>";

impl Markup {
    /// The bytes that end character data, or interrupt it, if this is in such. Within sections a bracket may.
    pub(super) fn ends_content(&self) -> Option<[u8; 2]> {
        match self {
            Self::Text => Some(*b"<&"),
            Self::Until(SECTION_END, 0) => Some(*b"]]"),
            Self::Open
            | Self::Declaration(..)
            | Self::Name(_)
            | Self::Tag { .. }
            | Self::Close
            | Self::Until(..)
            | Self::Lost => None,
        }
    }

    /// How many brackets this stands behind that may end a section, if it is in one.
    pub(super) fn brackets(&self) -> Option<usize> {
        if let Self::Until(SECTION_END, brackets) = self { Some(*brackets) } else { None }
    }

    /// The next byte.
    pub(super) fn next(&mut self, byte: u8) -> Option<Token> {
        let (next, token) = core::mem::replace(self, Self::Lost).after(byte);
        *self = next;
        token
    }

    fn after(self, byte: u8) -> (Self, Option<Token>) {
        let next = match self {
            Self::Text if byte == b'<' => Self::Open,
            Self::Text => Self::Text,
            Self::Open => opened(byte),
            Self::Declaration(mark, at) => declared(mark, at, byte),
            Self::Name(name) if byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>') => {
                return Self::Tag { name, quote: None, slash: false }.after(byte);
            }
            Self::Name(name) => Self::Name(name.and(byte)),
            Self::Tag { name, quote: None, slash } if byte == b'>' => return (Self::Text, Some(Token::Start(name, slash))),
            Self::Tag { name, quote: None, .. } => {
                let quote = Some(byte).filter(|byte| matches!(byte, b'"' | b'\''));
                Self::Tag { name, quote, slash: byte == b'/' }
            }
            Self::Tag { name, quote, .. } => Self::Tag { name, quote: quote.filter(|quote| *quote != byte), slash: false },
            Self::Close if byte == b'>' => return (Self::Text, Some(Token::End)),
            Self::Close => Self::Close,
            Self::Until(end, at) => until(end, at, byte),
            Self::Lost => Self::Lost,
        };
        (next, None)
    }
}

/// What a byte behind `<` begins.
fn opened(byte: u8) -> Markup {
    match byte {
        b'/' => Markup::Close,
        b'?' => Markup::Until(INSTRUCTION_END, 0),
        b'!' => Markup::Declaration(b"", 0),
        b'<' | b'>' => Markup::Lost,
        _ => Markup::Name(Name::default().and(byte)),
    }
}

fn declared(mark: &'static [u8], at: usize, byte: u8) -> Markup {
    let mark = match (mark, byte) {
        (b"", b'-') => COMMENT,
        (b"", b'[') => SECTION,
        _ => mark,
    };
    match mark.get(at) {
        Some(wanted) if *wanted != byte => Markup::Lost,
        None => Markup::Lost,
        Some(_) if at + 1 < mark.len() => Markup::Declaration(mark, at + 1),
        Some(_) => Markup::Until(if mark == COMMENT { COMMENT_END } else { SECTION_END }, 0),
    }
}

/// Every end is one byte, once or twice, and another: what does not go on with it leaves as much of it as there was, or
/// nothing.
fn until(end: &'static [u8], at: usize, byte: u8) -> Markup {
    match end.get(at) {
        Some(wanted) if *wanted == byte && at + 1 == end.len() => Markup::Text,
        Some(wanted) if *wanted == byte => Markup::Until(end, at + 1),
        Some(_) | None => Markup::Until(end, if end.first() == Some(&byte) { at } else { 0 }),
    }
}

/// The name of an element without its prefix, as far as it can be one that is looked for.
#[derive(Default)]
pub(super) struct Name {
    bytes: [u8; 8],
    /// More than there is room for: a name that is too long.
    length: usize,
}

impl Name {
    fn and(mut self, byte: u8) -> Self {
        if byte == b':' {
            return Self::default();
        }
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
        }
        self.length = self.length.saturating_add(1);
        self
    }

    /// Whether it is this one, without regard to ASCII case.
    pub(super) fn is(&self, name: &str) -> bool {
        self.bytes.get(..self.length).is_some_and(|bytes| bytes.eq_ignore_ascii_case(name.as_bytes()))
    }
}
