//! Doing again what a journal says.

use super::entry::{Act, Entry, Hand};
use super::read::{End, Flaw, Journal};
use super::recipe::{Made, OfCall, Recipe};
use crate::machine::{ClientMachine, Shared};
use crate::operation::{Api, Names, Operation, Visit};
use crate::{Call, Session, Settings};

/// A journal that was done again, with the same result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replayed {
    /// Polls that were compared.
    pub polls: usize,
    /// How it ends.
    pub end: End,
}

/// Why a journal could not be done again, or came to something else.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unlike {
    /// It cannot be read.
    #[error("{0}")]
    Flaw(#[from] Flaw),
    /// The machine does something else than it did.
    #[error("line {line}: {}", difference(what, recorded, now.as_deref()))]
    Differs {
        /// The line.
        line: usize,
        /// What it does.
        what: String,
        /// What it did.
        recorded: Box<Act>,
        /// What it does now.
        now: Option<Box<Act>>,
    },
    /// It is of another API than the one that was asked for.
    #[error("a journal of {0}")]
    OtherApi(String),
    /// It does not say how its machine is made, as of an upload that goes on from a checkpoint.
    #[error(
        "recorded without a recipe: it went on from a checkpoint, or its machine does not say how it is made; its steps can be read, not repeated"
    )]
    NoRecipe,
    /// Its machine is of a kind that is not known.
    #[error("nobody here knows how to make {0}")]
    UnknownMachine(String),
    /// What its machine was made of, or shared, cannot be read.
    #[error("line {line}: {why}")]
    Unreadable {
        /// The line.
        line: usize,
        /// Why.
        why: String,
    },
}

impl Journal {
    /// Tells this machine what the journal says, and compares each of its actions, byte for byte. The machine is one that has
    /// not begun, made as the recorded one was, with placeholders for secrets: [`recipe`](Self::recipe) has them.
    ///
    /// # Errors
    /// The first difference.
    pub fn replay<A: Api, M: ClientMachine<A>>(&self, mut machine: M) -> Result<Replayed, Unlike> {
        let mut shared: Option<Shared<A>> = None;
        let mut polls = 0;
        for (line, entry) in (2..).zip(&self.entries) {
            let unreadable = |why: &str| Unlike::Unreadable { line, why: why.to_owned() };
            match entry {
                Entry::Polled { at, shared: state, action } => {
                    let shared =
                        shared_at(&mut shared, state.as_deref()).ok_or_else(|| unreadable("what is shared cannot be read"))?;
                    let now = Hand::PLAIN.act(&machine.poll(*at, shared));
                    compare(line, action, now)?;
                    polls += 1;
                }
                Entry::Told { input, misuse } => {
                    let input = input.to_input().ok_or_else(|| unreadable("no head of an answer"))?;
                    let told = machine.handle(input).err().map(|misuse| misuse.to_string());
                    if told != *misuse {
                        return Err(unreadable(&format!("the machine says {told:?} to this, and said {misuse:?}")));
                    }
                }
                Entry::Abandoned {} => {
                    machine.abandon(shared.get_or_insert_with(|| Shared::new(Session::none(), 0)));
                }
            }
        }
        Ok(Replayed { polls, end: self.end() })
    }

    /// How its machine is made.
    ///
    /// # Errors
    /// It does not say.
    pub fn recipe(&self) -> Result<Made, Unlike> {
        let recipe = self.title.recipe.clone().ok_or(Unlike::NoRecipe)?;
        serde_json::from_value(recipe).map_err(|error| Unlike::Unreadable { line: 1, why: error.to_string() })
    }

    /// Whether it is of this API.
    ///
    /// # Errors
    /// Of which it is.
    pub fn is_of<A: Api>(&self) -> Result<(), Unlike> {
        if self.title.api == A::NAME { Ok(()) } else { Err(Unlike::OtherApi(self.title.api.clone())) }
    }

    /// Does again what it says, if its machine is a [`Call`] of this API. Those of several calls are known to the crates that
    /// have them.
    ///
    /// # Errors
    /// The first difference; another machine, or another API.
    pub fn replay_call<A: Api>(&self) -> Result<Replayed, Unlike> {
        self.is_of::<A>()?;
        let made = self.recipe()?;
        let names = A::Names::ALL.iter().find(|name| name.meta().to_string() == self.title.operation);
        match names {
            Some(name) if made.machine == Recipe::CALL => name.visit(Again { journal: self, made }),
            // A session's own operation may stand in no catalog.
            _ if made.machine == Recipe::CALL && A::Login::META.to_string() == self.title.operation => {
                Again { journal: self, made }.visit::<A::Login>()
            }
            Some(_) | None => Err(Unlike::UnknownMachine(made.machine)),
        }
    }

    /// What a machine was made of, for [`replay`](Self::replay).
    ///
    /// # Errors
    /// It was made of something else.
    pub fn made_of<T: serde::de::DeserializeOwned>(&self) -> Result<T, Unlike> {
        serde_json::from_value(self.recipe()?.of).map_err(|error| Unlike::Unreadable { line: 1, why: error.to_string() })
    }
}

struct Again<'j> {
    journal: &'j Journal,
    made: Made,
}

impl Visit for Again<'_> {
    type Output = Result<Replayed, Unlike>;

    fn visit<O: Operation>(self) -> Self::Output {
        let of: Result<OfCall<O, O::Api>, _> = serde_json::from_value(self.made.of);
        let unreadable = |why: String| Unlike::Unreadable { line: 1, why };
        let OfCall { operation, settings } = of.map_err(|error| unreadable(error.to_string()))?;
        let settings: Settings<O::Api> = settings;
        self.journal.replay::<O::Api, _>(Call::new(operation, settings))
    }
}

fn shared_at<'s, A: Api>(shared: &'s mut Option<Shared<A>>, state: Option<&super::State>) -> Option<&'s mut Shared<A>> {
    match (&mut *shared, state) {
        (None, state) => *shared = Some(state?.to_shared()?),
        (Some(shared), Some(state)) => state.restore(shared)?,
        (Some(_), None) => {}
    }
    shared.as_mut()
}

fn compare(line: usize, recorded: &Act, now: Act) -> Result<(), Unlike> {
    if *recorded == now {
        return Ok(());
    }
    Err(Unlike::Differs {
        line,
        what: format!("the machine says {now:?}"),
        recorded: Box::new(recorded.clone()),
        now: Some(Box::new(now)),
    })
}

/// Characters before the first that differs, and from there on, that are shown of what is longer than both.
const AROUND: usize = 80;

/// What differs, for people: bodies are shown where they begin to differ.
fn difference(what: &str, recorded: &Act, now: Option<&Act>) -> String {
    let (recorded, now) = (format!("{recorded:?}"), now.map(|now| format!("{now:?}")));
    let longest = recorded.chars().count().max(now.as_ref().map_or(0, |now| now.chars().count()));
    let Some(now) = now.filter(|_| longest > 2 * AROUND) else { return format!("{what}, where the journal has {recorded}") };
    let same = recorded.chars().zip(now.chars()).take_while(|(was, is)| was == is).count();
    let (now, was) = (around(&now, same), around(&recorded, same));
    format!("from character {same} on, the machine says {now}, where the journal has {was}")
}

fn around(text: &str, place: usize) -> String {
    let skipped = place.saturating_sub(AROUND);
    let before = if skipped > 0 { "..." } else { "" };
    let shown: String = text.chars().skip(skipped).take(2 * AROUND).collect();
    let after = if text.chars().nth(skipped + 2 * AROUND).is_some() { "..." } else { "" };
    format!("{before}{shown}{after}")
}
