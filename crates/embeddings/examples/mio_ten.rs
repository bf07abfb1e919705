//! Ten calls at once on one thread over `mio`, with one session: one of them logs in, and the others wait for it.
//!
//! ```toml
//! [dependencies]
//! larder-core = "0.1"
//! larder-proto-nvx = "0.1"
//! larder-transport = { version = "0.1", default-features = false } # for `h1`, HTTP/1.1 without IO
//! mio = { version = "1.2", features = ["net", "os-poll"] }
//! ```
//!
//! 41 packages, 3 of them Larder's.
//! `cargo run -p larder-embeddings --example mio_ten -- http://127.0.0.1:8080 APP_KEY USER PASSWORD`

use std::{error::Error, io, io::ErrorKind, net::ToSocketAddrs, time::Instant, time::SystemTime, time::UNIX_EPOCH};

use larder_core::{Action, Api, Call, ClientMachine, Input, Machine, Note, Session, Settings, Shared, Target, Time};
use larder_proto_nvx::imfs::{CreateFolders, ListFolder};
use larder_proto_nvx::values::{FileName, PageNumber, Path};
use larder_proto_nvx::{Nvx, authentication::Login, flow::UploadFile, flow::Uploading, transfer::Download};
use larder_transport::h1::Wire;
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Registry, Token};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Result<()> {
    let [_, url, app_key, user_name, password] = &std::env::args().collect::<Vec<_>>()[..] else { return Err("usage".into()) };
    let seed = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos() as u64;
    let login = Login { app_key: app_key.parse()?, user_name: user_name.parse()?, password: password.parse()? };
    let settings = Settings::new(Target::parse(url)?);
    let mut all = Loop::<Nvx>::new(Session::with_login(login), seed)?;
    let folders: Vec<Path> =
        (0..10).map(|number| format!("mio-{seed}-{number}").parse()).collect::<std::result::Result<_, _>>()?;
    let create = |path: &Path| Call::new(CreateFolders { folder_paths: path.clone().into() }, settings.clone());
    all.drive(folders.iter().map(create), &[])?;
    let (content, file) = (vec![7; 100_000], "file".parse::<FileName>()?);
    let sending = Settings { length: Some(content.len() as u64), ..settings.clone() };
    let upload = |path: &Path| UploadFile::new(path.clone().into(), file.clone(), Uploading::default(), sending.clone());
    all.drive(folders.iter().map(upload), &content)?;
    let (page, size) = (PageNumber::FIRST, 100.try_into()?);
    let list = |path: &Path| Call::new(ListFolder::new(path.clone().into(), page, size), settings.clone());
    let listed: usize = all.drive(folders.iter().map(list), &[])?.iter().map(|(page, _)| page.list_folder.files.len()).sum();
    let files: Vec<_> = folders.iter().map(|path| format!("{path}/file").parse()).collect::<std::result::Result<_, _>>()?;
    let download = files.into_iter().map(|file| Call::new(Download::new(file), settings.clone()));
    let is_whole = all.drive(download, &[])?.iter().all(|(_, file)| *file == content);
    println!("listed {listed} files; what came back is what was sent: {is_whole}; {} login for forty calls", all.logins);
    if is_whole && all.logins == 1 { Ok(()) } else { Err("something else came back, or there was more than one login".into()) }
}

/// What all calls share.
pub(crate) struct Loop<A: Api> {
    shared: Shared<A>,
    poll: Poll,
    began: Instant,
    pub(crate) logins: usize,
}

/// One call under way.
struct Job<M> {
    machine: M,
    sink: Vec<u8>,
    wire: Wire,
    tcp: Option<TcpStream>,
    until: Option<Time>,
}

impl<A: Api> Loop<A> {
    pub(crate) fn new(session: Session<A>, seed: u64) -> io::Result<Self> {
        Ok(Self { shared: Shared::new(session, seed), poll: Poll::new()?, began: Instant::now(), logins: 0 })
    }

    /// Drives all of them to their ends, each with this file, and fails if one of them does.
    pub(crate) fn drive<M: ClientMachine<A>>(
        &mut self,
        all: impl Iterator<Item = M>,
        file: &[u8],
    ) -> Result<Vec<(M::Answer, Vec<u8>)>> {
        let job = |machine| Job { machine, sink: Vec::new(), wire: Wire::default(), tcp: None, until: None };
        let (mut jobs, mut ended, mut events) = (Vec::from_iter(all.map(job).map(Some)), Vec::new(), Events::with_capacity(64));
        while jobs.iter().any(Option::is_some) {
            let epoch = self.shared.epoch();
            for (number, job) in jobs.iter_mut().enumerate() {
                ended.extend(job.as_mut().and_then(|job| self.turn(Token(number), job, file)).inspect(|_| *job = None));
            }
            // A move of the epoch may end the wait of one that was polled before.
            if self.shared.epoch() == epoch && jobs.iter().any(Option::is_some) {
                let until = jobs.iter().flatten().filter_map(|job| job.until).min();
                let polled = self.poll.poll(&mut events, until.map(|until| until.since(Time(self.began.elapsed()))));
                polled.or_else(|error| if error.kind() == ErrorKind::Interrupted { Ok(()) } else { Err(error) })?;
            }
        }
        ended.into_iter().collect()
    }

    /// Polls a machine until it waits for something that has not happened yet.
    fn turn<M: ClientMachine<A>>(&mut self, token: Token, job: &mut Job<M>, file: &[u8]) -> Option<Result<(M::Answer, Vec<u8>)>> {
        loop {
            // A connection for each exchange, closed before the next `poll`.
            job.tcp.take_if(|_| !job.wire.is_open());
            match job.machine.poll(Time(self.began.elapsed()), &mut self.shared) {
                Action::Feed { offset, max } => job.tell(Input::body_of(file, offset, max)),
                Action::Wait { until, on, .. } => {
                    job.until = until;
                    let input = job.look(on.peer, self.poll.registry(), token)?;
                    job.tell(input);
                }
                Action::Done(result) => return Some(result.map(|it| (it, std::mem::take(&mut job.sink))).map_err(Into::into)),
                Action::Note(note) => self.logins += usize::from(note == Note::LoggingIn),
                Action::Data { chunk, .. } => job.sink.extend_from_slice(&chunk),
                about @ (Action::Open { .. } | Action::Write { .. } | Action::Finish { .. } | Action::Abort { .. }) => {
                    job.wire.take(about);
                }
            }
        }
    }
}

impl<M: Machine<Input = Input>> Job<M> {
    fn tell(&mut self, input: Input) {
        let told = self.machine.handle(input);
        told.unwrap_or_else(|misuse| unreachable!("a bug of this driver: {misuse}"));
    }

    /// What has happened on the socket since.
    fn look(&mut self, peer: bool, registry: &Registry, token: Token) -> Option<Input> {
        self.connect(registry, token).unwrap_or_else(|error| self.wire.broke(&error));
        loop {
            let input = self.wire.next(peer);
            if input.is_some() || !self.tcp.as_mut().is_some_and(|tcp| self.wire.pump(tcp, peer)) {
                return input;
            }
        }
    }

    /// Begins the connection that is wanted, if one is, or looks whether the one that was begun is there.
    fn connect(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        let Some(origin) = self.wire.wants() else { return Ok(()) };
        let Some(tcp) = &self.tcp else {
            // A name is resolved while nine others wait: give an address where that matters. The first must do.
            let address = (origin.host(), origin.port()).to_socket_addrs()?.next();
            let tcp = self.tcp.insert(TcpStream::connect(address.ok_or(ErrorKind::AddrNotAvailable)?)?);
            return registry.register(tcp, token, Interest::READABLE | Interest::WRITABLE);
        };
        match tcp.take_error()?.map_or_else(|| tcp.peer_addr().map(drop), Err) {
            Err(error) if error.kind() == ErrorKind::NotConnected => Ok(()),
            outcome => Ok(_ = self.wire.opened_plain(outcome)),
        }
    }
}
