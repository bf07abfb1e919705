//! Just enough of HTTP/1.1: a request goes out on a connection of its own, and its answer becomes the machine's inputs.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use bytes::{Buf, BytesMut};
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use larder_core::wire::{RequestHead, ResponseHead};
use larder_core::{ExchangeId, Failure, Input, Length, Phase};

/// The longest head of an answer, in bytes.
const MAX_HEAD: usize = 64 << 10;

/// One exchange, with a connection of its own.
pub(crate) struct Wire {
    at: ExchangeId,
    tcp: TcpStream,
    is_chunked: bool,
    inbox: BytesMut,
    reading: Reading,
}

/// What comes next in the inbox.
enum Reading {
    Head,
    Body { left: u64 },
    ToClose,
    ChunkSize,
    Chunk { left: u64 },
}

impl Wire {
    pub(crate) fn open(at: ExchangeId, head: &RequestHead, length: Length) -> Result<Self, Input> {
        let (request, unsent) = (&head.0, |failure| Input::Failed { at, failure, phase: Phase::Connect, detail: None });
        let authority = request.uri().authority().filter(|_| request.uri().scheme_str() == Some("http"));
        let authority = authority.ok_or(unsent(Failure::Tls))?;
        let host = (authority.host().trim_matches(['[', ']']), authority.port_u16().unwrap_or(80));
        let tcp = TcpStream::connect(host).map_err(|_| unsent(Failure::Connect))?;
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let mut text = format!("{} {path} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n", request.method()).into_bytes();
        for (name, value) in request.headers() {
            text.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
        text.extend(match length {
            Length::Known(length) => format!("content-length: {length}\r\n\r\n").into_bytes(),
            Length::Unknown => b"transfer-encoding: chunked\r\n\r\n".to_vec(),
        });
        let is_chunked = length == Length::Unknown;
        let mut wire = Self { at, tcp, is_chunked, inbox: BytesMut::new(), reading: Reading::Head };
        let sent = wire.tcp.set_write_timeout(Some(Duration::from_secs(30))).and_then(|()| wire.tcp.write_all(&text));
        sent.map_err(|_| wire.failed(Failure::Reset)).map(|()| wire)
    }

    /// A driver that waits for both at once would find an answer that comes early.
    pub(crate) fn write(&mut self, chunk: &[u8]) -> Input {
        let sent = if self.is_chunked {
            self.tcp.write_all(&[format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat())
        } else {
            self.tcp.write_all(chunk)
        };
        sent.map_or_else(|_| self.failed(Failure::Reset), |()| Input::Wrote { at: self.at })
    }

    pub(crate) fn finish(&mut self) -> Option<Input> {
        let end: &[u8] = if self.is_chunked { b"0\r\n\r\n" } else { b"" };
        self.tcp.write_all(end).err().map(|_| self.failed(Failure::Reset))
    }

    fn failed(&self, failure: Failure) -> Input {
        Input::Failed { at: self.at, failure, phase: Phase::Send, detail: None }
    }

    /// The next event of the answer; none when nothing came for so long, or not enough.
    pub(crate) fn next(&mut self, patience: Option<Duration>) -> Option<Input> {
        match self.parse() {
            Ok(None) => {}
            Ok(input) => return input,
            Err(failure) => return Some(self.failed(failure)),
        }
        let mut piece = vec![0; 64 << 10];
        match self.tcp.set_read_timeout(patience).and_then(|()| self.tcp.read(&mut piece)) {
            Ok(0) if matches!(self.reading, Reading::ToClose) => Some(Input::End { at: self.at }),
            Ok(0) => Some(self.failed(Failure::Truncated)),
            Ok(count) => {
                self.inbox.extend_from_slice(&piece[..count]);
                None
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted) => None,
            Err(_) => Some(self.failed(Failure::Reset)),
        }
    }

    /// The next event in the inbox, if enough of it is there.
    fn parse(&mut self) -> Result<Option<Input>, Failure> {
        loop {
            match &mut self.reading {
                Reading::Head => match self.upto(b"\r\n\r\n")? {
                    // An interim answer: the final one follows.
                    Some(head) if head.starts_with("HTTP/1.1 1") => {}
                    Some(head) => return self.head(&head).map(Some).ok_or(Failure::Protocol),
                    None => return Ok(None),
                },
                Reading::ChunkSize => match self.upto(b"\r\n")?.as_deref() {
                    None => return Ok(None),
                    // The end of the chunk before this one.
                    Some("") => {}
                    Some(line) => {
                        let size = line.split(';').next().unwrap_or_default().trim();
                        let left = u64::from_str_radix(size, 16).map_err(|_| Failure::Protocol)?;
                        // The connection closes: trailers need not be read.
                        self.reading = if left == 0 { Reading::Body { left } } else { Reading::Chunk { left } };
                    }
                },
                Reading::Body { left: 0 } => return Ok(Some(Input::End { at: self.at })),
                Reading::Chunk { left: 0 } => self.reading = Reading::ChunkSize,
                Reading::Body { .. } | Reading::Chunk { .. } | Reading::ToClose if self.inbox.is_empty() => return Ok(None),
                Reading::Body { left } | Reading::Chunk { left } => {
                    let count = self.inbox.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
                    *left -= count as u64;
                    return Ok(Some(Input::Data { at: self.at, chunk: self.inbox.split_to(count).freeze() }));
                }
                Reading::ToClose => return Ok(Some(Input::Data { at: self.at, chunk: self.inbox.split().freeze() })),
            }
        }
    }

    /// What stands before this end, which is taken too.
    fn upto(&mut self, end: &[u8]) -> Result<Option<String>, Failure> {
        let Some(at) = self.inbox.windows(end.len()).position(|window| window == end) else {
            return if self.inbox.len() > MAX_HEAD { Err(Failure::Protocol) } else { Ok(None) };
        };
        let text = String::from_utf8(self.inbox.split_to(at).to_vec()).map_err(|_| Failure::Protocol)?;
        self.inbox.advance(end.len());
        Ok(Some(text))
    }

    fn head(&mut self, text: &str) -> Option<Input> {
        let mut lines = text.split("\r\n");
        let status = lines.next()?.strip_prefix("HTTP/1.")?.split(' ').nth(1)?;
        let mut head = http::Response::builder().status(status);
        for line in lines {
            let (name, value) = line.split_once(':')?;
            head = head.header(name, value.trim());
        }
        let head = head.body(()).ok()?;
        self.reading = match (head.headers().get(TRANSFER_ENCODING), head.headers().get(CONTENT_LENGTH)) {
            _ if matches!(head.status().as_u16(), 204 | 304) => Reading::Body { left: 0 },
            (Some(_), _) => Reading::ChunkSize,
            (None, Some(length)) => Reading::Body { left: length.to_str().ok()?.parse().ok()? },
            (None, None) => Reading::ToClose,
        };
        Some(Input::Head { at: self.at, head: ResponseHead(head) })
    }
}
