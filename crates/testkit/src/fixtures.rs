//! The messages of `fixtures/`, as tests walk them.

use std::path::PathBuf;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};

/// One row of `fixtures/index.tsv`, with its message.
#[derive(Debug, Clone)]
pub struct Fixture {
    /// Its identifier, such as `nvx/IMFS/ListFolder/xml-response-1`.
    pub id: String,
    /// The operation, such as `nvx:IMFS/ListFolder`; `nvx:*` when it belongs to all.
    pub operation: String,
    /// Which way it travels.
    pub direction: Direction,
    /// The rows of `fixtures/LEDGER.md` that say what was corrected; empty when nothing was.
    pub corrections: Vec<String>,
    /// The name of its snapshot.
    pub snapshot: String,
    /// The whole file.
    pub content: Bytes,
}

/// Which way a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From client to server.
    Request,
    /// From server to client.
    Response,
    /// No message: a schema, a page, an outcome.
    Other,
}

/// Headers in order; a name may stand twice.
type Headers = Vec<(HeaderName, HeaderValue)>;

/// The folder `fixtures`.
#[must_use]
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

/// All fixtures, in the index's order.
///
/// # Panics
/// When the folder is not whole: this is for tests.
#[must_use]
pub fn all() -> Vec<Fixture> {
    let folder = folder();
    let index = read(&folder.join("index.tsv"));
    let index = String::from_utf8_lossy(&index);
    index.lines().skip(1).filter(|line| !line.is_empty()).map(|line| fixture(&folder, line)).collect()
}

/// The fixtures of one API (`e2`, `nvx`) that travel one way, but for those of [`faults`] and [`soap`].
#[must_use]
pub fn of(api: &str, direction: Direction) -> Vec<Fixture> {
    let prefix = format!("{api}:");
    let wanted = |row: &Fixture| row.operation.starts_with(&prefix) && row.direction == direction;
    all().into_iter().filter(|row| wanted(row) && !["faults/", "soap/"].iter().any(|table| row.id.starts_with(table))).collect()
}

/// The failures that one operation (such as `nvx:IMFS/ListFolder`) may answer, in each format.
#[must_use]
pub fn faults(operation: &str) -> Vec<Fixture> {
    of_table("faults/", operation)
}

/// The messages in SOAP's envelopes that are derived from others for one operation (such as `nvx:IMFS/ListFolder`).
#[must_use]
pub fn soap(operation: &str) -> Vec<Fixture> {
    of_table("soap/", operation)
}

fn of_table(table: &str, operation: &str) -> Vec<Fixture> {
    all().into_iter().filter(|row| row.operation == operation && row.id.starts_with(table)).collect()
}

#[expect(clippy::panic, reason = "for tests: a folder that is not whole must stop them")]
fn read(path: &std::path::Path) -> Bytes {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).into()
}

#[expect(clippy::panic, reason = "for tests: a folder that is not whole must stop them")]
fn fixture(folder: &std::path::Path, line: &str) -> Fixture {
    let [id, file, operation, direction, correction, snapshot] = line.split('\t').collect::<Vec<_>>()[..] else {
        panic!("fixtures/index.tsv: {line}");
    };
    let direction = match direction {
        "request" => Direction::Request,
        "response" => Direction::Response,
        _ => Direction::Other,
    };
    Fixture {
        id: id.to_owned(),
        operation: operation.to_owned(),
        direction,
        corrections: correction.split(',').filter(|row| *row != "-").map(str::to_owned).collect(),
        snapshot: snapshot.to_owned(),
        content: read(&folder.join(file)),
    }
}

impl Fixture {
    /// The start line, the headers and the body.
    ///
    /// # Errors
    /// What is wrong with the message.
    fn split(&self) -> Result<(String, Headers, Bytes), String> {
        let end = self.content.windows(4).position(|four| four == b"\r\n\r\n").ok_or("no blank line")?;
        let head = std::str::from_utf8(&self.content[..end]).map_err(|error| error.to_string())?;
        let mut lines = head.split("\r\n");
        let start = lines.next().unwrap_or_default().to_owned();
        let mut headers = Vec::new();
        for line in lines {
            let (name, value) = line.split_once(':').ok_or_else(|| format!("no header: {line}"))?;
            let name = name.parse::<HeaderName>().map_err(|error| error.to_string())?;
            headers.push((name, value.trim().parse::<HeaderValue>().map_err(|error| error.to_string())?));
        }
        let body = self.content.slice(end + 4..);
        let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
        let body = if chunked { unchunk(&body)? } else { body };
        Ok((start, headers, body))
    }

    /// As a request. Chunked bodies are put together.
    ///
    /// # Errors
    /// What is wrong with the message.
    pub fn request(&self) -> Result<Request<Bytes>, String> {
        let (start, headers, body) = self.split()?;
        let [method, target, "HTTP/1.1"] = start.split(' ').collect::<Vec<_>>()[..] else {
            return Err(format!("no request line: {start}"));
        };
        let method = method.parse::<Method>().map_err(|error| error.to_string())?;
        let mut request = Request::builder().method(method).uri(target).body(body).map_err(|error| error.to_string())?;
        request.headers_mut().extend(headers);
        Ok(request)
    }

    /// As a response.
    ///
    /// # Errors
    /// What is wrong with the message.
    pub fn response(&self) -> Result<Response<Bytes>, String> {
        let (start, headers, body) = self.split()?;
        let status = start.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)).ok_or("no status line")?;
        let status = status.parse::<StatusCode>().map_err(|error| error.to_string())?;
        let mut response = Response::builder().status(status).body(body).map_err(|error| error.to_string())?;
        response.headers_mut().extend(headers);
        Ok(response)
    }
}

fn unchunk(mut body: &[u8]) -> Result<Bytes, String> {
    let mut whole = Vec::new();
    loop {
        let end = body.windows(2).position(|two| two == b"\r\n").ok_or("no chunk size")?;
        let size = std::str::from_utf8(&body[..end]).map_err(|error| error.to_string())?;
        let size = usize::from_str_radix(size, 16).map_err(|error| error.to_string())?;
        let chunk = body.get(end + 2..end + 2 + size).ok_or("a chunk is cut off")?;
        whole.extend_from_slice(chunk);
        body = body.get(end + 2 + size + 2..).ok_or("a chunk is cut off")?;
        if size == 0 {
            return Ok(whole.into());
        }
    }
}
