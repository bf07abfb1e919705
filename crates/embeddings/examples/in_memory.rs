//! No IO at all: the client's machine and the server's in one loop, with a clock that is a variable. One reply is lost.
//!
//! ```toml
//! [dependencies]
//! larder-core = "0.1"
//! larder-proto-nvx = "0.1"
//! ```
//!
//! 33 packages, 2 of them Larder's.
//! `cargo run -p larder-embeddings --example in_memory`

use std::{collections::BTreeSet, collections::VecDeque, error::Error};

use larder_core::{Action, Call, ClientMachine, Credential, Duty, Exchange, ExchangeId, Failure, Input, Machine, Phase, Serving};
use larder_core::{Session, Settings, Shared, Target, Time, Told};
use larder_proto_nvx::authentication::{LoggedIn, Login};
use larder_proto_nvx::imfs::{CreateFolders, FolderEntry, FolderListing, FolderPage, ListFolder};
use larder_proto_nvx::transfer::{Download, Downloaded};
use larder_proto_nvx::values::{PageNumber, Path};
use larder_proto_nvx::{Answer, Code, Done, Fault, Nvx, Request};

type Result<T, E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

const CONTENT: &[u8] = &[7; 100_000];

fn main() -> Result<()> {
    let settings = Settings::new(Target::parse("http://nobody.example")?);
    let login = Login { app_key: "key".parse()?, user_name: "ada".parse()?, password: "correct horse".parse()? };
    let mut world = World::new(Session::with_login(login));
    let folder: Path = "Photos".parse()?;
    world.drive(Call::new(CreateFolders { folder_paths: folder.clone().into() }, settings.clone()), &mut Vec::new())?;
    world.loses = true;
    let list = ListFolder::new(folder.clone().into(), PageNumber::FIRST, 100.try_into()?);
    let listed = world.drive(Call::new(list, settings.clone()), &mut Vec::new())?.list_folder.folders;
    println!("listed {:?} at {:?}, although a reply was lost", listed.iter().map(|it| &it.name).collect::<Vec<_>>(), world.now);
    let mut fetched = Vec::new();
    world.drive(Call::new(Download::new("Photos/file".parse()?), settings), &mut fetched)?;
    if fetched == CONTENT && listed.len() == 1 && !world.loses { Ok(()) } else { Err("something else came back".into()) }
}

/// Both ends, and what is on its way between them.
pub(crate) struct World {
    shared: Shared<Nvx>,
    now: Time,
    server: Option<(ExchangeId, Exchange<Nvx>)>,
    up: VecDeque<Told<Nvx>>,
    down: VecDeque<Input>,
    folders: BTreeSet<String>,
    loses: bool,
}

impl World {
    pub(crate) fn new(session: Session<Nvx>) -> Self {
        let (shared, up, down, folders) = (Shared::new(session, 1), VecDeque::new(), VecDeque::new(), BTreeSet::new());
        Self { shared, now: Time::ZERO, server: None, up, down, folders, loses: false }
    }

    /// Drives the client's `machine` to its end, and the server's as far as that needs it.
    pub(crate) fn drive<M: ClientMachine<Nvx>>(&mut self, mut machine: M, sink: &mut Vec<u8>) -> Result<M::Answer> {
        loop {
            match machine.poll(self.now, &mut self.shared) {
                Action::Open { at, head, .. } => {
                    self.server = Some((at, Exchange::new(head, Serving::default())));
                    (self.up, self.down) = (VecDeque::new(), VecDeque::from([Input::Connected { at }]));
                }
                Action::Write { at, chunk } => {
                    self.up.push_back(Told::Data(chunk));
                    self.down.push_back(Input::Wrote { at });
                }
                Action::Finish { .. } => self.up.push_back(Told::End),
                Action::Abort { .. } => self.server = None,
                Action::Feed { .. } => machine.handle(Input::BodyGone)?,
                Action::Data { chunk, .. } => sink.extend_from_slice(&chunk),
                Action::Note(note) => println!("({note:?})"),
                Action::Wait { until, .. } => match self.down.pop_front() {
                    Some(input) => machine.handle(input)?,
                    // When neither end has anything to do, the time has come.
                    None if !self.serve()? => self.now = until.unwrap_or(self.now),
                    None => {}
                },
                Action::Done(result) => return Ok(result?),
            }
        }
    }

    /// One step of the server's machine: whether there was one.
    fn serve(&mut self) -> Result<bool> {
        let Some((at, mut exchange)) = self.server.take() else { return Ok(false) };
        let told = match exchange.poll(self.now, &mut ()) {
            Duty::Identify(Credential::Session(it)) if it.expose() != "token" => {
                Some(Told::Refused(Code::SessionNotFound.into()))
            }
            Duty::Identify(_) => Some(Told::Identified),
            Duty::Serve(request) => Some(Told::Reply(self.answer(request))),
            Duty::Open { .. } if std::mem::take(&mut self.loses) => {
                self.down.push_back(Input::Failed { at, failure: Failure::Reset, phase: Phase::Send, detail: None });
                return Ok(true);
            }
            Duty::Open { head, .. } => self.say(Input::Head { at, head }),
            Duty::Write(chunk) => self.say(Input::Data { at, chunk }).or(Some(Told::Wrote)),
            Duty::Finish => self.say(Input::End { at }),
            Duty::Feed { offset, max } => {
                let rest = &CONTENT[offset as usize..];
                Some(Told::Body { offset, chunk: rest[..rest.len().min(max)].into() })
            }
            Duty::Wait { on, .. } => match self.up.pop_front().filter(|_| on.peer) {
                None => {
                    self.server = Some((at, exchange));
                    return Ok(false);
                }
                told => told,
            },
            Duty::Done(_) | Duty::Abort => return Ok(true),
            Duty::File(_) | Duty::Chunk(_) | Duty::FileEnd | Duty::FilesEnd => None,
        };
        told.map_or(Ok(()), |told| exchange.handle(told))?;
        self.server = Some((at, exchange));
        Ok(true)
    }

    fn say(&mut self, input: Input) -> Option<Told<Nvx>> {
        self.down.push_back(input);
        None
    }

    /// The service.
    fn answer(&mut self, request: Request) -> Result<Answer, Fault> {
        if let Request::AuthenticationLogin(login) = &request {
            let is_right = login.password.expose() == "correct horse";
            let token = LoggedIn { session_token: "token".into() };
            return is_right.then_some(Answer::AuthenticationLogin(token)).ok_or(Code::LoginFailed.into());
        }
        if let Request::ImfsCreateFolders(create) = &request {
            self.folders.extend(create.folder_paths.as_slice().iter().map(ToString::to_string));
            return Ok(Answer::ImfsCreateFolders(Done {}));
        }
        if let Request::ImfsListFolder(_) = &request {
            let folder = |name: &String| FolderEntry { name: name.clone(), path: name.clone(), ..FolderEntry::default() };
            let folders: Vec<_> = self.folders.iter().map(folder).collect();
            let list_folder = FolderPage { total_folder_count: folders.len() as u64, folders, ..FolderPage::default() };
            return Ok(Answer::ImfsListFolder(FolderListing { list_folder }));
        }
        if let Request::TransferDownload(_) = &request {
            let length = Some(CONTENT.len() as u64);
            return Ok(Answer::TransferDownload(Downloaded { total: length, length, ..Downloaded::default() }));
        }
        Err(Code::UnsupportedOperation.into())
    }
}
