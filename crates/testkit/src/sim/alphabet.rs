//! Everything that can go wrong with an exchange, once each: what [`explore`](super::explore) tries.

use core::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode, header};

use crate::pair::{Canned, Opening, Plan, Point, Trouble};

type Makes = Box<dyn Fn(&Opening<'_>) -> Option<Plan>>;

/// Something that can happen to an exchange.
pub struct Fault {
    name: String,
    plan: Makes,
}

impl core::fmt::Debug for Fault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.name)
    }
}

impl Fault {
    /// This happens to any exchange.
    pub fn always(name: impl Into<String>, plan: Plan) -> Self {
        Self::new(name, move |_| Some(plan.clone()))
    }

    /// This happens to the exchanges that there is a plan for.
    pub fn new(name: impl Into<String>, plan: impl Fn(&Opening<'_>) -> Option<Plan> + 'static) -> Self {
        Self { name: name.into(), plan: Box::new(plan) }
    }

    /// An answer of the service, given in its place to exchanges whose path ends like this; or, if `is_after`, after the service
    /// has done what it was asked.
    pub fn answer(name: impl Into<String>, path: &'static str, canned: Canned, is_after: bool) -> Self {
        let plan = if is_after { Plan { instead: Some(canned), ..Plan::default() } } else { Plan::canned(canned) };
        Self::new(name, move |opening| opening.head.0.uri().path().ends_with(path).then(|| plan.clone()))
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn plan(&self, opening: &Opening<'_>) -> Option<Plan> {
        (self.plan)(opening)
    }
}

/// What a wire, and what stands on the way, can do to any exchange: each kind of [`Weather`](super::Weather) at each point. Bodies break
/// before their first byte and after ten. What only the API knows, as refusals, is the caller's to add.
#[must_use]
pub fn alphabet() -> Vec<Fault> {
    let points = [
        Point::Connect,
        Point::InHead,
        Point::Head,
        Point::Body(0),
        Point::Body(10),
        Point::Complete,
        Point::AnswerHead,
        Point::AnswerBody(0),
        Point::AnswerBody(10),
    ];
    let broken = points.iter().flat_map(|point| [Trouble::Reset(*point), Trouble::Drop(*point)]);
    let others = [Trouble::Tls, Trouble::Stale { sent: false }, Trouble::Stale { sent: true }];
    let troubles = broken.chain(others).chain([Trouble::Truncate(0), Trouble::Truncate(10)]);
    let mut all: Vec<Fault> = troubles.map(|trouble| Fault::always(format!("{trouble:?}"), Plan::trouble(trouble))).collect();
    let unsized_answer = Plan { unsized_answer: true, ..Plan::trouble(Trouble::Truncate(10)) };
    all.push(Fault::always("Truncate(10), no length", unsized_answer));
    let back = Duration::from_secs(40);
    all.push(Fault::always("late and twice", Plan { late: true, twice: true, back, ..Plan::default() }));
    all.push(Fault::always("end twice", Plan { twice: true, ..Plan::default() }));
    for (status, wait) in [(500, None), (503, None), (503, Some(1)), (503, Some(3_600)), (429, Some(1)), (404, None)] {
        let page = page(status, wait);
        all.push(Fault::always(format!("{status} before, wait {wait:?}"), Plan::canned(page.clone())));
        all.push(Fault::always(format!("{status} after, wait {wait:?}"), Plan { instead: Some(page), ..Plan::default() }));
    }
    all.push(Fault::new("redirect here", |opening| redirect(&opening.head.0.uri().to_string())));
    all.push(Fault::new("redirect elsewhere", |opening| {
        let path = opening.head.0.uri().path_and_query().map_or("/", |path| path.as_str());
        redirect(&format!("http://node.test{path}"))
    }));
    all
}

/// What stands in front of a service says something of its own.
fn page(status: u16, wait: Option<u32>) -> Canned {
    let mut head = Response::new(());
    *head.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    head.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/html"));
    head.headers_mut().extend(wait.map(|wait| (header::RETRY_AFTER, header::HeaderValue::from(wait))));
    Canned { head, body: Bytes::from_static(b"<html>Sorry.</html>") }
}

fn redirect(to: &str) -> Option<Plan> {
    let mut head = Response::new(());
    *head.status_mut() = StatusCode::FOUND;
    head.headers_mut().insert(header::LOCATION, header::HeaderValue::try_from(to).ok()?);
    Some(Plan::canned(Canned { head, body: Bytes::new() }))
}
