//! An exchange, a client and an embedder that do whatever is legal in whatever order: it never panics, and it ends.

use core::time::Duration;

use larder_core::{Duty, Exchange, Failure, Machine, On, Serving, Time, Told};
use proptest::prelude::*;

use crate::drive::{request, upload_body, upload_head};
use crate::toy::{Answer, Fault, Said, Toy};

/// What the driver knows.
struct Driver {
    exchange: Exchange<Toy>,
    now: Time,
    on: On,
    body: Vec<u8>,
    has_ended: bool,
    identifying: bool,
    serving: bool,
    asked: Option<u64>,
    opens: u32,
    is_done: bool,
}

impl Driver {
    fn poll(&mut self) {
        while !self.is_done {
            match self.exchange.poll(self.now, &mut ()) {
                Duty::Identify(_) => self.identifying = true,
                Duty::Serve(_) => {
                    assert!(!self.identifying, "served before it was known who asks");
                    self.serving = true;
                }
                Duty::File(_) | Duty::Chunk(_) | Duty::FileEnd | Duty::FilesEnd => {
                    assert!(self.serving, "a file before the request");
                }
                Duty::Open { .. } => {
                    self.opens += 1;
                    assert_eq!(self.opens, 1, "one answer for one request");
                    self.serving = false;
                }
                Duty::Feed { offset, max } => {
                    assert!(max > 0);
                    self.asked = Some(offset);
                }
                Duty::Wait { until, on, .. } => {
                    assert!(until.is_none_or(|until| until > self.now), "waits for what is past");
                    self.on = on;
                    return;
                }
                Duty::Done(_) => self.is_done = true,
                Duty::Write(_) | Duty::Finish | Duty::Abort => {}
            }
        }
    }

    fn act(&mut self, choice: u8, detail: u8) {
        match choice {
            0..=79 => self.client(detail),
            80..=109 if self.identifying => {
                self.identifying = false;
                self.tell(if detail < 200 { Told::Identified } else { Told::Refused(Fault::Session) });
            }
            110..=139 if self.serving => {
                self.serving = false;
                let said = Said { text: "9".to_owned() };
                let reply = if detail < 128 { Ok(Answer::Fetch(said)) } else { Err(Fault::No) };
                self.tell(Told::Reply(reply));
            }
            110..=114 if self.on.peer => self.tell(Told::Reply(Err(Fault::Busy))),
            140..=179 if self.on.room => self.tell(Told::Wrote),
            180..=209 => {
                if let Some(offset) = self.asked.take() {
                    let chunk = "x".into();
                    self.tell(if detail < 240 { Told::Body { offset, chunk } } else { Told::BodyGone });
                }
            }
            210..=214 => self.tell(Told::Failed(Failure::Reset)),
            _ => self.now = self.now + Duration::from_millis(u64::from(detail)),
        }
        self.poll();
    }

    /// The client sends the next piece, or the end.
    fn client(&mut self, detail: u8) {
        if !self.on.peer || self.has_ended {
            return;
        }
        if self.body.is_empty() {
            self.has_ended = true;
            return self.tell(Told::End);
        }
        let rest = self.body.split_off(self.body.len().min(usize::from(detail)));
        let piece = core::mem::replace(&mut self.body, rest);
        self.tell(Told::Data(piece.into()));
    }

    fn tell(&mut self, told: Told<Toy>) {
        if self.is_done {
            return;
        }
        if let Err(misuse) = self.exchange.handle(told) {
            panic!("{misuse}: {:?}", self.exchange);
        }
        self.on = On::default();
    }
}

fn run(which: u8, script: &[(u8, u8)]) {
    let (head, body) = match which % 6 {
        0 => (request("POST", "/ping", &[]), b"text=something".to_vec()),
        1 => (request("GET", "/fetch", &[]), Vec::new()),
        2 => (upload_head(), upload_body(&["content", "more of it"])),
        4 => (request("POST", "/hand", &[]), b"a[file]b".to_vec()),
        3 => (upload_head(), b"no form at all".to_vec()),
        _ => (request("POST", "/nothing", &[]), b"x".to_vec()),
    };
    let mut driver = Driver {
        exchange: Exchange::new(head, Serving::default()),
        now: Time::ZERO,
        on: On::default(),
        body,
        has_ended: false,
        identifying: false,
        serving: false,
        asked: None,
        opens: 0,
        is_done: false,
    };
    driver.poll();
    for (choice, detail) in script {
        driver.act(*choice, *detail);
    }
    // The embedder does its part from here on, and the client says nothing more.
    for _ in 0..50 {
        if driver.identifying {
            driver.act(80, 0);
        }
        if driver.serving {
            driver.act(110, 255);
        }
        if driver.asked.is_some() {
            driver.act(180, 255);
        }
        driver.now = driver.now + Duration::from_secs(31);
        driver.poll();
    }
    assert!(driver.is_done, "{:?}", driver.exchange);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_legal(which: u8, script in proptest::collection::vec(any::<(u8, u8)>(), 0..60)) {
        run(which, &script);
    }

    #[test]
    fn whatever_is_illegal(which: u8, script in proptest::collection::vec(any::<(u8, u8)>(), 0..40)) {
        let head = if which % 2 == 0 { request("GET", "/fetch", &[]) } else { upload_head() };
        let mut exchange = Exchange::<Toy>::new(head, Serving::default());
        for (choice, detail) in script {
            let told = match choice % 12 {
                0 => Told::Data(upload_body(&["x"]).into()),
                1 => Told::End,
                2 => Told::Identified,
                3 => Told::Refused(Fault::No),
                4 => Told::Reply(Ok(Answer::Fetch(Said { text: "3".to_owned() }))),
                5 => Told::Wrote,
                6 => Told::Body { offset: u64::from(detail % 4), chunk: "xx".into() },
                7 if detail < 50 => Told::BodyGone,
                8 if detail < 20 => Told::Failed(Failure::Reset),
                _ => {
                    if matches!(exchange.poll(Time(Duration::from_millis(u64::from(detail))), &mut ()), Duty::Done(_)) {
                        return Ok(());
                    }
                    continue;
                }
            };
            let before = format!("{exchange:?}");
            if exchange.handle(told).is_err() {
                prop_assert_eq!(format!("{:?}", exchange), before);
            }
        }
    }
}
