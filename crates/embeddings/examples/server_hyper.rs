//! The server's half in a bare hyper service: a handler of one's own for three operations, and a client to try them.
//!
//! ```toml
//! [dependencies]
//! bytes = "1.12"
//! http-body-util = "0.1.5"
//! hyper = { version = "1.12", features = ["http1", "server"] }
//! hyper-util = { version = "0.1.21", features = ["tokio"] }
//! larder-core = "0.1"
//! larder-proto-e2 = "0.1"
//! larder-transport = { version = "0.1", default-features = false } # the client that tries it; the server needs none of it
//! tokio = { version = "1.54", features = ["macros", "net", "rt", "sync", "time"] }
//! ```
//!
//! 42 packages, 3 of them Larder's.
//! `cargo run -p larder-embeddings --example server_hyper`

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{collections::BTreeMap, error::Error, time::Duration};

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming};
use larder_core::wire::RequestHead;
use larder_core::{Credential, Duty, Exchange, Failure, Machine, Serving, Session, Settings, Target, Time, Told};
use larder_proto_e2::{CreateUser, E2, EncodedPassword, Fault, Handler, ListUsers, Quota, RemoveUser, User, UserCreated};
use larder_proto_e2::{UserRemoved, Users, dispatch};
use larder_transport::blocking::Client;
use tokio::time::Instant;

type Result<T, E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move {
        let people = Arc::new(People::default());
        while let Ok((tcp, _)) = listener.accept().await {
            let people = Arc::clone(&people);
            let service = hyper::service::service_fn(move |request| serve(request, Arc::clone(&people)));
            let served = hyper::server::conn::http1::Builder::new().serve_connection(hyper_util::rt::TokioIo::new(tcp), service);
            tokio::spawn(async move { served.await.unwrap_or_else(|error| eprintln!("a connection broke: {error}")) });
        }
    });
    tokio::task::spawn_blocking(move || try_it(&url)).await?
}

fn try_it(url: &str) -> Result<()> {
    let settings = Settings::new(Target::parse(url)?);
    let client = Client::<E2>::new(Session::with_token("key".into()), Default::default());
    let create = CreateUser {
        email: "ada@example.com".parse()?,
        password: EncodedPassword::encode("correct horse")?,
        first_name: "Ada".parse()?,
        last_name: None,
        quota: Quota::gigabytes(1),
        email_notification: None,
    };
    client.call(create.clone(), settings.clone())?;
    println!("a second time: {}", client.call(create, settings.clone()).err().ok_or("the same user was created twice")?);
    let users = client.call(ListUsers {}, settings.clone())?.users;
    client.call(RemoveUser { email: "ada@example.com".parse()? }, settings.clone())?;
    println!("listed {:?}", users.iter().map(|user| &user.email).collect::<Vec<_>>());
    let left = client.call(ListUsers {}, settings)?.users.len();
    if (users.len(), left) == (1, 0) { Ok(()) } else { Err("there were other users than expected".into()) }
}

/// The service. What is not overridden here is answered with "not implemented".
#[derive(Default)]
pub(crate) struct People(Mutex<BTreeMap<String, CreateUser>>);

impl People {
    fn all(&self) -> MutexGuard<'_, BTreeMap<String, CreateUser>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Handler for People {
    type Caller = ();

    async fn create_user(&self, (): &(), user: CreateUser) -> Result<UserCreated, Fault> {
        match self.all().insert(user.email.to_string(), user) {
            None => Ok(UserCreated { user_created: true }),
            Some(_) => Err(CreateUser::SIGNED_UP.into()),
        }
    }

    async fn list_users(&self, (): &(), _: ListUsers) -> Result<Users, Fault> {
        Ok(Users { id: "reseller".into(), users: self.all().values().map(user).collect() })
    }

    async fn remove_user(&self, (): &(), user: RemoveUser) -> Result<UserRemoved, Fault> {
        self.all().remove(user.email.as_str()).map(|_| UserRemoved { user_removed: true }).ok_or(RemoveUser::NO_ACCOUNT.into())
    }
}

fn user(user: &CreateUser) -> User {
    let (email, first_name, last_name) = (user.email.to_string(), Some(user.first_name.to_string()), None);
    let (account_creation_timestamp, invite_url, storage_used) = (None, None, None);
    let (is_signed_up, is_active, storage_quota) = (Some(true), Some(true), None);
    User {
        email,
        first_name,
        last_name,
        account_creation_timestamp,
        invite_url,
        is_signed_up,
        is_active,
        storage_used,
        storage_quota,
    }
}

/// Drives the exchange of one request.
async fn serve(request: Request<Incoming>, people: Arc<People>) -> Result<Response<Full<Bytes>>> {
    let (head, mut body) = request.into_parts();
    let mut exchange = Exchange::<E2>::new(RequestHead(Request::from_parts(head, ())), Serving::default());
    let (began, mut answer, mut out) = (Instant::now(), Response::new(()), BytesMut::new());
    loop {
        let told = match exchange.poll(Time(began.elapsed()), &mut ()) {
            Duty::Identify(Credential::Key(key)) if key.expose() == "key" => Some(Told::Identified),
            Duty::Identify(_) => Some(Told::Refused(Fault::unauthorized())),
            Duty::Serve(request) => Some(Told::Reply(dispatch(&*people, &(), request).await)),
            Duty::Open { head, .. } => {
                answer = head.0;
                None
            }
            Duty::Write(chunk) => {
                out.extend_from_slice(&chunk);
                Some(Told::Wrote)
            }
            Duty::Wait { until, .. } => {
                let until = began + until.map_or(Duration::from_secs(60), |until| until.0);
                match tokio::time::timeout_at(until, body.frame()).await {
                    Ok(Some(Ok(frame))) => frame.into_data().ok().map(Told::Data),
                    Ok(Some(Err(_))) => Some(Told::Failed(Failure::Truncated)),
                    Ok(None) => Some(Told::End),
                    Err(_) => None,
                }
            }
            Duty::Done(outcome) if outcome.is_broken => return Err("the request did not come to its end".into()),
            Duty::Done(_) => return Ok(answer.map(|()| Full::new(out.freeze()))),
            Duty::File(_) | Duty::Chunk(_) | Duty::FileEnd | Duty::FilesEnd | Duty::Finish | Duty::Abort => None,
            Duty::Feed { .. } => Some(Told::BodyGone),
        };
        told.map_or(Ok(()), |told| exchange.handle(told))?;
    }
}
