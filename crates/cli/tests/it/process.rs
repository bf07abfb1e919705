//! Processes that end with the test, however it ends.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// The longest that a test waits for anything. Nothing takes that long unless it is broken.
pub(crate) const PATIENCE: Duration = Duration::from_secs(50);

/// The program, with nothing of its own in the environment.
pub(crate) fn larder() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_larder"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LARDER_")) {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// Runs the program to its end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    larder().args(arguments).output().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A temporary folder, and a data folder to be in it.
pub(crate) fn folder() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").to_str().unwrap().to_owned();
    (folder, data)
}

/// The credentials that `serve` left.
pub(crate) fn credentials(data: &str) -> Value {
    serde_json::from_slice(&std::fs::read(Path::new(data).join("credentials.json")).unwrap()).unwrap()
}

/// A process that is read line by line.
pub(crate) struct Running {
    child: Child,
    lines: Receiver<String>,
    /// What it said on standard output so far.
    pub(crate) said: Vec<String>,
    stderr: TempDir,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        let stderr = tempfile::tempdir().unwrap();
        let errors = File::create(stderr.path().join("stderr")).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(errors).spawn().unwrap();
        let lines = read(child.stdout.take().unwrap());
        Self { child, lines, said: Vec::new(), stderr }
    }

    /// Starts `larder serve` on a free port, and waits until it is ready.
    pub(crate) fn serve(data: &str) -> Self {
        let mut running = Self::start(larder().args(["serve", "--data", data, "--listen", "127.0.0.1:0"]));
        running.until("ready");
        running
    }

    /// Starts a process, waits until it is ready, and closes its standard output and error.
    pub(crate) fn unheard(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stderr.take());
        let mut out = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let said = out.by_ref().take_while(|line| line != "ready").collect();
        Self { child, lines: channel().1, said, stderr: tempfile::tempdir().unwrap() }
    }

    /// Waits for a line that begins like this.
    pub(crate) fn until(&mut self, begins: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("no {begins:?}: {:?} {}", self.said, self.errors()));
            self.said.push(line.clone());
            if line.starts_with(begins) {
                return line;
            }
        }
    }

    /// The host and port that it serves.
    pub(crate) fn host(&self) -> String {
        let line = self.said.iter().find_map(|line| line.split_once("http://")).unwrap();
        line.1.split('/').next().unwrap().to_owned()
    }

    pub(crate) fn terminate(&self) {
        let kill = format!("kill -TERM {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Ends it without asking.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end.
    pub(crate) fn end(&mut self) -> ExitStatus {
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => self.said.push(line),
                Err(RecvTimeoutError::Disconnected) => return self.child.wait().unwrap(),
                Err(RecvTimeoutError::Timeout) => panic!("it does not end: {:?} {}", self.said, self.errors()),
            }
        }
    }

    /// What it said on standard error so far.
    pub(crate) fn errors(&self) -> String {
        text(&std::fs::read(self.stderr.path().join("stderr")).unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(stdout: ChildStdout) -> Receiver<String> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}
