//! Paths of files and folders, as callers write them.

use larder_core::Rule;
use serde::{Deserialize, Deserializer};

use super::{UserName, is_printable, looks_like, text_value};

/// The longest relative path, in characters.
const MAX_PATH: usize = 512;
/// The longest name of a file or folder, in characters.
const MAX_NAME: usize = 256;
/// What no name may have, beside what cannot be printed.
pub(super) const NOT_IN_NAMES: &[char] = &['/', '\\', ':', '?', '|', '*', '"', '<', '>'];
/// The same without the delimiter.
const NOT_IN_PATHS: &[char] = NOT_IN_NAMES.split_at(1).1;
/// The longest path with an application and a user in front.
#[cfg(feature = "schema")]
const MAX_WRITTEN: usize = "//".len() + 2 * (UserName::MAX + "/".len()) + MAX_PATH;

/// The path of a file or a folder, relative to the account's root or absolute.
///
/// `//App/User/p` is always absolute. `/App/User/p` is so only if that application and that user exist, which a caller
/// cannot tell; everything else is relative. Trailing slashes are dropped, repeated ones within the path count as one.
///
/// A name has at most 256 characters, a relative path 512. A prefix that may be the application and the user does not count
/// here; a server counts again when it knows. Backslash, `: ? | * " < >`, control characters, what XML cannot hold, and the
/// segments `.` and `..` are refused.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(String);

impl Path {
    /// The path as it goes on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names along the path; those of an absolute path begin with the application and the user.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/').filter(|name| !name.is_empty())
    }

    /// The last name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.segments().next_back().unwrap_or_default()
    }

    /// Whether the path begins with an application and a user for certain.
    #[must_use]
    pub fn is_absolute(&self) -> bool {
        self.0.starts_with("//")
    }

    /// Whether the path begins with an application and a user if there are such.
    #[must_use]
    pub fn may_be_absolute(&self) -> bool {
        self.0.starts_with('/') && self.segments().nth(1).is_some()
    }
}

impl TryFrom<String> for Path {
    type Error = Rule;

    fn try_from(text: String) -> Result<Self, Rule> {
        let path = normal(&text)?;
        if path.bytes().all(|byte| byte == b'/') { Err(Rule::Missing) } else { Ok(Self(path)) }
    }
}

/// The path of a folder: as [`Path`], and empty, `.` or `/` for the account's root, which is written as `/`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FolderPath(Path);

impl FolderPath {
    /// The account's root folder.
    #[must_use]
    pub fn root() -> Self {
        Self(Path("/".to_owned()))
    }

    /// Whether this is the account's root folder.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.segments().next().is_none()
    }

    /// The path as it goes on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The names along the path; none for the root.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.segments()
    }

    /// Whether the path begins with an application and a user for certain.
    #[must_use]
    pub fn is_absolute(&self) -> bool {
        self.0.is_absolute()
    }

    /// Whether the path begins with an application and a user if there are such.
    #[must_use]
    pub fn may_be_absolute(&self) -> bool {
        self.0.may_be_absolute()
    }
}

impl Default for FolderPath {
    fn default() -> Self {
        Self::root()
    }
}

impl From<Path> for FolderPath {
    fn from(path: Path) -> Self {
        Self(path)
    }
}

impl TryFrom<String> for FolderPath {
    type Error = Rule;

    fn try_from(text: String) -> Result<Self, Rule> {
        if text.trim_end_matches('/') == "." {
            return Ok(Self::root());
        }
        let path = normal(&text)?;
        if path.bytes().all(|byte| byte == b'/') { Ok(Self::root()) } else { Ok(Self(Path(path))) }
    }
}

/// `#[serde(deserialize_with)]` for a folder whose `.` is refused, as that of every path but those of listings and uploads.
pub(crate) fn without_dot<'de, D: Deserializer<'de>>(deserializer: D) -> Result<FolderPath, D::Error> {
    let text = String::deserialize(deserializer)?;
    let dot = text.split('/').any(|name| name == ".");
    let path = if dot { Err(Rule::PathCharacter) } else { FolderPath::try_from(text) };
    path.map_err(serde::de::Error::custom)
}

/// The name of a file or a folder: one segment of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileName(String);

impl FileName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for FileName {
    type Error = Rule;

    fn try_from(text: String) -> Result<Self, Rule> {
        if text.is_empty() {
            return Err(Rule::Missing);
        }
        if text.contains('/') {
            return Err(Rule::PathCharacter);
        }
        check_name(&text).map(|()| Self(text))
    }
}

text_value!(Path);
text_value!(FolderPath);
text_value!(FileName);
looks_like!(Path, {
    "type": "string",
    "minLength": 1,
    "maxLength": MAX_WRITTEN,
    "pattern": super::schema::without(NOT_IN_PATHS),
    "$comment": limits(),
});
looks_like!(FolderPath, {
    "type": "string", "maxLength": MAX_WRITTEN, "pattern": super::schema::without(NOT_IN_PATHS), "$comment": limits()
});
looks_like!(FileName, {
    "type": "string",
    "minLength": 1,
    "maxLength": MAX_NAME,
    "pattern": super::schema::without(NOT_IN_NAMES),
});

/// The limits in words: a prefix makes `maxLength` say more than what counts.
#[cfg(feature = "schema")]
fn limits() -> String {
    format!("At most {MAX_PATH} characters, {MAX_NAME} in each name")
}

/// Whether a character may stand in a name: not the delimiter, which the callers look for themselves.
pub(super) fn is_allowed(c: char) -> bool {
    is_printable(c) && !NOT_IN_PATHS.contains(&c)
}

fn check_name(name: &str) -> Result<(), Rule> {
    check_name_of(name, MAX_NAME)
}

fn check_name_of(name: &str, most: usize) -> Result<(), Rule> {
    if matches!(name, "." | "..") || !name.chars().all(is_allowed) {
        return Err(Rule::PathCharacter);
    }
    if name.chars().count() > most { Err(Rule::NameTooLong) } else { Ok(()) }
}

/// The path with at most two leading slashes and single ones between its names.
fn normal(text: &str) -> Result<String, Rule> {
    let rooted = text.bytes().take_while(|byte| *byte == b'/').take(2).count();
    let mut path = "/".repeat(rooted);
    let names = || text.split('/').filter(|name| !name.is_empty());
    let prefix = if rooted > 0 && names().nth(1).is_some() { 2 } else { 0 };
    for (at, name) in names().enumerate() {
        // The names of an application and of an account may be longer than those of files.
        check_name_of(name, if at < prefix { UserName::MAX } else { MAX_NAME })?;
        if !path.is_empty() && !path.ends_with('/') {
            path.push('/');
        }
        path.push_str(name);
    }
    let relative: usize = names().skip(prefix).map(|name| name.chars().count() + 1).sum();
    if relative.saturating_sub(1) > MAX_PATH { Err(Rule::PathTooLong) } else { Ok(path) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Result<String, Rule> {
        text.parse::<Path>().map(|path| path.to_string())
    }

    #[test]
    fn slashes_are_counted_once_and_lead_at_most_twice() {
        let shown = ["web/index.html", "web//index.html/", "/App/User/web//", "////App/User"].map(path);
        insta::assert_debug_snapshot!(shown, @r#"
        [
            Ok(
                "web/index.html",
            ),
            Ok(
                "web/index.html",
            ),
            Ok(
                "/App/User/web",
            ),
            Ok(
                "//App/User",
            ),
        ]
        "#);
        assert!("//App/User/x".parse::<Path>().is_ok_and(|path| path.is_absolute() && path.name() == "x"));
        assert!("/App/User".parse::<Path>().is_ok_and(|path| !path.is_absolute() && path.may_be_absolute()));
        assert!("/App".parse::<Path>().is_ok_and(|path| !path.may_be_absolute()));
    }

    #[test]
    fn illegal_characters_and_dot_segments_are_refused() {
        for text in ["a\\b", "a:b", "a?", "a|b", "*", "\"", "<", ">", "a\u{7}", "a\u{FFFE}", ".", "..", "a/./b", "a/../b", "/.."]
        {
            assert_eq!(path(text), Err(Rule::PathCharacter), "{text:?}");
        }
        assert_eq!(path("..."), Ok("...".to_owned()));
    }

    #[test]
    fn only_a_folder_may_be_the_root() {
        for text in ["", "/", "//", ".", "./"] {
            let folder: FolderPath = text.parse().unwrap();
            assert!(folder.is_root(), "{text:?}");
            assert_eq!(folder.as_str(), "/");
        }
        assert_eq!(path(""), Err(Rule::Missing));
        assert_eq!(path("//"), Err(Rule::Missing));
        assert_eq!("../".parse::<FolderPath>(), Err(Rule::PathCharacter));
        assert!(!"a".parse::<FolderPath>().unwrap().is_root());
    }

    #[test]
    fn the_names_of_owners_may_be_longer() {
        let owner = "u".repeat(320);
        assert!(path(&format!("//App/{owner}/x")).is_ok());
        assert!(path(&format!("/{owner}/u")).is_ok());
        assert_eq!(path(&format!("//App/{owner}u/x")), Err(Rule::NameTooLong));
        assert_eq!(path(&format!("App/{owner}/x")), Err(Rule::NameTooLong));
        assert_eq!(path(&format!("//App/u/{}", "x".repeat(257))), Err(Rule::NameTooLong));
    }

    #[test]
    fn n16_lengths_are_characters_of_the_relative_path() {
        let name = "ä".repeat(256);
        assert_eq!(path(&name), Ok(name.clone()));
        assert_eq!(path(&format!("{name}x")), Err(Rule::NameTooLong));
        let longest = format!("{}/{}", "a".repeat(256), "b".repeat(255));
        assert_eq!(path(&longest), Ok(longest.clone()));
        assert_eq!(path(&format!("{longest}b")), Err(Rule::PathTooLong));
        for absolute in [format!("//App/User/{longest}"), format!("/App/User/{longest}")] {
            assert_eq!(path(&absolute), Ok(absolute.clone()));
            assert_eq!(path(&format!("{absolute}b")), Err(Rule::PathTooLong));
        }
    }

    #[test]
    fn a_file_name_is_one_segment() {
        let name = |text: &str| text.parse::<FileName>().map(|name| name.to_string());
        assert_eq!(name("a b.txt"), Ok("a b.txt".to_owned()));
        assert_eq!(name(""), Err(Rule::Missing));
        assert_eq!(name("a/b"), Err(Rule::PathCharacter));
        assert_eq!(name(".."), Err(Rule::PathCharacter));
        assert_eq!(name(&"a".repeat(257)), Err(Rule::NameTooLong));
    }
}
