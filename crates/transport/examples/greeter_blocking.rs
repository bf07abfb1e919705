//! A tiny API (the one of `larder-core`'s example) is called without a runtime, by two threads that share a client. The server is
//! a thread with a listener of `std`: serving needs the feature `hyper`, calling does not.
//!
//! `cargo run -p larder-transport --no-default-features --example greeter_blocking`

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use larder_core::{Session, Settings, Target};
use larder_transport::blocking::Client;

#[path = "../../core/examples/greeter/api.rs"]
mod api;

use crate::api::{Greet, Greeter};

fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let settings = Settings::new(Target::parse(&format!("http://{}", listener.local_addr()?))?);
    thread::spawn(move || {
        for connection in listener.incoming() {
            thread::spawn(move || connection.and_then(serve));
        }
    });
    let client = Client::<Greeter>::new(Session::with_token("a key".into()), Default::default());
    let greet = |name: &str| client.call(Greet { name: name.to_owned() }, settings.clone());
    thread::scope(|threads| {
        let others = threads.spawn(|| greet("Charles"));
        println!("{}", greet("Ada")?.text);
        println!("{}", others.join().map_err(|_| "a thread panicked")??.text);
        Ok(())
    })
}

/// Answers the requests of one connection: as much HTTP as this client needs.
fn serve(connection: TcpStream) -> std::io::Result<()> {
    let mut from = BufReader::new(connection.try_clone()?);
    let mut to = connection;
    loop {
        let (mut line, mut length) = (String::new(), 0);
        while from.read_line(&mut line)? > 2 {
            if let Some((_, value)) = line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length")) {
                length = value.trim().parse().unwrap_or(0);
            }
            line.clear();
        }
        if line.is_empty() {
            return Ok(());
        }
        let mut body = vec![0; length];
        from.read_exact(&mut body)?;
        let request: Greet = serde_json::from_slice(&body)?;
        let answer = format!(r#"{{"text":"Good day, {}."}}"#, request.name);
        write!(to, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{answer}", answer.len())?;
    }
}
