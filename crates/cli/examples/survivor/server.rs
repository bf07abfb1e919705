//! `larder serve`, as a child process that can be killed.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use larder_server::{Config, Server};
use tokio::net::TcpListener;

use crate::Failure;

/// The first argument that makes this program a server.
pub(crate) const SERVE: &str = "serve";

/// Serves the data folder, and prints its address, until it is killed.
pub(crate) fn serve(data: &Path) -> Result<(), Failure> {
    let server = Server::open(data, Config::default())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        server.run(listener, std::future::pending()).await;
        Ok(())
    })
}

/// A server in a process of its own.
pub(crate) struct Running(Child);

impl Running {
    /// Starts one, and waits until it listens.
    pub(crate) fn start(data: &Path) -> Result<(Self, SocketAddr), Failure> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut child = command.arg(SERVE).arg(data).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        Ok((Self(child), line.trim().parse()?))
    }

    /// `kill -9`
    pub(crate) fn kill(mut self) -> Result<(), Failure> {
        self.0.kill()?;
        self.0.wait()?;
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
