//! The smallest client of a service.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use serde_json::Value;

use crate::process::{PATIENCE, credentials};

/// A session of the master.
pub(crate) struct Session {
    host: String,
    token: String,
}

/// An upload whose head the service has accepted, and whose body is still to be sent.
pub(crate) struct Upload {
    stream: TcpStream,
    body: Vec<u8>,
    sent: usize,
}

fn connect(host: &str) -> TcpStream {
    let stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// The body of the answer, which ends with the connection.
fn body(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n").ok_or(std::io::ErrorKind::UnexpectedEof)?;
    Ok(answer.split_off(head + 4))
}

/// Calls a method of Nirvanix.
pub(crate) fn call(host: &str, method: &str, query: &str) -> std::io::Result<Value> {
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let target = format!("/ws/{method}.ashx?output=json&{query}");
    write!(stream, "GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    Ok(serde_json::from_slice(&body(&mut stream)?)?)
}

/// Asks the reseller API. The status and the body of the answer.
pub(crate) fn send(host: &str, method: &str, path: &str, key: &str, body: &str) -> (u16, Vec<u8>) {
    let mut stream = connect(host);
    let length = body.len();
    let head =
        format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\ntoken: {key}\r\nConnection: close\r\nContent-Length: {length}");
    write!(stream, "{head}\r\n\r\n{body}").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let status = std::str::from_utf8(&answer[9..12]).unwrap().parse().unwrap();
    (status, answer.split_off(end + 4))
}

pub(crate) fn users(host: &str, key: &str) -> Value {
    let mut stream = connect(host);
    write!(stream, "GET /api/reseller/v1/users HTTP/1.1\r\nHost: {host}\r\ntoken: {key}\r\nConnection: close\r\n\r\n").unwrap();
    serde_json::from_slice(&body(&mut stream).unwrap()).unwrap()
}

impl Session {
    /// Logs in with the credentials that `serve` left.
    pub(crate) fn open(host: &str, data: &str) -> Self {
        Self::with(host, &credentials(data))
    }

    pub(crate) fn with(host: &str, credentials: &Value) -> Self {
        let text = |key: &str| credentials[key].as_str().unwrap();
        let (key, user, password) = (text("app_key"), text("master_user"), text("master_password"));
        let query = format!("appKey={key}&userName={user}&password={password}");
        let answer = call(host, "Authentication/Login", &query).unwrap();
        let token = answer["SessionToken"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
        Self { host: host.to_owned(), token }
    }

    pub(crate) fn call(&self, method: &str, query: &str) -> std::io::Result<Value> {
        call(&self.host, method, &format!("sessionToken={}&{query}", self.token))
    }

    /// The names and MD5 of the files in a folder.
    pub(crate) fn list(&self, folder: &str) -> Vec<(String, String)> {
        let answer = self.call("IMFS/ListFolder", &format!("folderPath={folder}&pageNumber=1&pageSize=1000")).unwrap();
        let files = answer["ListFolder"]["File"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        files.iter().map(|file| (text(&file["Name"]), text(&file["Metadata"]))).collect()
    }

    pub(crate) fn download(&self, path: &str) -> Vec<u8> {
        let mut stream = connect(&self.host);
        write!(stream, "GET /{}/{path} HTTP/1.1\r\nHost: l\r\nConnection: close\r\n\r\n", self.token).unwrap();
        body(&mut stream).unwrap()
    }

    /// The token of an upload.
    pub(crate) fn upload_token(&self) -> std::io::Result<String> {
        let node = self.call("IMFS/GetStorageNode", "sizeBytes=1")?;
        let token = node["GetStorageNode"]["UploadToken"].as_str().ok_or(std::io::ErrorKind::InvalidData)?;
        Ok(token.to_owned())
    }

    /// Begins an upload; the service is reading it when this returns.
    pub(crate) fn begin(&self, folder: &str, name: &str, content: &[u8]) -> std::io::Result<Upload> {
        self.begin_piece(&self.upload_token()?, folder, name, None, content)
    }

    /// Begins to upload a piece of a file; without a range all of it.
    pub(crate) fn begin_piece(
        &self,
        token: &str,
        folder: &str,
        name: &str,
        range: Option<&str>,
        content: &[u8],
    ) -> std::io::Result<Upload> {
        let range = range.map(|range| format!("Content-Range: {range}\r\n")).unwrap_or_default();
        let mut form = Vec::new();
        for (name, value) in [("uploadToken", token), ("destFolderPath", folder)] {
            write!(form, "--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")?;
        }
        write!(form, "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"{name}\"\r\n{range}\r\n")?;
        form.extend_from_slice(content);
        form.extend_from_slice(b"\r\n--b--\r\n");
        let mut stream = TcpStream::connect(&self.host)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let length = form.len();
        write!(
            stream,
            "POST /Upload.ashx?output=json HTTP/1.1\r\nHost: l\r\nConnection: close\r\nExpect: 100-continue\r\n\
             Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {length}\r\n\r\n"
        )?;
        let mut line = String::new();
        let mut reader = BufReader::new(&stream);
        reader.read_line(&mut line)?;
        assert_eq!(line, "HTTP/1.1 100 Continue\r\n");
        reader.read_line(&mut line)?;
        assert!(reader.buffer().is_empty());
        Ok(Upload { stream, body: form, sent: 0 })
    }

    /// Uploads a file, and returns once that is acknowledged.
    pub(crate) fn upload(&self, folder: &str, name: &str, content: &[u8]) -> std::io::Result<()> {
        let answer = self.begin(folder, name, content)?.finish()?;
        if answer["ResponseCode"] == 0 { Ok(()) } else { Err(std::io::Error::other(answer.to_string())) }
    }
}

impl Upload {
    /// Sends so much more of it.
    pub(crate) fn send(&mut self, length: usize) -> std::io::Result<()> {
        let end = self.body.len().min(self.sent + length);
        self.stream.write_all(&self.body[self.sent..end])?;
        self.sent = end;
        Ok(())
    }

    /// Sends the rest, and waits for the answer.
    pub(crate) fn finish(mut self) -> std::io::Result<Value> {
        self.send(usize::MAX / 2)?;
        Ok(serde_json::from_slice(&body(&mut self.stream)?)?)
    }
}
