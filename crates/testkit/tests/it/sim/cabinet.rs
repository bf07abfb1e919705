//! The service: the engine in memory, behind the handlers that `larder serve` uses.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use larder_core::operation::{Inspect, Requests};
use larder_core::wire::FileHead;
use larder_core::{Credential, Kind, Operation, Repeat, Secret, Time};
use larder_engine::engine::{Destination, Founding};
use larder_engine::handlers::nvx::{Known, Nirvanix, Receiving, Sending};
use larder_engine::rules::uploads::{FirstByte, UploadTerms};
use larder_engine::{Caller, Contact, Engine, Parts};
use larder_proto_nvx::transfer::AppendFile;
use larder_proto_nvx::{Answer, Code, Fault, Nvx, Request, dispatch};
use larder_testkit::sim::{Dice, Tally};
use larder_testkit::{Served, Service};

use super::surroundings::{HERE, Wall, at_once, parts};

/// The user that all clients are.
pub(super) const USER: &str = "boss";
/// Its password.
pub(super) const PASSWORD: &str = "canary-password-5rX2";
/// The application's key.
pub(super) const APP_KEY: &str = "canary00-a99c-4e7b-8d1f-5f3c2b1a0987";
/// Another user, of whom some have forgotten the password.
pub(super) const CHILD: &str = "kid";
/// Its password.
pub(super) const CHILDS_PASSWORD: &str = "canary-childs-3kW8";
/// The host that is asked.
pub(super) const HOST: &str = "nvx.test";

/// The service, and what it remembers of what it was asked.
pub(super) struct Cabinet {
    nirvanix: Nirvanix,
    parts: Parts,
    wall: Arc<Wall>,
    dice: Dice,
    /// Of a hundred requests, how many are refused for now although nothing is wrong with them.
    ill: u64,
    /// Of a hundred requests, before how many the session or the upload's token ends.
    hasty: u64,
    /// Of a hundred downloads of a part, how many are answered with the whole file, as services may.
    pub(super) deaf: u64,
    /// How often each request was carried out that must not be repeated.
    pub(super) executed: BTreeMap<String, u64>,
    /// Whether there is [`CHILD`].
    pub(super) has_child: bool,
    /// How often its login was refused.
    pub(super) refused: u64,
    /// The tokens that were handed out.
    pub(super) issued: Vec<String>,
    pub(super) tally: Tally,
    /// Bytes of files that came, in all attempts together.
    pub(super) taken: u64,
}

/// A file under way.
pub(super) enum Moving {
    In(Box<Receiving>),
    Out(Box<Sending>),
    Gone,
}

impl Cabinet {
    /// A service with one account and nothing in it.
    pub(super) fn new(mut dice: Dice, ill: u64, hasty: u64) -> Self {
        let (wall, parts) = parts(dice.noise());
        let engine = Engine::in_memory(parts.clone()).unwrap();
        let founding = Founding {
            master: USER.into(),
            password: PASSWORD.into(),
            application: "App".into(),
            app_key: Some(APP_KEY.into()),
            api_key: None,
        };
        engine.found(founding).unwrap();
        let nirvanix = Nirvanix { engine: Arc::new(engine), storage_host: None, download_host: None };
        let (executed, issued, tally) = (BTreeMap::new(), Vec::new(), Tally::default());
        let (has_child, refused) = (false, 0);
        Self { nirvanix, parts, wall, dice, ill, hasty, deaf: 0, executed, has_child, refused, issued, tally, taken: 0 }
    }

    /// Every upload token that was handed out has ended.
    pub(super) fn end_tokens(&self) {
        self.wall.leap(73 * 3_600_000);
    }

    pub(super) fn engine(&self) -> &Arc<Engine> {
        &self.nirvanix.engine
    }

    /// Whoever looks without being noticed.
    pub(super) fn insider(&self) -> Caller {
        self.engine().login(APP_KEY, USER, &Secret::new(PASSWORD), HERE).unwrap().caller
    }

    pub(super) fn admit_child(&mut self) {
        let password = Secret::new(CHILDS_PASSWORD);
        self.engine().create_child_account(&self.insider(), CHILD, &password, Contact::new()).unwrap();
        self.has_child = true;
    }

    /// Whether the child's own password is accepted, which it is not while the account is locked.
    pub(super) fn lets_child_in(&self) -> bool {
        self.engine().login(APP_KEY, CHILD, &Secret::new(CHILDS_PASSWORD), HERE).is_ok()
    }

    /// Puts a file there, as if it had been there before.
    pub(super) fn put(&self, folder: &str, name: &str, content: &[u8]) {
        let token = self.engine().grant_upload(&self.insider(), UploadTerms::default()).wait().unwrap();
        let to = Destination { token, peer: HERE, folder: Some(folder.into()), first_byte: FirstByte::Enforced };
        let mut upload = self.engine().begin_upload(&to).unwrap();
        upload.file(&[], name, None).unwrap();
        upload.push(content).unwrap();
        upload.end_file(None).unwrap();
    }

    /// Puts another file in the place of one; false while somebody else does.
    pub(super) fn replace(&self, folder: &str, name: &str, content: &[u8]) -> bool {
        let terms = UploadTerms { folder: Some(folder.into()), overwrite: true, ..UploadTerms::default() };
        let token = self.engine().grant_upload(&self.insider(), terms).wait().unwrap();
        let to = Destination { token, peer: HERE, folder: Some(folder.into()), first_byte: FirstByte::Enforced };
        let Ok(mut upload) = self.engine().begin_upload(&to) else { return false };
        upload.file(&[], name, None).is_ok() && upload.push(content).is_ok() && upload.end_file(None).is_ok()
    }

    /// A new process: what was in memory only is gone.
    pub(super) fn restart(&mut self) {
        self.tally.add("restarts");
        let empty = Arc::new(Engine::in_memory(self.parts.clone()).unwrap());
        let engine = core::mem::replace(&mut self.nirvanix.engine, empty);
        let engine = Arc::into_inner(engine).unwrap_or_else(|| panic!("somebody keeps the engine of before"));
        self.nirvanix.engine = Arc::new(engine.restarted(self.parts.clone()).unwrap());
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "no other answer hands a token out")]
    fn note(&mut self, answer: &Answer) {
        match answer {
            Answer::AuthenticationLogin(answer) => self.issued.push(answer.session_token.expose().to_owned()),
            Answer::ImfsGetStorageNode(answer) | Answer::ImfsGetStorageNodeExtended(answer) => {
                self.issued.push(answer.upload_token.expose().to_owned())
            }
            Answer::ImfsGetOptimalUrls(answer) => {
                self.issued.extend(answer.downloads.iter().map(|link| link.download_token.expose().to_owned()))
            }
            _ => {}
        }
    }
}

impl Service<Nvx> for Cabinet {
    type Caller = Known;
    type Transfer = Moving;

    fn tick(&mut self, now: Time) {
        self.wall.set(now);
    }

    fn identify(&mut self, _: Time, credential: Credential) -> Result<Known, Fault> {
        if !matches!(credential, Credential::None) && self.dice.percent(self.hasty) {
            let (what, hours) = *self.dice.pick(&[("sessions ended", 1), ("upload tokens ended", 73)]);
            self.tally.add(what);
            self.wall.leap(hours * 3_600_000);
        }
        self.nirvanix.identify(HERE, HOST, credential)
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "all but these are messages")]
    fn serve(&mut self, _: Time, known: &Known, request: Request) -> Result<Served<Nvx, Moving>, Fault> {
        if self.dice.percent(self.ill) {
            self.tally.add("refused for now");
            return Err(Code::Database.into());
        }
        if let Some(once) = request.inspect(Once) {
            *self.executed.entry(once).or_default() += 1;
        }
        match request {
            Request::TransferUpload(upload) => {
                let receiving = self.nirvanix.receive(known, &upload)?;
                Ok(Served::Upload(Moving::In(Box::new(receiving))))
            }
            Request::TransferDownload(mut download) => {
                if download.range.is_some() && self.dice.percent(self.deaf) {
                    self.tally.add("ranges ignored");
                    (download.range, download.if_range) = (None, None);
                }
                let (answer, sending) = self.nirvanix.send(known, &download)?;
                Ok(Served::Download(answer, Moving::Out(Box::new(sending))))
            }
            Request::TransferUpdate(update) => {
                let receiving = self.nirvanix.receive_update(known, &update)?;
                Ok(Served::Upload(Moving::In(Box::new(receiving))))
            }
            request => {
                let is_childs = matches!(&request, Request::AuthenticationLogin(login) if login.user_name.as_str() == CHILD);
                let answer = at_once(dispatch(&self.nirvanix, &known.asker, request));
                self.refused += u64::from(is_childs && answer.is_err());
                let answer = answer?;
                self.note(&answer);
                Ok(Served::Answer(answer))
            }
        }
    }

    fn file(&mut self, moving: &mut Moving, head: FileHead) -> Result<(), Fault> {
        if let Moving::In(receiving) = moving { receiving.file(&head) } else { Ok(()) }
    }

    fn chunk(&mut self, moving: &mut Moving, chunk: Bytes) -> Result<(), Fault> {
        self.taken += chunk.len() as u64;
        if let Moving::In(receiving) = moving { receiving.chunk(&chunk) } else { Ok(()) }
    }

    fn file_end(&mut self, moving: &mut Moving) -> Result<(), Fault> {
        if let Moving::In(receiving) = moving { receiving.file_end() } else { Ok(()) }
    }

    fn files_end(&mut self, moving: &mut Moving) -> Result<Option<Answer>, Fault> {
        match core::mem::replace(moving, Moving::Gone) {
            Moving::In(receiving) => receiving.finish().map(Some),
            Moving::Out(_) | Moving::Gone => Ok(None),
        }
    }

    fn read(&mut self, moving: &mut Moving, offset: u64, max: usize) -> Option<Bytes> {
        if let Moving::Out(sending) = moving { sending.read(offset, max).ok() } else { None }
    }
}

/// A message that must not be carried out twice, as text; nothing of what may be, nor the pieces of a file, whose content tells.
pub(super) struct Once;

impl Inspect for Once {
    type Output = Option<String>;

    fn inspect<O: Operation>(self, request: &O) -> Option<String> {
        let is_piece = O::META.name == AppendFile::META.name;
        (O::META.kind == Kind::Unary && O::META.repeat == Repeat::Unsafe && !is_piece).then(|| format!("{request:?}"))
    }
}
