//! The operations, by the document's namespaces, and their catalog.

pub mod accounting;
pub mod audio;
pub mod authentication;
pub mod image;
pub mod imfs;
pub mod metadata;
pub mod sharing;
pub mod transfer;
pub mod video;

use serde::{Deserialize, Serialize};

/// An answer that says nothing but that all is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Done {}

/// Serde for a request whose parameters hold a rule together, given `#[serde(remote = "Self")]` and `check`: what breaks it
/// is neither sent nor understood.
macro_rules! checked {
    ($type:ident) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.check().map_err(serde::ser::Error::custom)?;
                Self::serialize(self, serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let request = Self::deserialize(deserializer)?;
                request.check().map_err(serde::de::Error::custom)?;
                Ok(request)
            }
        }
    };
}
use checked;

larder_core::catalog! {
    api crate::Nvx;
    schemas if feature = "schema";
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
        AudioTranscode = audio::Transcode => transcode_audio;
        ImageResize = image::Resize => resize_image;
        ImageRotateFlip = image::RotateFlip => rotate_flip_image;
        TransferAppendFile = transfer::AppendFile => append_file;
        TransferUploadFile = transfer::UploadFile => upload_file;
        VideoExtractFrames = video::ExtractFrames => extract_frames;
        VideoPresetTranscode = video::PresetTranscode => preset_transcode_video;
        VideoTranscode = video::Transcode => transcode_video;
    }
    upload {
        TransferUpload = transfer::Upload;
        TransferUpdate = transfer::Update;
    }
    download {
        TransferDownload = transfer::Download;
    }
}
