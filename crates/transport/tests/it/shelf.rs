//! The service of the tiny API, and a listener for it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::Incoming;
use larder_core::wire::FileHead;
use larder_core::{Credential, Outcome, Policy, Serving, Session, Settings, Target};
use larder_transport::server::{
    self, Accept, Body, Download, HungUp, Memory, Peer, Plain, Report, Respond, Served, Service, Upload,
};
use larder_transport::{Client, client};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::api::{self, Answer, Echo, Fault, Fetched, Login, Shelf, Stored, Token};

/// What the tests look at and wait for.
pub struct State {
    pub logins: AtomicUsize,
    pub echoes: AtomicUsize,
    /// Up to where files that are fetched were read.
    pub read: Arc<AtomicU64>,
    /// Told at each login, and at each echo of "wait".
    entered: mpsc::UnboundedSender<&'static str>,
    /// One permit lets one of those go on; open by default for logins.
    pub gate: Semaphore,
    pub logins_wait: bool,
    ended: mpsc::UnboundedSender<Outcome<Shelf>>,
}

pub struct Running {
    pub address: SocketAddr,
    pub state: Arc<State>,
    pub entered: mpsc::UnboundedReceiver<&'static str>,
    pub ended: mpsc::UnboundedReceiver<Outcome<Shelf>>,
    pub stop: Option<oneshot::Sender<()>>,
    pub report: JoinHandle<Report>,
}

#[derive(Default)]
pub struct How {
    pub options: server::Options,
    pub serving: Serving,
    pub memory: Memory,
    pub logins_wait: bool,
}

pub async fn start() -> Running {
    start_with(How::default(), Plain).await
}

pub async fn start_with(how: How, layer: impl Accept) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let ((entering, entered), (ending, ended)) = (mpsc::unbounded_channel(), mpsc::unbounded_channel());
    let state = Arc::new(State {
        logins: AtomicUsize::new(0),
        echoes: AtomicUsize::new(0),
        read: Arc::default(),
        entered: entering,
        gate: Semaphore::new(0),
        logins_wait: how.logins_wait,
        ended: ending,
    });
    let (stop, stopped) = oneshot::channel();
    let service = Arc::new(Front { state: Arc::clone(&state), serving: how.serving, memory: how.memory });
    let report = tokio::spawn(server::serve_with(listener, layer, service, how.options, async move {
        let _ = stopped.await;
    }));
    Running { address, state, entered, ended, stop: Some(stop), report }
}

impl Running {
    pub fn settings(&self) -> Settings<Shelf> {
        settings(&format!("http://{}", self.address))
    }
}

/// Retries that do not take long.
pub fn settings(target: &str) -> Settings<Shelf> {
    let policy = Policy { base: Duration::from_millis(1), ..Policy::default() };
    Settings { policy, ..Settings::new(Target::parse(target).unwrap()) }
}

pub fn client() -> Client<Shelf> {
    client_with(client::Options::default())
}

pub fn client_with(options: client::Options) -> Client<Shelf> {
    Client::new(Session::with_login(Login { user: "u".to_owned() }), options)
}

/// The file of every test: no piece of it looks like another.
pub fn file(offset: u64, length: usize) -> Bytes {
    (offset..offset + length as u64).map(|at| (at ^ (at >> 8) ^ (at >> 16)) as u8).collect::<Vec<_>>().into()
}

pub fn sum(seed: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(seed, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)))
}

struct Front {
    state: Arc<State>,
    serving: Serving,
    memory: Memory,
}

impl Service for Front {
    async fn serve(&self, peer: Peer, request: Request<Incoming>) -> Result<Response<Body>, HungUp> {
        if request.uri().path() == "/plain" {
            return Ok(Response::new(Body::from(format!("secure: {}", peer.is_secure))));
        }
        server::exchange::<Shelf, _, _>(request, peer, Arc::clone(&self.state), self.serving, &self.memory).await
    }
}

impl Respond<Shelf> for State {
    type Caller = ();
    type Upload = Taking;
    type Download = Giving;

    async fn identify(&self, _: &Peer, credential: Credential) -> Result<(), Fault> {
        match credential {
            Credential::Session(token) if token.expose() == "t" => Ok(()),
            Credential::None => Ok(()),
            Credential::Session(_) | Credential::Key(_) | Credential::Upload(_) | Credential::Link(_) => {
                Err(Fault::new(401, "who?"))
            }
        }
    }

    async fn serve(&self, (): (), request: api::Request) -> Result<Served<Shelf, Taking, Giving>, Fault> {
        Ok(match request {
            api::Request::Login(_) => {
                self.logins.fetch_add(1, Ordering::SeqCst);
                self.enter("login", self.logins_wait).await;
                Served::Reply(Answer::Login(Token::new()))
            }
            api::Request::Echo(Echo { text }) => {
                self.echoes.fetch_add(1, Ordering::SeqCst);
                if text == "wait" {
                    self.enter("echo", true).await;
                }
                Served::Reply(Answer::Echo(Echo { text }))
            }
            api::Request::Add(api::Add { text }) => Served::Reply(Answer::Add(Echo { text })),
            api::Request::Put(api::Put { name }) => {
                let entered = self.entered.clone();
                Served::Upload(Taking { refuses: name == "refuse", length: 0, sum: 0, entered })
            }
            api::Request::Fetch(api::Fetch { length }) => {
                Served::Download(Answer::Fetch(Fetched { length }), Giving(Arc::clone(&self.read)))
            }
        })
    }

    fn ended(&self, _: &Peer, outcome: Outcome<Shelf>, _: Duration) {
        let _ = self.ended.send(outcome);
    }
}

impl State {
    async fn enter(&self, what: &'static str, waits: bool) {
        let _ = self.entered.send(what);
        if waits {
            self.gate.acquire().await.unwrap().forget();
        }
    }
}

pub struct Taking {
    refuses: bool,
    length: u64,
    sum: u64,
    entered: mpsc::UnboundedSender<&'static str>,
}

impl Drop for Taking {
    fn drop(&mut self) {
        let _ = self.entered.send("upload over");
    }
}

impl Upload<Shelf> for Taking {
    async fn file(&mut self, _: FileHead) -> Result<(), Fault> {
        Ok(())
    }

    async fn chunk(&mut self, chunk: Bytes) -> Result<(), Fault> {
        if self.refuses {
            return Err(Fault::new(507, "full"));
        }
        self.sum = sum(self.sum, &chunk);
        self.length += chunk.len() as u64;
        Ok(())
    }

    async fn file_end(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    async fn finish(self) -> Result<Answer, Fault> {
        Ok(Answer::Put(Stored { length: self.length, sum: self.sum }))
    }
}

pub struct Giving(Arc<AtomicU64>);

impl Download for Giving {
    async fn read(&mut self, offset: u64, max: usize) -> io::Result<Bytes> {
        self.0.store(offset, Ordering::SeqCst);
        Ok(file(offset, max))
    }
}
