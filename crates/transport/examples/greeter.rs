//! A tiny API (the one of `larder-core`'s example) is served and called over loopback.
//!
//! `cargo run -p larder-transport --example greeter`

use std::error::Error;
use std::sync::Arc;

use http::{Request, Response};
use hyper::body::Incoming;
use larder_core::{Credential, Serving, Session, Settings, Target};
use larder_transport::Client;
use larder_transport::server::{self, Body, HungUp, Memory, Never, Options, Peer, Respond, Served, Service};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

#[path = "../../core/examples/greeter/api.rs"]
mod api;

use crate::api::{Answer, Fault, Greet, Greeter, Greeting, Request as AnyRequest};

fn main() -> Result<(), Box<dyn Error>> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(run())
}

async fn run() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let target = Target::parse(&format!("http://{}", listener.local_addr()?))?;
    let (stop, stopped) = oneshot::channel::<()>();
    let service = Arc::new(Front { greeters: Arc::new(Greeters), memory: Memory::default() });
    let serving = tokio::spawn(server::serve(listener, service, Options::default(), async {
        let _ = stopped.await;
    }));

    let client = Client::<Greeter>::new(Session::with_token("a key".into()), Default::default());
    let greeting = client.call(Greet { name: "Ada".to_owned() }, Settings::new(target.clone())).await?;
    println!("{}", greeting.text);

    let stranger = Client::<Greeter>::new(Session::with_token("another".into()), Default::default());
    match stranger.call(Greet { name: "Eve".to_owned() }, Settings::new(target)).await {
        Ok(greeting) => return Err(format!("a stranger was told: {}", greeting.text).into()),
        Err(error) => println!("{error}"),
    }
    drop(stop);
    println!("{:?}", serving.await?);
    Ok(())
}

/// Which API is a request for? Here there is one.
struct Front {
    greeters: Arc<Greeters>,
    memory: Memory,
}

impl Service for Front {
    async fn serve(&self, peer: Peer, request: Request<Incoming>) -> Result<Response<Body>, HungUp> {
        server::exchange::<Greeter, _, _>(request, peer, Arc::clone(&self.greeters), Serving::default(), &self.memory).await
    }
}

/// Who asks, and what is answered.
struct Greeters;

impl Respond<Greeter> for Greeters {
    type Caller = ();
    type Upload = Never;
    type Download = Never;

    async fn identify(&self, _peer: &Peer, credential: Credential) -> Result<(), Fault> {
        if credential == Credential::Key("a key".into()) { Ok(()) } else { Err(Fault(401)) }
    }

    async fn serve(&self, (): (), request: AnyRequest) -> Result<Served<Greeter, Never, Never>, Fault> {
        let AnyRequest::Greet(Greet { name }) = request;
        Ok(Served::Reply(Answer::Greet(Greeting { text: format!("Good day, {name}.") })))
    }
}
