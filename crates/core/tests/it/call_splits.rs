//! However an answer is cut up, the call comes to the same end.

use larder_core::{Input, Limits, Session, Settings};

use crate::drive::{Client, data, end, head_with, settings, wrote};
use crate::toy::{Fetch, Ping};

const TEXT: &str = "an answer of some length";

/// All ways to cut a text in three, empty pieces included.
fn cuts(text: &str) -> impl Iterator<Item = [&str; 3]> {
    let all = 0..=text.len();
    all.flat_map(move |first| (first..=text.len()).map(move |second| [&text[..first], &text[first..second], &text[second..]]))
}

#[test]
fn of_a_message() {
    for pieces in cuts(TEXT) {
        let mut client = Client::new(Ping::default(), Session::none());
        client.poll().tell(wrote(1)).tell(head_with(1, 200, &[("content-length", "24")]));
        for piece in pieces {
            client.tell(data(1, piece));
        }
        client.say(end(1));
        let done = format!("{:?}", client.call);
        client.poll();
        assert!(client.log.ends_with("> Done\n") && client.is_done, "{pieces:?}: {done}");
    }
}

#[test]
fn of_a_file() {
    for pieces in cuts(TEXT) {
        let mut client = Client::new(Fetch::default(), Session::none());
        client.poll().tell(head_with(2, 200, &[("content-length", "24")]));
        let mut offset = 0;
        for piece in pieces {
            client.tell(data(2, piece));
            let told = format!("> Data {offset}, {} bytes", piece.len());
            assert_eq!(client.log.contains(&told), !piece.is_empty(), "{pieces:?}\n{}", client.log);
            offset += piece.len();
        }
        client.tell(end(2));
        assert!(client.log.ends_with("> Done\n"), "{pieces:?}\n{}", client.log);
    }
}

#[test]
fn a_limit_is_met_wherever_it_is_cut() {
    for (limit, ends) in [(TEXT.len(), "> Done\n"), (TEXT.len() - 1, "> Done Peer(TooLong(23))\n")] {
        for pieces in cuts(TEXT) {
            let limits = Limits { answer: limit, ..Limits::default() };
            let mut client = Client::with(Ping::default(), Session::none(), Settings { limits, ..settings() });
            client.poll().tell(wrote(1)).tell(head_with(1, 200, &[]));
            let mut inputs = pieces.map(|piece| data(1, piece)).into_iter().chain([end(1)]);
            while let Some(input) = inputs.next().filter(|_| !client.is_done) {
                client.tell(input);
            }
            assert!(client.log.ends_with(ends), "{pieces:?}\n{}", client.log);
        }
    }
}

#[test]
fn a_file_is_sent_as_it_was_read() {
    for pieces in cuts(TEXT) {
        let settings = Settings { length: Some(TEXT.len() as u64), ..settings() };
        let mut client = Client::with(crate::toy::Store::default(), Session::none(), settings);
        client.poll().tell(wrote(2));
        let mut offset = 0;
        for piece in pieces.iter().filter(|piece| !piece.is_empty()) {
            client.tell(crate::drive::body(offset, piece)).tell(wrote(2));
            offset += piece.len() as u64;
        }
        client.tell(Input::BodyEnd).tell(wrote(2)).tell(head_with(2, 200, &[])).tell(end(2));
        assert!(client.log.ends_with("> Done\n"), "{pieces:?}\n{}", client.log);
    }
}
