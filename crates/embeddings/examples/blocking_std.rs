//! Blocking calls over `std::net::TcpStream`, one after the other, with a connection for each exchange.
//!
//! ```toml
//! [dependencies]
//! larder-core = "0.1"
//! larder-proto-nvx = "0.1"
//! larder-transport = { version = "0.1", default-features = false } # for `h1`, HTTP/1.1 without IO
//! ```
//!
//! 38 packages, 3 of them Larder's.
//!
//! `cargo run -p larder-embeddings --example blocking_std -- http://127.0.0.1:8080 APP_KEY USER PASSWORD`

use std::error::Error;
use std::io;
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use larder_core::{Action, Api, Call, ClientMachine, Input, On, Session, Settings, Shared, Target, Time};
use larder_proto_nvx::imfs::{CreateFolders, ListFolder};
use larder_proto_nvx::values::{PageNumber, Path};
use larder_proto_nvx::{Nvx, authentication::Login, flow::UploadFile, flow::Uploading, transfer::Download};
use larder_transport::h1::Wire;
use larder_transport::idle::Origin;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, app_key, user_name, password] = &arguments[..] else {
        return Err("usage: blocking_std http://HOST:PORT APP_KEY USER PASSWORD".into());
    };
    let seed = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos() as u64;
    let login = Login { app_key: app_key.parse()?, user_name: user_name.parse()?, password: password.parse()? };
    let settings = Settings::new(Target::parse(url)?);
    let mut driver = Driver::<Nvx>::new(Session::with_login(login), seed);

    let folder: Path = format!("blocking-{seed}").parse()?;
    let create = CreateFolders { folder_paths: folder.clone().into() };
    driver.drive(Call::new(create, settings.clone()), &[], &mut Vec::new())?;
    println!("created {folder}");

    let content: Vec<u8> = (0..300_000_u32).map(|number| number as u8).collect();
    let sending = Settings { length: Some(content.len() as u64), ..settings.clone() };
    let upload = UploadFile::new(folder.clone().into(), "file".parse()?, Uploading::default(), sending);
    println!("uploaded {} bytes", driver.drive(upload, &content, &mut Vec::new())?.bytes);

    let list = ListFolder::new(folder.clone().into(), PageNumber::FIRST, 100.try_into()?);
    for file in driver.drive(Call::new(list, settings.clone()), &[], &mut Vec::new())?.list_folder.files {
        println!("listed {} with {} bytes", file.path, file.size_bytes);
    }

    let mut fetched = Vec::new();
    let download = Download::new(format!("{folder}/file").parse()?);
    driver.drive(Call::new(download, settings), &[], &mut fetched)?;
    println!("downloaded {} bytes", fetched.len());
    if fetched == content { Ok(()) } else { Err("they are not the ones that were uploaded".into()) }
}

/// How long a peer that takes nothing is waited for before it is looked whether it has answered.
const GLANCE: Duration = Duration::from_millis(100);

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
    pub(crate) fn drive<M: ClientMachine<A>>(&mut self, mut machine: M, source: &[u8], sink: &mut Vec<u8>) -> Result<M::Answer> {
        let result = self.run(&mut machine, source, sink);
        machine.abandon(&mut self.shared);
        result
    }

    fn run<M: ClientMachine<A>>(&mut self, machine: &mut M, source: &[u8], sink: &mut Vec<u8>) -> Result<M::Answer> {
        let (mut wire, mut tcp) = (Wire::default(), None);
        loop {
            // A connection for each exchange, closed before the next `poll`.
            tcp = tcp.filter(|_| wire.is_open());
            let now = Time(self.began.elapsed());
            match machine.poll(now, &mut self.shared) {
                Action::Feed { offset, max } => machine.handle(Input::body_of(source, offset, max))?,
                Action::Data { chunk, .. } => sink.extend_from_slice(&chunk),
                Action::Note(note) => println!("({note:?})"),
                Action::Wait { until, on, .. } => {
                    let told = wait(&mut wire, &mut tcp, on, until.map(|until| until.since(now)));
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

/// What happens next, or nothing, if it takes longer than `patience`.
fn wait(wire: &mut Wire, tcp: &mut Option<TcpStream>, on: On, patience: Option<Duration>) -> Option<Input> {
    let patience = patience.unwrap_or(Duration::from_secs(60)).max(Duration::from_millis(1));
    *tcp = wire.connect_plain(|origin| connect(origin, patience)).or(tcp.take());
    if let Some(input) = wire.next(on.peer) {
        return Some(input);
    }
    // Without an exchange, and where nothing may be read or is to be sent, only time passes.
    let Some(tcp) = tcp.as_mut().filter(|_| wire.is_open() && (on.peer || wire.has_more())) else {
        std::thread::sleep(patience);
        return None;
    };
    let patience = if wire.has_more() { patience.min(GLANCE) } else { patience };
    if let Err(error) = tcp.set_read_timeout(Some(patience)).and(tcp.set_write_timeout(Some(patience))) {
        wire.broke(&error);
    } else {
        wire.pump(tcp, on.peer);
    }
    wire.next(on.peer)
}

/// Tries one address after the other, each for so long.
fn connect(origin: &Origin, patience: Duration) -> io::Result<TcpStream> {
    let mut failed = io::ErrorKind::AddrNotAvailable.into();
    for address in (origin.host(), origin.port()).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, patience) {
            Ok(open) => return Ok(open),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}
