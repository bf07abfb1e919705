//! Writes bodies, piece by piece.

use bytes::{BufMut, Bytes, BytesMut};

use super::boundary::Boundary;
use super::error::ValueError;

/// Makes the pieces of a body, each a function of its arguments alone: the caller sends them in order, with a file's content
/// between [`file`](Self::file) and [`file_end`](Self::file_end), and [`finish`](Self::finish) last.
///
/// Names are written as browsers do (WHATWG): in quotes, `"`, CR and LF as `%22`, `%0D` and `%0A`, everything else as it is,
/// also backslashes and UTF-8. Nothing looks for the boundary in the content: draw it at random.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writer {
    boundary: Boundary,
}

impl Writer {
    /// A writer of bodies with this boundary.
    #[must_use]
    pub const fn new(boundary: Boundary) -> Self {
        Self { boundary }
    }

    /// The value of the body's `Content-Type` header.
    #[must_use]
    pub fn content_type(&self) -> String {
        self.boundary.content_type()
    }

    /// A whole part with a field's value.
    #[must_use]
    pub fn field(&self, name: &str, value: impl AsRef<[u8]>) -> Bytes {
        let mut piece = self.open(name);
        piece.put_slice(b"\r\n\r\n");
        piece.put_slice(value.as_ref());
        piece.put_slice(b"\r\n");
        piece.freeze()
    }

    /// The head of a part with a file's content, which follows it.
    ///
    /// # Errors
    ///
    /// [`ValueError`] when the type or the range has a control character.
    pub fn file(
        &self,
        name: &str,
        file_name: &str,
        content_type: &str,
        content_range: Option<&str>,
    ) -> Result<Bytes, ValueError> {
        let mut piece = self.open(name);
        piece.put_slice(b"; filename=");
        put_quoted(&mut piece, file_name);
        put_header(&mut piece, "Content-Type", content_type)?;
        if let Some(range) = content_range {
            put_header(&mut piece, "Content-Range", range)?;
        }
        piece.put_slice(b"\r\n\r\n");
        Ok(piece.freeze())
    }

    /// What follows a file's content.
    #[must_use]
    pub const fn file_end(&self) -> Bytes {
        Bytes::from_static(b"\r\n")
    }

    /// The end of the body.
    #[must_use]
    pub fn finish(&self) -> Bytes {
        let mut piece = BytesMut::new();
        self.put_dashed(&mut piece);
        piece.put_slice(b"--\r\n");
        piece.freeze()
    }

    /// The start of a part up to its field's name.
    fn open(&self, name: &str) -> BytesMut {
        let mut piece = BytesMut::new();
        self.put_dashed(&mut piece);
        piece.put_slice(b"\r\nContent-Disposition: form-data; name=");
        put_quoted(&mut piece, name);
        piece
    }

    fn put_dashed(&self, piece: &mut BytesMut) {
        piece.put_slice(b"--");
        piece.put_slice(self.boundary.as_str().as_bytes());
    }
}

/// The exact length of a body in bytes, for its `Content-Length`: its pieces and the files' contents. `None` if it is beyond
/// 64 bits.
pub fn length<'a>(pieces: impl IntoIterator<Item = &'a Bytes>, contents: impl IntoIterator<Item = u64>) -> Option<u64> {
    let pieces = pieces.into_iter().map(|piece| u64::try_from(piece.len()).ok());
    pieces.chain(contents.into_iter().map(Some)).try_fold(0_u64, |sum, len| sum.checked_add(len?))
}

fn put_quoted(piece: &mut BytesMut, text: &str) {
    piece.put_u8(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' => piece.put_slice(b"%22"),
            b'\r' => piece.put_slice(b"%0D"),
            b'\n' => piece.put_slice(b"%0A"),
            _ => piece.put_u8(byte),
        }
    }
    piece.put_u8(b'"');
}

fn put_header(piece: &mut BytesMut, name: &str, value: &str) -> Result<(), ValueError> {
    if value.contains(|c: char| c.is_ascii_control()) {
        return Err(ValueError);
    }
    piece.put_slice(format!("\r\n{name}: {value}").as_bytes());
    Ok(())
}
