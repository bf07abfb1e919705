//! The whole service in a process of one's own, on a free port, over a temporary folder. It is called once, then serves until its
//! input ends (in a terminal: Ctrl-D).
//!
//! `cargo run -p larder-server --example whole_service`

use std::error::Error;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::thread;

use larder_server::init::{Credentials, Wanted, init};
use larder_server::{Config, Server};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

fn main() -> Result<(), Box<dyn Error>> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run())
}

async fn run() -> Result<(), Box<dyn Error>> {
    let data = Folder(std::env::temp_dir().join(format!("larder-server-{}", std::process::id())));
    let Credentials { app_key, master_user, master_password, .. } = init(&data.0, Wanted::default())?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(Server::open(&data.0, Config::default())?.run(listener, async {
        let _ = stopped.await;
    }));

    println!("{}", tokio::task::spawn_blocking(move || call(address)).await??);
    // What a client needs: the arguments of `larder`'s examples.
    println!("http://{address} {app_key} {master_user} {}", master_password.expose());
    thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        drop(stop);
    });
    println!("{:?}", serving.await?);
    Ok(())
}

/// Asks whether the service is up, and returns the status line of its answer.
fn call(address: SocketAddr) -> std::io::Result<String> {
    let mut connection = TcpStream::connect(address)?;
    write!(connection, "GET /ws/IMFS/Version.ashx HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer)?;
    Ok(answer.lines().next().unwrap_or_default().to_owned())
}

/// Removed when it is dropped.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(Path::new(&self.0));
    }
}
