//! Calls over smol, one after the other, with a connection for each exchange.
//!
//! ```toml
//! [dependencies]
//! larder-core = "0.1"
//! larder-proto-nvx = "0.1"
//! larder-transport = { version = "0.1", default-features = false } # for `h1`, HTTP/1.1 without IO
//! smol = "2.0"
//! ```
//!
//! 66 packages, 3 of them Larder's.
//!
//! `cargo run -p larder-embeddings --example smol -- http://127.0.0.1:8080 APP_KEY USER PASSWORD`

use std::error::Error;
use std::future::pending;
use std::io;
use std::net::TcpStream;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use larder_core::{Action, Api, Call, ClientMachine, Input, On, Session, Settings, Shared, Target, Time};
use larder_proto_nvx::imfs::{CreateFolders, ListFolder};
use larder_proto_nvx::values::{PageNumber, Path};
use larder_proto_nvx::{Nvx, authentication::Login, flow::UploadFile, flow::Uploading, transfer::Download};
use larder_transport::h1::Wire;
use larder_transport::idle::Origin;
use smol::{Async, Timer, future};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Result<()> {
    smol::block_on(run())
}

async fn run() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, app_key, user_name, password] = &arguments[..] else {
        return Err("usage: smol http://HOST:PORT APP_KEY USER PASSWORD".into());
    };
    let seed = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos() as u64;
    let login = Login { app_key: app_key.parse()?, user_name: user_name.parse()?, password: password.parse()? };
    let settings = Settings::new(Target::parse(url)?);
    let mut driver = Driver::<Nvx>::new(Session::with_login(login), seed);

    let folder: Path = format!("smol-{seed}").parse()?;
    let create = CreateFolders { folder_paths: folder.clone().into() };
    driver.drive(Call::new(create, settings.clone()), &[], &mut Vec::new()).await?;
    println!("created {folder}");

    let content: Vec<u8> = (0..300_000_u32).map(|number| number as u8).collect();
    let sending = Settings { length: Some(content.len() as u64), ..settings.clone() };
    let upload = UploadFile::new(folder.clone().into(), "file".parse()?, Uploading::default(), sending);
    println!("uploaded {} bytes", driver.drive(upload, &content, &mut Vec::new()).await?.bytes);

    let list = ListFolder::new(folder.clone().into(), PageNumber::FIRST, 100.try_into()?);
    for file in driver.drive(Call::new(list, settings.clone()), &[], &mut Vec::new()).await?.list_folder.files {
        println!("listed {} with {} bytes", file.path, file.size_bytes);
    }

    let mut fetched = Vec::new();
    let download = Download::new(format!("{folder}/file").parse()?);
    driver.drive(Call::new(download, settings), &[], &mut fetched).await?;
    println!("downloaded {} bytes", fetched.len());
    if fetched == content { Ok(()) } else { Err("they are not the ones that were uploaded".into()) }
}

/// What all calls share, and when [`Time::ZERO`] was.
pub(crate) struct Driver<A: Api> {
    shared: Shared<A>,
    began: Instant,
}

impl<A: Api> Driver<A> {
    pub(crate) fn new(session: Session<A>, seed: u64) -> Self {
        Self { shared: Shared::new(session, seed), began: Instant::now() }
    }

    /// Drives `machine` to its end. What it uploads is `source`, what it downloads goes to `sink`.
    pub(crate) async fn drive<M: ClientMachine<A>>(&mut self, call: M, source: &[u8], sink: &mut Vec<u8>) -> Result<M::Answer> {
        let Self { shared, began } = self;
        let (mut wire, mut tcp, mut call) = (Wire::default(), None, Guard { call, shared });
        loop {
            // A connection for each exchange, closed before the next `poll`.
            tcp = tcp.filter(|_| wire.is_open());
            let Guard { call: machine, shared } = &mut call;
            match machine.poll(Time(began.elapsed()), shared) {
                Action::Feed { offset, max } => machine.handle(Input::body_of(source, offset, max))?,
                Action::Data { chunk, .. } => sink.extend_from_slice(&chunk),
                Action::Note(note) => println!("({note:?})"),
                Action::Wait { until, on, .. } => {
                    let until = until.and_then(|until| began.checked_add(until.0));
                    let clock = async {
                        until.map_or_else(Timer::never, Timer::at).await;
                        None
                    };
                    let told = future::or(happen(&mut wire, &mut tcp, on), clock).await;
                    told.map_or(Ok(()), |input| machine.handle(input))?;
                }
                Action::Done(result) => return Ok(result?),
                about @ (Action::Open { .. } | Action::Write { .. } | Action::Finish { .. } | Action::Abort { .. }) => {
                    wire.take(about);
                }
            }
        }
    }
}

/// Gives back what a call holds, however it ends: also when nobody waits for it any more.
struct Guard<'a, A: Api, M: ClientMachine<A>> {
    call: M,
    shared: &'a mut Shared<A>,
}

impl<A: Api, M: ClientMachine<A>> Drop for Guard<'_, A, M> {
    fn drop(&mut self) {
        self.call.abandon(self.shared);
    }
}

/// What happens next on the socket. May be dropped and called again.
async fn happen(wire: &mut Wire, tcp: &mut Option<Async<TcpStream>>, on: On) -> Option<Input> {
    if let Some(origin) = wire.wants() {
        let opened = connect(origin).await;
        *tcp = wire.opened_plain(opened);
    }
    loop {
        if let Some(input) = wire.next(on.peer) {
            return Some(input);
        }
        // What is left of the last exchange says nothing any more.
        let Some(tcp) = tcp.as_mut().filter(|_| wire.is_open()) else { return pending().await };
        if wire.pump(&mut tcp.get_ref(), on.peer) {
            continue;
        }
        let room = async { if wire.has_more() { tcp.writable().await } else { pending().await } };
        let come = async { if on.peer { tcp.readable().await } else { pending().await } };
        if let Err(error) = future::or(come, room).await {
            wire.broke(&error);
        }
    }
}

/// Of several addresses, the first must do.
async fn connect(origin: &Origin) -> io::Result<Async<TcpStream>> {
    let addresses = smol::net::resolve((origin.host(), origin.port())).await?;
    Async::<TcpStream>::connect(*addresses.first().ok_or(io::ErrorKind::AddrNotAvailable)?).await
}
