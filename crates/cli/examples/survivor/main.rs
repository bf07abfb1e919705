//! A client that survives: it uploads a file while everything goes wrong, and says what happened and why.
//!
//! The server is killed with `kill -9` and started again, twice; one reply is lost on its way; the session ends behind the
//! client's back. The file that is stored in the end is the one that was sent.
//!
//! ```text
//! cargo run --release -p larder-cli --example survivor              # 1 GiB, in a temporary folder
//! cargo run --release -p larder-cli --example survivor -- 64        # 64 MiB
//! cargo run --release -p larder-cli --example survivor -- 64 target/release/examples/thirty
//! ```
//!
//! The last one is another client, in a process of its own: `crates/embeddings/examples/thirty.rs`, say. It gets `URL APP_KEY USER
//! PASSWORD FILE`, and must store the file as `Survivors/file`.
//!
//! `line` is what stands between client and server, `server` the server in a process of its own, `fate` what befalls them,
//! `file` the file and its MD5, `other` a client that is another program.

mod fate;
mod file;
mod line;
mod other;
mod server;

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use larder::Options;
use larder::larder_transport::observe::{Event, Observer, What};
use larder::nvx::{Client, Credentials};
use larder_server::init;

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [serve, data] if serve == server::SERVE => server::serve(Path::new(data)),
        [] => survive(1 << 30, None),
        [size] => survive(size.parse::<u64>()? << 20, None),
        [size, program] => survive(size.parse::<u64>()? << 20, Some(program)),
        _ => Err("usage: survivor [MiB [PROGRAM]]".into()),
    }
}

/// The client is our own, or this program, which is called with `URL APP_KEY USER PASSWORD FILE`.
fn survive(size: u64, program: Option<&String>) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let (data, original) = (folder.path().join("data"), folder.path().join("original"));
    let file = file::make(&original, size)?;
    println!("the file: {size} bytes, MD5 {}", file.md5);
    init::found_if_empty(&data)?;
    let credentials: init::Credentials = serde_json::from_slice(&std::fs::read(data.join(init::CREDENTIALS_FILE))?)?;
    let began = Instant::now();
    let line = line::Line::open()?;
    let fate = fate::Fate::begin(began, line.clone(), data, size)?;
    let url = format!("http://{}", line.address());
    if let Some(program) = program {
        other::upload(began, program, &url, &credentials, &original)?;
    }
    let client = Client::new(
        &url,
        Credentials::new(credentials.app_key.as_str(), credentials.master_user.as_str(), credentials.master_password),
    )?;
    let client = client.with_options(Options { observer: Some(told(began)), ..Options::default() });
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        if program.is_none() {
            let uploaded = client.upload_file("Survivors/file", &original).await?;
            println!("{:>8.3} s  client  uploaded: {uploaded:?}", began.elapsed().as_secs_f64());
        }
        let copy = folder.path().join("copy");
        client.download_file("Survivors/file", &copy).await?;
        let copied = file::md5(&copy)?;
        println!("{:>8.3} s  client  downloaded: MD5 {copied}", began.elapsed().as_secs_f64());
        if copied == file.md5 { Ok::<_, Failure>(()) } else { Err("the file that came back is another one".into()) }
    })?;
    fate.end()?;
    println!("what came back is what was sent");
    Ok(())
}

/// Prints what the client tells of its calls.
fn told(began: Instant) -> Arc<dyn Observer> {
    Arc::new(move |event: &Event<'_>| {
        let (now, operation) = (began.elapsed().as_secs_f64(), event.operation.name);
        match &event.what {
            What::Started => println!("{now:>8.3} s  client  {operation} begins"),
            What::Note(note) => println!("{now:>8.3} s  client  {operation}: {note:?}"),
            What::Ended(ended) => {
                println!("{now:>8.3} s  client  {operation} ends: {} ({} bytes sent)", ended.outcome.label(), ended.sent);
            }
            _ => {}
        }
    })
}
