//! The MD5 of what went by, so that another process can go on with it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::CheckpointFlaw;
use crate::flow::Sum;
use crate::values::Md5;

/// The MD5 of the first bytes of a file, and the state of its computation, if that was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::flow) struct Saved {
    /// Of so many bytes.
    pub(in crate::flow) length: u64,
    pub(in crate::flow) md5: Md5,
    /// In base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    state: Option<String>,
}

impl From<&Sum> for Saved {
    fn from(sum: &Sum) -> Self {
        Self { length: sum.length(), md5: sum.md5(), state: Some(STANDARD.encode(sum.state())) }
    }
}

impl Saved {
    /// The computation, to go on with; none if its state was not kept.
    pub(in crate::flow) fn sum(&self) -> Result<Option<Sum>, CheckpointFlaw> {
        let Some(state) = &self.state else { return Ok(None) };
        let state = STANDARD.decode(state).map_err(|_| CheckpointFlaw::Damaged)?;
        let sum = Sum::from_state(&state).filter(|sum| sum.length() == self.length && sum.md5() == self.md5);
        sum.map(Some).ok_or(CheckpointFlaw::Damaged)
    }

    pub(super) fn forget_state(&mut self) {
        self.state = None;
    }
}
