//! Drives an exchange.

use core::fmt::{Debug, Write};
use core::time::Duration;

use http::Request as HttpRequest;
use larder_core::multipart::{Boundary, Writer};
use larder_core::wire::RequestHead;
use larder_core::{Duty, Exchange, Machine, On, Serving, Time, Told, Why};

use super::client::Shown;
use crate::toy::Toy;

/// One exchange and what was said.
pub(crate) struct Server {
    pub(crate) exchange: Exchange<Toy>,
    pub(crate) now: Time,
    pub(crate) log: String,
    pub(crate) is_done: bool,
    pub(crate) waits: Option<(Option<Time>, Why, On)>,
}

/// A request's head.
pub(crate) fn request(method: &str, path: &str, headers: &[(&'static str, &str)]) -> RequestHead {
    let mut head = HttpRequest::builder().method(method).uri(path);
    for (name, value) in headers {
        head = head.header(*name, *value);
    }
    RequestHead(head.body(()).unwrap_or_else(|error| panic!("{error}")))
}

/// The head of an upload.
pub(crate) fn upload_head() -> RequestHead {
    request("POST", "/store", &[("content-type", &form().content_type())])
}

pub(crate) fn form() -> Writer {
    Writer::new(Boundary::from_seed(1, 2))
}

/// An upload's body with these files.
pub(crate) fn upload_body(files: &[&str]) -> Vec<u8> {
    let form = form();
    let mut bytes = form.field("key", "key").to_vec();
    bytes.extend_from_slice(&form.field("text", "something"));
    for (number, file) in files.iter().enumerate() {
        let part = form.file(&format!("file{number}"), &format!("name{number}"), "text/plain", None);
        bytes.extend_from_slice(&part.unwrap_or_default());
        bytes.extend_from_slice(file.as_bytes());
        bytes.extend_from_slice(&form.file_end());
    }
    bytes.extend_from_slice(&form.finish());
    bytes
}

impl Server {
    pub(crate) fn new(head: RequestHead) -> Self {
        Self::with(head, Serving::default())
    }

    pub(crate) fn with(head: RequestHead, serving: Serving) -> Self {
        let exchange = Exchange::new(head, serving);
        Self { exchange, now: Time::ZERO, log: String::new(), is_done: false, waits: None }
    }

    pub(crate) fn poll(&mut self) -> &mut Self {
        for _ in 0..100 {
            let duty = self.exchange.poll(self.now, &mut ());
            if let Duty::Wait { until, why, on } = &duty {
                self.waits = Some((*until, *why, *on));
                self.line('>', &Shown(*until, *why, *on));
                return self;
            }
            self.line('>', &duty);
            if let Duty::Done(outcome) = duty {
                self.line(' ', &outcome);
                self.is_done = true;
                return self;
            }
        }
        panic!("never waits:\n{}", self.log);
    }

    fn line(&mut self, mark: char, what: &dyn Debug) {
        let now = self.now.0.as_secs_f64();
        let _ = writeln!(self.log, "{now:>5.1} {mark} {what:?}");
    }

    pub(crate) fn tell(&mut self, told: Told<Toy>) -> &mut Self {
        let name = name_of(&told);
        self.line('<', &name);
        if let Err(misuse) = self.exchange.handle(told) {
            panic!("{misuse}\n{}", self.log);
        }
        self.poll()
    }

    pub(crate) fn after(&mut self, seconds: u64) -> &mut Self {
        self.now = self.now + Duration::from_secs(seconds);
        self.poll()
    }

    /// Tells it a piece of the body, without polling.
    pub(crate) fn say_data(&mut self, bytes: Vec<u8>) {
        if let Err(misuse) = self.exchange.handle(Told::Data(bytes.into())) {
            panic!("{misuse}");
        }
    }

    /// Tells it something that it must refuse, and checks that nothing has changed.
    pub(crate) fn misuse(&mut self, told: Told<Toy>) -> String {
        let before = format!("{:?}", self.exchange);
        let name = name_of(&told);
        let result = self.exchange.handle(told);
        assert_eq!(format!("{:?}", self.exchange), before, "{name:?} has changed the machine");
        match result {
            Ok(()) => format!("{name:?}: ok"),
            Err(misuse) => format!("{name:?}: {misuse}"),
        }
    }
}

/// What was told, without its content.
pub(crate) struct Name(String);

impl Debug for Name {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.0)
    }
}

pub(crate) fn name_of(told: &Told<Toy>) -> Name {
    Name(match told {
        Told::Data(chunk) => format!("Data {} bytes", chunk.len()),
        Told::End => "End".to_owned(),
        Told::Failed(failure) => format!("Failed {failure:?}"),
        Told::Identified => "Identified".to_owned(),
        Told::Refused(fault) => format!("Refused {fault:?}"),
        Told::Reply(reply) => format!("Reply {reply:?}"),
        Told::Wrote => "Wrote".to_owned(),
        Told::Body { offset, chunk } => format!("Body {offset}, {} bytes", chunk.len()),
        Told::BodyGone => "BodyGone".to_owned(),
    })
}
