//! What holds in every run.

use core::time::Duration;

use larder_core::{Api, Note, Time, Verdict};

use crate::pair::{Pair, Service};

/// How long a login keeps the others waiting before one of them may try, too.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long an attempt to log in may take, whatever the call that makes it.
const LOGIN: Duration = Duration::from_secs(60);

/// What one retry takes of the budget.
const RETRY: u64 = 5;

/// When a call must be over.
#[derive(Debug, Clone, Copy)]
pub struct Promise {
    /// Its [number](crate::Ticket::number).
    pub call: usize,
    /// When it may begin at the earliest.
    pub begins: Time,
    /// How long it may take at most; none when it may take as long as it moves.
    pub total: Option<Duration>,
    /// How often its operation may be sent without coming further; none where a machine makes several calls.
    pub attempts: Option<usize>,
}

/// What holds in every run, whatever the weather. That nothing stands still, that every run has an end and that no machine is
/// driven wrongly is the [`Pair`]'s own to see to.
#[derive(Debug, Clone)]
pub struct Laws {
    login: &'static str,
    budgets: Vec<u32>,
    /// When each call must be over; for calls that are added as the run goes, to be set before its end.
    pub promises: Vec<Promise>,
    /// What must not be in a trace.
    pub secrets: Vec<String>,
    /// Of which clients a login under way has taken longer than the others wait.
    is_late: Vec<bool>,
    /// Exchanges that were looked at.
    seen: usize,
}

impl Laws {
    /// For a run whose logins go to paths that end with `login` (empty when there are none), with each client's budget as it
    /// is at the beginning and a promise for each call.
    #[must_use]
    pub fn new(login: &'static str, budgets: Vec<u32>, promises: Vec<Promise>) -> Self {
        let is_late = vec![false; budgets.len()];
        Self { login, budgets, promises, secrets: Vec::new(), is_late, seen: 0 }
    }

    /// Looks at a run after a move.
    ///
    /// # Errors
    /// The law that is broken.
    pub fn during<A: Api, S: Service<A>>(&mut self, pair: &mut Pair<A, S>) -> Result<(), String> {
        for client in 0..self.budgets.len() {
            let permits = &pair.shared(client).permits;
            if permits.taken() > permits.limit() {
                return Err(format!("client {client} has {} permits of {}", permits.taken(), permits.limit()));
            }
        }
        // Nothing but a new exchange can be one login too many.
        if self.seen != pair.exchanges() {
            self.seen = pair.exchanges();
            self.one_login(pair)?;
        }
        Ok(())
    }

    /// At most one login at a time. Once one has taken longer than the others wait, there may be a second, and whichever comes
    /// first counts; that is over when none of them is under way any more.
    fn one_login<A: Api, S: Service<A>>(&mut self, pair: &Pair<A, S>) -> Result<(), String> {
        if self.login.is_empty() {
            return Ok(());
        }
        let open = pair.open_exchanges().filter(|(_, path, _)| path.ends_with(self.login));
        let mut logins: Vec<(usize, Time)> = open.map(|(client, _, opened)| (client, opened)).collect();
        logins.sort_unstable();
        for (client, is_late) in self.is_late.iter_mut().enumerate() {
            let mut own = logins.iter().filter(|(whose, _)| *whose == client).map(|(_, opened)| *opened);
            let Some(mut before) = own.next() else {
                *is_late = false;
                continue;
            };
            for next in own {
                *is_late |= next.since(before) >= PATIENCE;
                if !*is_late {
                    return Err(format!("client {client} logs in twice at once"));
                }
                before = next;
            }
        }
        Ok(())
    }

    /// Looks at a run that is over.
    ///
    /// # Errors
    /// The law that is broken.
    pub fn at_end<A: Api, S: Service<A>>(&self, pair: &mut Pair<A, S>) -> Result<(), String> {
        for client in 0..self.budgets.len() {
            let permits = &pair.shared(client).permits;
            if (permits.taken(), permits.waiting()) != (0, 0) {
                return Err(format!("client {client} keeps its permits: {permits:?}"));
            }
            self.budget(pair, client)?;
        }
        self.promises.iter().try_for_each(|promise| in_time(pair, promise))?;
        self.promises.iter().try_for_each(|promise| self.attempts(pair, promise))?;
        self.is_discreet("the trace", pair.trace())
    }

    /// What it remembers of a run so far, beyond what the run itself does.
    pub(super) fn digest(&self, into: &mut impl core::hash::Hasher) {
        core::hash::Hash::hash(&self.is_late, into);
    }

    /// None of the secrets is in what somebody was shown: a trace, an error, a note.
    ///
    /// # Errors
    /// The secret that is.
    pub fn is_discreet(&self, what: &str, shown: &str) -> Result<(), String> {
        match self.secrets.iter().find(|secret| shown.contains(secret.as_str())) {
            Some(secret) => Err(format!("{what} shows {secret}")),
            None => Ok(()),
        }
    }

    /// No login goes on for ever, and nothing is sent more often than it may be. To be sent elsewhere, or to log in first, is
    /// no attempt of its own.
    fn attempts<A: Api, S: Service<A>>(&self, pair: &Pair<A, S>, promise: &Promise) -> Result<(), String> {
        let (mut sent, mut have, mut back) = (0, 0, 0);
        for note in &pair.history(promise.call).notes {
            // Who has come further may try as often again.
            if let Note::Resuming { offset } = note
                && *offset > have
            {
                (sent, have) = (0, *offset);
            }
            let Note::Attempted(attempted) = note else { continue };
            let is_login = !self.login.is_empty() && self.login.starts_with(attempted.operation.name);
            if is_login && attempted.took > LOGIN {
                return Err(format!("call {} has logged in for {:?}", promise.call, attempted.took));
            }
            // Who was sent to a place that has ended goes back once.
            back |= usize::from(attempted.verdict == Verdict::Redirected);
            sent += usize::from(!is_login && !matches!(attempted.verdict, Verdict::Redirected | Verdict::SessionOver));
        }
        match promise.attempts {
            Some(most) if sent > most + back => Err(format!("call {} was sent {sent} times of {most}", promise.call)),
            Some(_) | None => Ok(()),
        }
    }

    /// Retries cost, successes give something back, and what is not there cannot be spent.
    fn budget<A: Api, S: Service<A>>(&self, pair: &Pair<A, S>, client: usize) -> Result<(), String> {
        let (mut spent, mut had) = (0, u64::from(self.budgets[client]));
        for history in self.promises.iter().map(|promise| pair.history(promise.call)).filter(|call| call.client == client) {
            for note in &history.notes {
                spent += if matches!(note, Note::Retrying { .. }) { RETRY } else { 0 };
                let is_success = matches!(note, Note::Attempted(attempted) if attempted.verdict == Verdict::Success);
                // A refusal that tells that it was done before is a success, too.
                had += u64::from(is_success || matches!(note, Note::Recovered(_)));
            }
        }
        if spent > had { Err(format!("client {client} spent {spent} of {had} on retries")) } else { Ok(()) }
    }
}

fn in_time<A: Api, S: Service<A>>(pair: &Pair<A, S>, promise: &Promise) -> Result<(), String> {
    let history = pair.history(promise.call);
    let (Some(began), Some(ended)) = (history.began, history.ended) else {
        return Err(format!("call {} never ended", promise.call));
    };
    let began = began.max(promise.begins.min(ended));
    match promise.total {
        Some(total) if ended.since(began) > total => {
            Err(format!("call {} took {:?} of {total:?}", promise.call, ended.since(began)))
        }
        Some(_) | None => Ok(()),
    }
}
