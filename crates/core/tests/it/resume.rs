//! A download that goes on, event by event: what any wire may do with the answers, whatever the splits.

use larder_core::{Action, ContentFlaw, ErrorKind, Failure, Input, Machine, Phase, Resume, Session, Settings};

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
