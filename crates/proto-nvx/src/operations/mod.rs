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
        AuthenticationLoginProxy = authentication::LoginProxy => login_proxy;
        AuthenticationLogout = authentication::Logout => logout;
        AuthenticationChangePassword = authentication::ChangePassword => change_password;
        AuthenticationSetChildAccountPassword = authentication::SetChildAccountPassword => set_child_account_password;
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
        AccountingDeleteChildAccount = accounting::DeleteChildAccount => delete_child_account;
        AccountingGetAccountInfo = accounting::GetAccountInfo => account_info;
        AccountingGetAccountLimits = accounting::GetAccountLimits => account_limits;
        AccountingGetAccountNotes = accounting::GetAccountNotes => account_notes;
        AccountingGetAccountUsage = accounting::GetAccountUsage => account_usage;
        AccountingGetStorageUsage = accounting::GetStorageUsage => storage_usage;
        AccountingListChildAccounts = accounting::ListChildAccounts => list_child_accounts;
        AccountingSetAccountInfo = accounting::SetAccountInfo => set_account_info;
        AccountingSetAccountLimits = accounting::SetAccountLimits => set_account_limits;
        AccountingSetAccountNotes = accounting::SetAccountNotes => set_account_notes;
    }
    upload {
        TransferUpload = transfer::Upload;
    }
    download {
        TransferDownload = transfer::Download;
    }
}
