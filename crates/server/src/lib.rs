//! The running service: the engine behind both APIs on one HTTP listener.
//!
//! # In scope
//! Opening and founding a data folder ([`init`]), telling the APIs apart (`service`), moving files between the
//! wire and the engine (`nvx`), the reseller API (`e2`), the descriptions that are handed out (`pages`, `description`), and
//! the jobs that run beside them ([`Server::run`]).
//!
//! # Out of scope
//! What the operations mean is `larder-engine`'s; how they look is the proto crates'; sockets are `larder-transport`'s.
//!
//! # How a request flows
//! ```text
//!   listener ──▶ connection ──▶ which API, by its path (below)
//!   (transport)                  ├─ Nirvanix ──▶ Exchange<Nvx> ──▶ handler ──▶ engine, on threads for what blocks
//!                                ├─ e2 ────────▶ Exchange<E2> ───▶ handler ──▶ engine
//!                                └─ pages, descriptions, Version
//! ```
//! ```text
//!   data folder: empty ──init──▶ founded ──open──▶ in use (one process) ──run──▶ serving ──shutdown──▶ draining ──▶ closed
//! ```
//!
//! # Paths of the listener
//! | path | what answers |
//! |---|---|
//! | `/api/reseller/v1/…` | the reseller API |
//! | `/api/reseller/v1/openapi.json` | its description (OpenAPI 3.1), without a key |
//! | `/ws/<Namespace>/<Method>.ashx`, `/Upload.ashx` | Nirvanix Web Services |
//! | `/ws/<Namespace>.asmx` | the same by SOAP; by GET a page, and with `?WSDL` its description |
//! | `/Version.ashx`, `/ws/…/Version.ashx` | 200 when the service is up |
//! | anything else | downloads |
//!
//! # An example
//! The whole service on a free port, called once, and ended. `examples/whole_service.rs` in this crate's folder goes on.
//! ```
//! use std::io::{Read, Write};
//! use larder_server::{Config, Server, init};
//! use tokio::net::TcpListener;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let data = tempfile::tempdir()?;
//! let credentials = init::init(data.path(), init::Wanted::default())?;
//! assert_eq!(credentials.master_user, "master");
//! let listener = TcpListener::bind("127.0.0.1:0").await?;
//! let address = listener.local_addr()?;
//! let client = tokio::task::spawn_blocking(move || -> std::io::Result<String> {
//!     let mut connection = std::net::TcpStream::connect(address)?;
//!     write!(connection, "GET /Version.ashx HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")?;
//!     let mut answer = String::new();
//!     connection.read_to_string(&mut answer)?;
//!     Ok(answer)
//! });
//! let (ended, answered) = tokio::sync::oneshot::channel();
//! let server = Server::open(data.path(), Config::default())?;
//! let serving = server.run(listener, async { let _ = answered.await; });
//! let (report, answer) = tokio::join!(serving, async {
//!     let answer = client.await;
//!     let _ = ended.send(());
//!     answer
//! });
//! assert!(answer??.starts_with("HTTP/1.1 200"));
//! println!("{report:?}");
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//! None: both APIs, and the descriptions of Nirvanix' (the feature `schema` of `larder-proto-nvx`), are always there.

mod access;
mod blocking;
mod description;
mod e2;
pub mod init;
mod nvx;
mod pages;
mod service;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use larder_core::{Limits, Serving};
use larder_engine::handlers::{e2::Reseller, nvx::Nirvanix};
use larder_engine::types::Region;
use larder_engine::{Engine, Refusal};
use larder_transport::server::{Memory, Options, Report};
use tokio::net::TcpListener;

pub use access::{Access, AccessLog};

/// How the service runs.
#[derive(Clone, Default)]
pub struct Config {
    /// The host (and port) that uploads are sent to; the one that was asked when absent.
    pub storage_host: Option<String>,
    /// The host (and port) that downloads are sent to, by redirects too; the one that was asked when absent. Requests must
    /// come to that host with its name: behind a proxy that changes `Host` they would be redirected for ever.
    pub download_host: Option<String>,
    /// The regions of the reseller API; one, of this server, when there are none.
    pub regions: Vec<Region>,
    /// How connections are treated.
    pub connections: Options,
    /// What the bodies of all requests together may take of memory, files within messages included; uploads pass and take
    /// none. Default 256 MiB; beyond it a request is refused as busy.
    pub memory: Memory,
    /// Told of every exchange that is over; must not block.
    pub access_log: Option<Arc<dyn AccessLog>>,
}

/// How often what is due is removed.
const SWEEP: Duration = Duration::from_secs(60);

/// The service, before it listens.
pub struct Server {
    engine: Arc<Engine>,
    config: Config,
}

/// The service could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenServerError {
    /// The data folder could not be opened.
    #[error(transparent)]
    Open(#[from] init::NotOpened),
    /// The engine refused.
    #[error(transparent)]
    Engine(#[from] Refusal),
    /// The data folder holds no service yet: run `larder init`.
    #[error("the data folder holds no service yet")]
    NotFounded,
}

impl Server {
    /// Opens a data folder that was founded before; see [`init`].
    ///
    /// # Errors
    /// Another process has it open; it is of a newer version, or damaged; it was never founded.
    pub fn open(data: &Path, config: Config) -> Result<Self, OpenServerError> {
        let engine = init::open(data)?;
        if !engine.is_founded()? {
            return Err(OpenServerError::NotFounded);
        }
        Ok(Self::with_engine(Arc::new(engine), config))
    }

    /// Serves an engine that is open already.
    #[must_use]
    pub fn with_engine(engine: Arc<Engine>, config: Config) -> Self {
        Self { engine, config }
    }

    /// Serves `listener` until `shutdown` is ready, then drains.
    pub async fn run(self, listener: TcpListener, shutdown: impl Future<Output = ()> + Send) -> Report {
        let Config { storage_host, download_host, regions, connections, memory, access_log } = self.config;
        let nirvanix = Nirvanix { engine: Arc::clone(&self.engine), storage_host, download_host };
        let mut reseller = Reseller::new(Arc::clone(&self.engine));
        if !regions.is_empty() {
            reseller.regions = regions.into();
        }
        let doors = Arc::new(blocking::Doors::default());
        let service = service::Service {
            nirvanix,
            reseller: Arc::new(e2::Responder::new(reseller, Arc::clone(&doors), access_log.clone())),
            doors,
            memory,
            serving: Serving { limits: Limits::default(), ..Serving::default() },
            access_log,
            address: listener.local_addr().map_or_else(|_| String::new(), |address| address.to_string()),
        };
        let jobs = tokio::spawn(sweep(self.engine));
        let report = larder_transport::server::serve(listener, Arc::new(service), connections, shutdown).await;
        jobs.abort();
        report
    }
}

/// Removes what is due, every minute, and at once while there is more.
async fn sweep(engine: Arc<Engine>) {
    let mut minute = tokio::time::interval(SWEEP);
    loop {
        minute.tick().await;
        loop {
            let engine = Arc::clone(&engine);
            let swept = blocking::run(move || engine.sweep()).await;
            // A failure is the storage's: it will be met again by whoever writes next, and is reported there.
            if !swept.is_some_and(|swept| swept.is_ok_and(|report| report.files + report.rights > 0)) {
                break;
            }
        }
    }
}

/// Where the service can be reached, one line per endpoint.
#[must_use]
pub fn endpoints(address: SocketAddr) -> [(&'static str, String); 3] {
    [
        ("Nirvanix Web Services", format!("http://{address}/ws/")),
        ("IDrive e2 Reseller API", format!("http://{address}{}", larder_proto_e2::PREFIX)),
        ("downloads", format!("http://{address}/<token>/<application>/<user>/<path>")),
    ]
}
