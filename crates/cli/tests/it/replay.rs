//! `larder replay`: journals of calls whose clock is ours, so that they are the same each time.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;
use std::sync::mpsc;

use larder::larder_core::journal::{Recipe, Recorded};
use larder::larder_core::wire::ResponseHead;
use larder::larder_core::{
    Action, Call, ClientMachine, Failure, Input, Machine, Meta, Misuse, Phase, Policy, Session, Settings, Shared, Target, Time,
};
use larder::nvx::authentication::Login;
use larder::nvx::imfs::ListFolder;
use larder::nvx::values::{FolderPath, PageNumber};
use larder::nvx::{Fault, Nvx};

use crate::client::asking;
use crate::process::{Running, credentials, folder, larder};

const PASSWORD: &str = "hunter2 & more";
const TOKEN: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

fn settings() -> Settings<Nvx> {
    Settings::new(Target::parse("http://larder.example").unwrap())
}

fn call(settings: Settings<Nvx>) -> Call<ListFolder> {
    Call::new(ListFolder::new(FolderPath::root(), PageNumber::FIRST, "10".parse().unwrap()), settings)
}

/// A journal of a call whose exchanges are answered with these bodies; where there is none, they break.
fn journal<M: ClientMachine<Nvx>>(machine: M, answers: &[Option<String>]) -> Vec<u8> {
    let login =
        Login { app_key: "app-key".parse().unwrap(), user_name: "me".parse().unwrap(), password: PASSWORD.parse().unwrap() };
    let mut shared = Shared::new(Session::with_login(login), 7);
    let (out, lines) = mpsc::channel();
    let mut call = Recorded::new(machine, move |line: &[u8]| drop(out.send(line.to_vec())));
    let (mut now, mut answers) = (Time::ZERO, answers.iter());
    loop {
        match call.poll(now, &mut shared) {
            Action::Open { at, .. } => call.handle(Input::Connected { at }).unwrap(),
            Action::Write { at, .. } => call.handle(Input::Wrote { at }).unwrap(),
            Action::Finish { at } => match answers.next().unwrap() {
                Some(body) => {
                    call.handle(Input::Head { at, head: ResponseHead(http::Response::new(())) }).unwrap();
                    call.handle(Input::Data { at, chunk: body.clone().into() }).unwrap();
                    call.handle(Input::End { at }).unwrap();
                }
                None => {
                    let (failure, detail) = (Failure::Reset, Some("Connection reset by peer".into()));
                    call.handle(Input::Failed { at, failure, phase: Phase::Await, detail }).unwrap();
                }
            },
            Action::Wait { until, .. } => now = until.unwrap(),
            Action::Done(_) => break,
            Action::Abort { .. } | Action::Feed { .. } | Action::Data { .. } | Action::Note(_) => {}
        }
    }
    drop(call);
    lines.try_iter().flatten().collect()
}

fn token() -> Option<String> {
    Some(format!("{{\"ResponseCode\":0,\"SessionToken\":\"{TOKEN}\"}}"))
}

fn listing() -> Option<String> {
    let page = "\"TotalFolderCount\":0,\"TotalFileCount\":0,\"PageFolderCount\":0,\"PageFileCount\":0,\"Folder\":[],\"File\":[]";
    Some(format!("{{\"ResponseCode\":0,\"ListFolder\":{{{page}}}}}"))
}

fn replay(folder: &Path, journal: &[u8], more: &[&str]) -> Output {
    std::fs::write(folder.join("a.journal"), journal).unwrap();
    let mut program = larder();
    program.current_dir(folder).args(["replay", "a.journal"]).args(more).output().unwrap()
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let shown = format!("{}\n{}{}", output.status, text(&output.stdout), text(&output.stderr));
    assert!(!shown.contains("hunter2") && !shown.contains(TOKEN), "{shown}");
    shown
}

#[test]
fn a_call_that_succeeds() {
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(call(settings()), &[token(), listing()]);
    insta::assert_snapshot!(said(&replay(folder.path(), &journal, &[])));
    assert_eq!(said(&replay(folder.path(), &journal, &["--quiet"])), "exit status: 0\n");
}

#[test]
fn a_call_that_is_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(call(settings()), &[token(), None, listing()]);
    insta::assert_snapshot!(said(&replay(folder.path(), &journal, &[])));
}

/// It says that it tries as often as any other, and does not.
struct Hasty(Call<ListFolder>);

impl Machine for Hasty {
    type Shared = Shared<Nvx>;
    type Action = Action<<Call<ListFolder> as ClientMachine<Nvx>>::Answer, Fault>;
    type Input = Input;

    fn poll(&mut self, now: Time, shared: &mut Self::Shared) -> Self::Action {
        self.0.poll(now, shared)
    }

    fn handle(&mut self, input: Input) -> Result<(), Misuse> {
        self.0.handle(input)
    }
}

impl ClientMachine<Nvx> for Hasty {
    type Answer = <Call<ListFolder> as ClientMachine<Nvx>>::Answer;

    fn about(&self) -> (&'static Meta, &str) {
        self.0.about()
    }

    fn abandon(&mut self, shared: &mut Self::Shared) {
        self.0.abandon(shared);
    }

    fn recipe(&self) -> Option<Recipe> {
        call(settings()).recipe()
    }
}

#[test]
fn a_call_that_differs() {
    let folder = tempfile::tempdir().unwrap();
    let once = Settings { policy: Policy { attempts: 1, ..Policy::default() }, ..settings() };
    let journal = journal(Hasty(call(once)), &[token(), None]);
    let output = replay(folder.path(), &journal, &["--quiet"]);
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(said(&output));
}

#[test]
fn a_journal_that_is_none_or_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(call(settings()), &[token(), listing()]);
    let none = replay(folder.path(), b"no journal\n", &[]);
    assert_eq!(said(&none), "exit status: 1\nlarder: a.journal: line 1: this is no journal\n");
    let cut = replay(folder.path(), &journal[..journal.len() - 9], &["--quiet"]);
    assert!(said(&cut).contains("the journal ends in the middle of it"), "{cut:?}");
}

#[test]
fn quickstart_writes_journals_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("small.bin"), b"a small file").unwrap();
    let mut program = larder();
    let output = program.current_dir(folder.path()).args(["quickstart", "--journal", "q.journal", "small.bin"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let journals = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let journals: Vec<_> = journals.filter(|path| path.to_string_lossy().contains("q.journal")).collect();
    assert!(journals.len() > 5, "{journals:?}");
    for path in journals {
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let replayed = larder().arg("replay").arg("--quiet").arg(&path).output().unwrap();
        assert!(replayed.status.success(), "{path:?}: {replayed:?}");
    }
}

#[test]
fn commands_of_the_client_write_journals_that_come_to_the_same() {
    let (folder, data) = folder();
    let serving = Running::serve(&data);
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let content: Vec<u8> = (0..300_000_u32).map(|number| (number % 251) as u8).collect();
    let (here, again) = (at("here.bin"), at("again.bin"));
    std::fs::write(&here, &content).unwrap();
    for (journal, arguments) in [
        ("list", vec!["call", "ListFolder", "folderPath=/", "pageNumber=1", "pageSize=10"]),
        ("no", vec!["call", "DeleteFiles", "filePath=/nothing"]),
        ("users", vec!["call", "ListUsers"]),
        ("up", vec!["upload", &here, "Docs/there.bin"]),
        ("down", vec!["download", "Docs/there.bin", &again]),
    ] {
        let journal = at(journal);
        let output = asking(&serving, &data).args(&arguments).args(["--journal", &journal]).output().unwrap();
        let written = std::fs::read_to_string(&journal).unwrap_or_else(|error| panic!("{error}: {output:?}"));
        for secret in ["app_key", "master_password", "e2_api_key"] {
            assert!(!written.contains(credentials(&data)[secret].as_str().unwrap()), "{arguments:?}");
        }
        let replayed = larder().args(["replay", "--quiet", &journal]).output().unwrap();
        assert!(replayed.status.success(), "{arguments:?}: {replayed:?}");
    }
    assert_eq!(std::fs::read(again).unwrap(), content);
}

/// It was made of something that nobody writes down.
struct Unwritten(Hasty);

impl Machine for Unwritten {
    type Shared = Shared<Nvx>;
    type Action = <Hasty as Machine>::Action;
    type Input = Input;

    fn poll(&mut self, now: Time, shared: &mut Self::Shared) -> Self::Action {
        self.0.poll(now, shared)
    }

    fn handle(&mut self, input: Input) -> Result<(), Misuse> {
        self.0.handle(input)
    }
}

impl ClientMachine<Nvx> for Unwritten {
    type Answer = <Hasty as ClientMachine<Nvx>>::Answer;

    fn about(&self) -> (&'static Meta, &str) {
        self.0.about()
    }

    fn abandon(&mut self, shared: &mut Self::Shared) {
        self.0.abandon(shared);
    }
}

#[test]
fn what_has_no_recipe_is_explained_and_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(Unwritten(Hasty(call(settings()))), &[token(), listing()]);
    let output = replay(folder.path(), &journal, &[]);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("is done: FolderListing") && said.contains("can be read, not repeated"), "{said}");
}

#[test]
fn what_a_peer_says_commands_no_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let text = format!("\u{1b}]0;pwned\u{7}\n\u{9b}2J\u{202e}{}", "\u{1b}[2J");
    let fault = format!("{{\"ResponseCode\":100,\"ErrorMessage\":{}}}", serde_json::to_string(&text).unwrap());
    let journal = journal(call(settings()), &[Some(fault)]);
    let output = replay(folder.path(), &journal, &[]);
    let said = said(&output);
    assert!(said.contains("pwned"), "{said}");
    assert!(said.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'), "{said:?}");
    let lines = |line: &str| line.starts_with("    0.") || line.starts_with("      ");
    let all: Vec<&str> = said.lines().skip(3).collect();
    assert!(all[..all.len() - 2].iter().all(|line| lines(line)), "{all:?}");
}

#[test]
fn what_has_no_end_is_no_journal() {
    let output = larder().args(["replay", "/dev/zero"]).output().unwrap();
    assert_eq!(said(&output), "exit status: 1\nlarder: /dev/zero: line 1: this is no journal\n");
}

#[test]
fn a_journal_overwrites_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("kept.journal");
    std::fs::write(&kept, "kept").unwrap();
    let output = larder().args(["call", "ListUsers", "--journal"]).arg(&kept).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(said(&output).contains("it exists already"));
    assert_eq!(std::fs::read(&kept).unwrap(), b"kept");
}
