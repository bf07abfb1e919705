//! A transport that records: what each call is told goes to a journal, and the same calls run once more from their journals,
//! without a network. No secret is in a journal.
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
//! `cargo run -p larder-embeddings --example recording -- http://127.0.0.1:8080 APP_KEY USER PASSWORD`

use std::error::Error;
use std::net::TcpStream;
use std::sync::mpsc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use larder_core::journal::{End, Journal, Recorded};
use larder_core::{Action, Call, ClientMachine, Input, Session, Settings, Shared, Target, Time};
use larder_proto_nvx::imfs::{CreateFolders, ListFolder};
use larder_proto_nvx::values::{FileName, PageNumber, Path};
use larder_proto_nvx::{Nvx, authentication::Login, flow::UploadFile, flow::Uploading, transfer::Download};
use larder_transport::h1::Wire;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Result<()> {
    let [_, url, app_key, user_name, password] = &std::env::args().collect::<Vec<_>>()[..] else { return Err("usage".into()) };
    let seed = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos() as u64;
    let login = Login { app_key: app_key.parse()?, user_name: user_name.parse()?, password: password.parse()? };
    let settings = Settings::new(Target::parse(url)?);
    let mut recorder = Recorder { shared: Shared::new(Session::with_login(login), seed), began: Instant::now() };

    let folder: Path = format!("recording-{seed}").parse()?;
    let create = || Call::new(CreateFolders { folder_paths: folder.clone().into() }, settings.clone());
    recorder.twice(create, &[], &mut Vec::new(), password)?;

    let content: Vec<u8> = (0..100_000_u32).map(|number| number as u8).collect();
    let sending = Settings { length: Some(content.len() as u64), ..settings.clone() };
    let name: FileName = "file".parse()?;
    let upload = || UploadFile::new(folder.clone().into(), name.clone(), Uploading::default(), sending.clone());
    println!("uploaded {} bytes", recorder.twice(upload, &content, &mut Vec::new(), password)?.bytes);

    let (page, size) = (PageNumber::FIRST, 100.try_into()?);
    let list = || Call::new(ListFolder::new(folder.clone().into(), page, size), settings.clone());
    for file in recorder.twice(list, &[], &mut Vec::new(), password)?.list_folder.files {
        println!("listed {} with {} bytes", file.path, file.size_bytes);
    }

    let (mut fetched, path) = (Vec::new(), format!("{folder}/file").parse::<Path>()?);
    let download = || Call::new(Download::new(path.clone()), settings.clone());
    recorder.twice(download, &[], &mut fetched, password)?;
    println!("downloaded {} bytes", fetched.len());
    if fetched == content { Ok(()) } else { Err("they are not the ones that were uploaded".into()) }
}

/// Drives calls and keeps a journal of each.
pub(crate) struct Recorder {
    shared: Shared<Nvx>,
    began: Instant,
}

impl Recorder {
    /// Drives a machine and, from its journal alone, the same machine once more.
    fn twice<M: ClientMachine<Nvx>>(
        &mut self,
        make: impl Fn() -> M,
        source: &[u8],
        sink: &mut Vec<u8>,
        secret: &str,
    ) -> Result<M::Answer> {
        let (out, lines) = mpsc::channel::<Vec<u8>>();
        let mut recorded = Recorded::new(make(), move |line: &[u8]| _ = out.send(line.to_vec()));
        let outcome = self.drive(&mut recorded, source, sink);
        recorded.abandon(&mut self.shared);
        drop(recorded);
        let journal: Vec<u8> = lines.iter().flatten().collect();
        let replayed = Journal::read(&journal)?.replay(make())?;
        println!("{} bytes of journal; replayed: {:?} after {} steps", journal.len(), replayed.end, replayed.polls);
        let is_told = journal.windows(secret.len()).any(|word| word == secret.as_bytes());
        // Where the driver itself failed, the journal ends with that.
        let is_whole = replayed.end == End::Done || outcome.is_err();
        if is_told || !is_whole { Err("the journal is not what it should be".into()) } else { outcome }
    }

    fn drive<M: ClientMachine<Nvx>>(&mut self, machine: &mut M, source: &[u8], sink: &mut Vec<u8>) -> Result<M::Answer> {
        let (tick, mut wire, mut tcp) = (Duration::from_millis(50), Wire::default(), None::<TcpStream>);
        loop {
            tcp = tcp.filter(|_| wire.is_open());
            match machine.poll(Time(self.began.elapsed()), &mut self.shared) {
                Action::Feed { offset, max } => machine.handle(Input::body_of(source, offset, max))?,
                Action::Data { chunk, .. } => sink.extend_from_slice(&chunk),
                Action::Note(_) => {}
                Action::Wait { on, .. } => {
                    let open = wire.connect_plain(|to| TcpStream::connect((to.host(), to.port())));
                    tcp = open.or(tcp);
                    match (wire.next(on.peer), &mut tcp) {
                        (Some(input), _) => machine.handle(input)?,
                        (None, None) => std::thread::sleep(tick),
                        (None, Some(tcp)) => tcp.set_read_timeout(Some(tick)).map(|()| _ = wire.pump(tcp, on.peer))?,
                    }
                }
                Action::Done(result) => return Ok(result?),
                about @ (Action::Open { .. } | Action::Write { .. } | Action::Finish { .. } | Action::Abort { .. }) => {
                    wire.take(about);
                }
            }
        }
    }
}
