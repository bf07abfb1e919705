//! The accept loop.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

use super::addresses::{Addresses, Place};
use super::{Accept, Options, Peer, Plain, Service, connection};

/// How serving ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Report {
    /// Connections that were open at shutdown and came to their own end.
    pub drained: usize,
    /// Connections that were cut off when [`Options::drain`] was over.
    pub aborted: usize,
}

/// Serves HTTP/1.1 on `listener` until `shutdown` is ready: then it accepts no more, lets the exchanges under way come to
/// their end, and cuts off what is left after [`Options::drain`]. Dropping the future cuts off everything at once.
pub async fn serve<S: Service>(
    listener: TcpListener,
    service: Arc<S>,
    options: Options,
    shutdown: impl Future<Output = ()> + Send,
) -> Report {
    serve_with(listener, Plain, service, options, shutdown).await
}

/// [`serve`] behind TLS, or whatever else stands between TCP and HTTP.
pub async fn serve_with<L: Accept, S: Service>(
    listener: TcpListener,
    layer: L,
    service: Arc<S>,
    options: Options,
    shutdown: impl Future<Output = ()> + Send,
) -> Report {
    let (drain, draining) = watch::channel(false);
    let (layer, slots) = (Arc::new(layer), Arc::new(Semaphore::new(options.connections)));
    let addresses = Addresses::new(options.per_address);
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let (tcp, address, slot) = tokio::select! {
            biased;
            () = &mut shutdown => break,
            accepted = accept(&listener, &slots) => accepted,
        };
        while connections.try_join_next().is_some() {}
        // Dropping a connection beyond the limit closes it.
        let Some(place) = addresses.enter(address.ip().to_canonical()) else { continue };
        let (layer, service, draining) = (Arc::clone(&layer), Arc::clone(&service), draining.clone());
        connections.spawn(async move { one(tcp, address, layer, service, options, draining, (slot, place)).await });
    }
    drop(listener);
    while connections.try_join_next().is_some() {}
    let open = connections.len();
    // Nobody listens when no connection is open.
    let _ = drain.send(true);
    let all = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(options.drain, all).await;
    let aborted = connections.len();
    connections.shutdown().await;
    Report { drained: open - aborted, aborted }
}

/// The next connection, when there is a slot for it. Running out of file descriptors, or any other trouble of the system,
/// is waited out: connections that end set it right.
async fn accept(listener: &TcpListener, slots: &Arc<Semaphore>) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
    // It is never closed, so that there always is a slot in the end.
    let slot = Arc::clone(slots).acquire_owned().await.ok();
    let mut pause = Duration::from_millis(10);
    loop {
        match listener.accept().await {
            Ok((tcp, address)) => return (tcp, address, slot),
            Err(error) if is_of_connection(&error) => {}
            Err(_) => {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(Duration::from_secs(1));
            }
        }
    }
}

/// Whether the error is the new connection's own, which is gone again.
fn is_of_connection(error: &io::Error) -> bool {
    [io::ErrorKind::ConnectionAborted, io::ErrorKind::ConnectionReset, io::ErrorKind::ConnectionRefused].contains(&error.kind())
}

async fn one<L: Accept, S: Service>(
    tcp: TcpStream,
    address: SocketAddr,
    layer: Arc<L>,
    service: Arc<S>,
    options: Options,
    mut draining: watch::Receiver<bool>,
    _room: (Option<OwnedSemaphorePermit>, Place),
) {
    // Without it a small answer waits for the acknowledgement of the one before it, 40 milliseconds.
    let _ = tcp.set_nodelay(true);
    let peer = Peer { address: SocketAddr::new(address.ip().to_canonical(), address.port()), is_secure: L::IS_SECURE };
    let io = tokio::select! {
        io = tokio::time::timeout(options.head, layer.accept(tcp)) => io,
        _ = draining.wait_for(|is_draining| *is_draining) => return,
    };
    if let Ok(Ok(io)) = io {
        connection::run(io, peer, service, &options, draining).await;
    }
}
