//! `larder call`.

use std::any::Any;

use clap::Args;
use larder::larder_core::operation::{Names, Visit};
use larder::larder_core::{Api, Auth, Kind, Operation, Reject, Session, Settings};
use larder::larder_transport::blocking::Client;
use larder::{e2, nvx};

use super::connect::Connection;
use super::pairs::{self, Pair};
use super::{Ended, STATUS};
use crate::Failure;
use crate::api::{self, Entry};

/// Calls any operation of either API but those that move files, and prints the answer as JSON. Parameters keep to the rules and
/// limits of `larder api --describe OPERATION`: what breaks one is not sent.
///
/// Nothing is asked before something is destroyed: `--plan` shows the request instead of sending it.
#[derive(Args)]
#[command(after_help = STATUS)]
pub(crate) struct Arguments {
    /// Its name as documented. Case does not matter; where two have one name, `Namespace/Name` tells them apart.
    operation: String,
    /// A parameter; `KEY@=FILE` takes the value from a file, or from standard input for `-`: secrets belong there. A list is a
    /// parameter that is repeated.
    #[arg(value_name = "KEY=VALUE", value_parser = pairs::parse)]
    parameters: Vec<Pair>,
    /// The operations of this API only.
    #[arg(long)]
    api: Option<api::Api>,
    /// Print the request, secrets redacted, and send nothing.
    #[arg(long)]
    plan: bool,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let entries = api::entries();
    let entry = api::find(&entries, arguments.api, &arguments.operation).map_err(|error| Ended::new(Ended::VALUE, error))?;
    let text = match entry.api {
        api::Api::E2 => arguments.make::<e2::E2>(entry),
        api::Api::Nvx => arguments.make::<nvx::Nvx>(entry),
    }?;
    api::write(text.trim_end())
}

impl Arguments {
    fn make<A: Spoken>(&self, entry: &Entry) -> Result<String, Ended> {
        if entry.meta.kind != Kind::Unary {
            let instead = if entry.meta.kind == Kind::Download { "download" } else { "upload" };
            let text = format_args!("{} moves a file: `larder {instead}` does that", entry.meta);
            return Err(Ended::new(Ended::VALUE, text));
        }
        let name = A::Names::ALL.iter().find(|name| format!("{name:?}") == entry.variant);
        let name = *name.ok_or_else(|| Ended::new(Ended::VALUE, "no such operation"))?;
        let pairs = self.parameters.iter().map(|pair| Ok((pair.name.clone(), pair.value()?)));
        let pairs: Vec<(String, String)> = pairs.collect::<Result<_, Ended>>()?;
        let client = if entry.meta.auth == Auth::Own {
            Client::new(Session::none(), self.connection.options())
        } else {
            A::client(&self.connection)?
        };
        name.visit(Making::<A> { entry, client, settings: self.connection.settings()?, pairs, is_planned: self.plan })
    }
}

/// A parameter that the operation does not have is a mistake, though services pass over it.
fn check(entry: &Entry, known: &[String], pairs: &[(String, String)]) -> Result<(), Ended> {
    let is_known = |name: &str| known.iter().any(|known| known.eq_ignore_ascii_case(name));
    let Some((name, _)) = pairs.iter().find(|(name, _)| !is_known(name)) else { return Ok(()) };
    let known = if known.is_empty() { "it has none".to_owned() } else { format!("it has {}", known.join(", ")) };
    let text = format_args!("{} has no parameter `{}`: {known}", entry.meta, name.escape_debug());
    Err(Ended::new(Ended::VALUE, text))
}

/// An API that can be spoken to with parameters by name.
trait Spoken: Api {
    /// Its client, with what proves who asks.
    fn client(connection: &Connection) -> Result<Client<Self>, Ended>;
    /// The names of an operation's parameters.
    fn names<O: Operation>(entry: &Entry) -> Vec<String>;
    /// The request of these parameters, by the API's own decoder.
    fn request<O: Operation>(pairs: &[(String, String)]) -> Result<O, Reject>;
    /// The answer as the API's JSON.
    fn answer<O: Operation>(answer: &O::Answer) -> Result<serde_json::Value, Failure>;
}

impl Spoken for e2::E2 {
    fn client(connection: &Connection) -> Result<Client<Self>, Ended> {
        Ok(connection.e2()?.transport().clone())
    }

    fn names<O: Operation>(entry: &Entry) -> Vec<String> {
        (entry.describe)().parameters.into_iter().map(|field| field.name).collect()
    }

    fn request<O: Operation>(pairs: &[(String, String)]) -> Result<O, Reject> {
        e2::from_pairs(pairs)
    }

    fn answer<O: Operation>(answer: &O::Answer) -> Result<serde_json::Value, Failure> {
        Ok(serde_json::to_value(answer)?)
    }
}

impl Spoken for nvx::Nvx {
    fn client(connection: &Connection) -> Result<Client<Self>, Ended> {
        Ok(connection.nvx()?.transport().clone())
    }

    fn names<O: Operation>(_: &Entry) -> Vec<String> {
        nvx::codec::form::names::<O>().into_iter().map(str::to_owned).collect()
    }

    fn request<O: Operation>(pairs: &[(String, String)]) -> Result<O, Reject> {
        nvx::codec::form::from_pairs(pairs)
    }

    fn answer<O: Operation>(answer: &O::Answer) -> Result<serde_json::Value, Failure> {
        Ok(serde_json::from_str(&nvx::codec::json::answer(0, None, answer)?)?)
    }
}

/// Makes the call of an operation that is known by name only, or shows its request.
struct Making<'e, A: Api> {
    entry: &'e Entry,
    client: Client<A>,
    settings: Settings<A>,
    pairs: Vec<(String, String)>,
    is_planned: bool,
}

impl<A: Spoken> Visit for Making<'_, A> {
    type Output = Result<String, Ended>;

    fn visit<O: Operation>(self) -> Self::Output {
        check(self.entry, &A::names::<O>(self.entry), &self.pairs)?;
        let operation: O = A::request(&self.pairs)?;
        // All operations of a catalog are of one API, which a visitor's signature does not say.
        let it: Box<dyn Any> = Box::new((self.client, self.settings));
        let Ok(it) = it.downcast::<(Client<O::Api>, Settings<O::Api>)>() else {
            return Err(Ended::new(Ended::VALUE, format_args!("{} is an operation of another API", O::META)));
        };
        let (client, settings) = *it;
        if self.is_planned {
            return Ok(client.plan(&operation, &settings)?.to_string());
        }
        let answer = client.call(operation, settings).map_err(|error| Ended::from(&*error))?;
        let answer = A::answer::<O>(&answer).map_err(|error| Ended::new(Ended::FAILED, error))?;
        serde_json::to_string_pretty(&answer).map_err(|error| Ended::new(Ended::FAILED, error))
    }
}
