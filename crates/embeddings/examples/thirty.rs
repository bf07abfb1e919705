//! A loop of its own in under 30 lines: it uploads a file, and survives a killed server in mid-upload, an expired session and a
//! lost reply (see `crates/cli/examples/survivor`, which does all of that to it).
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
//! `cargo run -p larder-embeddings --example thirty -- http://127.0.0.1:8080 APP_KEY USER PASSWORD FILE`

use larder_core::{Action, Input, Machine, Session, Settings, Shared, Target, Time};
use larder_proto_nvx::{Nvx, authentication::Login, flow::UploadFile, flow::Uploading};
use larder_transport::h1::Wire;
use std::{error::Error, fs::File, net::TcpStream, os::unix::fs::FileExt, thread::sleep, time::Duration, time::Instant};

fn main() -> Result<(), Box<dyn Error>> {
    let [_, url, app_key, user, password, name] = &std::env::args().collect::<Vec<_>>()[..] else { return Err("usage".into()) };
    let (file, began, tick) = (File::open(name)?, Instant::now(), Duration::from_millis(50));
    let login = Login { app_key: app_key.parse()?, user_name: user.parse()?, password: password.parse()? };
    let settings = Settings { length: Some(file.metadata()?.len()), ..Settings::new(Target::parse(url)?) };
    let mut shared = Shared::<Nvx>::new(Session::with_login(login), std::process::id().into());
    let mut call = UploadFile::new("Survivors".parse()?, "file".parse()?, Uploading::default(), settings);
    let (mut wire, mut tcp) = (Wire::default(), None::<TcpStream>);
    loop {
        match wire.take(call.poll(Time(began.elapsed()), &mut shared)) {
            Some(Action::Feed { offset, max }) => call.handle(Input::body_by(offset, max, |to| file.read_at(to, offset))?)?,
            Some(Action::Wait { on, .. }) => {
                tcp = wire.connect_plain(|to| TcpStream::connect((to.host(), to.port()))).or(tcp.filter(|_| wire.is_open()));
                match (wire.next(on.peer), &mut tcp) {
                    (Some(input), _) => call.handle(input)?,
                    (None, None) => sleep(tick),
                    (None, Some(tcp)) => tcp.set_read_timeout(Some(tick)).map(|()| _ = wire.pump(tcp, on.peer))?,
                }
            }
            Some(Action::Note(note)) => println!("{note:?}"),
            Some(Action::Done(result)) => return Ok(result.map(|file| println!("{} bytes are stored", file.bytes))?),
            _ => {}
        }
    }
}
