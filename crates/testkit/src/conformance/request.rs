//! Requests, as the server reads them.

use std::io::{self, Read};

use super::api::QUERY;
use super::content;

/// A head, and where the body ends.
#[derive(Debug, Clone)]
pub(super) struct Head {
    pub(super) line: String,
    pub(super) fields: Vec<(String, String)>,
}

impl Head {
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    fn count(&self, name: &str) -> usize {
        self.fields.iter().filter(|(field, _)| field == name).count()
    }

    /// What it is about.
    pub(super) fn path(&self) -> &str {
        let target = self.line.split(' ').nth(1).unwrap_or("");
        target.split_once('?').map_or(target, |(path, _)| path)
    }

    /// What is wrong with it, if anything is, at a server of this name.
    pub(super) fn flaw(&self, host: &str) -> Option<String> {
        let mut words = self.line.split(' ');
        let (method, target, version) = (words.next().unwrap_or(""), words.next().unwrap_or(""), words.next());
        let has_body = self.count("content-length") + self.count("transfer-encoding") > 0;
        if version != Some("HTTP/1.1") || words.next().is_some() {
            return Some(format!("the request line is none of HTTP/1.1: {:?}", self.line));
        }
        if !target.starts_with('/') {
            return Some(format!("the request's target is {target:?}, and should be the path"));
        }
        if target.split_once('?').map(|(_, query)| query) != Some(QUERY) {
            return Some(format!("the request's target is {target:?}, and its query should be {QUERY:?}"));
        }
        if self.count("host") != 1 {
            return Some(format!("the request has {} `host` fields", self.count("host")));
        }
        if self.field("host") != Some(host) {
            return Some(format!(
                "`host` is {:?}, and should be {host:?}, with the port",
                self.field("host").unwrap_or_default()
            ));
        }
        if self.count("content-length") + self.count("transfer-encoding") > 1 {
            return Some("the request says more than once how long its body is".to_owned());
        }
        if method == "POST" && !has_body {
            return Some("the request has a body, and does not say how long it is".to_owned());
        }
        if self.path() != "/Login" && self.count("x-token") != 1 {
            return Some("a header field of the machine's head is missing".to_owned());
        }
        None
    }
}

/// Reads a connection, one request after the other.
pub(super) struct Reader<R> {
    inner: R,
    buffer: Vec<u8>,
    /// Bytes that were taken out of the buffer since this was last asked.
    taken: u64,
}

impl<R: Read> Reader<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, buffer: Vec::new(), taken: 0 }
    }

    /// Bytes read since it was last asked.
    pub(super) fn taken(&mut self) -> u64 {
        core::mem::take(&mut self.taken)
    }

    /// Reads more; false at the end.
    fn more(&mut self) -> io::Result<bool> {
        let before = self.buffer.len();
        self.buffer.resize(before + (64 << 10), 0);
        let count = loop {
            match self.inner.read(&mut self.buffer[before..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result,
            }
        };
        self.buffer.truncate(before + count.as_ref().map_or(0, |count| *count));
        Ok(count? > 0)
    }

    fn take(&mut self, count: usize) -> Vec<u8> {
        self.taken += count as u64;
        self.buffer.drain(..count).collect()
    }

    /// Up to and with `end`; none at the connection's end.
    fn line(&mut self, end: &[u8]) -> io::Result<Option<Vec<u8>>> {
        loop {
            if let Some(at) = self.buffer.windows(end.len()).position(|window| window == end) {
                return Ok(Some(self.take(at + end.len())));
            }
            if !self.more()? {
                return Ok(None);
            }
        }
    }

    /// The next head; none at the connection's end.
    pub(super) fn head(&mut self) -> io::Result<Option<Head>> {
        let Some(bytes) = self.line(b"\r\n\r\n")? else { return Ok(None) };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let mut lines = text.trim_end().split("\r\n");
        let line = lines.next().unwrap_or_default().to_owned();
        let fields = lines.filter_map(|line| line.split_once(':'));
        let fields = fields.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect();
        Ok(Some(Head { line, fields }))
    }

    /// The body; what of it there is, and whether that is all. `seen` is told of the bytes that come.
    pub(super) fn body(&mut self, head: &Head, mut seen: impl FnMut(u64)) -> io::Result<(Vec<u8>, bool)> {
        let mut body = Vec::new();
        if head.field("transfer-encoding").is_some() {
            loop {
                let Some(line) = self.line(b"\r\n")? else { return Ok((body, false)) };
                let text = String::from_utf8_lossy(&line);
                let Ok(size) = usize::from_str_radix(text.trim(), 16) else { return Ok((body, false)) };
                let is_all = self.exactly(size + 2, &mut body, &mut seen)?;
                body.truncate(body.len().saturating_sub(2));
                if size == 0 || !is_all {
                    return Ok((body, is_all));
                }
            }
        }
        let length = head.field("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        let is_all = self.exactly(length, &mut body, &mut seen)?;
        Ok((body, is_all))
    }

    fn exactly(&mut self, count: usize, body: &mut Vec<u8>, seen: &mut impl FnMut(u64)) -> io::Result<bool> {
        let mut left = count;
        while left > 0 {
            if self.buffer.is_empty() && !self.more()? {
                return Ok(false);
            }
            let piece = self.take(self.buffer.len().min(left));
            left -= piece.len();
            body.extend_from_slice(&piece);
            seen(self.taken());
        }
        Ok(true)
    }

    /// Reads until the other side closes.
    pub(super) fn drain(&mut self) {
        loop {
            self.buffer.clear();
            if !matches!(self.more(), Ok(true)) {
                return;
            }
        }
    }
}

/// Where the file in an upload's body differs from what it should be, if it does; it is `length` bytes long.
pub(super) fn wrong_file(body: &[u8], length: u64) -> Option<String> {
    let Some(start) = body.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4) else {
        return Some("the body of the upload does not begin as the machine wrote it".to_owned());
    };
    let file = &body[start..];
    let end = usize::try_from(length).unwrap_or(usize::MAX);
    if file.len() < end || !file[end..].starts_with(b"\r\n--") {
        let (got, mark) = (body.len(), file.len());
        return Some(format!(
            "the upload's body of {got} bytes should hold a file of {length}, and {mark} follow the part's head"
        ));
    }
    content::differs(0, &file[..end]).map(|at| format!("the file that came differs from the caller's at byte {at}"))
}
