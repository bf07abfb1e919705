//! Encoding and then decoding is the identity: for arbitrary values of every operation and answer of both APIs, in every
//! codec. Nothing is listed here: an operation with a fixture is covered.

pub(crate) mod arbitrary;
pub(crate) mod e2;
pub(crate) mod nvx;

use larder_core::operation::{Decode, Names};
use larder_core::{Api, Operation, Reject};
use larder_testkit::trees;
use serde_json::Value;

/// A request of any operation out of a tree, changed on its way.
pub(crate) struct Changed<'a>(pub(crate) &'a Value, pub(crate) &'a [arbitrary::Change]);

impl Decode for Changed<'_> {
    fn decode<O: Operation>(self) -> Result<O, Reject> {
        trees::read(arbitrary::arbitrary::<O>(self.0, self.1))
    }
}

/// What a server understands of what our client sends, in this style, for a request that began as `start`.
fn through_the_wire<A: Api>(
    name: A::Names,
    start: &Value,
    changes: &[arbitrary::Change],
    style: &A::Style,
) -> Result<(), String> {
    let request = name.decode(Changed(start, changes)).map_err(|reject| format!("{reject}: {start}"))?;
    trees::arrives::<A>(name, &request, style)
}
