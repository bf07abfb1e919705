//! How much memory hostile clients can make the whole service take with the bodies of their requests, by a counting allocator.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use larder_engine::password::PasswordCost;
use larder_engine::{Engine, Parts};
use larder_server::{Config, Server};
use larder_testkit::memory::{Counting, peak};
use larder_transport::server::Memory;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[global_allocator]
static COUNTING: Counting = Counting;

const MEMORY: usize = 32 << 20;
const CLIENTS: usize = 24;

/// What a connection takes besides: hyper's buffers, as `Options::buffer` bounds them, here read a piece at a time; the
/// client's own is in here too.
const CONNECTION: usize = 1 << 20;

/// A file of 9 MiB within an envelope that never ends.
async fn hostile(address: SocketAddr) -> TcpStream {
    let head = "POST /ws/Transfer.asmx HTTP/1.1\r\nHost: l\r\nSOAPAction: AppendFile\r\nContent-Length: 90000000\r\n\r\n";
    let mut tcp = TcpStream::connect(address).await.unwrap();
    tcp.write_all(head.as_bytes()).await.unwrap();
    tcp.write_all(b"<e><Body><AppendFile><fileData>").await.unwrap();
    let piece = "AAAA".repeat(16 << 10);
    for _ in 0..(12 << 20) / piece.len() {
        // Some are turned away before that.
        if tcp.write_all(piece.as_bytes()).await.is_err() {
            break;
        }
    }
    tcp
}

async fn attack(address: SocketAddr, memory: Memory) {
    let clients: Vec<_> = (0..CLIENTS).map(|_| tokio::spawn(hostile(address))).collect();
    let mut open = Vec::new();
    for client in clients {
        open.push(client.await.unwrap());
    }
    // Two or three have what they wanted, and the others an answer.
    let began = Instant::now();
    while memory.used() < 18 << 20 {
        assert!(began.elapsed() < Duration::from_secs(20), "{}", memory.used());
        tokio::task::yield_now().await;
    }
    assert!(memory.used() <= MEMORY / 4 * 3);
    let mut tcp = TcpStream::connect(address).await.unwrap();
    let login = "appKey=a&userName=b&password=c";
    let length = login.len();
    let request = format!(
        "POST /ws/Authentication/Login.ashx HTTP/1.1\r\nHost: l\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{login}"
    );
    tcp.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    tcp.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("<ResponseCode>65004<"), "{answer}");
}

/// One test, because all threads count together.
#[test]
fn hostile_bodies_take_what_there_is_and_no_more() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let parts = Parts { password_cost: PasswordCost::CHEAPEST, ..Parts::default() };
    let engine = Arc::new(Engine::in_memory(parts).unwrap());
    let memory = Memory::new(MEMORY);
    let config = Config { memory: memory.clone(), ..Config::default() };
    let ((), most) = peak(|| {
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let server = tokio::spawn(Server::with_engine(engine, config).run(listener, std::future::pending()));
            attack(address, memory.clone()).await;
            server.abort();
        });
    });
    println!("{CLIENTS} clients with 9 MiB each: {} MiB at most, of {} MiB for bodies", most >> 20, MEMORY >> 20);
    assert!(most < MEMORY + CLIENTS * CONNECTION, "{most}");
}
