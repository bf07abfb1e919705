//! The server and its clients, all in this process, with real HTTP between them.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use larder::larder_core::Secret;
use larder::{Options, e2, nvx};
use larder_server::init::{CREDENTIALS_FILE, Credentials, found_if_empty};
use larder_server::{Config, Server, endpoints};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::report::{in_url, quoted};
use crate::{Failure, say};

/// The data folder. What is only needed meanwhile, perhaps the data too, goes when this does.
pub(super) struct Folder {
    path: PathBuf,
    temporary: TempDir,
}

impl Folder {
    pub(super) fn open(data: Option<&Path>) -> Result<Self, Failure> {
        let temporary = tempfile::Builder::new().prefix("larder-").tempdir()?;
        let path = data.map_or_else(|| temporary.path().join("data"), Path::to_owned);
        found_if_empty(&path)?;
        Ok(Self { path, temporary })
    }

    /// Where a file that is only needed meanwhile can be made.
    pub(super) fn scratch(&self) -> &Path {
        self.temporary.path()
    }

    fn credentials(&self) -> Result<Credentials, Failure> {
        let path = self.path.join(CREDENTIALS_FILE);
        let text = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(serde_json::from_slice(&text)?)
    }
}

/// A running server, and who uses it.
pub(super) struct World {
    base: String,
    pub(super) credentials: Credentials,
    pub(super) master: nvx::Client,
    pub(super) child_name: String,
    pub(super) child_password: Secret,
    pub(super) child: nvx::Client,
    pub(super) reseller: e2::Client,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

impl World {
    pub(super) async fn start(folder: &Folder, keep: bool, journal: Option<&Path>) -> Result<Self, Failure> {
        let credentials = folder.credentials()?;
        let server = Server::open(&folder.path, Config::default())?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        for (name, url) in endpoints(address) {
            say(format_args!("{name:<24} {url}"));
        }
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(async move {
            let until = async { stopped.await.unwrap_or_default() };
            server.run(listener, until).await;
        });
        let base = format!("http://{address}");
        let (child_name, child_password) = (format!("guest-{}", stamp()?), random_password()?);
        let options = Options { journal: crate::journal::files(journal), ..Options::default() };
        let client = |user: &str, password: &str| {
            let client = nvx::Client::new(&base, nvx::Credentials::new(credentials.app_key.as_str(), user, password));
            client.map(|client| client.with_options(options.clone()))
        };
        let master = client(&credentials.master_user, credentials.master_password.expose())?;
        let child = client(&child_name, &child_password)?;
        let reseller = e2::Client::new(&base, credentials.e2_api_key.clone())?.with_options(options.clone());
        let child_password = Secret::from(child_password);
        let world = Self { base, credentials, master, child_name, child_password, child, reseller, stop, server };
        world.explain(folder, keep)?;
        Ok(world)
    }

    pub(super) fn base(&self) -> &str {
        &self.base
    }

    pub(super) async fn create_child(&self, password: &str) -> Result<(), Failure> {
        Ok(self.master.create_child_account(&self.child_name, password).await?)
    }

    /// Where the curl lines have their variables from, if there will be a server to try them on. Only who could read the
    /// data folder can read it.
    fn explain(&self, folder: &Folder, keep: bool) -> Result<(), Failure> {
        if !keep {
            say("\nWith --keep the curl lines below can be tried by hand.\n");
            return Ok(());
        }
        let path = folder.path.join("quickstart.env");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path)?;
        let Credentials { app_name, app_key, master_user, master_password, e2_api_key } = &self.credentials;
        for (name, value) in [
            ("BASE", self.base.as_str()),
            // It stands in URLs only.
            ("APP", &in_url(app_name)),
            ("APP_KEY", app_key),
            ("CHILD", &self.child_name),
            ("CHILD_PASSWORD", self.child_password.expose()),
            ("MASTER", master_user),
            ("MASTER_PASSWORD", master_password.expose()),
            ("E2_API_KEY", e2_api_key.expose()),
        ] {
            writeln!(file, "{name}={}", quoted(value))?;
        }
        say("\nThe curl lines below take their variables from this file, and tokens from the logins:");
        say(format_args!("    . {}\n", quoted(&path.display().to_string())));
        Ok(())
    }

    pub(super) async fn stop(self) -> Result<(), Failure> {
        // It may have ended by itself: then there is nobody to tell.
        let _ = self.stop.send(());
        // Pooled connections would be waited for.
        drop((self.master, self.child, self.reseller));
        self.server.await?;
        Ok(())
    }
}

/// Something that is different in every run.
fn stamp() -> Result<String, Failure> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    Ok(format!("{:x}", now.as_millis()))
}

fn random_password() -> Result<String, Failure> {
    let made_up = larder_engine::engine::generate(&larder_engine::env::SystemRandom)?;
    Ok(made_up.password.expose().to_owned())
}
