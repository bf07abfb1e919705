//! A Nirvanix service of a few lines: one account, sessions, folders and files in a `BTreeMap`.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use larder_core::wire::FileHead;
use larder_core::{Credential, Secret, Session, Settings, Target, Time};
use larder_proto_nvx::authentication::{LoggedIn, Login};
use larder_proto_nvx::flow::Sum;
use larder_proto_nvx::imfs::{
    CreateFolders, FolderEntry, FolderListing, FolderPage, ListFolder, PathFacts, PathInfo, StorageNode,
};
use larder_proto_nvx::transfer::{AppendFile, Changes, Download, Downloaded, FileFacts, Piece, Plan, Upload, Uploaded};
use larder_proto_nvx::values::{ContentRange, FileData, FolderPath, Md5, Metadata, NonEmpty, PageNumber, PageSize, Path};
use larder_proto_nvx::{Answer, Code, Done, Fault, Nvx, Request, Style};
use larder_testkit::{Pair, Served, Service};

/// The password that is right.
pub(crate) const PASSWORD: &str = "open sesame";

/// The token that every upload may use.
pub(crate) const UPLOAD_TOKEN: &str = "upload-token";

/// The service.
#[derive(Debug, Default)]
pub(crate) struct Little {
    /// Paths and what is there: folders have no content.
    pub(crate) tree: BTreeMap<String, Option<Bytes>>,
    /// Sessions that are open.
    pub(crate) sessions: BTreeSet<String>,
    /// Logins that reached the service, refused ones included.
    pub(crate) logins: u32,
    /// Requests that were carried out or refused, logins not counted.
    pub(crate) asked: u32,
    /// Answers that are due before any other: the front is said to the next request.
    pub(crate) says: Vec<Code>,
    /// What a login is answered with.
    pub(crate) no_login: Option<Code>,
    /// An upload is refused after so many bytes of its file.
    pub(crate) full_after: Option<usize>,
    /// Where uploads are to go.
    pub(crate) storage_host: String,
    /// Tokens of uploads that have ended.
    pub(crate) ended: BTreeSet<String>,
    /// Tokens of uploads that were given.
    pub(crate) nodes: u32,
    /// Whether a name that is taken is refused.
    pub(crate) keeps: bool,
    /// What is there of unfinished files, by token and path, and the last piece of each.
    pub(crate) partial: BTreeMap<(String, String), (Vec<u8>, Option<ContentRange>)>,
    /// Requests that put a file, or a piece of one, in its place.
    pub(crate) stored: u32,
    /// What it says is the MD5 of every file, if it is not the truth.
    pub(crate) md5: Option<String>,
    /// Requests for a folder that were carried out or refused.
    pub(crate) created: u32,
    /// A flaw: when this is so, a folder is not made although its maker is told so.
    pub(crate) loses: Option<fn(&Self) -> bool>,
}

/// A part of an update: which bytes it is, and what they are.
type Part = (Option<ContentRange>, Vec<u8>);

/// A file under way.
#[derive(Debug)]
pub(crate) struct Moving {
    token: String,
    folder: String,
    name: String,
    range: Option<ContentRange>,
    /// The parts of an update, and the MD5 that it is to have.
    update: Option<(Vec<Part>, Option<Md5>)>,
    content: Vec<u8>,
    bytes: u64,
    files: u64,
}

impl Moving {
    fn new(folder: &str, content: &[u8]) -> Self {
        let folder = folder.trim_matches('/').to_owned();
        let (token, name) = (String::new(), String::new());
        Self { token, folder, name, range: None, update: None, content: content.to_vec(), bytes: 0, files: 0 }
    }

    fn path(&self) -> String {
        format!("{}/{}", self.folder, self.name)
    }
}

impl Little {
    /// Ends all sessions.
    pub(crate) fn forget(&mut self) {
        self.sessions.clear();
    }

    fn login(&mut self, login: &Login) -> Result<Answer, Fault> {
        self.logins += 1;
        if let Some(code) = self.no_login {
            return Err(code.into());
        }
        if login.password.expose() != PASSWORD {
            return Err(Code::LoginFailed.into());
        }
        let token = format!("00000000-0000-0000-0000-{:012}", self.logins);
        self.sessions.insert(token.clone());
        Ok(Answer::AuthenticationLogin(LoggedIn { session_token: Secret::new(token) }))
    }

    fn create(&mut self, request: &CreateFolders) -> Result<Answer, Fault> {
        self.created += 1;
        let paths = request.folder_paths.as_slice();
        if paths.iter().any(|path| self.tree.contains_key(path.as_str())) {
            return Err(Code::FolderAlreadyExists.into());
        }
        if self.loses.is_some_and(|loses| loses(self)) {
            return Ok(Answer::ImfsCreateFolders(Done {}));
        }
        self.tree.extend(paths.iter().map(|path| (path.as_str().to_owned(), None)));
        Ok(Answer::ImfsCreateFolders(Done {}))
    }

    fn list(&self) -> Answer {
        let folder = |name: &String| FolderEntry { name: name.clone(), path: name.clone(), ..FolderEntry::default() };
        let names = self.tree.iter().filter(|(_, content)| content.is_none());
        let folders: Vec<FolderEntry> = names.map(|(name, _)| folder(name)).collect();
        let count = folders.len() as u64;
        let page = FolderPage { total_folder_count: count, page_folder_count: count, folders, ..FolderPage::default() };
        Answer::ImfsListFolder(FolderListing { list_folder: page })
    }

    fn download(&self, request: &Download) -> Result<Served<Nvx, Moving>, Fault> {
        let path = request.path.as_str().trim_start_matches('/');
        let Some(Some(content)) = self.tree.get(path) else { return Err(Code::DownloadPathNotFound.into()) };
        let total = content.len() as u64;
        let facts = FileFacts { length: total, etag: "\"1\"".to_owned(), last_modified: date() };
        let mut answer = Downloaded { total: Some(total), etag: Some(facts.etag.clone()), ..Downloaded::default() };
        (answer.offset, answer.length) = match request.plan(&facts) {
            Plan::Whole => (0, Some(total)),
            Plan::Part { offset, length } => (offset, Some(length)),
            Plan::NotModified => {
                answer.not_modified = true;
                (0, None)
            }
            Plan::Unsatisfiable => return Err(Code::RangeNotSatisfiable.into()),
        };
        Ok(Served::Download(Answer::TransferDownload(answer), Moving::new("", content)))
    }
}

impl Little {
    fn node(&mut self) -> StorageNode {
        self.nodes += 1;
        let upload_token = if self.nodes == 1 { UPLOAD_TOKEN.into() } else { format!("{UPLOAD_TOKEN}-{}", self.nodes).into() };
        StorageNode { upload_host: self.storage_host.clone(), upload_token }
    }

    fn append(&mut self, piece: &AppendFile) -> Result<Answer, Fault> {
        let token = piece.upload_token.expose().to_owned();
        if self.ended.contains(&token) {
            return Err(Code::ExpiredAccessToken.into());
        }
        let key = (token, piece.path.as_str().to_owned());
        let content = &mut self.partial.entry(key.clone()).or_default().0;
        content.extend_from_slice(&piece.file_data.as_ref().map_or(Bytes::new(), FileData::to_bytes));
        self.stored += 1;
        if piece.end_of_file {
            let content = self.partial.remove(&key).unwrap_or_default().0;
            self.tree.insert(key.1, Some(content.into()));
        }
        Ok(Answer::TransferAppendFile(Done {}))
    }

    fn change(&mut self, path: &str, parts: &[Part], md5: Option<Md5>) -> Result<(), Fault> {
        let Some(Some(old)) = self.tree.get(path) else { return Err(Code::InvalidPath.into()) };
        let mut changes = Changes::new(old.len() as u64);
        for (range, content) in parts {
            changes.add(path, *range)?;
            if range.is_some_and(|range| range.len() != content.len() as u64) {
                return Err(Code::RangeNotSatisfiable.into());
            }
        }
        let mut new = Vec::new();
        for piece in changes.finish()? {
            match piece {
                Piece::Kept { offset, length } => new.extend_from_slice(&old.slice(offset as usize..(offset + length) as usize)),
                Piece::Sent { part } => new.extend_from_slice(&parts[part].1),
            }
        }
        let mut sum = Sum::new();
        sum.update(&new);
        if md5.is_some_and(|md5| md5 != sum.md5()) {
            return Err(Code::FileIntegrityError.into());
        }
        self.stored += 1;
        self.tree.insert(path.to_owned(), Some(new.into()));
        Ok(())
    }

    fn info(&self, path: &str) -> Result<Answer, Fault> {
        let Some(Some(content)) = self.tree.get(path) else { return Err(Code::InvalidPath.into()) };
        let mut sum = Sum::new();
        sum.update(content);
        let md5 = self.md5.clone().unwrap_or_else(|| sum.md5().to_string());
        let metadata = Metadata { file_name: None, entries: vec![("MD5".to_owned(), md5)], unread: None };
        let path_info = PathFacts { is_file: true, size_bytes: Some(content.len() as u64), metadata, ..PathFacts::default() };
        Ok(Answer::ImfsGetPathInfo(PathInfo { path_info }))
    }
}

fn date() -> larder_proto_nvx::values::Date {
    larder_proto_nvx::values::Date::from_unix(784_887_151)
}

impl Service<Nvx> for Little {
    type Caller = ();
    type Transfer = Moving;

    fn identify(&mut self, _: Time, credential: Credential) -> Result<(), Fault> {
        match credential {
            Credential::None => Ok(()),
            Credential::Session(token) if self.sessions.contains(token.expose()) => Ok(()),
            Credential::Upload(token) if self.ended.contains(token.expose()) => Err(Code::ExpiredAccessToken.into()),
            Credential::Upload(token) if token.expose().starts_with(UPLOAD_TOKEN) => Ok(()),
            Credential::Session(_) | Credential::Key(_) => Err(Code::SessionNotFound.into()),
            Credential::Upload(_) => Err(Code::InvalidAccessToken.into()),
            Credential::Link(_) => Err(Code::InvalidDownloadToken.into()),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "whatever else there is, it is not served here")]
    fn serve(&mut self, _: Time, (): &(), request: Request) -> Result<Served<Nvx, Moving>, Fault> {
        if let Request::AuthenticationLogin(login) = &request {
            return self.login(login).map(Served::Answer);
        }
        self.asked += 1;
        if !self.says.is_empty() {
            return Err(self.says.remove(0).into());
        }
        match request {
            Request::ImfsCreateFolders(request) => self.create(&request).map(Served::Answer),
            Request::ImfsListFolder(_) => Ok(Served::Answer(self.list())),
            Request::ImfsGetStorageNode(_) => Ok(Served::Answer(Answer::ImfsGetStorageNode(self.node()))),
            Request::ImfsGetStorageNodeExtended(_) => Ok(Served::Answer(Answer::ImfsGetStorageNodeExtended(self.node()))),
            Request::ImfsGetPathInfo(request) => self.info(request.item_path.as_str()).map(Served::Answer),
            Request::TransferDownload(request) => self.download(&request),
            Request::TransferUpdate(request) => {
                let update = Some((Vec::new(), request.file_md5));
                Ok(Served::Upload(Moving { update, ..Moving::new(request.dest_folder_path.as_str(), &[]) }))
            }
            Request::TransferAppendFile(request) => self.append(&request).map(Served::Answer),
            Request::TransferUpload(request) => {
                let token = request.upload_token.expose().to_owned();
                Ok(Served::Upload(Moving { token, ..Moving::new(request.dest_folder_path.as_str(), &[]) }))
            }
            _ => Err(Code::UnsupportedOperation.into()),
        }
    }

    fn file(&mut self, moving: &mut Moving, head: FileHead) -> Result<(), Fault> {
        moving.name = head.file_name;
        moving.content.clear();
        moving.range = head.content_range.map(|range| parse(&range));
        if let Some((parts, _)) = &mut moving.update {
            parts.push((moving.range, Vec::new()));
            return Ok(());
        }
        let path = moving.path();
        let Some(range) = moving.range.filter(|range| !(range.first() == 0 && range.is_end())) else {
            return if self.keeps && self.tree.contains_key(&path) { Err(Code::AlreadyExists.into()) } else { Ok(()) };
        };
        let partial = self.partial.entry((moving.token.clone(), path)).or_default();
        let fits = partial.0.len() as u64 == range.first() || partial.1.is_some_and(|last| last.first() == range.first());
        if fits { Ok(()) } else { Err(Code::RangeNotSatisfiable.into()) }
    }

    fn chunk(&mut self, moving: &mut Moving, chunk: Bytes) -> Result<(), Fault> {
        if let Some((_, content)) = moving.update.as_mut().and_then(|(parts, _)| parts.last_mut()) {
            content.extend_from_slice(&chunk);
            return Ok(());
        }
        moving.content.extend_from_slice(&chunk);
        moving.bytes += chunk.len() as u64;
        if self.full_after.is_some_and(|full| moving.content.len() > full) {
            return Err(Code::StorageLimitExceeded.into());
        }
        Ok(())
    }

    fn file_end(&mut self, moving: &mut Moving) -> Result<(), Fault> {
        moving.files += 1;
        if moving.update.is_some() {
            return Ok(());
        }
        self.stored += 1;
        let path = moving.path();
        let mut content = core::mem::take(&mut moving.content);
        if let Some(range) = moving.range.filter(|range| !(range.first() == 0 && range.is_end())) {
            if range.len() != content.len() as u64 {
                return Err(Code::RangeNotSatisfiable.into());
            }
            let (there, last) = self.partial.entry((moving.token.clone(), path.clone())).or_default();
            there.truncate(usize::try_from(range.first()).unwrap_or(usize::MAX));
            there.append(&mut content);
            *last = Some(range);
            if !range.is_end() {
                return Ok(());
            }
            content.clone_from(there);
        }
        self.tree.insert(path, Some(content.into()));
        Ok(())
    }

    fn files_end(&mut self, moving: &mut Moving) -> Result<Option<Answer>, Fault> {
        if let Some((parts, md5)) = moving.update.take() {
            self.change(&moving.path(), &parts, md5)?;
            return Ok(Some(Answer::TransferUpdate(Uploaded::default())));
        }
        let answer = Uploaded { files_uploaded: moving.files, bytes_uploaded: moving.bytes };
        Ok(Some(Answer::TransferUpload(answer)))
    }

    fn read(&mut self, moving: &mut Moving, offset: u64, max: usize) -> Option<Bytes> {
        let from = usize::try_from(offset).ok()?;
        let rest = moving.content.get(from..)?;
        Some(Bytes::copy_from_slice(&rest[..rest.len().min(max)]))
    }
}

/// A client that can log in, and the service.
pub(crate) fn pair() -> Pair<Nvx, Little> {
    pair_with(PASSWORD)
}

/// A client with this password, and the service.
pub(crate) fn pair_with(password: &str) -> Pair<Nvx, Little> {
    Pair::new(Session::with_login(login(password)), 7, Little::default())
}

/// A login with this password.
pub(crate) fn login(password: &str) -> Login {
    Login { app_key: parse("app-key"), user_name: parse("somebody"), password: parse(password) }
}

/// XML, and the defaults.
pub(crate) fn xml() -> Settings<Nvx> {
    Settings { style: Style::XML, ..json() }
}

/// JSON, and the defaults.
pub(crate) fn json() -> Settings<Nvx> {
    Settings::new(Target::parse("http://nvx.test").unwrap_or_else(|reject| panic!("{reject}")))
}

/// A value that is known to be right.
pub(crate) fn parse<T: TryFrom<String>>(text: &str) -> T {
    T::try_from(text.to_owned()).unwrap_or_else(|_| panic!("{text}"))
}

/// Lists the root: safe to repeat.
pub(crate) fn list() -> ListFolder {
    ListFolder::new(FolderPath::root(), PageNumber::FIRST, parse::<PageSize>("10"))
}

/// Creates a folder: not safe to repeat.
pub(crate) fn create(path: &str) -> CreateFolders {
    CreateFolders { folder_paths: NonEmpty::from(parse::<Path>(path)) }
}

/// Uploads a file.
pub(crate) fn upload(name: &str) -> Upload {
    Upload::new(parse(UPLOAD_TOKEN), parse("/in"), parse(name))
}

/// Settings of an upload whose length is known.
pub(crate) fn sized(length: usize) -> Settings<Nvx> {
    Settings { length: Some(length as u64), ..json() }
}
