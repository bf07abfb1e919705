//! Files on their way from the service.

use larder_core::Reject;
use larder_proto_nvx::flow::Ranges;
use larder_proto_nvx::transfer::Download;
use larder_proto_nvx::values::{Date, HeaderText};

use super::place;

/// How a file is downloaded.
#[derive(Debug, Clone, PartialEq)]
pub struct Downloading {
    /// Whether the file's MD5 is compared with what the service says of it, which costs a small call more. Default yes. What
    /// went to a sink is there by then; a local file appears only if it is the right one.
    pub verify: bool,
    /// Not if the file is still this one: its entity tag, in quotes, or several.
    pub if_none_match: Option<HeaderText>,
    /// Not if the file has not changed since.
    pub if_modified_since: Option<Date>,
    /// Ranges of a local file at once. Default 4: one connection seldom fills a long line. 1 is one after the other.
    pub at_once: usize,
    /// Bytes of such a range. Default [`Ranges::SIZE`]; what is shorter is one call.
    pub range: u64,
}

impl Default for Downloading {
    fn default() -> Self {
        Self { verify: true, if_none_match: None, if_modified_since: None, at_once: 4, range: Ranges::SIZE }
    }
}

impl Downloading {
    pub(crate) fn of(&self, path: &str) -> Result<Download, Reject> {
        let (if_none_match, if_modified_since) = (self.if_none_match.clone(), self.if_modified_since);
        Ok(Download { if_none_match, if_modified_since, ..Download::new(place::path("path", path)?) })
    }
}

macro_rules! downloads {
    ([$($async:tt)*] [$($await:tt)*]) => {
        mod downloads {
            use std::path::Path as LocalPath;

            use larder_core::{ContentFlaw, Error as CoreError, ErrorKind, Operation};
            use larder_proto_nvx::flow::{DownloadFile, Fetched, Ranges};
            use larder_proto_nvx::transfer::{Download, Downloaded};
            use larder_proto_nvx::values::{ByteRange, Md5};

            use super::local::{self as files, Begun};
            use super::transport::{Sink, Writer};
            use super::{Client, Downloading, Error, Result, place};
            use crate::both::nvx::total::Total;

            impl Client {
                /// Downloads a file, and compares its MD5 with what the service says. What breaks goes on where it stopped.
                ///
                /// # Errors
                /// 70006 when there is none; [`Content`](larder_core::ErrorKind::Content) when it is not what the service has; or
                /// the sink fails. It may have some of the file.
                pub $($async)* fn download(&self, path: &str, sink: impl Sink) -> Result<Fetched> {
                    self.download_with(path, sink, &Downloading::default())$($await)*
                }

                /// Downloads a file in another way. If a condition says no, nothing comes, and `head.not_modified` is set.
                ///
                /// # Errors
                /// As for [`download`](Self::download).
                pub $($async)* fn download_with(&self, path: &str, sink: impl Sink, how: &Downloading) -> Result<Fetched> {
                    let flow = DownloadFile::new(how.of(path)?, how.verify, self.settings().clone());
                    Ok(self.transport().drive(flow, (), sink)$($await)*?)
                }

                /// Downloads a part of a file. [`Downloaded`] says what part it was: a service may send everything.
                ///
                /// # Errors
                /// 70108 when the file has no such bytes; otherwise as for [`download`](Self::download).
                pub $($async)* fn download_range(&self, path: &str, range: ByteRange, sink: impl Sink) -> Result<Downloaded> {
                    let download = Download { range: Some(range), ..Download::new(place::path("path", path)?) };
                    Ok(self.transport().download(download, self.settings().clone(), sink)$($await)*?)
                }

                /// Downloads to a local file, several ranges at once. The local file is replaced if it exists: when all is there
                /// and is the right one, and not before. Until then the bytes are in a file beside it, `.larder-*.part`, which is
                /// removed however this ends; a process that is killed leaves it.
                ///
                /// A symbolic link is followed: the file that it names is replaced. The new file has the mode of the one that it
                /// replaces, and its owner and group if this process may give files away; other names (hard links) keep the old
                /// one. A pipe, a device, `/dev/stdout` and the like are not replaced but written to, in one stream, as it comes:
                /// what fails then has left some of the file there. A pipe's reader is waited for.
                ///
                /// [`Clocks::total`](larder_core::Clocks::total), if it is set, is the time for all of this.
                ///
                /// # Errors
                /// As for [`download`](Self::download); or the local file cannot be written. A folder or a socket is refused
                /// before anything is fetched.
                pub $($async)* fn download_file(&self, path: &str, local: impl AsRef<LocalPath>) -> Result<Fetched> {
                    self.download_file_with(path, local, &Downloading::default())$($await)*
                }

                /// Downloads to a local file in another way. If a condition says no, the local file stays as it is, and
                /// `head.not_modified` is set.
                ///
                /// # Errors
                /// As for [`download_file`](Self::download_file).
                pub $($async)* fn download_file_with(&self, path: &str, local: impl AsRef<LocalPath>, how: &Downloading) -> Result<Fetched> {
                    let download = how.of(path)?;
                    let total = Total::of(self.settings());
                    let part = match files::begin(local.as_ref().to_owned())$($await)*.map_err(Error::Write)? {
                        Begun::Part(part) => part,
                        Begun::Stream(file) => return self.fetch_stream(path, file, how)$($await)*,
                    };
                    let ranges = Ranges::new(download, how.range);
                    let head = self.fetch_ranges(ranges, part.file(), how.at_once.max(1), total, None)$($await)*?;
                    let fetched = self.checked(path, &part, head, how.verify, total)$($await)*?;
                    if !fetched.head.not_modified {
                        part.publish()$($await)*.map_err(Error::Write)?;
                    }
                    Ok(fetched)
                }

                /// What came, if it is the right file.
                pub(super) $($async)* fn checked(
                    &self,
                    path: &str,
                    part: &files::Part,
                    head: Downloaded,
                    verify: bool,
                    total: Total,
                ) -> Result<Fetched> {
                    if head.not_modified {
                        return Ok(Fetched { head, bytes: 0, md5: None, verified: false });
                    }
                    // A round that was given up may have written more.
                    let bytes = part.cut(head.length)$($await)*.map_err(Error::Write)?;
                    let md5 = if verify { Some(files::md5(part.file())$($await)*.map_err(Error::Write)?) } else { None };
                    let verified = match md5 {
                        Some(md5) => self.within(total).is_right(path, bytes, md5)$($await)*?,
                        None => false,
                    };
                    Ok(Fetched { head, bytes, md5, verified })
                }

                $($async)* fn fetch_stream(&self, path: &str, file: files::Stream, how: &Downloading) -> Result<Fetched> {
                    let mut sink = Writer(file);
                    let fetched = self.download_with(path, &mut sink, how)$($await)*?;
                    files::end(sink.0)$($await)*.map_err(Error::Write)?;
                    Ok(fetched)
                }

                /// The same client, in the time that is left.
                pub(super) fn within(&self, total: Total) -> Self {
                    self.clone().with_settings(total.left(self.settings()))
                }

                /// Whether the service says this MD5 of a file; false when it does not say any.
                $($async)* fn is_right(&self, path: &str, bytes: u64, md5: Md5) -> Result<bool> {
                    let facts = match self.info(path)$($await)* {
                        Ok(facts) => facts,
                        // The file is here. Who may fetch what is public need not be one who may look.
                        Err(Error::Call(error)) if error.kind != ErrorKind::Cancelled => return Ok(false),
                        Err(error) => return Err(error),
                    };
                    let differs = |flaw| Box::new(CoreError::new(ErrorKind::Content(flaw), Download::META, self.settings().target.host()));
                    if let Some(theirs) = facts.size_bytes.filter(|theirs| *theirs != bytes) {
                        return Err(differs(ContentFlaw::Length { ours: bytes, theirs }).into());
                    }
                    match facts.metadata.get("MD5").and_then(|text| text.parse::<Md5>().ok()) {
                        Some(theirs) if theirs != md5 => Err(differs(ContentFlaw::Checksum).into()),
                        theirs => Ok(theirs.is_some()),
                    }
                }
            }
        }
    };
}
pub(crate) use downloads;
