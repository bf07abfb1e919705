//! A form with one large file, in the chunks in which a server reads it.

use std::convert::Infallible;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_util::stream::{self, Stream};
use larder_core::multipart::{Boundary, Event, Limits, Parser, Writer};

use crate::contest::{Aim, Row, contender};

const MULTER: &str = "multer";
const MEMCHR: &str = "memchr over the same bytes";
const CHUNK: usize = 64 << 10;
const CHUNKS: usize = 4 << 10;
/// As many chunks are in memory; the body repeats them, as a reader reuses its buffers.
const DISTINCT: usize = 16;

/// The chunks of a body whose content is random, as compressed files are.
#[derive(Clone)]
struct Body {
    boundary: Boundary,
    before: Bytes,
    content: Bytes,
    after: Bytes,
}

impl Body {
    fn new() -> Self {
        let boundary = Boundary::from_seed(0x1234_5678_9ABC_DEF0, 0xFEED_FACE_CAFE_BEEF);
        let writer = Writer::new(boundary.clone());
        let before = writer.file("uploadFile1", "large.zip", "application/zip", None).expect("a head");
        let mut state = 88_172_645_463_325_252_u64;
        let mut random = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()
        };
        let content = std::iter::repeat_with(&mut random).take(DISTINCT * CHUNK / 8).flatten().collect();
        Self { boundary, before, content, after: [writer.file_end(), writer.finish()].concat().into() }
    }

    fn chunks(&self) -> impl Iterator<Item = Bytes> + '_ {
        let content = (0..CHUNKS).map(|at| self.content.slice(at % DISTINCT * CHUNK..(at % DISTINCT + 1) * CHUNK));
        std::iter::once(self.before.clone()).chain(content).chain([self.after.clone()])
    }

    fn ours(&self) -> usize {
        let mut parser = Parser::new(&self.boundary, Limits::default());
        let (mut chunks, mut len) = (self.chunks(), 0);
        loop {
            match parser.next().expect("a body") {
                Event::Data(data) => len += black_box(data).len(),
                Event::NeedInput => match chunks.next() {
                    Some(chunk) => parser.push(chunk).expect("room for a chunk"),
                    None => parser.finish(),
                },
                Event::Part(_) | Event::PartEnd => {}
                Event::End => return len,
            }
        }
    }

    async fn multer(self) -> usize {
        let boundary = self.boundary.as_str().to_owned();
        let mut at = 0;
        let chunks = std::iter::from_fn(move || {
            at += 1;
            match at - 1 {
                0 => Some(self.before.clone()),
                1..=CHUNKS => Some(self.content.slice((at - 2) % DISTINCT * CHUNK..((at - 2) % DISTINCT + 1) * CHUNK)),
                _ => (at == CHUNKS + 2).then(|| self.after.clone()),
            }
        });
        let stream = paced(chunks.map(Ok::<_, Infallible>));
        let mut body = multer::Multipart::new(stream, boundary);
        let mut len = 0;
        while let Some(mut field) = body.next_field().await.expect("a field") {
            while let Some(data) = field.chunk().await.expect("content") {
                len += black_box(data).len();
            }
        }
        len
    }

    /// How fast bytes can be looked at: it counts the carriage returns, with vector instructions throughout.
    fn memchr(&self) -> usize {
        let look = |chunk: Bytes| memchr::memchr_iter(b'\r', black_box(&chunk)).count();
        self.chunks().map(look).sum()
    }
}

pub(crate) fn file() -> Row {
    let body = Body::new();
    let (parsed, polled, looked) = (body.clone(), body.clone(), body.clone());
    assert!(body.ours() == CHUNKS * CHUNK && now(body.clone().multer()) == CHUNKS * CHUNK, "both find the whole file");
    let contenders = vec![
        contender("Larder", move || parsed.ours()),
        contender(MULTER, move || now(polled.clone().multer())),
        contender(MEMCHR, move || looked.memchr()),
    ];
    let aims = vec![Aim { against: MULTER, at_most: 1.0 }, Aim { against: MEMCHR, at_most: 2.0 }];
    Row { title: "a file of 256 MiB in a form, in chunks of 64 KiB".to_owned(), contenders, aims }
}

/// A stream that has one item at a time, as a connection has: multer reads on until there is none, and keeps it all.
fn paced<T>(mut items: impl Iterator<Item = T>) -> impl Stream<Item = T> {
    let mut ready = false;
    stream::poll_fn(move |_| {
        ready = !ready;
        if ready { Poll::Ready(items.next()) } else { Poll::Pending }
    })
}

/// Runs a future that never waits for anyone.
fn now<T>(future: impl Future<Output = T>) -> T {
    let (mut future, mut context) = (pin!(future), Context::from_waker(Waker::noop()));
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut context) {
            return done;
        }
    }
}
