//! The scenarios.

mod answers;
mod bodies;
mod calls;
mod failures;

use super::scenario::Scenario;

/// All of them.
pub(super) fn all() -> Vec<Scenario> {
    [answers::all(), failures::all(), bodies::all(), calls::all()].concat()
}
