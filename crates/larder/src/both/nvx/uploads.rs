//! Files on their way to the service.

macro_rules! uploads {
    ([$($async:tt)*] [$($await:tt)*]) => {
        mod uploads {
            use std::path::Path as LocalPath;

            use larder_core::Settings;
            use larder_proto_nvx::flow::{AppendFiles, Appending, Expect, Stored, UpdateFile, UploadFile, Uploading};
            use larder_proto_nvx::values::ContentRange;
            use super::transport::{Once, Seekable, Source};
            use super::{Client, Error, Result, local as files, place};

            impl Client {
                /// Uploads a file to the path, whose folder is created if it is missing: asks for a storage node, sends the file
                /// there, and compares its MD5 with what arrived. What breaks goes on: see [`UploadFile`].
                ///
                /// # Errors
                /// 70004 and 70008 when the name is taken, 10001 when the file is too large;
                /// [`Content`](larder_core::ErrorKind::Content) when something else arrived; or the source cannot be read.
                pub $($async)* fn upload(&self, path: &str, source: impl Source) -> Result<Stored> {
                    self.upload_with(path, source, Uploading::default())$($await)*
                }

                /// Uploads a file in another way: in pieces of another size, over a file of the same name, with a type or an MD5.
                ///
                /// # Errors
                /// As for [`upload`](Self::upload).
                pub $($async)* fn upload_with(&self, path: &str, source: impl Source, how: Uploading) -> Result<Stored> {
                    let (folder, name) = place::split(path)?;
                    let settings = Settings { length: self.settings().length.or(source.length()), ..self.settings().clone() };
                    Ok(self.transport().drive(UploadFile::new(folder, name, how, settings), source, ())$($await)*?)
                }

                /// Uploads a local file.
                ///
                /// # Errors
                /// As for [`upload`](Self::upload).
                pub $($async)* fn upload_file(&self, path: &str, local: impl AsRef<LocalPath>) -> Result<Stored> {
                    self.upload_file_with(path, local, Uploading::default())$($await)*
                }

                /// Uploads a local file in another way.
                ///
                /// # Errors
                /// As for [`upload`](Self::upload).
                pub $($async)* fn upload_file_with(&self, path: &str, local: impl AsRef<LocalPath>, how: Uploading) -> Result<Stored> {
                    // A mistake in the path shows before the file is touched.
                    place::split(path)?;
                    let (file, facts) = files::open(local.as_ref().to_owned())$($await)*.map_err(Error::Read)?;
                    if facts.is_file() {
                        self.upload_with(path, Seekable::new(file, Some(facts.len())), how)$($await)*
                    } else {
                        // A pipe or a device.
                        self.upload_with(path, Once::new(file, None), how)$($await)*
                    }
                }

                /// Changes ranges of a file that is there, all of them or none. The source is the whole file as it is to be; only
                /// the ranges are read, unless the MD5 is [taken from it](Expect::Source). The service fetches `callback_url`
                /// afterwards.
                ///
                /// # Errors
                /// 70005 when there is no such file, 70108 when old file and ranges make no file, 70106 when it would have
                /// another MD5 than expected; the file is then as it was. Or the source cannot be read.
                pub $($async)* fn update(
                    &self,
                    path: &str,
                    source: impl Source,
                    ranges: impl IntoIterator<Item = ContentRange>,
                    callback_url: &str,
                    expect: Expect,
                ) -> Result<Stored> {
                    let (folder, name) = place::split(path)?;
                    let (ranges, callback_url) = (ranges.into_iter().collect(), place::value("callbackURL", callback_url)?);
                    let flow = UpdateFile::new(folder, name, ranges, callback_url, expect, self.settings().clone());
                    Ok(self.transport().drive(flow, source, ())$($await)*?)
                }

                /// Uploads a file by messages, as SOAP has it: for services that have nothing else.
                ///
                /// # Errors
                /// As for [`upload`](Self::upload).
                pub $($async)* fn append(&self, path: &str, source: impl Source, how: Appending) -> Result<Stored> {
                    let (folder, name) = place::split(path)?;
                    let settings = Settings { length: self.settings().length.or(source.length()), ..self.settings().clone() };
                    Ok(self.transport().drive(AppendFiles::new(folder, name, how, settings), source, ())$($await)*?)
                }
            }
        }
    };
}
pub(crate) use uploads;
