//! How a machine is made anew.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::operation::{Api, Operation};
use crate::{Redactor, Settings};

/// How a machine is made anew: what kind it is, and what it was made of. `Debug` shows only the kind.
#[derive(Clone)]
pub struct Recipe {
    machine: &'static str,
    of: Value,
    secrets: Redactor,
}

/// What a [`Call`](crate::Call) is made of.
#[derive(Serialize, Deserialize)]
#[serde(bound(serialize = "O: Serialize", deserialize = "O: Deserialize<'de>"))]
pub(super) struct OfCall<O, A: Api> {
    pub(super) operation: O,
    pub(super) settings: Settings<A>,
}

/// A recipe as it was read: which kind of machine, and what of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Made {
    /// The kind of machine, by the name of its type.
    pub machine: String,
    /// What it was made of.
    pub of: Value,
}

impl Recipe {
    /// A call.
    pub(super) const CALL: &'static str = "Call";

    /// `machine`, the name of a type, made of this. Its [`Secret`](crate::Secret)s are known by how they serialise. None of
    /// what has no JSON.
    #[must_use]
    pub fn new<T: Serialize + ?Sized>(machine: &'static str, of: &T) -> Option<Self> {
        Some(Self { machine, of: serde_json::to_value(of).ok()?, secrets: Redactor::of(of) })
    }

    pub(crate) fn of_call<O: Operation>(operation: &O, settings: &Settings<O::Api>) -> Option<Self> {
        Self::new(Self::CALL, &OfCall { operation, settings: settings.clone() })
    }

    pub(super) fn secrets(&self) -> &Redactor {
        &self.secrets
    }

    /// As it is written, secrets included.
    pub(super) fn made(&self) -> Made {
        Made { machine: self.machine.to_owned(), of: self.of.clone() }
    }
}

impl core::fmt::Debug for Recipe {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Recipe({})", self.machine)
    }
}
