//! What the spans of calls say, by a subscriber of our own.

use std::collections::BTreeMap;
use std::fmt::{Debug, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use larder_core::{Secret, Session};
use larder_transport::client::Options;
use larder_transport::{Client, Tracing};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber, subscriber::with_default};

use crate::api::{Echo, Login, Put, Shelf};
use crate::shelf::{settings, start};

const CANARY: &str = "c4n4ry";

/// Writes down everything that it is told.
#[derive(Clone, Default)]
struct Book {
    lines: Arc<Mutex<Vec<String>>>,
    spans: Arc<AtomicU64>,
    /// How often each span is held.
    held: Arc<Mutex<BTreeMap<u64, u32>>>,
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let value = if field.name().ends_with("_ms") { "..".to_owned() } else { format!("{value:?}") };
        write!(self.0, " {}={value}", field.name()).unwrap();
    }
}

impl Book {
    fn write(&self, begin: String, record: impl FnOnce(&mut Line)) {
        let mut line = Line(begin);
        record(&mut line);
        self.lines.lock().unwrap().push(line.0);
    }

    fn take(&self) -> Vec<String> {
        core::mem::take(&mut *self.lines.lock().unwrap())
    }
}

impl Subscriber for Book {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("larder")
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let id = self.spans.fetch_add(1, Ordering::SeqCst) + 1;
        self.write(format!("{id} {}:", attributes.metadata().name()), |line| attributes.record(line));
        self.held.lock().unwrap().insert(id, 1);
        Id::from_u64(id)
    }

    fn clone_span(&self, id: &Id) -> Id {
        *self.held.lock().unwrap().get_mut(&id.into_u64()).unwrap() += 1;
        id.clone()
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        self.write(format!("{} records", span.into_u64()), |line| values.record(line));
    }

    fn event(&self, event: &Event<'_>) {
        let span = event.parent().map_or(0, Id::into_u64);
        self.write(format!("{span} {}:", event.metadata().level()), |line| event.record(line));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}

    fn try_close(&self, id: Id) -> bool {
        let mut held = self.held.lock().unwrap();
        let count = held.get_mut(&id.into_u64()).unwrap();
        *count -= 1;
        if *count == 0 {
            self.write(format!("{} closed", id.into_u64()), |_| {});
        }
        *count == 0
    }
}

/// What a client's calls leave behind in the book.
fn run<F: Future<Output = ()>>(calls: impl FnOnce(Client<Shelf>) -> F, session: Session<Shelf>) -> Vec<String> {
    let book = Book::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    with_default(book.clone(), || {
        let client = Client::new(session, Options { observer: Some(Arc::new(Tracing::new())), ..Options::default() });
        runtime.block_on(calls(client));
    });
    book.take().into_iter().map(|line| line.replace("message=", "")).collect()
}

fn echo() -> Echo {
    Echo { text: CANARY.to_owned() }
}

#[test]
fn a_call_is_a_span_and_what_happens_in_it_are_events() {
    let host = Mutex::new(String::new());
    let lines = run(
        async |client| {
            let server = start().await;
            *host.lock().unwrap() = server.address.to_string();
            client.call(echo(), server.settings()).await.unwrap();
        },
        Session::with_login(Login { user: CANARY.to_owned() }),
    );
    let told = lines.join("\n").replace(host.lock().unwrap().as_str(), "HOST");
    assert!(!told.contains(CANARY));
    insta::assert_snapshot!(told);
}

#[test]
fn failures_are_told_and_no_secret_with_them() {
    let lines = run(
        async |client| {
            // The token is refused, and there is nothing to log in with.
            let server = start().await;
            assert!(client.call(echo(), server.settings()).await.is_err());
            // Nobody is there.
            let gone = settings("http://127.0.0.1:1");
            assert!(client.call(echo(), gone.clone()).await.is_err());
            assert!(
                client.upload(Put { name: CANARY.to_owned() }, gone, bytes::Bytes::from_static(CANARY.as_bytes())).await.is_err()
            );
        },
        Session::with_token(Secret::new(CANARY)),
    );
    let told = lines.join("\n");
    assert!(!told.contains(CANARY), "{told}");
    for expected in ["outcome=\"fault\"", "outcome=\"failure\"", "WARN: failed", "Retrying", "attempt=4", "3 closed"] {
        assert!(told.contains(expected), "{expected}: {told}");
    }
}
