//! The head of an answer: where it ends, what it says, and which body it announces.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, Version, header};
use httparse::{EMPTY_HEADER, Header};

use super::chunked::Chunked;
use super::{Flaw, Reading};

/// What every answer begins with.
pub(super) const START: &[u8] = b"HTTP/1.";

/// Header fields that are read without an allocation.
const FEW: usize = 32;

/// Looks for the empty line that ends a head or trailers. Every byte is looked at once, however they come.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// Where the line begins that is not complete yet.
    line: usize,
    /// Up to where there is no line end.
    seen: usize,
    count: usize,
}

impl Lines {
    /// Lines so far, without the empty one.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Where the empty line ends, once it is there. The first line begins with `start`, and `fields` lines may follow it.
    pub(super) fn find(&mut self, text: &[u8], start: &[u8], bytes: usize, fields: usize) -> Result<Option<usize>, Flaw> {
        // At once: another protocol may never send an empty line.
        if !start.starts_with(&text[..text.len().min(start.len())]) {
            return Err(Flaw::NotHttp);
        }
        while let Some(at) = memchr::memchr(b'\n', &text[self.seen..]).map(|at| self.seen + at) {
            if at == self.line || text[at - 1] != b'\r' {
                return Err(Flaw::BareLf);
            }
            let is_empty = at == self.line + 1;
            (self.line, self.seen) = (at + 1, at + 1);
            if self.line > bytes {
                return Err(Flaw::HeadTooLong);
            }
            if is_empty {
                return Ok(Some(self.line));
            }
            self.count += 1;
            if self.count > fields.saturating_add(usize::from(!start.is_empty())) {
                return Err(Flaw::TooManyHeaders);
            }
        }
        self.seen = text.len();
        if text.len() >= bytes { Err(Flaw::HeadTooLong) } else { Ok(None) }
    }
}

/// Reads a head of so many lines. Values share its bytes.
pub(super) fn parse(head: &Bytes, lines: usize) -> Result<Response<()>, Flaw> {
    let (mut few, mut many) = ([EMPTY_HEADER; FEW], Vec::new());
    let mut parsed = httparse::Response::new(room(lines, &mut few, &mut many));
    let status = match parsed.parse(head) {
        Ok(httparse::Status::Complete(end)) if end == head.len() => parsed.code,
        Err(httparse::Error::Version) => return Err(Flaw::NotHttp),
        Ok(httparse::Status::Complete(_) | httparse::Status::Partial) | Err(_) => return Err(Flaw::Head),
    };
    let mut response = Response::new(());
    *response.status_mut() = status.and_then(|code| StatusCode::from_u16(code).ok()).ok_or(Flaw::Head)?;
    *response.version_mut() = if parsed.version == Some(1) { Version::HTTP_11 } else { Version::HTTP_10 };
    *response.headers_mut() = fields(head, parsed.headers)?;
    Ok(response)
}

fn room<'a, 'b>(lines: usize, few: &'a mut [Header<'b>; FEW], many: &'a mut Vec<Header<'b>>) -> &'a mut [Header<'b>] {
    if lines <= FEW {
        return few;
    }
    many.resize(lines, EMPTY_HEADER);
    many
}

fn fields(head: &Bytes, parsed: &[Header<'_>]) -> Result<HeaderMap, Flaw> {
    let mut fields = HeaderMap::with_capacity(parsed.len());
    for field in parsed {
        let name = HeaderName::from_bytes(field.name.as_bytes()).map_err(|_| Flaw::Head)?;
        // An empty value is no slice of the head.
        let value = if field.value.is_empty() { Bytes::new() } else { head.slice_ref(field.value) };
        fields.append(name, HeaderValue::from_maybe_shared(value).map_err(|_| Flaw::Head)?);
    }
    Ok(fields)
}

/// Whether these are trailers: fields and nothing else.
pub(super) fn are_fields(text: &[u8], lines: usize) -> bool {
    let (mut few, mut many) = ([EMPTY_HEADER; FEW], Vec::new());
    matches!(httparse::parse_headers(text, room(lines, &mut few, &mut many)),
        Ok(httparse::Status::Complete((end, _))) if end == text.len())
}

/// An interim answer has no body, and announces none.
pub(super) fn check_interim(head: &Response<()>) -> Result<(), Flaw> {
    let headers = head.headers();
    if head.status() == StatusCode::SWITCHING_PROTOCOLS {
        return Err(Flaw::Upgrade);
    }
    let is_empty = !headers.contains_key(header::TRANSFER_ENCODING) && !headers.contains_key(header::CONTENT_LENGTH);
    if is_empty { Ok(()) } else { Err(Flaw::Bodiless) }
}

/// Which body follows (RFC 9112, 6.3, where it leaves no choice; a refusal where it does).
pub(super) fn framing(head: &Response<()>, is_bodiless: bool) -> Result<Reading, Flaw> {
    let (is_chunked, length) = (is_chunked(head)?, length(head.headers())?);
    if is_chunked && length.is_some() {
        return Err(Flaw::Ambiguous);
    }
    if head.status() == StatusCode::NO_CONTENT && (is_chunked || length.is_some_and(|length| length > 0)) {
        return Err(Flaw::Bodiless);
    }
    Ok(if is_bodiless || matches!(head.status(), StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
        Reading::Length { left: 0 }
    } else if is_chunked {
        Reading::Chunked(Chunked::default())
    } else {
        length.map_or(Reading::Close, |left| Reading::Length { left })
    })
}

fn is_chunked(head: &Response<()>) -> Result<bool, Flaw> {
    let mut codings = head.headers().get_all(header::TRANSFER_ENCODING).iter();
    let Some(coding) = codings.next() else { return Ok(false) };
    let is_chunked = coding.as_bytes().eq_ignore_ascii_case(b"chunked");
    if is_chunked && codings.next().is_none() && head.version() == Version::HTTP_11 { Ok(true) } else { Err(Flaw::Encoding) }
}

/// The one length that all fields and all members of their lists say.
fn length(headers: &HeaderMap) -> Result<Option<u64>, Flaw> {
    let mut length = None;
    for member in headers.get_all(header::CONTENT_LENGTH).iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b',')) {
        let stated = number(member.trim_ascii()).ok_or(Flaw::Length)?;
        if length.is_some_and(|length| length != stated) {
            return Err(Flaw::Length);
        }
        length = Some(stated);
    }
    Ok(length)
}

fn number(digits: &[u8]) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    is_number.then(|| str::from_utf8(digits).ok()?.parse().ok()).flatten()
}

/// Whether the peer means to go on after this answer. One of HTTP/1.0 is believed not to, whatever it says.
pub(super) fn keeps(head: &Response<()>) -> bool {
    head.version() == Version::HTTP_11 && !says_close(head.headers())
}

/// Whether one of the options of the connection is `close`.
pub(super) fn says_close(headers: &HeaderMap) -> bool {
    let options = headers.get_all(header::CONNECTION).iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    options.map(<[u8]>::trim_ascii).any(|option| option.eq_ignore_ascii_case(b"close"))
}
