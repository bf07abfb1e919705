//! A download that goes on, event by event: what any wire may do with the answers, whatever the splits.

use larder_core::{Action, Budget, ContentFlaw, ErrorKind, Failure, Input, Machine, Phase, Policy, Resume, Session, Settings};

use crate::drive::{Client, data, end, failed, head_with, settings};
use crate::toy::{Fetch, Toy};

const FILE: &str = "0123456789abcdefghij";

/// Downloads, and notes each piece: they must follow each other without a hole.
struct Download {
    client: Client<Fetch>,
    /// The exchange that is under way.
    at: u64,
    received: String,
    asked: Vec<String>,
    ended: Option<Result<(), ErrorKind<crate::toy::Fault>>>,
}

impl Download {
    fn new(settings: Settings<Toy>) -> Self {
        let client = Client::with(Fetch::default(), Session::none(), settings);
        let mut download = Self { client, at: 0, received: String::new(), asked: Vec::new(), ended: None };
        download.poll();
        download
    }

    fn poll(&mut self) {
        loop {
            match self.client.call.poll(self.client.now, &mut self.client.shared) {
                Action::Open { at, head, .. } => {
                    self.asked
                        .push(head.0.headers().get("range").map_or("all", |range| range.to_str().unwrap_or("?")).to_owned());
                    self.at = at.0;
                    self.client.say(Input::Connected { at });
                }
                Action::Data { offset, chunk } => {
                    assert_eq!(offset, self.received.len() as u64, "{}", self.received);
                    self.received.push_str(&String::from_utf8_lossy(&chunk));
                }
                Action::Wait { .. } => return,
                Action::Done(result) => {
                    self.ended = Some(result.map(drop).map_err(|error| error.kind));
                    return;
                }
                Action::Write { .. } | Action::Finish { .. } | Action::Abort { .. } | Action::Feed { .. } | Action::Note(_) => {}
            }
        }
    }

    fn tell(&mut self, input: Input) {
        self.client.say(input);
        self.poll();
    }

    /// The answer's head, its body in pieces of this size, and nothing behind it.
    fn answer(&mut self, status: u16, headers: &[(&'static str, &str)], body: &str, split: usize) {
        self.client.say(head_with(self.at, status, headers));
        for piece in body.as_bytes().chunks(split) {
            // The first piece comes before the head was looked at.
            self.tell(data(self.at, &String::from_utf8_lossy(piece)));
        }
    }

    fn broke(&mut self) {
        self.tell(failed(self.at, Failure::Reset, Phase::Receive));
        self.client.now = self.client.now + core::time::Duration::from_secs(10);
        if self.ended.is_none() {
            self.poll();
        }
    }
}

#[test]
fn every_cut_and_every_split() {
    for cut in 1..FILE.len() {
        for split in [1, 3, 20] {
            for knows_ranges in [true, false] {
                let mut download = Download::new(settings());
                download.answer(200, &[("etag", "\"e\"")], &FILE[..cut], split);
                download.broke();
                assert_eq!(download.asked, ["all", &format!("{cut}- if \"e\"")]);
                if knows_ranges {
                    let range = format!("bytes {cut}-19/20");
                    download.answer(206, &[("etag", "\"e\""), ("content-range", &range)], &FILE[cut..], split);
                } else {
                    download.answer(200, &[("etag", "\"e\""), ("content-length", "20")], FILE, split);
                }
                download.tell(end(download.at));
                assert_eq!((download.received.as_str(), download.ended), (FILE, Some(Ok(()))), "{cut} {split} {knows_ranges}");
            }
        }
    }
}

#[test]
fn all_events_at_once_are_looked_at_in_order() {
    // The whole second answer is there before anyone polls: it is of another file, and nothing of it gets through.
    let mut download = Download::new(settings());
    download.answer(200, &[("etag", "\"e\"")], "0123", 4);
    download.broke();
    let at = download.at;
    download.client.say(head_with(at, 200, &[("etag", "\"other\"")])).say(data(at, "another file")).say(end(at));
    download.poll();
    assert_eq!((download.received.as_str(), download.ended), ("0123", Some(Err(ErrorKind::Content(ContentFlaw::Changed)))));
}

#[test]
fn a_file_of_unknown_length_may_end_where_it_broke() {
    for (total, ended) in [("bytes */20", Ok(())), ("bytes */21", Err(ErrorKind::Content(ContentFlaw::Changed)))] {
        let mut download = Download::new(settings());
        download.answer(200, &[("etag", "\"e\"")], FILE, 7);
        download.broke();
        let at = download.at;
        download.client.say(head_with(at, 416, &[("content-range", total)]));
        download.tell(end(download.at));
        assert_eq!((download.received.as_str(), download.ended), (FILE, Some(ended)));
    }
}

#[test]
fn one_of_known_length_needs_no_end() {
    let mut download = Download::new(settings());
    download.answer(200, &[("content-length", "20")], FILE, 20);
    download.broke();
    assert_eq!((download.received.as_str(), download.ended), (FILE, Some(Ok(()))));
}

#[test]
fn who_does_not_want_it_is_told_of_the_failure() {
    let mut download = Download::new(Settings { resume: Resume::Never, ..settings() });
    download.answer(200, &[("etag", "\"e\"")], "0123", 4);
    download.broke();
    assert_eq!(download.ended, Some(Err(ErrorKind::Failure(Failure::Reset))));
}

#[test]
fn an_error_remembers_the_newest_attempts() {
    let policy = Policy { attempts: 40, ..Policy::default() };
    let mut client = Client::with(Fetch::default(), Session::none(), Settings { policy, ..settings() });
    client.shared.budget = Budget::new(1_000);
    let error = loop {
        match client.call.poll(client.now, &mut client.shared) {
            Action::Open { at, .. } => {
                client.say(failed(at.0, Failure::Connect, Phase::Connect));
            }
            Action::Wait { until, .. } => client.now = until.unwrap_or(client.now),
            Action::Done(Err(error)) => break error,
            Action::Note(_) | Action::Write { .. } | Action::Finish { .. } | Action::Abort { .. } | Action::Feed { .. } => {}
            unwanted @ (Action::Data { .. } | Action::Done(Ok(_))) => panic!("{unwanted:?}"),
        }
    };
    let first = error.attempts.first().map(|attempt| attempt.began);
    assert_eq!(error.attempts.len(), 32);
    assert!(first > Some(core::time::Duration::ZERO) && error.attempts.is_sorted_by_key(|attempt| attempt.began));
}

const TAGGED: (&str, &str) = ("etag", "\"e\"");

/// A download that broke off when it had the first four bytes.
fn broken_off(headers: &[(&'static str, &str)]) -> Download {
    let mut download = Download::new(settings());
    download.answer(200, headers, "0123", 4);
    download.broke();
    assert_eq!((download.asked.len(), &download.ended), (2, &None));
    download
}

#[test]
fn what_goes_on_must_be_the_same_file_from_the_same_place() {
    let dated = [("last-modified", "Sun, 06 Nov 1994 08:49:37 GMT"), ("date", "Sun, 06 Nov 1994 18:49:37 GMT")];
    let changed = Some(Err(ErrorKind::Content(ContentFlaw::Changed)));
    let place = |range| ("content-range", range);
    let goes_on = |first: &[(&'static str, &str)], status: u16, next: &[(&'static str, &str)]| {
        let mut download = broken_off(first);
        download.answer(status, next, FILE, 20);
        assert!(download.ended.is_none() || (download.received == "0123" && download.ended == changed), "{:?}", download.ended);
        download.ended.is_none()
    };
    assert!(goes_on(&[TAGGED], 206, &[TAGGED, place("bytes 4-19/20")]));
    assert!(!goes_on(&[TAGGED], 206, &[("etag", "\"other\""), place("bytes 4-19/20")]), "another file");
    assert!(!goes_on(&[TAGGED], 206, &[TAGGED, place("bytes 5-19/20")]), "a hole");
    assert!(!goes_on(&[TAGGED], 206, &[TAGGED, place("bytes 3-19/20")]), "a byte twice");
    assert!(!goes_on(&[TAGGED], 206, &[TAGGED]), "it does not say what it is");
    // All of it: only a strong tag says that it is the same.
    assert!(goes_on(&[TAGGED], 200, &[TAGGED]));
    assert!(!goes_on(&dated, 200, &dated));
    assert!(goes_on(&dated, 206, &[dated[0], place("bytes 4-19/20")]));
}

#[test]
fn a_part_goes_on_to_its_own_end() {
    for knows_ranges in [true, false] {
        let mut download = Download::new(settings());
        download.answer(206, &[TAGGED, ("content-range", "bytes 5-14/20")], &FILE[5..9], 4);
        download.broke();
        assert_eq!(download.asked, ["all", "9-14 if \"e\""]);
        if knows_ranges {
            download.answer(206, &[TAGGED, ("content-range", "bytes 9-14/20")], &FILE[9..15], 4);
        } else {
            download.answer(200, &[TAGGED, ("content-length", "20")], FILE, 4);
        }
        download.tell(end(download.at));
        assert_eq!((download.received.as_str(), &download.ended), (&FILE[5..15], &Some(Ok(()))), "{knows_ranges}");
    }
}

#[test]
fn what_ends_too_soon_goes_on_once_more() {
    let mut download = broken_off(&[TAGGED, ("content-length", "20")]);
    download.answer(206, &[TAGGED, ("content-range", "bytes 4-19/20")], &FILE[4..9], 20);
    // It ends as if that were all.
    download.tell(end(download.at));
    download.client.now = download.client.now + core::time::Duration::from_secs(10);
    download.poll();
    assert_eq!((download.asked.last().map(String::as_str), &download.ended), (Some("9- if \"e\""), &None));
    download.answer(206, &[TAGGED, ("content-range", "bytes 9-19/20")], &FILE[9..], 20);
    download.tell(end(download.at));
    assert_eq!((download.received.as_str(), download.ended), (FILE, Some(Ok(()))));
}

#[test]
fn a_part_that_ends_before_its_own_end_goes_on() {
    let mut download = Download::new(settings());
    download.answer(206, &[TAGGED, ("content-range", "bytes 5-14/20")], &FILE[5..9], 4);
    download.tell(end(download.at));
    download.client.now = download.client.now + core::time::Duration::from_secs(10);
    download.poll();
    assert_eq!((download.asked.last().map(String::as_str), &download.ended), (Some("9-14 if \"e\""), &None));
    // And one that brings more than it said has not brought what was asked for.
    let mut longer = Download::new(settings());
    longer.answer(206, &[TAGGED, ("content-range", "bytes 5-6/20")], &FILE[5..9], 4);
    longer.tell(end(longer.at));
    assert_eq!(longer.ended, Some(Err(ErrorKind::Failure(Failure::Truncated))));
}

#[test]
fn what_is_longer_than_it_said_does_not_go_on() {
    let mut download = Download::new(settings());
    download.answer(206, &[TAGGED, ("content-range", "bytes 0-2/20")], "0123", 4);
    download.broke();
    assert_eq!((download.asked.len(), download.ended), (1, Some(Err(ErrorKind::Failure(Failure::Reset)))));
}

#[test]
fn only_what_moves_on_is_asked_for_again_and_again() {
    // Each answer brings a byte.
    let mut moving = broken_off(&[TAGGED]);
    for place in 4..12 {
        moving.answer(206, &[TAGGED, ("content-range", &format!("bytes {place}-19/20"))], &FILE[place..=place], 1);
        moving.broke();
    }
    assert_eq!((moving.asked.len(), moving.ended), (10, None));
    // Each brings its head alone.
    let mut stuck = broken_off(&[TAGGED]);
    while stuck.ended.is_none() {
        stuck.answer(206, &[TAGGED, ("content-range", "bytes 4-19/20")], "", 1);
        stuck.broke();
    }
    assert_eq!((stuck.asked.len(), stuck.ended), (4, Some(Err(ErrorKind::Failure(Failure::Reset)))));
}

#[test]
fn it_says_each_time_where_it_goes_on() {
    let mut client = Client::new(Fetch::default(), Session::none());
    client.poll().tell(head_with(2, 200, &[TAGGED])).tell(data(2, "0123"));
    client.tell(failed(2, Failure::Reset, Phase::Receive)).after(10);
    client.tell(failed(3, Failure::Refused, Phase::Connect)).after(10);
    assert_eq!(client.log.matches("Resuming { offset: 4 }").count(), 2, "{}", client.log);
    assert!(client.waits.is_some() && !client.is_done && client.log.contains("Open #4"), "{}", client.log);
}

#[test]
fn what_is_refused_meanwhile_is_a_refusal() {
    // 416 says something of a file only where a part of it was asked for.
    let mut first = Download::new(settings());
    first.answer(416, &[("content-range", "bytes */20")], "", 1);
    first.tell(end(first.at));
    assert_eq!(first.ended, Some(Err(ErrorKind::Peer(larder_core::PeerFlaw::Status(416)))));
    let mut refused = broken_off(&[TAGGED]);
    refused.answer(403, &[], "", 1);
    refused.tell(end(refused.at));
    assert_eq!(refused.ended, Some(Err(ErrorKind::Fault(crate::toy::Fault::No))));
    // Of a file whose length is known, there is something behind.
    let mut known = broken_off(&[TAGGED, ("content-length", "20")]);
    known.answer(416, &[("content-range", "bytes */4")], "", 1);
    known.tell(end(known.at));
    assert_eq!(known.ended, Some(Err(ErrorKind::Content(ContentFlaw::Changed))));
    // Nobody says how long it is.
    let mut silent = broken_off(&[TAGGED]);
    silent.answer(416, &[], "", 1);
    silent.tell(end(silent.at));
    assert_eq!(silent.ended, Some(Err(ErrorKind::Content(ContentFlaw::Changed))));
}

#[test]
fn a_place_that_is_gone_in_the_middle_of_a_file_is_asked_for_anew() {
    let mut client = Client::new(Fetch::default(), Session::none());
    client.poll().say(head_with(2, 302, &[("location", "http://node.test/x")])).tell(end(2));
    client.tell(head_with(3, 200, &[TAGGED])).tell(data(3, "0123"));
    client.tell(failed(3, Failure::Reset, Phase::Receive)).after(10);
    // It moved there, so that it goes on there.
    client.say(head_with(4, 410, &[])).tell(end(4));
    assert_eq!(client.log.matches("Resuming { offset: 4 }").count(), 2, "{}", client.log);
    let opened: Vec<&str> = client.log.lines().filter_map(|line| line.split_once("Open #")).map(|(_, open)| open).collect();
    let hosts: Vec<bool> = opened.iter().map(|open| open.contains("node.test")).collect();
    assert_eq!(hosts, [false, true, true, false], "{}", client.log);
}
