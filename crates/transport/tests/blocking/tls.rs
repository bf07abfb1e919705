//! The same over TLS.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use larder_core::{Clocks, ErrorKind, Failure, Policy, Secret, Session, Settings};
use larder_transport::blocking::{CallError, Client, Options};
use larder_transport::server::Tls;
use larder_transport::tls::Roots;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::api::{Echo, Fault, Fetch, Login, Put, Shelf, Stored};
use crate::peer::settings;
use crate::shelf::{How, file, start_with, sum};

fn echo() -> Echo {
    Echo { text: "hello".to_owned() }
}

fn put(name: &str) -> Put {
    Put { name: name.to_owned() }
}

fn made() -> rcgen::CertifiedKey<rcgen::KeyPair> {
    rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap()
}

fn trusting(made: &rcgen::CertifiedKey<rcgen::KeyPair>) -> Options {
    Options { roots: Roots::none().and_pem(made.cert.pem().as_bytes()).unwrap(), ..Options::default() }
}

#[test]
fn a_trusted_server_is_spoken_to_and_no_other() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let made = made();
    let tls = Tls::from_pem(made.cert.pem().as_bytes(), made.signing_key.serialize_pem().as_bytes()).unwrap();
    let server = runtime.block_on(start_with(How::default(), tls));
    let settings = settings(&format!("https://{}", server.address));
    let session = || Session::with_login(Login { user: "u".to_owned() });
    let client = Client::<Shelf>::new(session(), trusting(&made));
    for _ in 0..3 {
        assert_eq!(client.call(echo(), settings.clone()).unwrap().text, "hello");
    }
    let (mut got, whole) = (Vec::new(), file(0, 4 << 20));
    client.download(Fetch { length: 4 << 20 }, settings.clone(), &mut got).unwrap();
    assert!(got == whole);
    let stored = client.upload(put("a"), settings.clone(), whole.clone()).unwrap();
    assert_eq!(stored, Stored { length: 4 << 20, sum: sum(0, &whole) });
    let error = client.upload(put("refuse"), settings.clone(), file(0, 32 << 20)).unwrap_err();
    assert!(matches!(error, CallError::Call(error) if error.fault() == Some(&Fault::new(507, "full"))));

    let stranger = Client::<Shelf>::new(session(), Options::default());
    let error = stranger.call(echo(), settings).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Failure(Failure::Certificate));
}

#[test]
fn a_handshake_that_does_not_come_ends_by_the_connect_clock() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let settings = settings(&format!("https://{}", silent.local_addr().unwrap()));
    let clocks = Clocks { connect: Duration::from_millis(50).into(), ..Clocks::default() };
    let settings = Settings { clocks, policy: Policy { attempts: 1, ..settings.policy }, ..settings };
    let client = Client::<Shelf>::new(Session::with_token(Secret::new("t")), Options::default());
    let error = client.call(echo(), settings).unwrap_err();
    assert_eq!((&error.kind, error.detail.as_deref()), (&ErrorKind::Failure(Failure::Connect), Some("timed out")));
}

#[test]
fn a_server_that_speaks_no_tls_is_none() {
    let plain = TcpListener::bind("127.0.0.1:0").unwrap();
    let settings = settings(&format!("https://{}", plain.local_addr().unwrap()));
    thread::spawn(move || {
        let (mut tcp, _) = plain.accept().unwrap();
        let _ = tcp.read(&mut [0; 1000]);
        let _ = tcp.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
    });
    let client = Client::<Shelf>::new(Session::with_token(Secret::new("t")), Options::default());
    let error = client.call(echo(), settings).unwrap_err();
    assert_eq!((&error.kind, error.attempts.len()), (&ErrorKind::Failure(Failure::Tls), 1));
    assert!(error.to_string().contains("handshake failed: received corrupt message"), "{error}");
}

/// A server of TLS by hand, which says `answer` and then closes: with a word of TLS if `is_told`. An answer that has a length is the
/// last that it says; the thread tells whether the client's word of TLS came then.
fn closing(answer: &'static str, is_told: bool) -> (Options, Settings<Shelf>, thread::JoinHandle<bool>) {
    let (made, listener) = (made(), TcpListener::bind("127.0.0.1:0").unwrap());
    let (options, settings) = (trusting(&made), settings(&format!("https://{}", listener.local_addr().unwrap())));
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let thread = thread::spawn(move || {
        let (mut tcp, _) = listener.accept().unwrap();
        let mut session = rustls::ServerConnection::new(Arc::new(config)).unwrap();
        let mut stream = rustls::Stream::new(&mut session, &mut tcp);
        let (mut all, mut room) = (Vec::new(), [0; 1000]);
        while !all.ends_with(b"}") {
            let count = stream.read(&mut room).unwrap();
            all.extend_from_slice(&room[..count]);
        }
        stream.write_all(answer.as_bytes()).unwrap();
        if is_told {
            session.send_close_notify();
            session.write_tls(&mut tcp).unwrap();
        }
        answer.contains("content-length") && matches!(rustls::Stream::new(&mut session, &mut tcp).read(&mut room), Ok(0))
    });
    (options, settings, thread)
}

#[test]
fn a_client_that_closes_says_so() {
    let (options, settings, server) = closing("HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{\"text\":\"a\"}", false);
    let client = Client::<Shelf>::new(Session::with_token(Secret::new("t")), options);
    assert_eq!(client.call(echo(), settings).unwrap().text, "a");
    drop(client);
    assert!(server.join().unwrap());
}

/// A body that ends with the connection is whole only if TLS says that the connection ends: anybody can cut one off.
#[test]
fn an_end_that_tls_does_not_tell_of_is_no_end() {
    const ANSWER: &str = "HTTP/1.1 200 OK\r\n\r\n{\"text\":\"a\"}";
    let call = |is_told| {
        let (options, settings, _) = closing(ANSWER, is_told);
        let settings = Settings { policy: Policy { attempts: 1, ..settings.policy }, ..settings };
        Client::<Shelf>::new(Session::with_token(Secret::new("t")), options).call(echo(), settings)
    };
    assert_eq!(call(true).unwrap().text, "a");
    assert_eq!(call(false).unwrap_err().kind, ErrorKind::Failure(Failure::Truncated));
}
