//! How to write a driver: calls over a blocking `TcpStream`, with HTTP/1.1 by hand (`blocking/http1.rs`). There is no runtime
//! in the tree: `cargo tree -p larder-proto-nvx -e normal` shows 33 packages, 2 of which are ours.
//!
//! ```text
//! cargo run -p larder-proto-nvx --example blocking -- http://127.0.0.1:8080 APP_KEY USER PASSWORD [FILE]
//! ```

#![expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "a driver is where sockets and clocks are")]

#[path = "blocking/http1.rs"]
mod http1;

use std::error::Error;
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use larder_core::{Action, Api, Call, CallResult, ClientMachine, Input, Session, Settings, Shared, Target, Time};
use larder_proto_nvx::Nvx;
use larder_proto_nvx::authentication::Login;
use larder_proto_nvx::flow::{UploadFile, Uploading};
use larder_proto_nvx::imfs::{CreateFolders, ListFolder};
use larder_proto_nvx::transfer::Download;
use larder_proto_nvx::values::{NonEmpty, PageNumber, Path};

use crate::http1::Wire;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("blocking: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, app_key, user_name, password, file @ ..] = &arguments[..] else {
        return Err("usage: blocking http://HOST:PORT APP_KEY USER PASSWORD [FILE]".into());
    };
    let content = file.first().map_or(Ok(b"Stored by a blocking driver.\n".to_vec()), std::fs::read)?;
    let seed = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos() as u64;
    let login = Login { app_key: app_key.parse()?, user_name: user_name.parse()?, password: password.parse()? };
    let settings = Settings::new(Target::parse(url)?);
    let mut driver = Driver { shared: Shared::<Nvx>::new(Session::with_login(login), seed), began: Instant::now() };

    let folder: Path = format!("blocking-{seed}").parse()?;
    let create = CreateFolders { folder_paths: NonEmpty::from(folder.clone()) };
    driver.drive(Call::new(create, settings.clone()), &[], &mut Vec::new())?;
    println!("created {folder}");

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

/// What all calls share, and when [`Time::ZERO`] was.
struct Driver<A: Api> {
    shared: Shared<A>,
    began: Instant,
}

impl<A: Api> Driver<A> {
    /// Drives `machine` to its end. What it uploads is `source`, what it downloads goes to `sink`.
    fn drive<M: ClientMachine<A>>(
        &mut self,
        mut machine: M,
        source: &[u8],
        sink: &mut Vec<u8>,
    ) -> CallResult<M::Answer, A::Fault> {
        let mut wire = None;
        loop {
            let now = Time(self.began.elapsed());
            let told = match machine.poll(now, &mut self.shared) {
                Action::Open { at, head, length } => {
                    let opened = Wire::open(at, &head, length);
                    Some(opened.map_or_else(
                        |failed| failed,
                        |open| {
                            wire = Some(open);
                            Input::Connected { at }
                        },
                    ))
                }
                Action::Write { chunk, .. } => wire.as_mut().map(|wire| wire.write(&chunk)),
                Action::Finish { .. } => wire.as_mut().and_then(Wire::finish),
                Action::Abort { .. } => {
                    wire = None;
                    None
                }
                Action::Feed { offset, max } => Some(match source.get(offset as usize..) {
                    None | Some([]) => Input::BodyEnd,
                    Some(rest) => Input::Body { offset, chunk: Bytes::copy_from_slice(&rest[..rest.len().min(max)]) },
                }),
                Action::Data { chunk, .. } => {
                    sink.extend_from_slice(&chunk);
                    None
                }
                Action::Note(note) => {
                    println!("({note:?})");
                    None
                }
                // No other call shares the session, and the source never lets us wait: it is the peer, or a pause.
                Action::Wait { until, on, .. } => {
                    let patience = until.map(|until| until.since(now).max(Duration::from_millis(1)));
                    match wire.as_mut().filter(|_| on.peer) {
                        Some(wire) => wire.next(patience),
                        None => {
                            std::thread::sleep(patience.unwrap_or(Duration::from_secs(1)));
                            None
                        }
                    }
                }
                Action::Done(result) => return result,
            };
            if let Some(Err(misuse)) = told.map(|input| machine.handle(input)) {
                unreachable!("a bug of this driver: {misuse}");
            }
        }
    }
}
