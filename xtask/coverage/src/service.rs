//! A running server, asked for each operation: what it does not do, it answers with 160, or with 501.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use larder_core::Secret;
use larder_engine::engine::Founding;
use larder_engine::password::PasswordCost;
use larder_engine::{Engine, Founded, Parts};
use larder_proto_e2::E2;
use larder_proto_nvx::Nvx;
use larder_server::{Config, Server};
use larder_testkit::fixtures::{self, Fixture};
use larder_testkit::wire;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::Error;
use crate::api::Covered;
use crate::wire::{Row, understood};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Fills the last column.
pub(crate) fn ask(rows: &mut [Row]) -> Result<(), Error> {
    let all = fixtures::all();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for row in rows.iter_mut().filter(|row| row.requests > 0) {
        let mine: Vec<&Fixture> = all.iter().filter(|fixture| fixture.operation == row.operation).collect();
        row.server = runtime.block_on(async {
            if row.operation.starts_with("e2:") { served::<E2>(&mine).await } else { served::<Nvx>(&mine).await }
        })?;
    }
    Ok(())
}

/// Whether a new server does something with the first request that it understands.
async fn served<A: Covered>(fixtures: &[&Fixture]) -> Result<bool, Error> {
    let service = Service::start().await?;
    let Some((fixture, request)) = fixtures.iter().find_map(|fixture| Some((fixture, understood::<A>(fixture)?))) else {
        return Ok(false);
    };
    let token = if A::PREFIX == "e2" { service.founded.api_key.clone() } else { service.session()? };
    let answer = match wire::encode::<A>(&request, Some(&token), &Default::default()) {
        Ok(message) => service.send(&raw(&message)).await?,
        // Uploads bring their own token: as the fixture has it.
        Err(_) => service.send(&fixture.content).await?,
    };
    service.stop.send(()).map_err(|()| "the server has ended")?;
    service.server.await?;
    Ok(!is_refused::<A>(&String::from_utf8_lossy(&answer)))
}

/// Whether an answer says that there is no such operation here, in any of its ways.
fn is_refused<A: Covered>(answer: &str) -> bool {
    let codes = ["<ResponseCode>160<", "\"ResponseCode\":160,", "NVX.returnCode=160&"];
    let statuses = ["HTTP/1.1 501 ", "HTTP/1.1 404 "];
    // A connection that closes without an answer serves nothing.
    let is_silent = !answer.starts_with("HTTP/1.1 ");
    let is_unknown = A::PREFIX == "e2" && statuses.iter().any(|start| answer.starts_with(start));
    is_silent || is_unknown || codes.iter().any(|code| answer.contains(code))
}

/// A request as it goes over the wire, the connection's last.
fn raw(message: &http::Request<bytes::Bytes>) -> Vec<u8> {
    let target = message.uri().path_and_query().map_or("/", |target| target.as_str());
    let mut text = format!("{} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n", message.method());
    for (name, value) in message.headers() {
        text.push_str(&format!("{name}: {}\r\n", String::from_utf8_lossy(value.as_bytes())));
    }
    text.push_str(&format!("Content-Length: {}\r\n\r\n", message.body().len()));
    [text.as_bytes(), message.body()].concat()
}

struct Service {
    engine: Arc<Engine>,
    founded: Founded,
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    server: tokio::task::JoinHandle<larder_transport::server::Report>,
}

impl Service {
    async fn start() -> Result<Self, Error> {
        let parts = Parts { password_cost: PasswordCost::CHEAPEST, ..Parts::default() };
        let engine = Arc::new(Engine::in_memory(parts)?);
        let founding =
            Founding { master: "boss".into(), password: "boss!".into(), application: "App".into(), app_key: None, api_key: None };
        let founded = engine.found(founding)?;
        let listener = TcpListener::bind((HERE, 0)).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let server = Server::with_engine(Arc::clone(&engine), Config::default());
        let server = tokio::spawn(server.run(listener, async { stopped.await.unwrap_or_default() }));
        Ok(Self { engine, founded, address, stop, server })
    }

    fn session(&self) -> Result<Secret, Error> {
        Ok(self.engine.login(&self.founded.app_key, "boss", &"boss!".into(), HERE)?.token)
    }

    async fn send(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let mut stream = TcpStream::connect(self.address).await?;
        stream.write_all(message).await?;
        stream.shutdown().await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        Ok(answer)
    }
}
