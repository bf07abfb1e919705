//! The storage system in a process of one's own, without HTTP: a file is stored in a temporary folder, durably, and read again
//! after the folder was opened anew.
//!
//! `cargo run -p larder-engine --example store_and_read`

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use larder_engine::engine::Destination;
use larder_engine::rules::uploads::{FirstByte, UploadTerms};
use larder_engine::{Caller, Engine, Founded, Founding, Parts, generate};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Folder(std::env::temp_dir().join(format!("larder-engine-{}", std::process::id())));
    let content = b"It is on the disk before anybody is told so.";
    let made_up = generate(&*Parts::default().random)?;

    let engine = Arc::new(Engine::open(&folder.0, Parts::default())?);
    let Founded { app_key, .. } = engine.found(Founding {
        master: "ada".into(),
        password: made_up.password.clone(),
        application: "App".into(),
        app_key: None,
        api_key: None,
    })?;
    let caller = engine.login(&app_key, "ada", &made_up.password, HERE)?.caller;
    engine.create_folders(&caller, vec!["Letters".into()]).wait()?;
    store(&engine, &caller, "first.txt", content)?;
    drop(engine);

    let engine = Engine::open(&folder.0, Parts::default())?;
    let caller = engine.login(&app_key, "ada", &made_up.password, HERE)?.caller;
    let mut file = engine.open_file(&caller, "Letters/first.txt")?;
    let mut read = Vec::new();
    while read.len() < content.len() {
        let piece = file.content.read_at(read.len() as u64, 1 << 16)?;
        read.extend_from_slice(&piece);
    }
    println!("{}", String::from_utf8_lossy(&read));
    if read == content { Ok(()) } else { Err("another file came back".into()) }
}

/// An upload is a right, which is granted, and a transfer, which uses it: whoever transfers needs no session.
fn store(engine: &Arc<Engine>, caller: &Caller, name: &str, content: &[u8]) -> Result<(), Box<dyn Error>> {
    let terms = UploadTerms { folder: Some("Letters".into()), ..UploadTerms::default() };
    let token = engine.grant_upload(caller, terms).wait()?;
    let to = Destination { token, peer: HERE, folder: None, first_byte: FirstByte::Enforced };
    let mut upload = engine.begin_upload(&to)?;
    upload.file(&[], name, None)?;
    upload.push(content)?;
    println!("stored: {:?}", upload.end_file(None)?);
    Ok(())
}

/// Removed when it is dropped.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(Path::new(&self.0));
    }
}
