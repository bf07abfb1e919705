//! Answers of every framing, whole and broken.

use bytes::Bytes;

use super::super::Rule;
use super::super::scenario::{ANSWER, Ask, Scenario, What, failed};
use super::super::script::{Act, Step, chunks, head, message, said};

/// Not that of the answer.
const OTHER_LENGTH: &str = "content-length: 99\r\n";

fn ok() -> String {
    message("200 OK", "", &said(ANSWER))
}

fn chunked(size: usize) -> String {
    [&head("200 OK", "transfer-encoding: chunked\r\n\r\n"), &chunks(&said(ANSWER), size), "0\r\n\r\n"].concat()
}

/// An answer that must come out as a failure of the transport.
fn broken(name: &'static str, steps: Vec<Step>, why: &'static str) -> Scenario {
    let ask = Ask::new(What::Look).wary();
    let ask = ask.expects(|result| failed(result, |failure| failure != larder_core::Failure::Silence), Rule::Answer, why);
    Scenario::new(name, vec![ask], vec![Act::cut([vec![Step::Request], steps].concat())])
}

pub(super) fn all() -> Vec<Scenario> {
    let look = || Ask::new(What::Look).wary();
    vec![
        Scenario::new("a plain answer", vec![look()], vec![Act::say(&ok())]),
        Scenario::new(
            "an answer byte by byte",
            vec![look(), look()],
            vec![
                Act::whole(vec![Step::Request, Step::Drip(Bytes::from(ok()))]),
                Act::whole(vec![Step::Request, Step::Drip(Bytes::from(chunked(5)))]),
            ],
        ),
        Scenario::new("an answer in chunks, in one segment", vec![look()], vec![Act::say(&chunked(3))]),
        Scenario::new(
            "interim answers first, in the same segment",
            vec![look()],
            vec![Act::say(&format!("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n{}", ok()))],
        ),
        Scenario::new(
            "answers without a body",
            vec![look(), Ask::new(What::Peek).wary(), look()],
            vec![
                Act::say(&head("204 No Content", "\r\n")),
                // It says how the body of a GET would be framed.
                Act::say(&head("200 OK", "transfer-encoding: chunked\r\n\r\n")),
                Act::say(&head("304 Not Modified", "content-length: 99\r\n\r\n")),
            ],
        ),
        Scenario::new(
            "an answer that ends with its connection",
            vec![Ask::new(What::Fetch).wary().of_size(300_000), look()],
            vec![
                Act::whole(vec![
                    Step::Request,
                    Step::say(&head("200 OK", "connection: close\r\n\r\n")),
                    Step::File(300_000),
                    Step::Close,
                ]),
                Act::say(&ok()),
            ],
        ),
        broken(
            "an answer that is cut short of its length",
            vec![Step::say(&head("200 OK", "content-length: 100\r\n\r\n{\"text\":")), Step::Close],
            "the answer was cut short: tell `Failed` (`Truncated`)",
        ),
        broken(
            "an answer whose last chunk does not come",
            vec![
                Step::say(&[head("200 OK", "transfer-encoding: chunked\r\n\r\n"), chunks(&said(ANSWER), 4)].concat()),
                Step::Close,
            ],
            "the answer was cut short between two chunks: tell `Failed` (`Truncated`)",
        ),
        broken(
            "a chunk whose size is no number",
            vec![
                Step::say(&[&head("200 OK", "transfer-encoding: chunked\r\n\r\n"), "xyz\r\n", &said(ANSWER)].concat()),
                Step::Close,
            ],
            "the framing is broken: tell `Failed` (`Protocol`)",
        ),
        broken(
            "an answer of two lengths",
            vec![Step::say(&message("200 OK", OTHER_LENGTH, &said(ANSWER))), Step::Close],
            "it says two lengths, and which one is meant cannot be known: tell `Failed` (`Protocol`)",
        ),
        broken(
            "an answer in chunks that says a length, too",
            vec![
                Step::say(&chunked(5).replacen("transfer-encoding", &[OTHER_LENGTH, "transfer-encoding"].concat(), 1)),
                Step::Close,
            ],
            "it says two ends, and which one is meant cannot be known: tell `Failed` (`Protocol`)",
        ),
        broken(
            "no HTTP at all",
            vec![Step::say("220 mail.example ESMTP ready\r\n\r\n"), Step::Close],
            "that is no HTTP: tell `Failed` (`Protocol`)",
        ),
        broken(
            "a head without end",
            vec![Step::say(&head("200 OK", "")), Step::Fields(64 << 20), Step::Close],
            "no head is that long: bound it, and tell `Failed` (`Protocol`)",
        ),
    ]
}
