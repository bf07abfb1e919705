//! Files on their way out: what the head says, and the bytes.

use std::io;

use bytes::Bytes;
use larder_proto_nvx::transfer::{Download, Downloaded, FileFacts, Plan};
use larder_proto_nvx::{Answer, Code, Fault};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::describe::{date, digest};
use super::{Known, Nirvanix, said};
use crate::blobs::{BLOCK, BlobReader};
use crate::engine::Download as OpenFile;
use crate::rules::listing::EntryKind;

/// An open file. Its content is verified block by block; one block is kept, since answers are sent in smaller pieces.
#[derive(Debug)]
pub struct Sending {
    reader: BlobReader,
    block: (u64, Bytes),
}

impl Sending {
    /// What is in memory from `offset` on, `max` bytes at most: `None` where the disk must be read first.
    #[must_use]
    pub fn at_hand(&self, offset: u64, max: usize) -> Option<Bytes> {
        let (start, block) = &self.block;
        let from = usize::try_from(offset.checked_sub(*start)?).ok().filter(|from| *from < block.len())?;
        Some(block.slice(from..block.len().min(from.saturating_add(max))))
    }

    /// At least one and at most `max` bytes from `offset` on. Blocks while the disk is read.
    ///
    /// # Errors
    /// The file ends before, is damaged, or cannot be read.
    pub fn read(&mut self, offset: u64, max: usize) -> io::Result<Bytes> {
        if let Some(piece) = self.at_hand(offset, max) {
            return Ok(piece);
        }
        let start = offset / BLOCK * BLOCK;
        let block = self.reader.read_at(start, usize::try_from(BLOCK).unwrap_or(usize::MAX)).map_err(io::Error::other)?;
        self.block = (start, block);
        self.at_hand(offset, max).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

impl Nirvanix {
    /// Opens a file: the answer, and what its body is read from. Blocks while the disk is read. Without a session or a link
    /// there is nothing to download: files are public only once they are hosted.
    ///
    /// # Errors
    /// 80006 without a session; 80103 for a link that is none or has ended, 80104 for one that is another address's, 80003
    /// for one of another file; 70006 for what is no file; 70108 for a range that it does not have.
    pub fn send(&self, known: &Known, download: &Download) -> Result<(Answer, Sending), Fault> {
        let path = download.path.as_str();
        let file = match &known.link {
            Some(link) => self.engine.open_link(link, known.asker.peer, path),
            None => self.engine.open_file(known.asker.caller()?, path),
        };
        let (head, file) = answer(file.map_err(said)?, download)?;
        Ok((Answer::TransferDownload(head), Sending { reader: file.content, block: (0, Bytes::new()) }))
    }
}

/// What the head of a file's answer says.
fn answer(file: OpenFile, download: &Download) -> Result<(Downloaded, OpenFile), Fault> {
    let EntryKind::File { size: length, .. } = file.entry.kind else {
        return Err(Fault::from(Code::DownloadPathNotFound));
    };
    let facts = FileFacts {
        length,
        etag: format!("\"{}\"", digest(&file.entry).unwrap_or_default()),
        last_modified: date(file.entry.modified),
    };
    let (offset, length) = match download.plan(&facts) {
        Plan::Whole => (0, facts.length),
        Plan::Part { offset, length } => (offset, length),
        Plan::NotModified => (0, 0),
        Plan::Unsatisfiable => return Err(Fault::from(Code::RangeNotSatisfiable)),
    };
    let disposition = download.disposition.map(|disposition| format!("{}; {}", disposition.as_str(), named(&file.entry.name)));
    let head = Downloaded {
        not_modified: download.plan(&facts) == Plan::NotModified,
        offset,
        length: Some(length),
        total: Some(facts.length),
        content_type: Some(media_type(&file.entry.name).to_owned()),
        content_disposition: disposition,
        etag: Some(facts.etag),
        last_modified: Some(facts.last_modified),
    };
    Ok((head, file))
}

/// The media type that a file's name tells. Pages are served as such, since hosting them is what the service is for, but
/// always in a sandbox (see `Content-Security-Policy` in the answer).
fn media_type(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    match extension.as_deref() {
        Some("txt" | "log" | "md" | "csv") => "text/plain; charset=utf-8",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("png") => "image/png",
        Some("gif") => "image/gif",
        Some("webp") => "image/webp",
        Some("pdf") => "application/pdf",
        Some("mp3") => "audio/mpeg",
        Some("wav") => "audio/wav",
        Some("ogg") => "audio/ogg",
        Some("mp4" | "m4v") => "video/mp4",
        Some("webm") => "video/webm",
        Some("mov") => "video/quicktime",
        Some("zip") => "application/zip",
        Some("json") => "application/json",
        Some("xml") => "text/xml",
        Some("html" | "htm") => "text/html; charset=utf-8",
        Some("css") => "text/css",
        Some("js") => "text/javascript",
        Some(_) | None => "application/octet-stream",
    }
}

/// A file's name in `Content-Disposition` (RFC 6266): plain for old clients, and in full where it is not plain.
fn named(name: &str) -> String {
    /// RFC 5987's `attr-char` stays.
    const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'!')
        .remove(b'#')
        .remove(b'$')
        .remove(b'&')
        .remove(b'+')
        .remove(b'-')
        .remove(b'.')
        .remove(b'^')
        .remove(b'_')
        .remove(b'`')
        .remove(b'|')
        .remove(b'~');
    let plain: String = name.chars().map(|c| if c.is_ascii() && !matches!(c, '"' | '\\' | '%') { c } else { '_' }).collect();
    if plain == name {
        format!("filename=\"{plain}\"")
    } else {
        format!("filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(name, PLAIN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_content_disposition() {
        assert_eq!(named("a b.txt"), "filename=\"a b.txt\"");
        assert_eq!(named("Größe 50%.txt"), "filename=\"Gr__e 50_.txt\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%2050%25.txt");
    }
}
