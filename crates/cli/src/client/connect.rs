//! Which service, and who asks.

use std::path::{Path, PathBuf};

use clap::Args;
use larder::blocking::{Options, e2, nvx};
use larder::larder_core::{Api, Secret, Settings, Target};
use larder_server::init::Wanted;

use super::Ended;

/// Prefer the environment or the file for secrets: other users of the machine can see a program's arguments.
#[derive(Args)]
#[command(next_help_heading = "Connection")]
pub(super) struct Connection {
    /// The service.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080", env = "LARDER_URL")]
    url: String,
    /// A JSON file as `larder serve` leaves it in its data folder: `app_key`, `master_user`, `master_password`, `e2_api_key`.
    /// What is given otherwise goes before it.
    #[arg(long, value_name = "FILE", env = "LARDER_CREDENTIALS")]
    credentials: Option<PathBuf>,
    /// The application's key.
    #[arg(long, value_name = "KEY", env = "LARDER_APP_KEY", hide_env_values = true)]
    app_key: Option<String>,
    /// The account's name [default: the file's master].
    #[arg(long, value_name = "NAME", env = "LARDER_USER")]
    user: Option<String>,
    /// The account's password; the file's is its master's alone.
    #[arg(long, value_name = "PASSWORD", env = "LARDER_PASSWORD", hide_env_values = true)]
    password: Option<String>,
    /// The key of the reseller API.
    #[arg(long, value_name = "KEY", env = "LARDER_E2_API_KEY", hide_env_values = true)]
    e2_api_key: Option<String>,
    /// Write down all that the call does and is told, for `larder replay`. Secrets are replaced by placeholders; the contents of
    /// files that are transferred are in it as they are, twice: it is about three times as long as what is transferred. Of several
    /// calls, each has a file: the next ones are FILE.2, FILE.3 and so on. A FILE that exists is refused.
    #[arg(long, value_name = "FILE", value_parser = crate::journal::new_file())]
    journal: Option<PathBuf>,
}

impl Connection {
    /// A client of Nirvanix Web Services.
    pub(super) fn nvx(&self) -> Result<nvx::Client, Ended> {
        let client = nvx::Client::new(&self.url, self.login()?)?;
        Ok(client.with_options(self.options()))
    }

    /// A client of the reseller API.
    pub(super) fn e2(&self) -> Result<e2::Client, Ended> {
        let key = self.e2_api_key.clone().map(Secret::from).or(self.file()?.e2_api_key);
        let key = key.ok_or_else(|| missing("the key of the reseller API", "LARDER_E2_API_KEY"))?;
        let client = e2::Client::new(&self.url, key)?;
        Ok(client.with_options(self.options()))
    }

    /// How the service is reached.
    pub(super) fn settings<A: Api>(&self) -> Result<Settings<A>, Ended> {
        Ok(Settings::new(Target::parse(&self.url)?))
    }

    /// How connections are made, and who hears of it.
    pub(super) fn options(&self) -> Options {
        Options { journal: crate::journal::files(self.journal.as_deref()), ..Options::default() }
    }

    fn login(&self) -> Result<nvx::Credentials, Ended> {
        let file = self.file()?;
        let app_key = self.app_key.clone().or(file.app_key);
        let app_key = app_key.ok_or_else(|| missing("the application's key", "LARDER_APP_KEY"))?;
        // Another account's password is not the master's.
        let is_master = self.user.is_none() || self.user == file.master_user;
        let password = self.password.clone().map(Secret::from).or(file.master_password.filter(|_| is_master));
        let user = self.user.clone().or(file.master_user).ok_or_else(|| missing("the account's name", "LARDER_USER"))?;
        let password = password.ok_or_else(|| missing("the account's password", "LARDER_PASSWORD"))?;
        Ok(nvx::Credentials::new(app_key, user, password))
    }

    fn file(&self) -> Result<Wanted, Ended> {
        let Some(path) = &self.credentials else { return Ok(Wanted::default()) };
        let text = std::fs::read(path).map_err(|error| at(path, error))?;
        serde_json::from_slice(&text).map_err(|error| at(path, error))
    }
}

fn missing(what: &str, variable: &str) -> Ended {
    Ended::new(Ended::VALUE, format_args!("{what} is missing: give {variable}, or --credentials FILE"))
}

/// Something wrong with a file here.
pub(super) fn at(path: &Path, error: impl std::fmt::Display) -> Ended {
    Ended::new(Ended::HERE, format_args!("{}: {error}", path.display()))
}
