//! The service: resellers' users, regions and keys in the engine, behind the handlers that `larder serve` uses.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use larder_core::operation::{Inspect, Requests};
use larder_core::{Credential, Operation, Repeat, Secret, Time};
use larder_engine::engine::Founding;
use larder_engine::handlers::e2::{self, Reseller};
use larder_engine::types::AccountId;
use larder_engine::{Engine, Parts};
use larder_proto_e2::{
    Answer, CreateAccessKey, CreateUser, DisableUser, E2, Email, EnableUserRegion, EncodedPassword, Fault, ListAccessKeys,
    ListUserRegions, ListUsers, Permissions, Quota, Request, StorageDn, User, dispatch,
};
use larder_testkit::sim::{Dice, Tally};
use larder_testkit::{Served, Service};

use crate::nvx::parse;
use crate::sim::cabinet::Once;
use crate::sim::surroundings::{Wall, at_once, parts};

/// What the reseller proves itself with.
pub(in crate::sim) const API_KEY: &str = "canary-api-key-9sL5";
/// The password of every user.
pub(in crate::sim) const PASSWORD: &str = "canary horse 2fT6";

/// The service, and what it remembers of what it was asked.
pub(super) struct Bureau {
    reseller: Reseller,
    caller: AccountId,
    parts: Parts,
    wall: Arc<Wall>,
    dice: Dice,
    /// Of a hundred requests, how many are refused for now although nothing is wrong with them.
    ill: u64,
    /// Of a hundred requests, how many are carried out, and then refused.
    confused: u64,
    /// How often each request was carried out that must not be repeated.
    pub(super) executed: BTreeMap<String, u64>,
    /// How often each request has changed something.
    pub(super) changed: BTreeMap<String, u64>,
    /// Of each storage, what was done to its keys.
    pub(super) keys: BTreeMap<String, Vec<Done>>,
    /// The secrets that were handed out.
    pub(super) issued: Vec<String>,
    pub(super) tally: Tally,
}

/// Something that was done to the keys of a storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Done {
    Listed,
    Made(String),
    Removed(String),
}

impl Bureau {
    pub(super) fn new(mut dice: Dice, ill: u64, confused: u64) -> Self {
        let (wall, parts) = parts(dice.noise());
        let engine = Engine::in_memory(parts.clone()).unwrap();
        let founding = Founding {
            master: "boss".into(),
            password: PASSWORD.into(),
            application: "App".into(),
            app_key: None,
            api_key: Some(API_KEY.into()),
        };
        let caller = engine.found(founding).unwrap().master;
        let reseller = Reseller::new(Arc::new(engine));
        let (executed, changed, keys) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let (issued, tally) = (Vec::new(), Tally::default());
        Self { reseller, caller, parts, wall, dice, ill, confused, executed, changed, keys, issued, tally }
    }

    /// A new process.
    pub(super) fn restart(&mut self) {
        self.tally.add("restarts");
        let empty = Arc::new(Engine::in_memory(self.parts.clone()).unwrap());
        let engine = core::mem::replace(&mut self.reseller.engine, empty);
        let engine = Arc::into_inner(engine).unwrap_or_else(|| panic!("somebody keeps the engine of before"));
        self.reseller.engine = Arc::new(engine.restarted(self.parts.clone()).unwrap());
    }

    /// What somebody does who is never in trouble, and whom nobody notices.
    pub(super) fn ask(&self, request: Request) -> Result<Answer, Fault> {
        at_once(dispatch(&self.reseller, &self.caller, request))
    }

    pub(super) fn admit(&self, email: &str) {
        self.ask(Request::CreateUser(new_user(email))).unwrap_or_else(|fault| panic!("{fault}"));
    }

    pub(super) fn enable(&self, email: &str) -> String {
        match self.ask(Request::EnableUserRegion(region(email))) {
            Ok(Answer::EnableUserRegion(enabled)) => enabled.storage_dn,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn disable(&self, email: &str) {
        self.ask(Request::DisableUser(DisableUser { email: parse(email) })).unwrap_or_else(|fault| panic!("{fault}"));
    }

    pub(super) fn make_key(&self, email: &str, storage_dn: &str, name: &str) -> String {
        match self.ask(Request::CreateAccessKey(new_key(email, storage_dn, name))) {
            Ok(Answer::CreateAccessKey(made)) => made.data.access_key,
            other => panic!("{other:?}"),
        }
    }

    /// The user of this address.
    pub(super) fn user(&self, email: &str) -> Option<User> {
        match self.ask(Request::ListUsers(ListUsers {})) {
            Ok(Answer::ListUsers(users)) => users.users.into_iter().find(|user| user.email == email),
            other => panic!("{other:?}"),
        }
    }

    /// The domains of a user's storages.
    pub(super) fn storages(&self, email: &str) -> Vec<String> {
        match self.ask(Request::ListUserRegions(ListUserRegions { email: parse(email) })) {
            Ok(Answer::ListUserRegions(list)) => list.user_regions.into_iter().map(|region| region.storage_dn).collect(),
            Ok(other) => panic!("{other:?}"),
            Err(_) => Vec::new(),
        }
    }

    /// The keys of a storage: what names them, and what they are called.
    pub(super) fn keys(&self, email: &str, storage_dn: &str) -> BTreeSet<(String, String)> {
        let list = ListAccessKeys { email: parse(email), storage_dn: parse(storage_dn) };
        match self.ask(Request::ListAccessKeys(list)) {
            Ok(Answer::ListAccessKeys(keys)) => {
                keys.access_keys.into_iter().map(|key| (key.key_id, key.name.unwrap_or_default())).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    /// Remembers what was done.
    fn remember(&mut self, of: Option<(String, Done)>, answer: &Answer) {
        let Some((storage, mut done)) = of else { return };
        if let Answer::CreateAccessKey(made) = answer {
            self.issued.push(made.data.secret_key.expose().to_owned());
            done = Done::Made(made.data.access_key.clone());
        }
        self.keys.entry(storage).or_default().push(done);
    }
}

/// The storage whose keys a request is about, and what it does to them.
#[expect(clippy::wildcard_enum_match_arm, reason = "no other is about keys")]
fn about(request: &Request) -> Option<(String, Done)> {
    let (storage, done) = match request {
        Request::CreateAccessKey(it) => (&it.storage_dn, Done::Made(String::new())),
        Request::RemoveAccessKey(it) => (&it.storage_dn, Done::Removed(it.access_key.as_str().to_owned())),
        Request::ListAccessKeys(it) => (&it.storage_dn, Done::Listed),
        _ => return None,
    };
    Some((storage.as_str().to_owned(), done))
}

impl Service<E2> for Bureau {
    type Caller = AccountId;
    type Transfer = ();

    fn tick(&mut self, now: Time) {
        self.wall.set(now);
    }

    fn identify(&mut self, _: Time, credential: Credential) -> Result<AccountId, Fault> {
        let Credential::Key(key) = credential else { return Err(Fault::unauthorized()) };
        self.reseller.engine.reseller(&Secret::new(key.expose())).map_err(|refusal| e2::fault(&refusal))
    }

    fn serve(&mut self, _: Time, caller: &AccountId, request: Request) -> Result<Served<E2, ()>, Fault> {
        if self.dice.percent(self.ill) {
            self.tally.add("refused for now");
            return Err(Fault::failed());
        }
        if let Some(once) = request.inspect(Once) {
            *self.executed.entry(once).or_default() += 1;
        }
        let (change, about) = (request.inspect(Change), about(&request));
        let answer = at_once(dispatch(&self.reseller, caller, request))?;
        if let Some(change) = change {
            *self.changed.entry(change).or_default() += 1;
        }
        self.remember(about, &answer);
        if self.dice.percent(self.confused) {
            self.tally.add("carried out and refused");
            return Err(Fault::failed());
        }
        Ok(Served::Answer(answer))
    }
}

/// A request that changes something, as text.
pub(super) struct Change;

impl Inspect for Change {
    type Output = Option<String>;

    fn inspect<O: Operation>(self, request: &O) -> Option<String> {
        (O::META.repeat == Repeat::Telling).then(|| format!("{request:?}"))
    }
}

pub(super) fn new_user(email: &str) -> CreateUser {
    CreateUser {
        email: parse::<Email>(email),
        password: EncodedPassword::encode(PASSWORD).unwrap_or_else(|rule| panic!("{rule}")),
        first_name: parse("A"),
        last_name: None,
        quota: Quota::gigabytes(1),
        email_notification: None,
    }
}

pub(super) fn region(email: &str) -> EnableUserRegion {
    EnableUserRegion { email: parse(email), region: parse("LOCAL"), ssd_storage: None }
}

pub(super) fn new_key(email: &str, storage_dn: &str, name: &str) -> CreateAccessKey {
    let storage_dn = parse::<StorageDn>(storage_dn);
    CreateAccessKey { email: parse(email), storage_dn, name: parse(name), permissions: Permissions::Read, buckets: None }
}
