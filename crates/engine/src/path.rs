//! Paths as users write them: relative to an account's root, or absolute with application and user in front.

use larder_proto_nvx::values::Token;

use crate::refusal::Refusal;

/// The most characters of a path, relative to its account's root.
pub const MAX_PATH: usize = 512;
/// The most characters of a file's or a folder's name.
pub const MAX_NAME: usize = 256;
/// The most characters of an application's or an account's name: the documented limit of a user name.
pub const MAX_OWNER: usize = 320;

/// Two of them are no characters to XML, so that no request could name a file that has one.
const FORBIDDEN: [char; 11] = ['\\', '/', ':', '?', '|', '*', '"', '<', '>', '\u{FFFE}', '\u{FFFF}'];

/// Checks the name of a file or a folder.
///
/// # Errors
/// [`Refusal::PathCharacter`] for an empty name, `.`, `..`, a control character, U+FFFE, U+FFFF or one of
/// `\ / : ? | * " < >`; [`Refusal::NameTooLong`] for more than [`MAX_NAME`] characters.
pub fn check_name(name: &str) -> Result<(), Refusal> {
    check_segment(name, MAX_NAME)
}

fn check_segment(name: &str, max: usize) -> Result<(), Refusal> {
    if name.is_empty() || name == "." || name == ".." {
        return Err(Refusal::PathCharacter);
    }
    if name.chars().any(|c| c.is_control() || FORBIDDEN.contains(&c)) {
        return Err(Refusal::PathCharacter);
    }
    if name.chars().count() > max {
        return Err(Refusal::NameTooLong);
    }
    Ok(())
}

/// First segments of URLs that the server keeps for itself.
pub const RESERVED: [&str; 4] = ["api", "portal", "ws", "favicon.ico"];

/// Checks the name of an application or of an account, which stands in URLs where a token or a reserved word may stand
/// too.
///
/// # Errors
/// Those of [`check_name`], with [`MAX_OWNER`] characters; [`Refusal::PathCharacter`] too for what looks like a token, one of [`RESERVED`]
/// in any case, and what ends like a program's page (`.ashx`, `.asmx`).
pub fn check_owner(name: &str) -> Result<(), Refusal> {
    check_segment(name, MAX_OWNER)?;
    let lower = name.to_ascii_lowercase();
    let is_token = Token::is_of_session(name) || Token::is_of_link(name);
    if is_token || RESERVED.contains(&lower.as_str()) || lower.ends_with(".ashx") || lower.ends_with(".asmx") {
        return Err(Refusal::PathCharacter);
    }
    Ok(())
}

/// What a lone `.` means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dot {
    /// The account's root: for the folder of a listing and the destination of an upload.
    Root,
    /// An illegal segment, as everywhere else.
    Refused,
}

/// A path below an account's root, checked and in normal form: no leading, trailing or doubled slashes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RelPath(Vec<String>);

impl RelPath {
    /// Reads a relative path. The empty path, and one of slashes only, is the root.
    ///
    /// # Errors
    /// [`Refusal::PathCharacter`], [`Refusal::NameTooLong`], or [`Refusal::PathTooLong`] for more than [`MAX_PATH`]
    /// characters in normal form.
    pub fn parse(text: &str, dot: Dot) -> Result<Self, Refusal> {
        if dot == Dot::Root && text == "." {
            return Ok(Self::default());
        }
        let mut segments = Vec::new();
        let mut length = 0;
        for segment in text.split('/').filter(|segment| !segment.is_empty()) {
            check_name(segment)?;
            length += segment.chars().count() + usize::from(!segments.is_empty());
            if length > MAX_PATH {
                return Err(Refusal::PathTooLong);
            }
            segments.push(segment.to_owned());
        }
        Ok(Self(segments))
    }

    /// The names from the root down.
    #[must_use]
    pub fn segments(&self) -> &[String] {
        &self.0
    }

    /// Whether this is the account's root.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of characters, slashes between the names included.
    #[must_use]
    pub fn chars(&self) -> usize {
        self.0.iter().map(|name| name.chars().count() + 1).sum::<usize>().saturating_sub(1)
    }

    /// The path as text, in normal form.
    #[must_use]
    pub fn text(&self) -> String {
        self.0.join("/")
    }

    /// The first `count` names of it.
    #[must_use]
    pub fn first(&self, count: usize) -> Self {
        Self(self.0.iter().take(count).cloned().collect())
    }

    /// The folder and the name in it; `None` for the root.
    #[must_use]
    pub fn split_last(&self) -> Option<(&[String], &str)> {
        self.0.split_last().map(|(name, folder)| (folder, name.as_str()))
    }

    /// This path with one more name.
    ///
    /// # Errors
    /// Those of [`check_name`], and [`Refusal::PathTooLong`].
    pub fn join(&self, name: &str) -> Result<Self, Refusal> {
        check_name(name)?;
        let mut segments = self.0.clone();
        segments.push(name.to_owned());
        let joined = Self(segments);
        if joined.chars() > MAX_PATH { Err(Refusal::PathTooLong) } else { Ok(joined) }
    }
}

/// How a path begins, before anyone has looked up the names in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form<'a> {
    /// Relative to the caller's root.
    Relative(&'a str),
    /// `/application/user/rest`: absolute if those names exist, relative otherwise.
    Perhaps(Absolute<'a>),
    /// `//application/user/rest`.
    Absolute(Absolute<'a>),
    /// `//` without an application and a user behind it.
    Broken,
}

/// The parts of an absolute path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Absolute<'a> {
    /// The name or the key of the application.
    pub application: &'a str,
    /// The account's user name.
    pub user: &'a str,
    /// The path below that account's root.
    pub rest: &'a str,
}

impl<'a> Form<'a> {
    /// Looks at the slashes in front and at nothing else.
    #[must_use]
    pub fn of(text: &'a str) -> Self {
        if let Some(rest) = text.strip_prefix("//") {
            return absolute(rest).map_or(Self::Broken, Self::Absolute);
        }
        match text.strip_prefix('/').and_then(absolute) {
            Some(parts) => Self::Perhaps(parts),
            None => Self::Relative(text),
        }
    }
}

fn absolute(text: &str) -> Option<Absolute<'_>> {
    let (application, rest) = text.split_once('/')?;
    let (user, rest) = rest.split_once('/').unwrap_or((rest, ""));
    (!application.is_empty() && !user.is_empty()).then_some(Absolute { application, user, rest })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_are_normalised_and_limits_count_characters() {
        assert_eq!(RelPath::parse("/a//b/", Dot::Refused).unwrap().text(), "a/b");
        assert!(RelPath::parse("/", Dot::Refused).unwrap().is_root());
        let name = "ä".repeat(256);
        assert!(RelPath::parse(&name, Dot::Refused).is_ok());
        assert_eq!(RelPath::parse(&format!("{name}x"), Dot::Refused), Err(Refusal::NameTooLong));
        let path = format!("{name}/{}", "b".repeat(255));
        assert_eq!(RelPath::parse(&path, Dot::Refused).unwrap().chars(), MAX_PATH);
        assert_eq!(RelPath::parse(&format!("{path}b"), Dot::Refused), Err(Refusal::PathTooLong));
    }

    #[test]
    fn dots_and_forbidden_characters_are_refused() {
        for bad in
            [".", "..", "a/./b", "a/..", "a:b", "a\\b", "x?", "x|y", "*", "\"", "<", ">", "a\nb", "a\0b", "a\u{FFFE}", "\u{FFFF}"]
        {
            assert_eq!(RelPath::parse(bad, Dot::Refused), Err(Refusal::PathCharacter), "{bad:?}");
        }
        assert!(RelPath::parse(".", Dot::Root).unwrap().is_root());
        assert!(RelPath::parse("...", Dot::Refused).is_ok());
    }

    #[test]
    fn n57_owners_never_look_like_tokens_or_reserved_words() {
        let link = "Goh7ot5p~BeuoQ45icq~L9TM2Ksh~xT3bfBueAT~Ocp_3AE";
        for bad in ["22b16933-2cd5-40ab-981e-dc9b6cfba06d", link, "WS", "api", "Login.ashx", "a/b", ""] {
            assert_eq!(check_owner(bad), Err(Refusal::PathCharacter), "{bad:?}");
        }
        assert!(check_owner("MyApp").is_ok());
        assert!(check_owner(&"ü".repeat(MAX_OWNER)).is_ok());
        assert_eq!(check_owner(&"a".repeat(MAX_OWNER + 1)), Err(Refusal::NameTooLong));
    }

    #[test]
    fn absolute_paths_show_by_their_slashes() {
        let parts = Absolute { application: "App", user: "u", rest: "a/b" };
        assert_eq!(Form::of("//App/u/a/b"), Form::Absolute(parts));
        assert_eq!(Form::of("/App/u/a/b"), Form::Perhaps(parts));
        assert_eq!(Form::of("/App/u"), Form::Perhaps(Absolute { rest: "", ..parts }));
        assert_eq!(Form::of("/backup"), Form::Relative("/backup"));
        assert_eq!(Form::of("//backup"), Form::Broken);
    }
}
