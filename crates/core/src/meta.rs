//! What is known of an operation without sending it.

/// The facts of one operation, as constants. Built by `const fn`s that refuse nonsense at compile time.
///
/// ```
/// use larder_core::{Meta, Verb};
/// const META: Meta = Meta::unary("IMFS", "DeleteFiles", Verb::Post).session().destroys("files");
/// assert_eq!(META.to_string(), "IMFS/DeleteFiles");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meta {
    /// The group that the document puts it in.
    pub namespace: &'static str,
    /// Its documented name.
    pub name: &'static str,
    /// The HTTP method that our client uses.
    pub verb: Verb,
    /// Whether a file travels beside the message.
    pub kind: Kind,
    /// How the caller proves who it is.
    pub auth: Auth,
    /// What the parameter with the session's token is called, where that differs from the API's other operations.
    pub token_name: Option<&'static str>,
    /// Whether it may be sent again when its reply was lost.
    pub repeat: Repeat,
    /// What is gone for good once it has succeeded.
    pub destroys: Option<&'static str>,
    /// How soon its answer is to be expected.
    pub pace: Pace,
    /// Whether its success ends the session.
    pub ends_session: bool,
    /// Whether its answer holds a secret.
    pub confides: bool,
}

/// An HTTP method. It says nothing about whether repeating is safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// GET
    Get,
    /// POST
    Post,
    /// PUT
    Put,
}

impl Verb {
    /// As it stands in a request.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }
}

impl From<Verb> for http::Method {
    fn from(verb: Verb) -> Self {
        match verb {
            Verb::Get => Self::GET,
            Verb::Post => Self::POST,
            Verb::Put => Self::PUT,
        }
    }
}

/// Whether a file travels beside the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// No: request and answer are small.
    Unary,
    /// The request carries a file.
    Upload,
    /// The answer is a file.
    Download,
}

/// How the caller proves who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// Not at all, or by fields of the operation itself (a login).
    Own,
    /// By the token of a session, or by the static key that stands for one.
    Session,
    /// By a session token if there is one: public items need none.
    MaybeSession,
}

/// Whether an operation may be sent again when nobody knows if it was carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Doing it twice is the same as doing it once.
    Safe,
    /// The second time is refused in a way that tells, as long as nobody else changes the same thing in between: see
    /// [`Operation::recover`](crate::Operation::recover). Of what has a number of its own, it then does no more than doing
    /// it once. A *name* can be given again: a removal that is repeated after a pause (at most
    /// [`Policy::cap`](crate::Policy) and what the network takes) also removes what another has made under that name
    /// meanwhile.
    Telling,
    /// Doing it twice does more, or fails where once succeeds.
    Unsafe,
}

impl Repeat {
    /// As one word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Telling => "telling",
            Self::Unsafe => "unsafe",
        }
    }
}

/// How soon an answer is to be expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// As soon as of any other operation of its kind.
    Usual,
    /// Much later: services are known to take their time over it.
    Slow,
}

impl Meta {
    const fn new(namespace: &'static str, name: &'static str, verb: Verb, kind: Kind) -> Self {
        assert!(!namespace.is_empty() && !name.is_empty(), "an operation has a namespace and a name");
        let (auth, repeat, pace) = (Auth::Own, Repeat::Unsafe, Pace::Usual);
        Self {
            namespace,
            name,
            verb,
            kind,
            auth,
            token_name: None,
            repeat,
            destroys: None,
            pace,
            ends_session: false,
            confides: false,
        }
    }

    /// An operation without a file; unsafe to repeat until said otherwise.
    #[must_use]
    pub const fn unary(namespace: &'static str, name: &'static str, verb: Verb) -> Self {
        Self::new(namespace, name, verb, Kind::Unary)
    }

    /// An operation that sends a file.
    #[must_use]
    pub const fn upload(namespace: &'static str, name: &'static str, verb: Verb) -> Self {
        assert!(!matches!(verb, Verb::Get), "a GET has no body to carry a file");
        Self::new(namespace, name, verb, Kind::Upload)
    }

    /// An operation that fetches a file.
    #[must_use]
    pub const fn download(namespace: &'static str, name: &'static str) -> Self {
        Self::new(namespace, name, Verb::Get, Kind::Download).safe()
    }

    /// It needs a session.
    #[must_use]
    pub const fn session(mut self) -> Self {
        self.auth = Auth::Session;
        self
    }

    /// It needs a session, whose token stands in a parameter of this name.
    #[must_use]
    pub const fn session_as(mut self, token_name: &'static str) -> Self {
        self.token_name = Some(token_name);
        self.session()
    }

    /// It uses a session if there is one.
    #[must_use]
    pub const fn maybe_session(mut self) -> Self {
        self.auth = Auth::MaybeSession;
        self
    }

    /// It may be repeated.
    #[must_use]
    pub const fn safe(mut self) -> Self {
        assert!(self.destroys.is_none(), "what destroys something is not safe to repeat");
        self.repeat = Repeat::Safe;
        self
    }

    /// It may be repeated, and a refusal may then mean that it was carried out before.
    #[must_use]
    pub const fn telling(mut self) -> Self {
        assert!(matches!(self.repeat, Repeat::Unsafe), "said once");
        self.repeat = Repeat::Telling;
        self
    }

    /// Its success ends the session that it was made with.
    #[must_use]
    pub const fn ends_session(mut self) -> Self {
        assert!(matches!(self.auth, Auth::Session), "it is made with a session");
        self.ends_session = true;
        self
    }

    /// Its answer holds a secret: one that cannot be read is not kept in errors.
    #[must_use]
    pub const fn confides(mut self) -> Self {
        self.confides = true;
        self
    }

    /// It destroys `what` for good.
    #[must_use]
    pub const fn destroys(mut self, what: &'static str) -> Self {
        assert!(!matches!(self.repeat, Repeat::Safe), "what destroys something is not safe to repeat");
        self.destroys = Some(what);
        self
    }

    /// Its answer takes long: see [`Clocks::of`](crate::Clocks::of).
    #[must_use]
    pub const fn slow(mut self) -> Self {
        self.pace = Pace::Slow;
        self
    }
}

impl core::fmt::Display for Meta {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_is_called_what_it_is_sent_as() {
        for verb in [Verb::Get, Verb::Post, Verb::Put] {
            assert_eq!(http::Method::from(verb).as_str(), verb.as_str());
        }
        let words = [Repeat::Safe, Repeat::Telling, Repeat::Unsafe].map(Repeat::as_str);
        assert_eq!(words, ["safe", "telling", "unsafe"]);
    }
}
