//! `larder init`.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use larder_server::init::{Credentials, Wanted, init};

use crate::Failure;

/// What is not given is made up. Prefer the file or the environment for secrets: other users of the machine can see a
/// program's arguments.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The data folder; made if it is missing.
    #[arg(long, value_name = "DIR", default_value = "larder-data", env = "LARDER_DATA")]
    data: PathBuf,
    /// How to print the credentials.
    #[arg(long, value_enum, default_value_t = Output::Text)]
    output: Output,
    /// A JSON file with any of the keys that `--output json` prints.
    #[arg(long, value_name = "FILE")]
    credentials: Option<PathBuf>,
    /// The application's name, as it stands in paths [default: App].
    #[arg(long, value_name = "NAME", env = "LARDER_APP_NAME")]
    app_name: Option<String>,
    /// The application's key [default: random].
    #[arg(long, value_name = "KEY", env = "LARDER_APP_KEY", hide_env_values = true)]
    app_key: Option<String>,
    /// The master account's name [default: master].
    #[arg(long, value_name = "NAME", env = "LARDER_MASTER_USER")]
    master_user: Option<String>,
    /// The master account's password [default: random].
    #[arg(long, value_name = "PASSWORD", env = "LARDER_MASTER_PASSWORD", hide_env_values = true)]
    master_password: Option<String>,
    /// The key of the reseller API [default: random].
    #[arg(long, value_name = "KEY", env = "LARDER_E2_API_KEY", hide_env_values = true)]
    e2_api_key: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Output {
    Text,
    Json,
}

pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    let from_file = match &arguments.credentials {
        Some(path) => {
            let text = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
            serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", path.display()))?
        }
        None => Wanted::default(),
    };
    let wanted = Wanted {
        app_name: arguments.app_name,
        app_key: arguments.app_key,
        master_user: arguments.master_user,
        master_password: arguments.master_password.map(Into::into),
        e2_api_key: arguments.e2_api_key.map(Into::into),
    };
    let credentials = init(&arguments.data, wanted.or(from_file))?;
    let text = match arguments.output {
        Output::Text => text(&credentials),
        Output::Json => serde_json::to_string_pretty(&credentials)? + "\n",
    };
    let mut stdout = std::io::stdout();
    // Nobody can ask for them again.
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(|error| {
        format!("the service is there, but its credentials could not be printed ({error}): remove the folder and begin anew")
    })?;
    if let Output::Text = arguments.output {
        crate::warn("Keep these: they are not stored in the clear, and are not shown again.");
    }
    Ok(())
}

fn text(credentials: &Credentials) -> String {
    let Credentials { app_name, app_key, master_user, master_password, e2_api_key } = credentials;
    format!(
        "application      {app_name}\napplication key  {app_key}\nmaster user      {master_user}\nmaster password  {}\n\
         e2 API key       {}\n",
        master_password.expose(),
        e2_api_key.expose()
    )
}
