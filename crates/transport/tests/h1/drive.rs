//! A connection that is handed an answer.

use bytes::BytesMut;
use http::{Method, Request};
use larder_core::Length;
use larder_transport::h1::{Connection, Event, Flaw, Limits};

/// What an answer came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) status: Option<u16>,
    pub(crate) fields: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
    pub(crate) end: Result<(), Flaw>,
    pub(crate) can_be_reused: bool,
}

pub(crate) fn request(method: Method) -> Request<()> {
    Request::builder().method(method).uri("http://a.example/x").body(()).unwrap()
}

/// A connection that has sent a request without a body.
pub(crate) fn asked(method: Method, limits: Limits) -> Connection {
    let mut connection = Connection::new(limits);
    connection.send(&request(method), Length::Known(0), &mut BytesMut::new()).unwrap();
    connection
}

/// Hands an answer over in these pieces, then the end of the connection if that is still waited for.
pub(crate) fn answer(connection: &mut Connection, pieces: &[&[u8]]) -> Seen {
    let mut seen = Seen { status: None, fields: Vec::new(), body: Vec::new(), end: Ok(()), can_be_reused: false };
    let mut pieces = pieces.iter().copied().filter(|piece| !piece.is_empty());
    loop {
        match connection.event() {
            Ok(Event::NeedInput) => put(connection, pieces.next().unwrap_or_default()),
            Ok(Event::Head(head)) => {
                assert_eq!(seen.status.replace(head.status().as_u16()), None, "a second head");
                let fields = head.headers().iter();
                seen.fields.extend(fields.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())));
            }
            Ok(Event::Data(data)) => {
                assert!(!data.is_empty() && seen.status.is_some());
                seen.body.extend_from_slice(&data);
            }
            Ok(Event::End) => {
                // What is left was sent without being asked for.
                pieces.for_each(|piece| put(connection, piece));
                seen.can_be_reused = connection.can_be_reused();
                return seen;
            }
            Err(flaw) => {
                assert_eq!(connection.event().unwrap_err(), flaw, "another flaw the second time");
                assert!(!connection.can_be_reused());
                seen.end = Err(flaw);
                return seen;
            }
        }
    }
}

fn put(connection: &mut Connection, piece: &[u8]) {
    let copy = |room: &mut [u8]| {
        room[..piece.len()].copy_from_slice(piece);
        Ok::<_, ()>(piece.len())
    };
    connection.fill(piece.len(), copy).unwrap();
}

/// An answer to a GET, whole.
pub(crate) fn get(text: &[u8]) -> Seen {
    answer(&mut asked(Method::GET, Limits::default()), &[text])
}
