//! Large files, in one stream.

use std::io;
use std::process::Command;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Either, Empty};
use hyper_util::client::legacy;
use hyper_util::rt::TokioExecutor;
use larder_proto_nvx::flow::Sum;
use larder_proto_nvx::transfer::{Download, Upload};
use larder_transport::client::{Sink, Source};

use super::process::Measured;
use super::server::Zeros;
use super::small::{larder, runtime, settings};

/// A file in memory, and its MD5 if wanted.
struct File {
    zeros: Zeros,
    length: u64,
    at: u64,
    sum: Option<Sum>,
}

impl Source for File {
    async fn read(&mut self, offset: u64, max: usize) -> io::Result<Option<Bytes>> {
        assert_eq!(offset, self.at);
        let piece = self.zeros.next(max);
        self.at += piece.as_ref().map_or(0, Bytes::len) as u64;
        if let (Some(sum), Some(piece)) = (&mut self.sum, &piece) {
            sum.update(piece);
        }
        Ok(piece)
    }

    fn length(&self) -> Option<u64> {
        Some(self.length)
    }
}

/// Counts what comes.
struct Count {
    bytes: u64,
    sum: Option<Sum>,
}

impl Sink for Count {
    async fn write(&mut self, offset: u64, chunk: Bytes) -> io::Result<()> {
        assert_eq!(offset, self.bytes);
        self.bytes += chunk.len() as u64;
        if let Some(sum) = &mut self.sum {
            sum.update(&chunk);
        }
        Ok(())
    }
}

fn sum(contender: &str) -> Option<Sum> {
    contender.ends_with("md5").then(Sum::new)
}

pub(super) fn up(contender: &str, bytes: u64, address: &str) {
    match contender {
        "larder" | "larder-md5" => larder_up(contender, bytes, address),
        "legacy" => legacy_with(Request::post(format!("http://{address}/Upload.ashx")), 1 << 20, bytes, true),
        "curl" => curl_up(&format!("http://{address}/Upload.ashx"), bytes),
        other => panic!("no contender {other}"),
    }
}

pub(super) fn down(contender: &str, bytes: u64, address: &str) {
    match contender {
        "larder" | "larder-md5" => larder_down(contender, bytes, address),
        "legacy" => legacy_with(Request::get(format!("http://{address}/zeros-{bytes}")), 0, bytes, false),
        "curl" => curl_down(&format!("http://{address}/zeros-{bytes}")),
        other => panic!("no contender {other}"),
    }
}

fn larder_up(contender: &str, bytes: u64, address: &str) {
    let runtime = runtime();
    let transfer = |bytes: u64| {
        runtime.block_on(async {
            let token = "00112233445566778899".to_owned().try_into().unwrap_or_else(|rule| panic!("{rule:?}"));
            let folder = "Photos".to_owned().try_into().unwrap_or_else(|rule| panic!("{rule:?}"));
            let name = "zeros".to_owned().try_into().unwrap_or_else(|rule| panic!("{rule:?}"));
            let file = File { zeros: Zeros::new(bytes), length: bytes, at: 0, sum: sum(contender) };
            let client = larder();
            let answer = client.upload(Upload::new(token, folder, name), settings(address), file).await;
            assert_eq!(answer.unwrap_or_else(|error| panic!("{error}")).files_uploaded, 1);
        });
    };
    transfer(1 << 20);
    Measured::tell(|| transfer(bytes));
}

fn larder_down(contender: &str, bytes: u64, address: &str) {
    let runtime = runtime();
    let transfer = |bytes: u64| {
        runtime.block_on(async {
            let path = format!("Photos/zeros-{bytes}").try_into().unwrap_or_else(|rule| panic!("{rule:?}"));
            let mut count = Count { bytes: 0, sum: sum(contender) };
            let answer = larder().download(Download::new(path), settings(address), &mut count).await;
            answer.unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(count.bytes, bytes);
        });
    };
    transfer(1 << 20);
    Measured::tell(|| transfer(bytes));
}

/// hyper-util's client, with the same pieces and the same buffer.
fn legacy_with(request: http::request::Builder, warm: u64, bytes: u64, sends: bool) {
    let runtime = runtime();
    let request = request.body(()).unwrap_or_else(|error| panic!("{error}"));
    let transfer = |bytes: u64| {
        runtime.block_on(async {
            let mut connector = legacy::connect::HttpConnector::new();
            connector.set_nodelay(true);
            let mut builder = legacy::Client::builder(TokioExecutor::new());
            let client: legacy::Client<_, Either<Zeros, Empty<Bytes>>> =
                builder.http1_max_buf_size(super::server::PIECE).build(connector);
            let body = if sends { Either::Left(Zeros::new(bytes)) } else { Either::Right(Empty::<Bytes>::new()) };
            let response = client.request(request.clone().map(|()| body)).await.unwrap_or_else(|error| panic!("{error}"));
            assert!(response.status().is_success());
            let (mut body, mut got) = (response.into_body(), 0);
            while let Some(frame) = body.frame().await {
                got += frame.unwrap_or_else(|error| panic!("{error}")).into_data().map_or(0, |data| data.len() as u64);
            }
            assert!(sends || got == bytes);
        });
    };
    if sends {
        transfer(warm);
    }
    Measured::tell(|| transfer(bytes));
}

/// curl downloads into nothing.
fn curl_down(url: &str) {
    let mut command = Command::new("curl");
    command.args(["-sS", "--fail", "-o", "/dev/null", url]);
    Measured::tell_foreign(command);
}

/// curl uploads a file that is one hole: zeros out of the page cache.
fn curl_up(url: &str, bytes: u64) {
    let file = std::env::temp_dir().join(format!("larder-bench-{}", std::process::id()));
    let made = std::fs::File::create(&file).and_then(|made| made.set_len(bytes));
    made.unwrap_or_else(|error| panic!("{error}"));
    let mut command = Command::new("curl");
    command.args(["-sS", "--fail", "-H", "Expect:", "-F", &format!("file=@{}", file.display()), url]);
    Measured::tell_foreign(command);
    let _ = std::fs::remove_file(file);
}
