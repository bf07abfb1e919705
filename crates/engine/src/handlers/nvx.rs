//! Nirvanix Web Services: everything but the files themselves, which uploads and downloads carry beside the message.

use std::net::IpAddr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use larder_core::Secret;
use larder_proto_nvx::accounting::{ChildAccounts, CreateChildAccount, EmailFormat, ListChildAccounts};
use larder_proto_nvx::authentication::{ChangePassword, LoggedIn, Login, Logout};
use larder_proto_nvx::imfs::{
    CreateFolders, DeleteFiles, DeleteFolders, FileEntry, FolderEntry, FolderListing, FolderPage, GetPathInfo, GetStorageNode,
    ListFolder, MoveFiles, PathFacts, PathInfo, RenameFile, RenameFolder, StorageNode,
};
use larder_proto_nvx::transfer::{Download, Downloaded, FileFacts, Plan};
use larder_proto_nvx::values::{AnswerDate, Date, Metadata, NonEmpty, Path, SortCode, Tags, Text};
use larder_proto_nvx::{Code, Done, Fault, Handler, Request};

use super::nvx_fault;
use crate::Engine;
use crate::contact::Contact;
use crate::engine::Download as OpenFile;
use crate::env::Timestamp;
use crate::refusal::Refusal;
use crate::rules::listing::{Entry, EntryKind, Page};
use crate::rules::uploads::UploadTerms;
use crate::store::Sort;
use crate::types::Caller;

/// Serves Nirvanix Web Services.
#[derive(Debug, Clone)]
pub struct Nirvanix {
    /// The engine.
    pub engine: Arc<Engine>,
    /// The host (and port) that uploads go to; the one that was asked when absent.
    pub storage_host: Option<String>,
}

/// Who asks, and how.
#[derive(Debug, Clone)]
pub struct Asker {
    /// The address that the request came from.
    pub peer: IpAddr,
    /// The host (and port) that was asked.
    pub authority: String,
    /// The session, if there is one.
    pub session: Option<Session>,
}

/// A session that is open.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its token.
    pub token: Secret,
    /// Who opened it.
    pub caller: Caller,
}

impl Asker {
    fn caller(&self) -> Result<&Caller, Fault> {
        self.session.as_ref().map(|session| &session.caller).ok_or_else(|| Fault::from(Code::SessionNotFound))
    }
}

/// Whether serving a request blocks for as long as a password takes to hash.
#[must_use]
pub fn blocks(request: &Request) -> bool {
    matches!(
        request,
        Request::AuthenticationLogin(_) | Request::AuthenticationChangePassword(_) | Request::AccountingCreateChildAccount(_)
    )
}

#[expect(clippy::needless_pass_by_value, reason = "for use in map_err")]
fn said(refusal: Refusal) -> Fault {
    nvx_fault(&refusal)
}

fn texts(paths: &NonEmpty<Path>) -> Vec<String> {
    paths.as_slice().iter().map(|path| path.as_str().to_owned()).collect()
}

impl Handler for Nirvanix {
    type Caller = Asker;

    async fn login(&self, asker: &Asker, login: Login) -> Result<LoggedIn, Fault> {
        let password = Secret::new(login.password.expose());
        let opened = self.engine.login(login.app_key.expose(), login.user_name.as_str(), &password, asker.peer);
        opened.map(|opened| LoggedIn { session_token: opened.token }).map_err(said)
    }

    async fn logout(&self, asker: &Asker, _: Logout) -> Result<Done, Fault> {
        let session = asker.session.as_ref().ok_or_else(|| Fault::from(Code::SessionNotFound))?;
        self.engine.logout(&session.token, asker.peer).map_err(said)?;
        Ok(Done {})
    }

    async fn change_password(&self, _: &Asker, change: ChangePassword) -> Result<Done, Fault> {
        let (old, new) = (Secret::new(change.old_password.expose()), Secret::new(change.new_password.expose()));
        self.engine.change_password(change.app_key.expose(), change.user_name.as_str(), &old, &new).map_err(said)?;
        Ok(Done {})
    }

    async fn create_folders(&self, asker: &Asker, create: CreateFolders) -> Result<Done, Fault> {
        self.engine.create_folders(asker.caller()?, texts(&create.folder_paths)).await.map_err(said)?;
        Ok(Done {})
    }

    async fn delete_files(&self, asker: &Asker, delete: DeleteFiles) -> Result<Done, Fault> {
        self.engine.delete_files(asker.caller()?, texts(&delete.file_paths)).await.map_err(said)?;
        Ok(Done {})
    }

    async fn delete_folders(&self, asker: &Asker, delete: DeleteFolders) -> Result<Done, Fault> {
        self.engine.delete_folders(asker.caller()?, texts(&delete.folder_paths)).await.map_err(said)?;
        Ok(Done {})
    }

    async fn path_info(&self, asker: &Asker, info: GetPathInfo) -> Result<PathInfo, Fault> {
        let entry = self.engine.path_info(asker.caller()?, info.item_path.as_str()).map_err(said)?;
        Ok(PathInfo { path_info: facts(&entry, &info) })
    }

    async fn storage_node(&self, asker: &Asker, node: GetStorageNode) -> Result<StorageNode, Fault> {
        let terms = UploadTerms { ip: node.restricted_ip, ..UploadTerms::default() };
        let upload_token = self.engine.grant_upload(asker.caller()?, terms).await.map_err(said)?;
        let upload_host = self.storage_host.clone().unwrap_or_else(|| asker.authority.clone());
        Ok(StorageNode { upload_host, upload_token })
    }

    async fn list_folder(&self, asker: &Asker, list: ListFolder) -> Result<FolderListing, Fault> {
        let page = Page {
            number: list.page_number.get(),
            size: list.page_size.get(),
            sort: match list.sort_code.unwrap_or_default() {
                SortCode::Name => Sort::Name,
                SortCode::CreatedDate => Sort::Created,
                SortCode::SizeBytes => Sort::Size,
                SortCode::FileType => Sort::FileType,
            },
            descending: list.sort_descending.unwrap_or(false),
        };
        let listing = self.engine.list_folder(asker.caller()?, list.folder_path.as_str(), &page).map_err(said)?;
        let mut list_folder = FolderPage {
            total_folder_count: listing.total_folders,
            total_file_count: listing.total_files,
            ..FolderPage::default()
        };
        for entry in listing.entries {
            put(&mut list_folder, entry);
        }
        list_folder.page_folder_count = list_folder.folders.len() as u64;
        list_folder.page_file_count = list_folder.files.len() as u64;
        Ok(FolderListing { list_folder })
    }

    async fn move_files(&self, asker: &Asker, files: MoveFiles) -> Result<Done, Fault> {
        let sources = texts(&files.src_file_paths);
        self.engine.move_files(asker.caller()?, sources, files.dest_folder_path.as_str()).await.map_err(said)?;
        Ok(Done {})
    }

    async fn rename_file(&self, asker: &Asker, file: RenameFile) -> Result<Done, Fault> {
        let (path, name) = (file.file_path.as_str(), file.new_file_name.as_str());
        self.engine.rename_file(asker.caller()?, path, name).await.map_err(said)?;
        Ok(Done {})
    }

    async fn rename_folder(&self, asker: &Asker, folder: RenameFolder) -> Result<Done, Fault> {
        let (path, name) = (folder.folder_path.as_str(), folder.new_folder_name.as_str());
        self.engine.rename_folder(asker.caller()?, path, name).await.map_err(said)?;
        Ok(Done {})
    }

    async fn create_child_account(&self, asker: &Asker, child: CreateChildAccount) -> Result<Done, Fault> {
        let password = Secret::new(child.password.expose());
        self.engine.create_child_account(asker.caller()?, child.username.as_str(), &password, contact(&child)).map_err(said)?;
        Ok(Done {})
    }

    async fn list_child_accounts(&self, asker: &Asker, list: ListChildAccounts) -> Result<ChildAccounts, Fault> {
        let (number, size) = (list.page_number.get(), list.page_size.get());
        let children = self.engine.list_child_accounts(asker.caller()?, number, size).map_err(said)?;
        Ok(ChildAccounts { accounts: children.page.into_iter().map(|child| child.name).collect() })
    }
}

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
        let disposition = download.disposition.map(|disposition| {
            let name = file.entry.name.replace(['"', '\\'], "_");
            format!("{}; filename=\"{name}\"", disposition.as_str())
        });
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

/// The contact data of a new account, under the names that the API has for them.
fn contact(child: &CreateChildAccount) -> Contact {
    let country = child.country_id.map(|country| country.to_string());
    let format = child.email_format.map(|format| match format {
        EmailFormat::Html => "html",
        EmailFormat::Text => "text",
    });
    let fields = [
        ("FirstName", child.first_name.as_ref().map(Text::as_str)),
        ("LastName", child.last_name.as_ref().map(Text::as_str)),
        ("MiddleInitial", child.middle_initial.as_ref().map(Text::as_str)),
        ("PhoneNumber", child.phone_number.as_ref().map(Text::as_str)),
        ("EmailAddress", child.email_address.as_ref().map(Text::as_str)),
        ("EmailFormat", format),
        ("Address1", child.address1.as_ref().map(Text::as_str)),
        ("Address2", child.address2.as_ref().map(Text::as_str)),
        ("City", child.city.as_ref().map(Text::as_str)),
        ("State", child.state.as_ref().map(Text::as_str)),
        ("CountryID", country.as_deref()),
        ("PostalCode", child.postal_code.as_ref().map(Text::as_str)),
    ];
    fields.into_iter().filter_map(|(field, value)| Some((field, value?))).collect()
}

/// Dates on the wire have seconds.
fn date(time: Timestamp) -> Date {
    Date::from_unix(time.0.div_euclid(1_000))
}

/// The MD5 of a file's content, as the API writes it.
fn digest(entry: &Entry) -> Option<String> {
    match &entry.kind {
        EntryKind::File { md5, .. } => Some(STANDARD.encode(md5)),
        EntryKind::Folder { .. } => None,
    }
}

fn metadata(entry: &Entry) -> Metadata {
    let md5 = digest(entry).map(|md5| ("MD5".to_owned(), md5));
    let file_name = md5.as_ref().map(|_| entry.name.clone());
    Metadata { file_name, entries: md5.into_iter().collect(), unread: None }
}

fn put(page: &mut FolderPage, entry: Entry) {
    let created_date = Some(AnswerDate::Known(date(entry.created)));
    let metadata = metadata(&entry);
    match entry.kind {
        EntryKind::Folder { folders, files } => page.folders.push(FolderEntry {
            folder_count: folders,
            file_count: files,
            name: entry.name,
            path: entry.path,
            created_date,
            metadata,
            file_tags: Tags::default(),
        }),
        EntryKind::File { size, .. } => page.files.push(FileEntry {
            size_bytes: size,
            name: entry.name,
            path: entry.path,
            created_date,
            metadata,
            file_tags: Tags::default(),
        }),
    }
}

fn facts(entry: &Entry, asked: &GetPathInfo) -> PathFacts {
    let (size_bytes, file_type) = match &entry.kind {
        EntryKind::Folder { .. } => (None, None),
        EntryKind::File { size, file_type, .. } => (Some(*size), Some(file_type.as_str().to_owned())),
    };
    PathFacts {
        item_name: entry.name.clone(),
        is_file: size_bytes.is_some(),
        created_date: Some(AnswerDate::Known(date(entry.created))),
        size_bytes,
        file_type,
        metadata: if asked.show_metadata == Some(true) { metadata(entry) } else { Metadata::default() },
        tags: Tags::default(),
        is_shared: asked.show_is_shared.filter(|asked| *asked).map(|_| false),
        modified_date: Some(AnswerDate::Known(date(entry.modified))),
        item_id: u64::try_from(entry.id.0).ok(),
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
