//! Nirvanix Web Services without a runtime: [`Client`]. Its messages are [`larder_proto_nvx`], its paths as in the async client.

use std::fs::File;
use std::path::Path as LocalPath;

use larder_core::{Operation, Plan, Reject, Session, Settings, Target};
use larder_proto_nvx::authentication::{Login, Logout};
use larder_proto_nvx::flow::{Pages, Stored, Stuck, UploadFile, Uploading};
use larder_proto_nvx::imfs::{CreateFolders, DeleteFiles, DeleteFolders, FolderPage, GetPathInfo, ListFolder, PathFacts};
use larder_proto_nvx::transfer::{Download, Downloaded};
use larder_proto_nvx::values::{ByteRange, PageNumber};
use larder_proto_nvx::{Fault, Nvx, Style};
use larder_transport::blocking;

use super::{Once, Options, Report, Seekable, Sink, Source};
pub use crate::credentials::Credentials;
use crate::place;

/// How a method of a [`Client`] ends when it does not succeed.
pub type Error = crate::Error<Fault>;

/// What the methods of a [`Client`] come to.
pub type Result<T> = core::result::Result<T, Error>;

/// A client of Nirvanix Web Services. It logs in when a call first needs it, and again when the session has ended.
///
/// Clones are the same client, with one session and one pool of connections, for any number of threads.
#[derive(Debug, Clone)]
pub struct Client {
    transport: blocking::Client<Nvx>,
    settings: Settings<Nvx>,
    login: Login,
}

impl Client {
    /// A client of the service at `base_url`, such as `http://localhost:8080`. Nothing is sent yet.
    ///
    /// # Errors
    /// That the URL, the name or the password cannot be one.
    pub fn new(base_url: &str, credentials: Credentials) -> core::result::Result<Self, Reject> {
        let (login, settings) = (credentials.login()?, Settings::new(Target::parse(base_url)?));
        Ok(Self { transport: connect(&login, Options::default()), settings, login })
    }

    /// The same client with other options, a new pool and a session of its own.
    #[must_use]
    pub fn with_options(self, options: Options) -> Self {
        Self { transport: connect(&self.login, options), ..self }
    }

    /// The same client, and the same session, with answers in another format; SOAP in requests too.
    #[must_use]
    pub fn with_style(mut self, style: Style) -> Self {
        self.settings.style = style;
        self
    }

    /// The same client, and the same session, with other settings: retries, clocks, limits.
    #[must_use]
    pub fn with_settings(self, settings: Settings<Nvx>) -> Self {
        Self { settings, ..self }
    }

    /// How its calls are made.
    #[must_use]
    pub fn settings(&self) -> &Settings<Nvx> {
        &self.settings
    }

    /// The client below this one: for calls with files or with settings of their own, and machines of your own.
    #[must_use]
    pub fn transport(&self) -> &blocking::Client<Nvx> {
        &self.transport
    }

    /// The request that a call of any operation would send first, without secrets. Nothing is sent.
    ///
    /// # Errors
    /// As [`Plan::of`].
    pub fn plan<O: Operation<Api = Nvx>>(&self, operation: &O) -> core::result::Result<Plan, Reject> {
        self.transport.plan(operation, &self.settings)
    }

    /// Makes a call of any operation without a file.
    ///
    /// # Errors
    /// See [`ErrorKind`](larder_core::ErrorKind).
    pub fn call<O: Operation<Api = Nvx>>(&self, operation: O) -> Result<O::Answer> {
        Ok(self.transport.call(operation, self.settings.clone())?)
    }

    /// Makes a call of any operation without a file and tells how it went.
    ///
    /// # Errors
    /// See [`ErrorKind`](larder_core::ErrorKind).
    pub fn report<O: Operation<Api = Nvx>>(&self, operation: O) -> Result<Report<O::Answer>> {
        Ok(self.transport.report(operation, self.settings.clone())?)
    }

    /// Ends the session. The next call logs in again.
    ///
    /// # Errors
    /// See [`ErrorKind`](larder_core::ErrorKind).
    pub fn logout(&self) -> Result<()> {
        self.call(Logout {}).map(drop)
    }

    /// Describes a file or a folder.
    ///
    /// # Errors
    /// 70005 when there is none.
    pub fn info(&self, path: &str) -> Result<PathFacts> {
        Ok(self.call(GetPathInfo::all(place::path("itemPath", path)?))?.path_info)
    }

    /// Creates a folder, with all that are missing above it.
    ///
    /// # Errors
    /// 70008 when it is there already, 70004 when a file has its name.
    pub fn create_folder(&self, path: &str) -> Result<()> {
        self.call(CreateFolders { folder_paths: place::paths("folderPath", [path])? }).map(drop)
    }

    /// Deletes files: all of them or none.
    ///
    /// # Errors
    /// 70005 when one does not exist.
    pub fn delete_files<P: AsRef<str>>(&self, paths: impl IntoIterator<Item = P>) -> Result<()> {
        self.call(DeleteFiles { file_paths: place::paths("filePath", paths)? }).map(drop)
    }

    /// Deletes folders **with all that is in them**: all of them or none.
    ///
    /// # Errors
    /// 70005 when one does not exist.
    pub fn delete_folders<P: AsRef<str>>(&self, paths: impl IntoIterator<Item = P>) -> Result<()> {
        self.call(DeleteFolders { folder_paths: place::paths("folderPath", paths)? }).map(drop)
    }

    /// The pages of a folder; the empty path is the account's root.
    ///
    /// # Errors
    /// That it is no path.
    pub fn list(&self, path: &str) -> Result<Listing> {
        let folder = place::value("folderPath", path)?;
        let size = Pages::<ListFolder>::SIZE.try_into().map_err(|rule| Reject::new("pageSize", rule))?;
        Ok(self.pages(ListFolder::new(folder, PageNumber::FIRST, size)))
    }

    /// The pages from the one that `first` asks for on.
    #[must_use]
    pub fn pages(&self, first: ListFolder) -> Listing {
        Listing { client: self.clone(), pages: Some(Pages::new(first)) }
    }

    /// Uploads a file to the path, whose folder is created if it is missing: asks for a storage node, sends the file there,
    /// and compares its MD5 with what arrived. What breaks goes on: see [`UploadFile`].
    ///
    /// # Errors
    /// 70004 and 70008 when the name is taken, 10001 when the file is too large;
    /// [`Content`](larder_core::ErrorKind::Content) when something else arrived; or the source cannot be read.
    pub fn upload(&self, path: &str, source: impl Source) -> Result<Stored> {
        self.upload_with(path, source, Uploading::default())
    }

    /// Uploads a file in another way: in pieces of another size, over a file of the same name, with a type or an MD5.
    ///
    /// # Errors
    /// As for [`upload`](Self::upload).
    pub fn upload_with(&self, path: &str, source: impl Source, how: Uploading) -> Result<Stored> {
        let (folder, name) = place::split(path)?;
        let settings = Settings { length: self.settings.length.or(source.length()), ..self.settings.clone() };
        Ok(self.transport.drive(UploadFile::new(folder, name, how, settings), source, ())?)
    }

    /// Uploads a local file.
    ///
    /// # Errors
    /// As for [`upload`](Self::upload).
    pub fn upload_file(&self, path: &str, local: impl AsRef<LocalPath>) -> Result<Stored> {
        // A mistake in the path shows before the file is touched.
        place::split(path)?;
        let file = File::open(local).map_err(Error::Read)?;
        let facts = file.metadata().map_err(Error::Read)?;
        if facts.is_file() {
            self.upload(path, Seekable::new(file, Some(facts.len())))
        } else {
            // A pipe or a device.
            self.upload(path, Once::new(file, None))
        }
    }

    /// Downloads a file.
    ///
    /// # Errors
    /// 70006 when there is none; or the sink fails. It may have some of the file.
    pub fn download(&self, path: &str, sink: impl Sink) -> Result<Downloaded> {
        self.fetch(Download::new(place::path("path", path)?), sink)
    }

    /// Downloads a part of a file. [`Downloaded`] says what part it was: a service may send everything.
    ///
    /// # Errors
    /// 70108 when the file has no such bytes; otherwise as for [`download`](Self::download).
    pub fn download_range(&self, path: &str, range: ByteRange, sink: impl Sink) -> Result<Downloaded> {
        self.fetch(Download { range: Some(range), ..Download::new(place::path("path", path)?) }, sink)
    }

    fn fetch(&self, download: Download, sink: impl Sink) -> Result<Downloaded> {
        Ok(self.transport.download(download, self.settings.clone(), sink)?)
    }
}

fn connect(login: &Login, options: Options) -> blocking::Client<Nvx> {
    blocking::Client::new(Session::with_login(login.clone()), options)
}

/// The pages of a folder, one after the other: folders first, then files. It ends whatever the service says, and after the
/// first error; each page has at least one entry.
///
/// A folder that changes meanwhile may show an entry twice, or not at all: the service counts pages, it keeps no place.
#[derive(Debug, Clone)]
pub struct Listing {
    client: Client,
    /// None after an error.
    pages: Option<Pages<ListFolder>>,
}

impl Iterator for Listing {
    type Item = Result<FolderPage>;

    fn next(&mut self) -> Option<Self::Item> {
        let pages = self.pages.as_mut()?;
        let answer = self.client.transport.call(pages.request()?, self.client.settings.clone());
        let page = pages.came(answer).map_err(|stuck| match stuck {
            Stuck::Call(error) => Error::Call(error),
            Stuck::NoProgress { page } => Error::NoProgress { page },
        });
        if page.is_err() {
            self.pages = None;
        }
        Some(page.transpose()?.map(|page| page.list_folder))
    }
}
