//! A client of HTTP/1.1 that sends what it is told to, byte by byte.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

/// The longest that a test waits for anything. Nothing takes that long unless it is broken.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A connection.
pub(crate) struct Raw {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Raw {
    pub(crate) async fn connect(address: SocketAddr, from: IpAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(from, 0)).unwrap();
        Self { stream: socket.connect(address).await.unwrap(), buffer: Vec::new() }
    }

    /// Sends bytes. A service that does not want them may have closed the connection: the answer tells.
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = timeout(PATIENCE, self.stream.write_all(bytes.as_ref())).await.expect("the service takes the bytes");
    }

    /// The next answer.
    pub(crate) async fn answer(&mut self) -> Answer {
        self.next(true).await.expect("an answer")
    }

    /// The next answer, which has no body whatever its head says.
    pub(crate) async fn answer_to_head(&mut self) -> Answer {
        self.next(false).await.expect("an answer")
    }

    async fn next(&mut self, has_body: bool) -> Option<Answer> {
        let end = loop {
            match self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                Some(end) => break end,
                None => self.read().await.then_some(())?,
            }
        };
        let head = String::from_utf8(self.buffer.drain(..end + 4).collect()).unwrap();
        let mut lines = head.trim_end().split("\r\n");
        let status: u16 = lines.next()?.split(' ').nth(1)?.parse().unwrap();
        let pair = |line: &str| line.split_once(':').map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
        let mut answer = Answer { status, headers: lines.filter_map(pair).collect(), body: Vec::new() };
        if has_body && status != 304 {
            let length = answer.header("content-length").map_or(0, |length| length.parse().unwrap());
            while self.buffer.len() < length {
                assert!(self.read().await, "the body was cut off");
            }
            answer.body = self.buffer.drain(..length).collect();
        }
        Some(answer)
    }

    /// Whether there was more.
    async fn read(&mut self) -> bool {
        let read = timeout(PATIENCE, self.stream.read_buf(&mut self.buffer)).await.expect("the service says something");
        read.unwrap_or(0) > 0
    }

    /// Waits until the service closes the connection, and says what came before.
    pub(crate) async fn until_closed(mut self) -> Vec<u8> {
        while self.read().await {}
        self.buffer
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The response code of Nirvanix, in either format.
    pub(crate) fn code(&self) -> u64 {
        let text = self.text();
        let after = ["<ResponseCode>", "\"ResponseCode\":"].iter().find_map(|mark| Some(text.split_once(mark)?.1));
        let digits: String = after.unwrap_or_default().chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap_or_else(|_| panic!("no response code: {} {text}", self.status))
    }
}

/// Writes a multipart form.
pub(crate) struct Form(Vec<u8>);

const BOUNDARY: &str = "----larder7MA4YWxkTrZu0gW";

impl Form {
    pub(crate) fn new() -> Self {
        Self(Vec::new())
    }

    /// What every upload begins with.
    pub(crate) fn upload(token: &str, folder: &str) -> Self {
        Self::new().field("uploadToken", token).field("destFolderPath", folder)
    }

    pub(crate) fn part(mut self, head: &str, content: impl AsRef<[u8]>) -> Self {
        self.0.extend_from_slice(format!("--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes());
        self.0.extend_from_slice(content.as_ref());
        self.0.extend_from_slice(b"\r\n");
        self
    }

    pub(crate) fn field(self, name: &str, value: &str) -> Self {
        self.part(&format!("name=\"{name}\""), value)
    }

    pub(crate) fn file(self, file_name: &str, content: impl AsRef<[u8]>) -> Self {
        self.part(&format!("name=\"uploadFile1\"; filename=\"{file_name}\"\r\nContent-Type: application/octet-stream"), content)
    }

    pub(crate) fn piece(self, file_name: &str, range: &str, content: impl AsRef<[u8]>) -> Self {
        self.part(&format!("name=\"uploadFile1\"; filename=\"{file_name}\"\r\nContent-Range: {range}"), content)
    }

    /// A part of an update; without a range all of the file.
    pub(crate) fn update(self, file_name: &str, range: Option<&str>, content: impl AsRef<[u8]>) -> Self {
        let range = range.map(|range| format!("\r\nContent-Range: {range}")).unwrap_or_default();
        self.part(&format!("name=\"updateContent1\"; filename=\"{file_name}\"{range}"), content)
    }

    fn body(mut self) -> Vec<u8> {
        self.0.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        self.0
    }

    /// The request with this form.
    pub(crate) fn request(self, target: &str) -> Vec<u8> {
        let body = self.body();
        let mut request = Self::head(target, &format!("Content-Length: {}", body.len()));
        request.extend_from_slice(&body);
        request
    }

    /// The request with this form, whose length is not told.
    pub(crate) fn chunked(self, target: &str, chunk: usize) -> Vec<u8> {
        let mut request = Self::head(target, "Transfer-Encoding: chunked");
        for chunk in self.body().chunks(chunk) {
            request.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
            request.extend_from_slice(chunk);
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"0\r\n\r\n");
        request
    }

    fn head(target: &str, header: &str) -> Vec<u8> {
        let media_type = format!("multipart/form-data; boundary={BOUNDARY}");
        format!("POST {target} HTTP/1.1\r\nHost: larder\r\nContent-Type: {media_type}\r\n{header}\r\n\r\n").into_bytes()
    }
}

/// A GET.
pub(crate) fn get(target: &str) -> String {
    get_with(target, "")
}

/// A GET with more header lines, each of which ends with CRLF.
pub(crate) fn get_with(target: &str, headers: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: larder\r\n{headers}\r\n")
}

/// A POST of a form.
pub(crate) fn post(target: &str, pairs: &[(&str, &str)]) -> String {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let length = body.len();
    format!(
        "POST {target} HTTP/1.1\r\nHost: larder\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
}
