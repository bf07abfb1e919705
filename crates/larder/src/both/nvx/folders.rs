//! Changes of the tree. None of them is repeated by itself: see `OutcomeUnknown` of
//! [`ErrorKind`](larder_core::ErrorKind).

macro_rules! folders {
    ([$($async:tt)*] [$($await:tt)*]) => {
        mod folders {
            use larder_proto_nvx::imfs::{CreateFolders, DeleteFiles, DeleteFolders, MoveFiles, RenameFile, RenameFolder};

            use super::{Client, Result, place};

            impl Client {
                /// Creates a folder, with all that are missing above it.
                ///
                /// # Errors
                /// 70008 when it is there already, 70004 when a file has its name.
                pub $($async)* fn create_folder(&self, path: &str) -> Result<()> {
                    self.create_folders([path])$($await)*
                }

                /// Creates folders, with all that are missing above them: all of them or none.
                ///
                /// # Errors
                /// 70008 when one is there already, 70004 when a file has its name.
                pub $($async)* fn create_folders<P: AsRef<str>>(&self, paths: impl IntoIterator<Item = P>) -> Result<()> {
                    let operation = CreateFolders { folder_paths: place::paths("folderPath", paths)? };
                    self.call(operation)$($await)*.map(drop)
                }

                /// Deletes files: all of them or none.
                ///
                /// # Errors
                /// 70005 when one does not exist.
                pub $($async)* fn delete_files<P: AsRef<str>>(&self, paths: impl IntoIterator<Item = P>) -> Result<()> {
                    let operation = DeleteFiles { file_paths: place::paths("filePath", paths)? };
                    self.call(operation)$($await)*.map(drop)
                }

                /// Deletes folders **with all that is in them**: all of them or none.
                ///
                /// # Errors
                /// 70005 when one does not exist.
                pub $($async)* fn delete_folders<P: AsRef<str>>(&self, paths: impl IntoIterator<Item = P>) -> Result<()> {
                    let operation = DeleteFolders { folder_paths: place::paths("folderPath", paths)? };
                    self.call(operation)$($await)*.map(drop)
                }

                /// Gives a file another name in its folder.
                ///
                /// # Errors
                /// 70005 when it does not exist, 70004 and 70008 when the name is taken.
                pub $($async)* fn rename_file(&self, path: &str, new_name: &str) -> Result<()> {
                    let new_file_name = place::value("newFileName", new_name)?;
                    self.call(RenameFile { file_path: place::path("filePath", path)?, new_file_name })$($await)*.map(drop)
                }

                /// Gives a folder another name.
                ///
                /// # Errors
                /// 70005 when it does not exist, 70004 and 70008 when the name is taken.
                pub $($async)* fn rename_folder(&self, path: &str, new_name: &str) -> Result<()> {
                    let new_folder_name = place::value("newFolderName", new_name)?;
                    self.call(RenameFolder { folder_path: place::path("folderPath", path)?, new_folder_name })$($await)*.map(drop)
                }

                /// Moves files into a folder, where they keep their names: all of them or none.
                ///
                /// # Errors
                /// 70005 when a file or the folder does not exist, 70004 and 70008 when a name is taken there.
                pub $($async)* fn move_files<P: AsRef<str>>(&self, paths: impl IntoIterator<Item = P>, folder: &str) -> Result<()> {
                    let src_file_paths = place::paths("srcFilePath", paths)?;
                    let dest_folder_path = place::value("destFolderPath", folder)?;
                    self.call(MoveFiles { src_file_paths, dest_folder_path })$($await)*.map(drop)
                }
            }
        }
    };
}
pub(crate) use folders;
