//! The operations, by the document's namespaces, and their catalog.

pub mod accounting;
pub mod authentication;
pub mod imfs;
pub mod transfer;

use serde::{Deserialize, Serialize};

/// An answer that says nothing but that all is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Done {}

larder_core::catalog! {
    api crate::Nvx;
    unary {
        AuthenticationLogin = authentication::Login => login;
        AuthenticationLogout = authentication::Logout => logout;
        AuthenticationChangePassword = authentication::ChangePassword => change_password;
        ImfsCreateFolders = imfs::CreateFolders => create_folders;
        ImfsDeleteFiles = imfs::DeleteFiles => delete_files;
        ImfsDeleteFolders = imfs::DeleteFolders => delete_folders;
        ImfsGetPathInfo = imfs::GetPathInfo => path_info;
        ImfsGetStorageNode = imfs::GetStorageNode => storage_node;
        ImfsListFolder = imfs::ListFolder => list_folder;
        ImfsMoveFiles = imfs::MoveFiles => move_files;
        ImfsRenameFile = imfs::RenameFile => rename_file;
        ImfsRenameFolder = imfs::RenameFolder => rename_folder;
        AccountingCreateChildAccount = accounting::CreateChildAccount => create_child_account;
        AccountingListChildAccounts = accounting::ListChildAccounts => list_child_accounts;
    }
    upload {
        TransferUpload = transfer::Upload;
    }
    download {
        TransferDownload = transfer::Download;
    }
}
