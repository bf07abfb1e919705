//! What the head of a download says.

use larder_proto_nvx::transfer::{Download, Downloaded, FileFacts, Plan};
use larder_proto_nvx::{Code, Fault};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::describe::{date, digest};
use super::{Asker, Nirvanix, said};
use crate::engine::Download as OpenFile;
use crate::rules::listing::EntryKind;

impl Nirvanix {
    /// Opens a file for a download, and says what its answer's head says. Without a session there is nothing to
    /// download: files are public only once they are hosted.
    ///
    /// # Errors
    /// 80006 without a session; 70006 for what is no file; 70108 for a range that it does not have.
    pub fn download(&self, asker: &Asker, download: &Download) -> Result<(Downloaded, OpenFile), Fault> {
        let file = self.engine.open_file(asker.caller()?, download.path.as_str()).map_err(said)?;
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
        let disposition =
            download.disposition.map(|disposition| format!("{}; {}", disposition.as_str(), named(&file.entry.name)));
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
