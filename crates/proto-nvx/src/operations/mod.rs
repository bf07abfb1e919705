//! The operations, by the document's namespaces, and their catalog.

pub mod accounting;
pub mod audio;
pub mod authentication;
pub mod image;
pub mod imfs;
pub mod transfer;
pub mod video;

use serde::{Deserialize, Serialize};

/// An answer that says nothing but that all is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
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
