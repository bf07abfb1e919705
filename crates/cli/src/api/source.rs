//! What the two APIs say of an operation, each in its own way.

use larder::larder_core::operation::Names;
use larder::larder_core::schema::Schemas;
use larder::larder_core::{self, Auth, Kind, Meta};
use larder::{e2, nvx};

use super::Api;
use super::description::{Description, describe};

/// One operation of either API.
pub(crate) struct Entry {
    pub(crate) api: Api,
    pub(crate) meta: &'static Meta,
    /// What its type is called, with its namespace where the API has some.
    pub(crate) variant: String,
    /// What proves who asks.
    pub(crate) credential: &'static str,
    pub(crate) describe: Box<dyn Fn() -> Description>,
}

/// All operations of both APIs, in their catalogs' order.
pub(crate) fn entries() -> Vec<Entry> {
    of::<e2::E2>().chain(of::<nvx::Nvx>()).collect()
}

fn of<A: Described>() -> impl Iterator<Item = Entry> {
    A::Names::ALL.iter().map(|name| Entry {
        api: A::API,
        meta: name.meta(),
        variant: format!("{name:?}"),
        credential: A::credential(name.meta()),
        describe: Box::new(|| describe::<A>(*name)),
    })
}

/// An API whose operations can be described.
pub(super) trait Described: larder_core::Api<Names: Schemas> {
    const API: Api;

    /// What proves who asks, in a word.
    fn credential(meta: &Meta) -> &'static str;
    /// The same in a sentence.
    fn authentication(meta: &Meta) -> String;
    /// Its path by REST.
    fn address(name: Self::Names) -> String;
    /// What SOAP calls it, if it can be called so.
    fn soap_action(name: Self::Names) -> Option<String>;
    /// What it may be refused with.
    fn faults(name: Self::Names) -> Vec<Self::Fault>;
    /// The code and the text of a refusal.
    fn code_and_text(fault: &Self::Fault) -> (String, &str);
}

impl Described for e2::E2 {
    const API: Api = Api::E2;

    fn credential(meta: &Meta) -> &'static str {
        if meta.auth == Auth::Own { "none" } else { "key" }
    }

    fn authentication(meta: &Meta) -> String {
        if meta.auth == Auth::Own { "none".to_owned() } else { format!("the API key, in the header `{}`", e2::KEY) }
    }

    fn address(name: e2::Name) -> String {
        e2::describe::address(name)
    }

    fn soap_action(_: e2::Name) -> Option<String> {
        None
    }

    fn faults(name: e2::Name) -> Vec<e2::Fault> {
        e2::describe::faults(name)
    }

    fn code_and_text(fault: &e2::Fault) -> (String, &str) {
        (fault.code.as_str().to_owned(), fault.message.trim())
    }
}

impl Described for nvx::Nvx {
    const API: Api = Api::Nvx;

    fn credential(meta: &Meta) -> &'static str {
        match (meta.auth, meta.kind) {
            (Auth::Own, Kind::Upload) => "upload-token",
            (Auth::Own, Kind::Unary | Kind::Download) => "own",
            (Auth::Session, _) => "session",
            (Auth::MaybeSession, _) => "session-if-any",
        }
    }

    fn authentication(meta: &Meta) -> String {
        let token = meta.token_name.unwrap_or(nvx::SESSION_TOKEN);
        match (meta.auth, meta.kind) {
            (Auth::Own, Kind::Upload) => "the upload token among its parameters".to_owned(),
            (Auth::Own, Kind::Unary | Kind::Download) => "its own parameters".to_owned(),
            (Auth::Session, _) => format!("a session's token, as the parameter `{token}`"),
            (Auth::MaybeSession, _) => "a session's or a link's token in the path; public files need none".to_owned(),
        }
    }

    fn address(name: nvx::Name) -> String {
        nvx::describe::address(name)
    }

    fn soap_action(name: nvx::Name) -> Option<String> {
        (name.meta().kind == Kind::Unary).then(|| nvx::codec::soap::action(name.meta()))
    }

    fn faults(name: nvx::Name) -> Vec<nvx::Fault> {
        name.faults().iter().map(|code| nvx::Fault::from(*code)).collect()
    }

    fn code_and_text(fault: &nvx::Fault) -> (String, &str) {
        (fault.code.to_string(), fault.code.text())
    }
}
