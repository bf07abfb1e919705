//! `larder serve`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use larder_engine::handlers::e2;
use larder_engine::types::Region;
use larder_server::{Access, AccessLog, Config, Server, endpoints};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::{Failure, say};

/// SIGTERM and SIGINT end it: requests under way are finished first. A second one ends it at once.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The data folder. An empty or missing one becomes a service, whose credentials are written into it.
    #[arg(long, value_name = "DIR", default_value = "larder-data", env = "LARDER_DATA")]
    data: PathBuf,
    /// The address to listen on. Port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080", env = "LARDER_LISTEN")]
    listen: SocketAddr,
    /// The host, with or without a port, that clients are told to upload to [default: the one that they asked].
    #[arg(long, value_name = "HOST[:PORT]")]
    storage_host: Option<String>,
    /// The host, with or without a port, that clients are told to download from, and that downloads from any other are
    /// redirected to: requests must come to it under this name [default: the one that they asked].
    #[arg(long, value_name = "HOST[:PORT]")]
    download_host: Option<String>,
    /// A region of the reseller API, and the domain that the names of its storages end with; may be given several times
    /// [default: one, LOCAL].
    #[arg(long = "region", value_name = "KEY=DOMAIN", value_parser = region)]
    regions: Vec<Region>,
    /// Print a line for every request.
    #[arg(long, short)]
    verbose: bool,
}

/// `LDN=s3.example.com`
fn region(text: &str) -> Result<Region, String> {
    let (key, domain) = text.split_once('=').ok_or("no equals sign behind the key")?;
    e2::region(key, domain).map_err(|reject| reject.to_string())
}

struct Print;

impl AccessLog for Print {
    fn ended(&self, access: &Access) {
        crate::warn(access);
    }
}

pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    // The runtime comes after the data folder: opening it blocks.
    if let Some(path) = larder_server::init::found_if_empty(&arguments.data)? {
        say(format_args!("new service: credentials in {}", path.display()));
    }
    let config = Config {
        storage_host: arguments.storage_host,
        regions: arguments.regions,
        download_host: arguments.download_host,
        access_log: arguments.verbose.then(|| Arc::new(Print) as Arc<dyn AccessLog>),
        ..Config::default()
    };
    let server = Server::open(&arguments.data, config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(server, arguments.listen))
}

async fn serve(server: Server, address: SocketAddr) -> Result<(), Failure> {
    let signal = until_signal()?;
    let listener = TcpListener::bind(address).await.map_err(|error| format!("cannot listen on {address}: {error}"))?;
    for (name, url) in endpoints(listener.local_addr()?) {
        say(format_args!("{name:<24} {url}"));
    }
    say("ready");
    let shutdown = async {
        signal.await;
        if let Ok(again) = until_signal() {
            tokio::spawn(async move {
                again.await;
                std::process::exit(1);
            });
        }
        say("stopping; a second signal ends it at once");
    };
    let report = server.run(listener, shutdown).await;
    if report.aborted > 0 {
        say(format_args!("{} connections did not end in time and were cut off", report.aborted));
    }
    Ok(())
}

/// Ready when the program is asked to end. It listens from this call on, not only once it is awaited.
pub(crate) fn until_signal() -> Result<impl Future<Output = ()> + Send, Failure> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
