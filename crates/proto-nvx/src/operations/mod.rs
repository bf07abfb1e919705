//! The operations, by the document's namespaces, and their catalog.

pub mod accounting;
pub mod authentication;
pub mod imfs;
pub mod metadata;
pub mod sharing;
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
        ImfsCopyFiles = imfs::CopyFiles => copy_files;
        ImfsCopyFolders = imfs::CopyFolders => copy_folders;
        ImfsCreateFolders = imfs::CreateFolders => create_folders;
        ImfsDeleteFiles = imfs::DeleteFiles => delete_files;
        ImfsDeleteFolders = imfs::DeleteFolders => delete_folders;
        ImfsGetDownloadNodes = imfs::GetDownloadNodes => download_nodes;
        ImfsGetOptimalUrls = imfs::GetOptimalUrls => optimal_urls;
        ImfsGetPathInfo = imfs::GetPathInfo => path_info;
        ImfsGetStorageNode = imfs::GetStorageNode => storage_node;
        ImfsGetStorageNodeExtended = imfs::GetStorageNodeExtended => storage_node_extended;
        ImfsListFolder = imfs::ListFolder => list_folder;
        ImfsMoveFiles = imfs::MoveFiles => move_files;
        ImfsMoveFolders = imfs::MoveFolders => move_folders;
        ImfsRenameFile = imfs::RenameFile => rename_file;
        ImfsRenameFolder = imfs::RenameFolder => rename_folder;
        ImfsSearchFileSystem = imfs::SearchFileSystem => search_file_system;
        ImfsSideload = imfs::Sideload => sideload;
        MetadataDeleteAllMetadata = metadata::DeleteAllMetadata => delete_all_metadata;
        MetadataDeleteAllTags = metadata::DeleteAllTags => delete_all_tags;
        MetadataDeleteMetadata = metadata::DeleteMetadata => delete_metadata;
        MetadataDeleteTags = metadata::DeleteTags => delete_tags;
        MetadataGetMetadata = metadata::GetMetadata => metadata;
        MetadataGetTags = metadata::GetTags => tags;
        MetadataSearchMetadata = metadata::SearchMetadata => search_metadata;
        MetadataSearchTags = metadata::SearchTags => search_tags;
        MetadataSetMetadata = metadata::SetMetadata => set_metadata;
        MetadataSetTags = metadata::SetTags => set_tags;
        SharingCreateHostedItem = sharing::CreateHostedItem => create_hosted_item;
        SharingListHostedItems = sharing::ListHostedItems => list_hosted_items;
        SharingRemoveHostedItem = sharing::RemoveHostedItem => remove_hosted_item;
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
