//! The column of SOAP: for each version a request and a success among the fixtures, and our client's own request that our
//! server understands.

use larder_core::Kind;
use larder_core::operation::Names;
use larder_testkit::fixtures::{Direction, Fixture};

use crate::api::Covered;
use crate::wire::{Request, sent, succeeds, understood};

/// How many of these there are, and how many are wanted; none where files travel, and in an API without SOAP.
pub(crate) fn column<A: Covered>(name: A::Names, fixtures: &[&Fixture]) -> Option<(usize, usize)> {
    if A::ENVELOPES.is_empty() || name.meta().kind != Kind::Unary {
        return None;
    }
    let requests: Vec<Request<A>> = fixtures.iter().filter_map(|fixture| understood::<A>(fixture)).collect();
    let mut count = 0;
    for (style, namespace) in A::ENVELOPES {
        let is_of = |fixture: &Fixture| fixture.content.windows(namespace.len()).any(|part| part == namespace.as_bytes());
        let mine = || fixtures.iter().filter(|fixture| is_of(fixture));
        let is_answer = |fixture: &Fixture| fixture.direction == Direction::Response && succeeds::<A>(name, fixture);
        let there = [
            mine().any(|fixture| understood::<A>(fixture).is_some()),
            mine().any(|fixture| is_answer(fixture)),
            requests.iter().any(|request| sent::<A>(name, request, style)),
        ];
        count += there.into_iter().filter(|there| *there).count();
    }
    Some((count, 3 * A::ENVELOPES.len()))
}
