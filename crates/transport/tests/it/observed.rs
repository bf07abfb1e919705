//! What an observer hears.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use larder_transport::client::Options;
use larder_transport::observe::{Event, Observer, Outcome, What};

use crate::api::{Echo, Fetch, Put};
use crate::shelf::{client_with, file, start};

/// A line for each event, without what differs from run to run.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    fn options(&self) -> Options {
        let lines = self.clone();
        let observer = move |event: &Event<'_>| lines.0.lock().unwrap().push(line(event));
        Options { observer: Some(Arc::new(observer)), ..Options::default() }
    }

    fn take(&self) -> Vec<String> {
        core::mem::take(&mut *self.0.lock().unwrap())
    }
}

fn line(event: &Event<'_>) -> String {
    let what = match &event.what {
        What::Started => "started".to_owned(),
        What::Note(larder_core::Note::Attempted(attempted)) => format!("{} {:?}", attempted.operation, attempted.verdict),
        What::Note(note) => format!("{note:?}"),
        What::Ended(ended) => format!("{}, {} up, {} down", ended.outcome.label(), ended.sent, ended.received),
        what => format!("{what:?}"),
    };
    assert!(!event.host.is_empty());
    format!("{} {}: {what}", event.call, event.operation)
}

fn echo(text: &str) -> Echo {
    Echo { text: text.to_owned() }
}

#[tokio::test]
async fn every_call_is_told_of_from_its_start_to_its_end() {
    let (server, lines) = (start().await, Lines::default());
    let client = client_with(lines.options());
    client.call(echo("a"), server.settings()).await.unwrap();
    let expected = [
        "1 Shelf/Echo: started",
        "1 Shelf/Echo: LoggingIn",
        "1 Shelf/Echo: Shelf/Login Success",
        "1 Shelf/Echo: Shelf/Echo Success",
        "1 Shelf/Echo: done, 24 up, 25 down",
    ];
    assert_eq!(lines.take(), expected);
    client.upload(Put { name: "a".to_owned() }, server.settings(), file(0, 1000)).await.unwrap();
    client.download(Fetch { length: 5000 }, server.settings(), ()).await.unwrap();
    let error = client.upload(Put { name: "refuse".to_owned() }, server.settings(), Bytes::from_static(b"x")).await;
    assert!(error.is_err());
    let told = lines.take();
    assert!(told.contains(&"3 Shelf/Fetch: done, 0 up, 5000 down".to_owned()), "{told:?}");
    assert!(told.iter().any(|line| line.starts_with("2 Shelf/Put: done, 1")), "{told:?}");
    assert!(told.iter().any(|line| line.starts_with("4 Shelf/Put: fault, ")), "{told:?}");
}

#[tokio::test]
async fn a_call_that_is_dropped_ends_too() {
    let (mut server, lines) = (start().await, Lines::default());
    let (client, settings) = (client_with(lines.options()), server.settings());
    let call = tokio::spawn(async move { client.call(echo("wait"), settings).await.map(|_| ()) });
    assert_eq!(server.entered.recv().await, Some("login"));
    assert_eq!(server.entered.recv().await, Some("echo"));
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    let told = lines.take();
    assert!(told.last().unwrap().contains("dropped"), "{told:?}");
    assert_eq!(told.iter().filter(|line| line.contains(" up, ")).count(), 1);
}

/// It is told of the first event, and of no more of that call; the call does not notice.
#[tokio::test]
async fn an_observer_that_panics_breaks_no_call() {
    struct Clumsy(Mutex<u32>);
    impl Observer for Clumsy {
        fn on(&self, event: &Event<'_>) {
            assert!(!matches!(event.what, What::Ended(ended) if matches!(ended.outcome, Outcome::Dropped)));
            *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) += 1;
            panic!("clumsy, as the test wants it");
        }
    }
    let (server, clumsy) = (start().await, Arc::new(Clumsy(Mutex::new(0))));
    let client = client_with(Options { observer: Some(Arc::clone(&clumsy) as Arc<dyn Observer>), ..Options::default() });
    for _ in 0..3 {
        assert_eq!(client.call(echo("a"), server.settings()).await.unwrap().text, "a");
    }
    assert_eq!(*clumsy.0.lock().unwrap(), 3);
}
