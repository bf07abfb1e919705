//! Texts of callers become validated values, or a rejection with the parameter's name.

use core::str::FromStr;

use larder_core::{Reject, Rule};
use larder_proto_nvx::values::{FileName, FolderPath, NonEmpty, Path};

/// The value of a parameter.
pub(crate) fn value<T: FromStr<Err = Rule>>(field: &str, text: &str) -> Result<T, Reject> {
    text.parse().map_err(|rule| Reject::new(field, rule))
}

pub(crate) fn path(field: &str, text: &str) -> Result<Path, Reject> {
    value(field, text)
}

/// The values of a parameter that may be repeated.
pub(crate) fn paths<P: AsRef<str>>(field: &str, texts: impl IntoIterator<Item = P>) -> Result<NonEmpty<Path>, Reject> {
    let paths = texts.into_iter().map(|text| path(field, text.as_ref())).collect::<Result<Vec<_>, _>>()?;
    NonEmpty::try_from(paths).map_err(|rule| Reject::new(field, rule))
}

/// The folder and the name of a file to be.
pub(crate) fn split(text: &str) -> Result<(FolderPath, FileName), Reject> {
    let missing = || Reject::new("fileName", Rule::Missing);
    if text.ends_with('/') {
        return Err(missing());
    }
    let path = path("destFolderPath", text)?;
    // Application and user are no place to put a file.
    if path.is_absolute() && path.segments().nth(2).is_none() {
        return Err(missing());
    }
    let (folder, name) = path.as_str().rsplit_once('/').unwrap_or(("", path.as_str()));
    Ok((value("destFolderPath", folder)?, value("fileName", name)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Result<(String, String), Reject> {
        split(text).map(|(folder, name)| (folder.to_string(), name.to_string()))
    }

    #[test]
    fn a_path_is_a_folder_and_a_name() {
        for (text, folder, name) in [
            ("a.jpg", "/", "a.jpg"),
            ("/a.jpg", "/", "a.jpg"),
            ("Photos/a.jpg", "Photos", "a.jpg"),
            ("/App/User/a.jpg", "/App/User", "a.jpg"),
            ("//App/User/Photos//a.jpg", "//App/User/Photos", "a.jpg"),
        ] {
            assert_eq!(shown(text), Ok((folder.to_owned(), name.to_owned())), "{text}");
        }
    }

    #[test]
    fn what_names_no_file_is_refused() {
        for text in ["Photos/", "/", "//App/User", "//a.jpg"] {
            assert_eq!(shown(text), Err(Reject::new("fileName", Rule::Missing)), "{text}");
        }
        assert_eq!(shown(""), Err(Reject::new("destFolderPath", Rule::Missing)));
        assert_eq!(shown("a/../b"), Err(Reject::new("destFolderPath", Rule::PathCharacter)));
    }
}
