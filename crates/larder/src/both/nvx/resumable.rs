//! Transfers that survive the process.

macro_rules! resumable {
    ([$($async:tt)*] [$($await:tt)*]) => {
        mod resumable {
            use std::io;
            use std::path::Path as LocalPath;
            use std::sync::{Arc, Mutex, PoisonError};

            use bytes::Bytes;
            use larder_core::Settings;
            use larder_proto_nvx::flow::{
                CheckpointFlaw, Fetched, Keeping, Ranges, RangesCheckpoint, Stored, UploadCheckpoint, UploadFile, Uploading, When,
            };

            use super::local::{self as files, Begun};
            use super::transport::{Seekable, Source};
            use super::{Client, Downloading, Error, Result, place};
            use crate::KeptFlaw;
            use crate::both::nvx::checkpoint::{Store, begun, is_begun, modified, of_upload};
            use crate::both::nvx::part::Known;
            use crate::both::nvx::total::Total;

            impl Client {
                /// Uploads a local file so that another process can go on with it: how far it came is in the file `checkpoint`, which
                /// is written atomically after each piece, and removed when all is done. Call this again with the same file and
                /// path, after the process was killed, or on another machine with a copy of both files: it goes on behind
                /// the last piece that the service acknowledged. At most one piece is sent twice.
                ///
                /// What was sent is read again, and compared, if the file was changed or copied since
                /// ([`Note::ReadingAgain`](larder_core::Note::ReadingAgain)); otherwise the state of its MD5 is in the checkpoint.
                /// A file of more than [one piece](Uploading::piece) goes in pieces, if `how` says nothing else. Of an upload that
                /// goes on, `how` is what it was. The checkpoint holds the upload's token, which allows to finish this upload and
                /// no more: it has the mode 0600. When the upload fails for good, the checkpoint stays: remove it to begin anew.
                ///
                /// # Errors
                /// [`Kept`](Error::Kept) if the checkpoint is damaged, in use, or of another path or a file of another length;
                /// [`BodyFlaw::Changed`](larder_core::BodyFlaw::Changed) if what was sent of the file has changed; what is no
                /// regular file cannot be read again; otherwise as for [`upload`](Self::upload).
                pub $($async)* fn upload_file_resumable(
                    &self,
                    path: &str,
                    local: impl AsRef<LocalPath>,
                    checkpoint: impl AsRef<LocalPath>,
                    how: Uploading,
                ) -> Result<Stored> {
                    let (folder, name) = place::split(path)?;
                    let (file, facts) = files::open(local.as_ref().to_owned())$($await)*.map_err(Error::Read)?;
                    if !facts.is_file() {
                        let error = io::Error::new(io::ErrorKind::NotSeekable, "only a regular file can be gone on with");
                        return Err(Error::Read(error));
                    }
                    let (store, modified) = (Store::new(checkpoint.as_ref()), modified(&facts));
                    let _lock = files::lock(&store, local.as_ref().to_owned())$($await)*.map_err(|error| Error::kept(error, Error::Write))?;
                    let settings = Settings { length: Some(facts.len()), ..self.settings().clone() };
                    let flow = match files::checkpoint(&store)$($await)*.map_err(Error::Read)? {
                        Some(text) => {
                            let checkpoint = of_upload(&text, &modified).map_err(of(&store))?;
                            if (checkpoint.folder(), checkpoint.name()) != (&folder, &name) {
                                return Err(of(&store)(CheckpointFlaw::Path).into());
                            }
                            UploadFile::resume(checkpoint, settings).map_err(of(&store))?
                        }
                        None => UploadFile::new(folder, name, pieced(how), settings),
                    };
                    let slot = Slot::default();
                    let source = Saving { source: Seekable::new(file, Some(facts.len())), slot: Arc::clone(&slot), store, modified };
                    let store = source.store.clone();
                    let keep = move |checkpoint| *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(checkpoint);
                    let stored = self.transport().drive(Keeping::new(flow, keep), source, ())$($await)*?;
                    files::done(&store)$($await)*.map_err(Error::Write)?;
                    Ok(stored)
                }

                /// Downloads to a local file so that another process can go on with it: what came is in a file beside it, of the
                /// same name with `.part` behind it; which parts these are is in the file `checkpoint`. Both are gone when all is
                /// done, and the local file is replaced then, and not before. Call this again with the same path, after the
                /// process was killed, or elsewhere with copies of both files: what is missing is fetched. If the file at the
                /// service is another one by now, it starts over.
                ///
                /// What came is synced to the disk before the checkpoint says so; of several ranges at once, those that were not
                /// complete come again. The MD5 of the local file is taken in the end, of all of it.
                ///
                /// # Errors
                /// [`Kept`](Error::Kept) if the checkpoint is damaged, in use, or of another path, or if the `.part` has not what
                /// it should, is in use, or is there without a checkpoint; what is no file, or not going to be one, cannot be gone
                /// on with; otherwise as for [`download_file`](Self::download_file). If it is not the right file in the end, both
                /// are removed.
                pub $($async)* fn download_file_resumable(
                    &self,
                    path: &str,
                    local: impl AsRef<LocalPath>,
                    checkpoint: impl AsRef<LocalPath>,
                    how: &Downloading,
                ) -> Result<Fetched> {
                    let (download, total) = (how.of(path)?, Total::of(self.settings()));
                    let store = Store::new(checkpoint.as_ref());
                    let _lock = files::lock(&store, local.as_ref().to_owned())$($await)*.map_err(|error| Error::kept(error, Error::Write))?;
                    let text = files::checkpoint(&store)$($await)*.map_err(Error::Read)?;
                    let (known, checkpoint) = what_is_known(text.as_deref(), path, &store).map_err(of(&store))?;
                    let local = local.as_ref().to_owned();
                    let part = match files::begin_kept(local, known)$($await)*.map_err(|error| Error::kept(error, Error::Write))? {
                        Begun::Part(part) => part,
                        Begun::Stream(_) => {
                            let error = io::Error::new(io::ErrorKind::NotSeekable, "only a regular file can be gone on with");
                            return Err(Error::Write(error));
                        }
                    };
                    let ranges = match checkpoint {
                        Some(checkpoint) => {
                            let here = part.cut(None)$($await)*.map_err(Error::Write)?;
                            Ranges::resume(download, how.range, checkpoint, here).map_err(of(&store))?
                        }
                        None => {
                            // A process that is killed before it knows more leaves a `.part` that is known as ours.
                            files::save(&store, begun(path))$($await)*.map_err(Error::Write)?;
                            Ranges::new(download, how.range)
                        }
                    };
                    let head = self.fetch_ranges(ranges, part.file(), how.at_once.max(1), total, Some(&store))$($await)*?;
                    let fetched = self.checked(path, &part, head, how.verify, total)$($await)*;
                    let is_wrong = matches!(&fetched, Err(Error::Call(error)) if matches!(error.kind, larder_core::ErrorKind::Content(_)));
                    if is_wrong || fetched.is_ok() {
                        // Before the `.part` is gone: without it, a checkpoint would be wrong.
                        files::done(&store)$($await)*.map_err(Error::Write)?;
                    }
                    if is_wrong || matches!(&fetched, Ok(fetched) if fetched.head.not_modified) {
                        part.discard()$($await)*.map_err(Error::Write)?;
                    } else if fetched.is_ok() {
                        part.publish()$($await)*.map_err(Error::Write)?;
                    }
                    fetched
                }
            }

            /// Which checkpoint a flaw is of.
            fn of(store: &Store) -> impl Fn(CheckpointFlaw) -> KeptFlaw {
                let path = store.path().to_owned();
                move |flaw| KeptFlaw::Checkpoint { path: path.clone(), flaw }
            }

            /// What the text of a checkpoint, if there is one, tells of a download.
            fn what_is_known(
                text: Option<&[u8]>,
                path: &str,
                store: &Store,
            ) -> std::result::Result<(Known, Option<RangesCheckpoint>), CheckpointFlaw> {
                match text {
                    None => Ok((Known::Nothing, None)),
                    Some(text) if is_begun(text, path)? => Ok((Known::Begun, None)),
                    Some(text) => Ok((Known::Counts(store.path().to_owned()), Some(RangesCheckpoint::from_text(text)?))),
                }
            }

            /// What is not told how to go, goes in pieces if it is longer than one.
            fn pieced(how: Uploading) -> Uploading {
                if how.pieces == Uploading::default().pieces { Uploading { pieces: When::Above(how.piece), ..how } } else { how }
            }

            /// The newest checkpoint, which is not saved yet.
            type Slot = Arc<Mutex<Option<UploadCheckpoint>>>;

            /// A file that is not read on before the newest checkpoint is saved.
            struct Saving<S> {
                source: S,
                slot: Slot,
                store: Store,
                modified: String,
            }

            impl<S: Source> Source for Saving<S> {
                $($async)* fn read(&mut self, offset: u64, max: usize) -> io::Result<Option<Bytes>> {
                    let newest = self.slot.lock().unwrap_or_else(PoisonError::into_inner).clone();
                    if let Some(checkpoint) = newest {
                        let text = format!("{}\n{}", self.modified, checkpoint.to_text().expose());
                        let wrong = |error: io::Error| io::Error::new(error.kind(), format!("the checkpoint cannot be saved: {error}"));
                        files::save(&self.store, text)$($await)*.map_err(wrong)?;
                        // Who drops this future meanwhile saves it once more.
                        *self.slot.lock().unwrap_or_else(PoisonError::into_inner) = None;
                    }
                    self.source.read(offset, max)$($await)*
                }

                fn length(&self) -> Option<u64> {
                    self.source.length()
                }
            }
        }
    };
}
pub(crate) use resumable;
