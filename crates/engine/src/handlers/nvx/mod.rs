//! Nirvanix Web Services: messages by [`Handler`], and the files that uploads and downloads carry beside the message by
//! [`Nirvanix::receive`] and [`Nirvanix::send`], step by step.

mod caller;
mod describe;
mod download;
mod links;
mod messages;
mod update;
mod upload;

pub use caller::{Asker, Known, Session};
pub use download::Sending;
pub use upload::Receiving;

use std::sync::Arc;
use std::time::Duration;

use larder_core::Secret;
use larder_proto_nvx::accounting::{ChildAccounts, CreateChildAccount, ListChildAccounts};
use larder_proto_nvx::authentication::{ChangePassword, LoggedIn, Login, Logout};
use larder_proto_nvx::imfs::{
    CopyFiles, CopyFolders, CreateFolders, DeleteFiles, DeleteFolders, DownloadNodes, FolderListing, FolderPage,
    GetDownloadNodes, GetOptimalUrls, GetPathInfo, GetStorageNode, GetStorageNodeExtended, ListFolder, MoveFiles, MoveFolders,
    OptimalUrls, PathInfo, RenameFile, RenameFolder, StorageNode,
};
use larder_proto_nvx::metadata::{GetMetadata, MetadataEntry, MetadataList};
use larder_proto_nvx::transfer::{AppendFile, UploadFile};
use larder_proto_nvx::values::{NonEmpty, Path, Seconds, SortCode};
use larder_proto_nvx::{Code, Done, Fault, Handler, Request};

use self::describe::{contact, digest, facts, put};
use super::{Effort, nvx_fault};
use crate::Engine;
use crate::refusal::Refusal;
use crate::rules::listing::Page;
use crate::rules::uploads::UploadTerms;
use crate::store::Sort;

/// Serves Nirvanix Web Services.
#[derive(Debug, Clone)]
pub struct Nirvanix {
    /// The engine.
    pub engine: Arc<Engine>,
    /// The host (and port) that uploads go to; the one that was asked when absent.
    pub storage_host: Option<String>,
    /// The host (and port) that downloads come from; the one that was asked when absent.
    pub download_host: Option<String>,
}

/// What serving a request takes.
#[must_use]
#[expect(clippy::wildcard_enum_match_arm, reason = "all that is not named is quick")]
pub fn effort(request: &Request) -> Effort {
    match request {
        Request::AuthenticationLogin(_) | Request::AuthenticationChangePassword(_) | Request::AccountingCreateChildAccount(_) => {
            Effort::Hashes
        }
        Request::TransferAppendFile(_) | Request::TransferUploadFile(_) => Effort::Writes,
        Request::ImfsListFolder(_) | Request::AccountingListChildAccounts(_) => Effort::Reads,
        _ => Effort::Quick,
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for use in map_err")]
fn said(refusal: Refusal) -> Fault {
    nvx_fault(&refusal)
}

fn texts(paths: &NonEmpty<Path>) -> Vec<String> {
    paths.as_slice().iter().map(|path| path.as_str().to_owned()).collect()
}

fn milliseconds(seconds: Seconds) -> i64 {
    i64::try_from(Duration::from(seconds).as_millis()).unwrap_or(i64::MAX)
}

impl Nirvanix {
    /// A host to upload to, and the right to do so.
    async fn node(&self, asker: &Asker, terms: UploadTerms) -> Result<StorageNode, Fault> {
        let upload_token = self.engine.grant_upload(asker.caller()?, terms).await.map_err(said)?;
        let upload_host = self.storage_host.clone().unwrap_or_else(|| asker.authority.clone());
        Ok(StorageNode { upload_host, upload_token })
    }
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

    async fn download_nodes(&self, asker: &Asker, get: GetDownloadNodes) -> Result<DownloadNodes, Fault> {
        self.nodes(asker, &get)
    }

    async fn optimal_urls(&self, asker: &Asker, get: GetOptimalUrls) -> Result<OptimalUrls, Fault> {
        self.links(asker, &get).await
    }

    async fn storage_node(&self, asker: &Asker, node: GetStorageNode) -> Result<StorageNode, Fault> {
        let terms = UploadTerms { ip: node.restricted_ip, ..UploadTerms::default() };
        self.node(asker, terms).await
    }

    async fn storage_node_extended(&self, asker: &Asker, node: GetStorageNodeExtended) -> Result<StorageNode, Fault> {
        let is_restricted = node.ip_restricted.unwrap_or(GetStorageNodeExtended::IP_RESTRICTED);
        let terms = UploadTerms {
            folder: Some(node.dest_folder_path.as_str().to_owned()),
            overwrite: node.file_overwrite.unwrap_or(GetStorageNodeExtended::FILE_OVERWRITE),
            ip: is_restricted.then(|| node.consumer_ip.unwrap_or(asker.peer)),
            first_byte: node.first_byte_expiration.map(milliseconds),
            lifetime: node.last_byte_expiration.map(milliseconds),
        };
        self.node(asker, terms).await
    }

    async fn metadata(&self, asker: &Asker, get: GetMetadata) -> Result<MetadataList, Fault> {
        let entry = self.engine.path_info(asker.caller()?, get.path.as_str()).map_err(said)?;
        let md5 = digest(&entry).map(|value| MetadataEntry { kind: "MD5".to_owned(), value });
        Ok(MetadataList { entries: md5.into_iter().collect() })
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

    async fn move_folders(&self, asker: &Asker, folders: MoveFolders) -> Result<Done, Fault> {
        let sources = texts(&folders.src_folder_paths);
        self.engine.move_folders(asker.caller()?, sources, folders.dest_folder_path.as_str()).await.map_err(said)?;
        Ok(Done {})
    }

    async fn copy_files(&self, asker: &Asker, files: CopyFiles) -> Result<Done, Fault> {
        let sources = texts(&files.src_file_paths);
        self.engine.copy_files(asker.caller()?, sources, files.dest_folder_path.as_str()).await.map_err(said)?;
        Ok(Done {})
    }

    async fn copy_folders(&self, asker: &Asker, folders: CopyFolders) -> Result<Done, Fault> {
        let sources = texts(&folders.src_folder_paths);
        self.engine.copy_folders(asker.caller()?, sources, folders.dest_folder_path.as_str()).await.map_err(said)?;
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
        self.engine
            .create_child_account(asker.caller()?, child.username.as_str(), &password, contact(&child.contact))
            .map_err(said)?;
        Ok(Done {})
    }

    async fn list_child_accounts(&self, asker: &Asker, list: ListChildAccounts) -> Result<ChildAccounts, Fault> {
        let (number, size) = (list.page_number.get(), list.page_size.get());
        let children = self.engine.list_child_accounts(asker.caller()?, number, size).map_err(said)?;
        Ok(ChildAccounts { accounts: children.page.into_iter().map(|child| child.name).collect() })
    }

    async fn append_file(&self, asker: &Asker, append: AppendFile) -> Result<Done, Fault> {
        self.append(asker, &append)?;
        Ok(Done {})
    }

    async fn upload_file(&self, asker: &Asker, upload: UploadFile) -> Result<Done, Fault> {
        self.upload(asker, &upload)?;
        Ok(Done {})
    }
}
