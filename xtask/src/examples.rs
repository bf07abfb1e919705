//! Examples compile, and those that talk to a service run against `larder serve`.

use crate::{Result, workspace};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const EMBEDDINGS: &str = "larder-embeddings";

/// Package and name of each example that is run with the arguments `URL APP_KEY USER PASSWORD`.
const AGAINST_A_SERVICE: &[(&str, &str)] = &[
    ("larder", "blocking"),
    (EMBEDDINGS, "blocking_std"),
    (EMBEDDINGS, "mio_ten"),
    (EMBEDDINGS, "recording"),
    (EMBEDDINGS, "smol"),
    (EMBEDDINGS, "tokio_by_hand"),
];

/// The same, with the arguments `URL E2_API_KEY`.
const AGAINST_E2: &[(&str, &str)] = &[(EMBEDDINGS, "e2_ureq")];

/// The same, without any.
const ALONE: &[(&str, &str)] = &[(EMBEDDINGS, "in_memory"), (EMBEDDINGS, "server_hyper"), ("larder-testkit", "simulate")];

const APP_KEY: &str = "11111111-1111-4111-8111-111111111111";
const E2_KEY: &str = "a-key-of-the-reseller-API-for-these-examples-only";
const USER: &str = "master";
const PASSWORD: &str = "for these examples only";

/// Builds all examples and runs those on the list.
///
/// # Errors
/// The first that does not compile or ends with another status than 0.
pub fn run() -> Result<()> {
    workspace::run(workspace::cargo(&["build", "--workspace", "--examples", "--locked"]))?;
    workspace::run(workspace::cargo(&["build", "-p", "larder-cli", "--locked"]))?;
    let service = Service::start()?;
    for (package, example) in AGAINST_A_SERVICE {
        run_one(package, example, &service.arguments())?;
    }
    for (package, example) in AGAINST_E2 {
        run_one(package, example, &[&service.url, E2_KEY])?;
    }
    drop(service);
    for (package, example) in ALONE {
        run_one(package, example, &[])?;
    }
    survive()
}

fn run_one(package: &str, example: &str, arguments: &[&str]) -> Result<()> {
    println!("{package}: {example}");
    let mut command = workspace::cargo(&["run", "--quiet", "--locked", "-p", package, "--example", example, "--"]);
    command.args(arguments);
    workspace::run(command)
}

/// A file is uploaded while its server is killed twice, a session ends and a reply is lost: by our own client, and by the
/// shortest of the embeddings. It is large enough to go in pieces.
fn survive() -> Result<()> {
    let target = workspace::metadata()?.target_directory.into_std_path_buf();
    let thirty = target.join("debug/examples/thirty").display().to_string();
    run_one("larder-cli", "survivor", &["128"])?;
    run_one("larder-cli", "survivor", &["80", &thirty])
}

/// A service over a folder of its own; both end when this is dropped.
pub(crate) struct Service {
    url: String,
    child: Child,
    data: PathBuf,
}

impl Service {
    pub(crate) fn start() -> Result<Self> {
        let target = workspace::metadata()?.target_directory.into_std_path_buf();
        let (larder, data) = (target.join("debug/larder"), target.join(format!("examples-{}", std::process::id())));
        let mut init = larder_command(&larder, "init", &data);
        init.args(["--app-key", APP_KEY, "--master-user", USER, "--master-password", PASSWORD, "--e2-api-key", E2_KEY]);
        workspace::output(init)?;
        let mut serve = larder_command(&larder, "serve", &data);
        let mut child = serve.args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn()?;
        let lines = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
        let mut service = Self { url: String::new(), child, data };
        for line in lines {
            let line = line?;
            if let Some(url) = line.split_whitespace().find_map(|word| word.strip_suffix("/ws/")) {
                url.clone_into(&mut service.url);
            }
            if line == "ready" {
                return Ok(service);
            }
        }
        Err("larder serve ended before it was ready".into())
    }

    /// What an example is run with.
    pub(crate) fn arguments(&self) -> [&str; 4] {
        [&self.url, APP_KEY, USER, PASSWORD]
    }
}

fn larder_command(larder: &Path, subcommand: &str, data: &Path) -> Command {
    let mut command = Command::new(larder);
    command.arg(subcommand).arg("--data").arg(data);
    command
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may be gone already, and then so is what there was to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.data);
    }
}
