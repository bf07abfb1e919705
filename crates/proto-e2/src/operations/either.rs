//! Lists that the document calls bare in one place and wrapped in another.

use serde::Deserialize;

/// A bare list, or the structure `S` that holds it. Both are read.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Either<T, S> {
    List(Vec<T>),
    Structure(S),
}
