//! A client that is another program.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use larder_server::init::Credentials;

use crate::Failure;

/// Lets it upload the file, and prints what it says.
pub(crate) fn upload(began: Instant, program: &str, url: &str, who: &Credentials, file: &Path) -> Result<(), Failure> {
    let mut command = Command::new(program);
    command.args([url, who.app_key.as_str(), who.master_user.as_str(), who.master_password.expose()]).arg(file);
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    for said in BufReader::new(child.stdout.take().ok_or("no output")?).lines() {
        println!("{:>8.3} s  program {}", began.elapsed().as_secs_f64(), said?);
    }
    let status = child.wait()?;
    if status.success() { Ok(()) } else { Err(format!("{program} ended with {status}").into()) }
}
