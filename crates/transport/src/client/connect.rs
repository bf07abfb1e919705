//! A way to a service: its name resolved, one of its addresses reached, TLS agreed on. How long that may take is the call's
//! connect clock.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::time::sleep;

use super::stream::Stream;
use crate::broken::Broken;
use crate::idle::Origin;

/// How long one address is waited for before the next is tried beside it (RFC 8305, section 8), so that a dead address does not
/// take all the time there is.
const STAGGER: Duration = Duration::from_millis(250);

type Connecting = Pin<Box<dyn Future<Output = io::Result<TcpStream>> + Send>>;

/// TLS under `https`.
#[cfg(feature = "tls")]
pub(super) type Tls = std::sync::Arc<rustls::ClientConfig>;
/// There is none.
#[cfg(not(feature = "tls"))]
pub(super) type Tls = ();

/// A stream to `origin`.
pub(super) async fn connect(origin: &Origin, tls: &Tls) -> Result<Stream, Broken> {
    #[cfg(not(feature = "tls"))]
    if origin.is_secure() {
        return Err(Broken::without_tls());
    }
    let tcp = tcp(origin.host(), origin.port()).await?;
    if origin.is_secure() { secure(origin.host(), tcp, tls).await } else { Ok(Stream::plain(tcp)) }
}

#[cfg(feature = "tls")]
async fn secure(host: &str, tcp: TcpStream, tls: &Tls) -> Result<Stream, Broken> {
    let name = crate::tls::server_name(host)?;
    let connector = tokio_rustls::TlsConnector::from(std::sync::Arc::clone(tls));
    connector.connect(name, tcp).await.map(Stream::secure).map_err(|error| Broken::shaking_hands(&error))
}

#[cfg(not(feature = "tls"))]
async fn secure(_: &str, _: TcpStream, (): &Tls) -> Result<Stream, Broken> {
    Err(Broken::without_tls())
}

async fn tcp(host: &str, port: u16) -> Result<TcpStream, Broken> {
    let addresses: Vec<_> = lookup_host((host, port)).await.map_err(|error| Broken::resolving(&error))?.collect();
    if addresses.is_empty() {
        return Err(Broken::nowhere());
    }
    let tcp = race(in_turn(addresses), STAGGER).await.map_err(|error| Broken::connecting(&error))?;
    // Requests are short, and are waited for.
    tcp.set_nodelay(true).map_err(|error| Broken::connecting(&error))?;
    Ok(tcp)
}

/// Both families in turn, so that one that leads nowhere holds up a connection only once.
fn in_turn(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) = addresses.into_iter().partition(|address| address.is_ipv6() == first_is_v6);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut turns = Vec::new();
    loop {
        let pair = (first.next(), second.next());
        if pair == (None, None) {
            return turns;
        }
        turns.extend(pair.0.into_iter().chain(pair.1));
    }
}

/// The first address that answers. The next one is tried when the last one failed, or beside it after `stagger`.
async fn race(addresses: Vec<SocketAddr>, stagger: Duration) -> io::Result<TcpStream> {
    let mut left = addresses.into_iter();
    let mut running: Vec<Connecting> = Vec::new();
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    loop {
        running.extend(left.next().map(|address| Box::pin(TcpStream::connect(address)) as Connecting));
        if running.is_empty() {
            return Err(last);
        }
        tokio::select! {
            result = first_of(&mut running) => match result {
                Ok(tcp) => return Ok(tcp),
                Err(error) => last = error,
            },
            () = sleep(stagger), if left.len() > 0 => {}
        }
    }
}

/// The first that comes to an end, taken out.
async fn first_of(running: &mut Vec<Connecting>) -> io::Result<TcpStream> {
    poll_fn(|cx| {
        let ended = running.iter_mut().enumerate().find_map(|(index, connecting)| match connecting.as_mut().poll(cx) {
            Poll::Ready(result) => Some((index, result)),
            Poll::Pending => None,
        });
        let Some((index, result)) = ended else { return Poll::Pending };
        drop(running.swap_remove(index));
        Poll::Ready(result)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::{TcpListener, TcpSocket};

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn families_take_turns() {
        let turns = in_turn(addresses(&["[::1]:1", "[::2]:1", "[::3]:1", "1.1.1.1:1"]));
        assert_eq!(turns, addresses(&["[::1]:1", "1.1.1.1:1", "[::2]:1", "[::3]:1"]));
        assert_eq!(in_turn(addresses(&["1.1.1.1:1", "2.2.2.2:1"])), addresses(&["1.1.1.1:1", "2.2.2.2:1"]));
        assert_eq!(in_turn(Vec::new()), []);
    }

    /// An address that answers no more: its queue is full, and nobody accepts. What fills it must live on.
    async fn dead() -> (SocketAddr, TcpListener, Vec<TcpStream>) {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(1).unwrap();
        let address = listener.local_addr().unwrap();
        let mut queue = Vec::new();
        while let Ok(tcp) = tokio::time::timeout(Duration::from_millis(100), TcpStream::connect(address)).await {
            queue.push(tcp.unwrap());
        }
        (address, listener, queue)
    }

    #[tokio::test]
    async fn a_dead_address_does_not_take_all_the_time() {
        let (dead, _listener, _queue) = dead().await;
        let alive = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let alive = alive.local_addr().map(|address| (alive, address)).unwrap();
        let tcp = race(vec![dead, alive.1], Duration::from_millis(10)).await.unwrap();
        assert_eq!(tcp.peer_addr().unwrap(), alive.1);
    }

    #[tokio::test]
    async fn an_address_that_refuses_is_not_waited_for() {
        let alive = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let refuses = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let never = Duration::from_secs(3600);
        let tcp = race(vec![refuses, alive.local_addr().unwrap()], never).await.unwrap();
        assert_eq!(tcp.peer_addr().unwrap(), alive.local_addr().unwrap());
        assert_eq!(race(vec![refuses], never).await.unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
        assert_eq!(race(Vec::new(), never).await.unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
