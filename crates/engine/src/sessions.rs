//! Who is logged in, from where. Kept in memory only: a restart ends all sessions, and clients log in again.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use blake2::{Blake2s256, Digest};
use larder_core::Secret;

use crate::env::{MINUTE, Random, Timestamp};
use crate::refusal::{Refusal, StoreError};
use crate::token::{bytes, is_uuid, uuid};
use crate::types::{AccountId, ApplicationId, Caller};

/// How long a session lives without being used.
pub const IDLE: i64 = 20 * MINUTE;
/// Sessions in all, about 50 MB of memory; the one idle longest gives way.
pub const MAX_SESSIONS: usize = 100_000;
/// Sessions of one account, so that one cannot push out the others'; its own that is idle longest gives way.
pub const MAX_PER_ACCOUNT: usize = 1_000;

type Key = [u8; 32];
type Age = (Timestamp, Key);

/// All open sessions.
pub struct Sessions {
    /// Tokens are looked up by a hash under this key, so that the time of a lookup tells nothing about them.
    secret: [u8; 32],
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    open: HashMap<Key, Session>,
    by_age: BTreeSet<Age>,
    by_account: HashMap<AccountId, BTreeSet<Age>>,
}

struct Session {
    caller: Caller,
    used: Timestamp,
}

impl Sessions {
    /// No sessions.
    ///
    /// # Errors
    /// The random source failed.
    pub fn new(random: &dyn Random) -> Result<Self, StoreError> {
        Ok(Self { secret: bytes(random)?, table: Mutex::default() })
    }

    /// Opens a session for `account`, bound to `ip`, and returns its token. The address is that of whoever will use the
    /// session, who need not be the one that logs in.
    ///
    /// # Errors
    /// The random source failed.
    pub fn open(
        &self,
        random: &dyn Random,
        application: ApplicationId,
        account: AccountId,
        ip: IpAddr,
        now: Timestamp,
    ) -> Result<Secret, StoreError> {
        let token = Secret::new(uuid(random)?);
        let key = self.key(&token);
        let mut table = self.table(now);
        if let Some(oldest) = table.by_account.get(&account).filter(|own| own.len() >= MAX_PER_ACCOUNT).and_then(BTreeSet::first)
        {
            let oldest = oldest.1;
            table.close(&oldest);
        }
        if table.open.len() >= MAX_SESSIONS
            && let Some((_, oldest)) = table.by_age.first().copied()
        {
            table.close(&oldest);
        }
        table.insert(key, Session { caller: Caller { application, account, ip }, used: now });
        Ok(token)
    }

    /// The caller behind a token, and another [`IDLE`] of life for the session. Surrounding blanks are ignored, and so is
    /// the case of the digits.
    ///
    /// # Errors
    /// [`Refusal::InvalidSessionToken`] for a text that is no token; [`Refusal::SessionNotFound`] for a session that is
    /// unknown, expired, or bound to another address.
    pub fn touch(&self, token: &Secret, ip: IpAddr, now: Timestamp) -> Result<Caller, Refusal> {
        let key = self.parse(token)?;
        let mut table = self.table(now);
        let caller =
            table.open.get(&key).map(|session| session.caller).filter(|it| it.ip == ip).ok_or(Refusal::SessionNotFound)?;
        if let Some(session) = table.close(&key) {
            table.insert(key, Session { used: now.max(session.used), ..session });
        }
        Ok(caller)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// Those of [`Self::touch`].
    pub fn close(&self, token: &Secret, ip: IpAddr, now: Timestamp) -> Result<(), Refusal> {
        self.touch(token, ip, now)?;
        let key = self.parse(token)?;
        self.table(now).close(&key);
        Ok(())
    }

    /// Ends all sessions of an account.
    pub fn close_all(&self, account: AccountId, now: Timestamp) {
        let mut table = self.table(now);
        for (_, key) in table.by_account.remove(&account).unwrap_or_default() {
            table.close(&key);
        }
    }

    /// How many sessions are open.
    #[must_use]
    pub fn count(&self, now: Timestamp) -> usize {
        self.table(now).open.len()
    }

    fn parse(&self, token: &Secret) -> Result<Key, Refusal> {
        let text = token.expose().trim();
        if is_uuid(text) { Ok(self.key(&Secret::new(text.to_ascii_lowercase()))) } else { Err(Refusal::InvalidSessionToken) }
    }

    fn key(&self, token: &Secret) -> Key {
        Blake2s256::new().chain_update(self.secret).chain_update(token.expose().as_bytes()).finalize().into()
    }

    /// The table, without the sessions that have expired by now.
    fn table(&self, now: Timestamp) -> MutexGuard<'_, Table> {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some((used, key)) = table.by_age.first().copied()
            && used.plus(IDLE) <= now
        {
            table.close(&key);
        }
        table
    }
}

impl Table {
    fn insert(&mut self, key: Key, session: Session) {
        let age = (session.used, key);
        self.by_age.insert(age);
        self.by_account.entry(session.caller.account).or_default().insert(age);
        self.open.insert(key, session);
    }

    fn close(&mut self, key: &Key) -> Option<Session> {
        let session = self.open.remove(key)?;
        let age = (session.used, *key);
        self.by_age.remove(&age);
        if let Some(own) = self.by_account.get_mut(&session.caller.account) {
            own.remove(&age);
            if own.is_empty() {
                self.by_account.remove(&session.caller.account);
            }
        }
        Some(session)
    }
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sessions")
    }
}
