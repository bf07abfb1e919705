//! Calls over tokio, without the facade and without the transport's client: as many tasks as you like share one session.
//!
//! ```toml
//! [dependencies]
//! larder-core = "0.1"
//! larder-proto-nvx = "0.1"
//! larder-transport = { version = "0.1", default-features = false } # for `h1`, HTTP/1.1 without IO
//! tokio = { version = "1.54", features = ["macros", "net", "rt", "sync", "time"] }
//! ```
//!
//! 44 packages, 3 of them Larder's.
//! `cargo run -p larder-embeddings --example tokio_by_hand -- http://127.0.0.1:8080 APP_KEY USER PASSWORD`

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{error::Error, pin::pin};

use larder_core::{Action, Api, Call, ClientMachine, Input, On, Session, Settings, Shared, Target, Time};
use larder_proto_nvx::imfs::{CreateFolders, ListFolder};
use larder_proto_nvx::values::{PageNumber, Path};
use larder_proto_nvx::{Nvx, authentication::Login, flow::UploadFile, flow::Uploading, transfer::Download};
use larder_transport::h1::Wire;
use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::Instant;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let [_, url, app_key, user_name, password] = &std::env::args().collect::<Vec<_>>()[..] else {
        return Err("usage: tokio_by_hand http://HOST:PORT APP_KEY USER PASSWORD".into());
    };
    let seed = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos() as u64;
    let login = Login { app_key: app_key.parse()?, user_name: user_name.parse()?, password: password.parse()? };
    let settings = Settings::new(Target::parse(url)?);
    let driver = Driver::<Nvx>::new(Session::with_login(login), seed);

    let folder: Path = format!("tokio-{seed}").parse()?;
    let create = CreateFolders { folder_paths: folder.clone().into() };
    driver.drive(Call::new(create, settings.clone()), &[], &mut Vec::new()).await?;
    let content = [vec![1; 200_000], vec![2; 300_000]];
    let upload = async |name: &str, content: &[u8]| {
        let sending = Settings { length: Some(content.len() as u64), ..settings.clone() };
        let upload = UploadFile::new(folder.clone().into(), name.parse()?, Uploading::default(), sending);
        driver.drive(upload, content, &mut Vec::new()).await
    };
    let (one, two) = tokio::try_join!(upload("1", &content[0]), upload("2", &content[1]))?;
    println!("uploaded {} and {} bytes at once", one.bytes, two.bytes);
    let list = ListFolder::new(folder.clone().into(), PageNumber::FIRST, 100.try_into()?);
    for file in driver.drive(Call::new(list, settings.clone()), &[], &mut Vec::new()).await?.list_folder.files {
        println!("listed {} with {} bytes", file.path, file.size_bytes);
    }
    let mut fetched = Vec::new();
    let download = Download::new(format!("{folder}/2").parse()?);
    driver.drive(Call::new(download, settings.clone()), &[], &mut fetched).await?;
    println!("downloaded {} bytes", fetched.len());
    if fetched == content[1] { Ok(()) } else { Err("they are not the ones that were uploaded".into()) }
}

/// What all calls share, and when [`Time::ZERO`] was.
pub(crate) struct Driver<A: Api> {
    shared: Mutex<Shared<A>>,
    moved: Notify,
    began: Instant,
}

/// A machine under way: also when its future is dropped, the others that wait for its login go on.
struct Running<'a, A: Api, M: ClientMachine<A>>(&'a Driver<A>, M);

impl<A: Api, M: ClientMachine<A>> Drop for Running<'_, A, M> {
    fn drop(&mut self) {
        self.0.share(|shared| self.1.abandon(shared));
    }
}

impl<A: Api> Driver<A> {
    pub(crate) fn new(session: Session<A>, seed: u64) -> Self {
        Self { shared: Mutex::new(Shared::new(session, seed)), moved: Notify::new(), began: Instant::now() }
    }

    fn share<T>(&self, act: impl FnOnce(&mut Shared<A>) -> T) -> T {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let (epoch, result) = (shared.epoch(), act(&mut shared));
        if shared.epoch() != epoch {
            self.moved.notify_waiters();
        }
        result
    }

    /// Drives `machine` to its end. What it uploads is `source`, what it downloads goes to `sink`.
    pub(crate) async fn drive<M: ClientMachine<A>>(&self, machine: M, source: &[u8], sink: &mut Vec<u8>) -> Result<M::Answer> {
        let mut running = Running(self, machine);
        let (mut wire, mut tcp) = (Wire::default(), None);
        loop {
            // A connection for each exchange, closed before the next `poll`.
            tcp = tcp.filter(|_| wire.is_open());
            // Before it is polled: no move of the epoch is missed.
            let mut moved = pin!(self.moved.notified());
            moved.as_mut().enable();
            match self.share(|shared| running.1.poll(Time(self.began.elapsed()), shared)) {
                Action::Feed { offset, max } => running.1.handle(Input::body_of(source, offset, max))?,
                Action::Data { chunk, .. } => sink.extend_from_slice(&chunk),
                Action::Note(note) => println!("({note:?})"),
                Action::Wait { until, on, .. } => {
                    let until = until.map_or(Duration::MAX, |until| until.0);
                    let until = self.began.checked_add(until).unwrap_or_else(|| Instant::now() + Duration::from_secs(3600));
                    let told = tokio::select! {
                        told = happen(&mut wire, &mut tcp, on) => told,
                        () = tokio::time::sleep_until(until) => None,
                        () = moved, if on.shared.is_some() => None,
                    };
                    told.map_or(Ok(()), |input| running.1.handle(input))?;
                }
                Action::Done(result) => return Ok(result?),
                about @ (Action::Open { .. } | Action::Write { .. } | Action::Finish { .. } | Action::Abort { .. }) => {
                    wire.take(about);
                }
            }
        }
    }
}

/// What happens next on the socket. May be dropped and called again.
async fn happen(wire: &mut Wire, tcp: &mut Option<TcpStream>, on: On) -> Option<Input> {
    if let Some(origin) = wire.wants() {
        let opened = TcpStream::connect((origin.host(), origin.port())).await;
        *tcp = wire.opened_plain(opened);
    }
    loop {
        if let Some(input) = wire.next(on.peer) {
            return Some(input);
        }
        let is_wanted = wire.is_open() && (on.peer || wire.has_more());
        let Some(tcp) = tcp.as_mut().filter(|_| is_wanted) else { return std::future::pending().await };
        if wire.send(|parts| tcp.try_write_vectored(parts)) || (on.peer && wire.receive(|room| tcp.try_read(room))) {
            continue;
        }
        let room = if on.peer { Interest::READABLE } else { Interest::WRITABLE };
        let room = if wire.has_more() { room | Interest::WRITABLE } else { room };
        tcp.ready(room).await.map_or_else(|error| wire.broke(&error), drop);
    }
}
