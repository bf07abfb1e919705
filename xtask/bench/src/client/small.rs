//! Small calls.

use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, header};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioIo};
use larder_core::wire::{Address, OutgoingBody};
use larder_core::{Api, Secret, Session, Settings, Target};
use larder_proto_nvx::imfs::GetPathInfo;
use larder_proto_nvx::{Nvx, Style};
use larder_transport::Client;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

use super::process::Measured;

const TOKEN: &str = "4e0fd7f9-ab37-4c0b-a76e-d1dcbac7e8f5";

/// One thread: so that who uses fewer switches between tasks or threads shows, and the server has the other core.
pub(super) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap_or_else(|error| panic!("{error}"))
}

pub(super) fn settings(address: &str) -> Settings<Nvx> {
    let target = Target::parse(&format!("http://{address}")).unwrap_or_else(|reject| panic!("{reject}"));
    Settings { style: Style::JSON, ..Settings::new(target) }
}

fn operation(metadata: bool) -> GetPathInfo {
    let path = "Photos/2007/F8.jpg".to_owned().try_into().unwrap_or_else(|rule| panic!("{rule:?}"));
    GetPathInfo { show_metadata: Some(metadata), ..GetPathInfo::all(path) }
}

pub(super) fn larder() -> Client<Nvx> {
    Client::new(Session::with_token(Secret::new(TOKEN)), larder_transport::client::Options::default())
}

/// What Larder sends, ready for others to send.
fn request(address: &str, operation: &GetPathInfo) -> Request<Bytes> {
    let settings = settings(address);
    let token = Secret::new(TOKEN);
    let address = Address { target: &settings.target, token: Some(&token), style: &settings.style, bits: [1, 2] };
    let out = Nvx::encode(operation, &address).unwrap_or_else(|reject| panic!("{reject}"));
    let OutgoingBody::Whole(body) = out.body else { panic!("a file") };
    out.head.0.map(|()| body)
}

type Calls = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Makes so many calls in each of so many tasks, after as many for warming up as there are tasks.
fn tasks(at_once: usize, amount: u64, task: impl Fn(u64) -> Calls) {
    let runtime = runtime();
    let all = |each: u64| {
        runtime.block_on(async {
            let running: Vec<_> = (0..at_once).map(|_| tokio::spawn(task(each))).collect();
            for task in running {
                task.await.unwrap_or_else(|error| panic!("{error}"));
            }
        });
    };
    all(4);
    Measured::tell(|| all(amount / at_once as u64));
}

pub(super) fn run(contender: &str, at_once: usize, metadata: bool, amount: u64, address: &str) {
    let operation = operation(metadata);
    match contender {
        "larder" => with_larder(&operation, at_once, amount, address),
        "larder-blocking" => with_blocking(&operation, amount, address),
        "legacy" => with_legacy(request(address, &operation), at_once, amount),
        "conn" => with_conn(request(address, &operation), at_once, amount, address),
        "reqwest" => with_reqwest(request(address, &operation), at_once, amount),
        "ureq" => with_ureq(request(address, &operation), at_once, amount),
        other => panic!("no contender {other}"),
    }
}

fn with_larder(operation: &GetPathInfo, at_once: usize, amount: u64, address: &str) {
    let runtime = runtime();
    let client = runtime.block_on(async { larder() });
    drop(runtime);
    let settings = settings(address);
    tasks(at_once, amount, |each| {
        let (client, operation, settings) = (client.clone(), operation.clone(), settings.clone());
        Box::pin(async move {
            for _ in 0..each {
                let info = client.call(operation.clone(), settings.clone()).await.unwrap_or_else(|error| panic!("{error}"));
                assert_eq!(info.path_info.size_bytes, Some(1_000_000));
            }
        })
    });
}

fn with_blocking(operation: &GetPathInfo, amount: u64, address: &str) {
    let options = larder_transport::client::Options::default();
    let client = larder_transport::blocking::Client::<Nvx>::new(Session::with_token(Secret::new(TOKEN)), options);
    let settings = settings(address);
    let all = |calls: u64| {
        for _ in 0..calls {
            let info = client.call(operation.clone(), settings.clone()).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(info.path_info.size_bytes, Some(1_000_000));
        }
    };
    all(4);
    Measured::tell(|| all(amount));
}

fn with_legacy(request: Request<Bytes>, at_once: usize, amount: u64) {
    let mut connector = legacy::connect::HttpConnector::new();
    connector.set_nodelay(true);
    let client: legacy::Client<_, Full<Bytes>> = legacy::Client::builder(TokioExecutor::new()).build(connector);
    tasks(at_once, amount, |each| {
        let (client, request) = (client.clone(), request.clone());
        Box::pin(async move {
            for _ in 0..each {
                let response = client.request(request.clone().map(Full::new)).await.unwrap_or_else(|error| panic!("{error}"));
                collected(response).await;
            }
        })
    });
}

async fn collected(response: http::Response<hyper::body::Incoming>) {
    assert!(response.status().is_success());
    let body = response.into_body().collect().await.unwrap_or_else(|error| panic!("{error}")).to_bytes();
    assert!(body.len() > 100);
}

/// As little as there can be around hyper: a connection for each task, and a task that drives it.
fn with_conn(mut request: Request<Bytes>, at_once: usize, amount: u64, address: &str) {
    let host = address.parse().unwrap_or_else(|error| panic!("{error}"));
    request.headers_mut().insert(header::HOST, host);
    let path = request.uri().path_and_query().cloned().unwrap_or_else(|| panic!("a path"));
    *request.uri_mut() = path.into();
    let address: Arc<str> = address.into();
    tasks(at_once, amount, |each| {
        let (request, address) = (request.clone(), Arc::clone(&address));
        Box::pin(async move {
            let tcp = TcpStream::connect(&*address).await.unwrap_or_else(|error| panic!("{error}"));
            let _ = tcp.set_nodelay(true);
            let handshake = hyper::client::conn::http1::handshake(TokioIo::new(tcp)).await;
            let (mut sender, connection) = handshake.unwrap_or_else(|error| panic!("{error}"));
            tokio::spawn(connection);
            for _ in 0..each {
                sender.ready().await.unwrap_or_else(|error| panic!("{error}"));
                let response = sender.send_request(request.clone().map(Full::new)).await;
                collected(response.unwrap_or_else(|error| panic!("{error}"))).await;
            }
        })
    });
}

fn with_reqwest(request: Request<Bytes>, at_once: usize, amount: u64) {
    let client = reqwest::Client::builder().build().unwrap_or_else(|error| panic!("{error}"));
    tasks(at_once, amount, |each| {
        let (client, request) = (client.clone(), request.clone());
        Box::pin(async move {
            for _ in 0..each {
                let (head, body) = request.clone().into_parts();
                let sent = client.request(head.method, head.uri.to_string()).headers(head.headers).body(body).send().await;
                let response = sent.unwrap_or_else(|error| panic!("{error}"));
                assert!(response.status().is_success());
                assert!(response.bytes().await.unwrap_or_else(|error| panic!("{error}")).len() > 100);
            }
        })
    });
}

/// Threads instead of tasks.
fn with_ureq(request: Request<Bytes>, at_once: usize, amount: u64) {
    let config = ureq::Agent::config_builder().max_idle_connections(at_once).max_idle_connections_per_host(at_once);
    let agent: ureq::Agent = config.build().into();
    let request = request.map(|body| body.to_vec());
    let all = |each: u64| {
        std::thread::scope(|scope| {
            for _ in 0..at_once {
                scope.spawn(|| {
                    for _ in 0..each {
                        let mut response = agent.run(request.clone()).unwrap_or_else(|error| panic!("{error}"));
                        assert!(response.body_mut().read_to_vec().unwrap_or_else(|error| panic!("{error}")).len() > 100);
                    }
                });
            }
        });
    };
    all(4);
    Measured::tell(|| all(amount / at_once as u64));
}
