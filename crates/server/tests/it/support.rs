//! A service with the master `boss`, the application `App`, and the children `kid` and `sis`. Passwords are the names with
//! an exclamation mark.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use larder::nvx;
use larder_core::Secret;
use larder_engine::engine::Founding;
use larder_engine::password::PasswordCost;
use larder_engine::{Clock, Contact, Engine, Founded, Parts, Timestamp};
use larder_server::{Access, AccessLog, Config, Server};
use larder_transport::server::Report;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::wire::{Answer, Form, PATIENCE, Raw, get, post};

pub(crate) const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 1));
pub(crate) const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
pub(crate) const MINUTE: i64 = 60_000;

/// The engine's clock, which stands still.
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn advance(&self, milliseconds: i64) {
        self.0.fetch_add(milliseconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// The access log.
#[derive(Default)]
pub(crate) struct Log(Mutex<Vec<Access>>);

impl AccessLog for Log {
    fn ended(&self, access: &Access) {
        self.0.lock().unwrap().push(access.clone());
    }
}

impl Log {
    pub(crate) fn lines(&self) -> Vec<Access> {
        self.0.lock().unwrap().clone()
    }
}

/// A clock that stands at 2026-01-01T00:00:00Z, and cheap passwords.
fn parts() -> (Arc<TestClock>, Parts) {
    let clock = Arc::new(TestClock(AtomicI64::new(1_767_225_600_000)));
    (clock.clone(), Parts { clock, password_cost: PasswordCost::CHEAPEST, ..Parts::default() })
}

pub(crate) struct World {
    pub(crate) engine: Arc<Engine>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) log: Arc<Log>,
    pub(crate) founded: Founded,
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<Report>,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(Config::default()).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        Self::open(|parts| Engine::in_memory(parts).unwrap(), config).await
    }

    pub(crate) async fn on_disk(data: &Path) -> Self {
        Self::open(|parts| Engine::open(data, parts).unwrap(), Config::default()).await
    }

    /// Of a folder that holds a service already.
    pub(crate) async fn again(data: &Path) -> Self {
        let (clock, parts) = parts();
        let engine = Engine::open(data, parts).unwrap();
        let app_key = engine.store().read(|view| Ok(view.application_by_name("App")?)).unwrap().unwrap();
        let founded =
            Founded { master: app_key.master, application: app_key.id, app_key: app_key.key, api_key: Secret::new("unknown") };
        Self::run(Arc::new(engine), clock, founded, Config::default()).await
    }

    pub(crate) async fn open(engine: impl FnOnce(Parts) -> Engine, config: Config) -> Self {
        let (clock, parts) = parts();
        let engine = Arc::new(engine(parts));
        let founding =
            Founding { master: "boss".into(), password: "boss!".into(), application: "App".into(), app_key: None, api_key: None };
        let founded = engine.found(founding).unwrap();
        let boss = engine.login(&founded.app_key, "boss", &"boss!".into(), HERE).unwrap().caller;
        for child in ["kid", "sis"] {
            engine.create_child_account(&boss, child, &Secret::new(format!("{child}!")), Contact::new()).unwrap();
        }
        Self::run(engine, clock, founded, config).await
    }

    async fn run(engine: Arc<Engine>, clock: Arc<TestClock>, founded: Founded, config: Config) -> Self {
        let log = Arc::new(Log::default());
        let config = Config { access_log: Some(log.clone()), ..config };
        let listener = TcpListener::bind((HERE, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let server = Server::with_engine(engine.clone(), config);
        let server = tokio::spawn(server.run(listener, async { stopped.await.unwrap_or_default() }));
        Self { engine, clock, log, founded, address, stop, server }
    }

    /// Ends the service; the engine is closed when this returns.
    pub(crate) async fn stop(self) -> (Report, Arc<Log>) {
        self.stop.send(()).unwrap();
        let report = self.server.await.unwrap();
        drop(self.engine);
        (report, self.log)
    }

    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn client(&self, user: &str) -> nvx::Client {
        let credentials = nvx::Credentials::new(self.founded.app_key.as_str(), user, format!("{user}!"));
        nvx::Client::new(&self.base(), credentials).unwrap()
    }

    pub(crate) async fn raw(&self) -> Raw {
        Raw::connect(self.address, HERE).await
    }

    /// One request on a connection of its own.
    pub(crate) async fn ask(&self, request: impl AsRef<[u8]>) -> Answer {
        self.ask_from(HERE, request).await
    }

    pub(crate) async fn ask_from(&self, from: IpAddr, request: impl AsRef<[u8]>) -> Answer {
        let mut raw = Raw::connect(self.address, from).await;
        raw.send(request).await;
        raw.answer().await
    }

    /// Calls a method, such as `IMFS/ListFolder`, with a form; the answer is JSON.
    pub(crate) async fn call(&self, method: &str, pairs: &[(&str, &str)]) -> Answer {
        self.ask(post(&format!("/ws/{method}.ashx?output=json"), pairs)).await
    }

    /// A session's token.
    pub(crate) async fn login(&self, user: &str) -> String {
        let answer = self.try_login(user, &format!("{user}!")).await;
        answer.json()["SessionToken"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn try_login(&self, user: &str, password: &str) -> Answer {
        let pairs = [("appKey", self.founded.app_key.as_str()), ("userName", user), ("password", password)];
        self.call("Authentication/Login", &pairs).await
    }

    /// The token of an upload.
    pub(crate) async fn upload_token(&self, session: &str) -> String {
        let answer = self.call("IMFS/GetStorageNode", &[("sessionToken", session), ("sizeBytes", "1")]).await;
        answer.json()["GetStorageNode"]["UploadToken"].as_str().unwrap().to_owned()
    }

    /// The token of an upload with terms.
    pub(crate) async fn upload_token_with(&self, session: &str, folder: &str, terms: &[(&str, &str)]) -> String {
        let pairs = [&[("sessionToken", session), ("sizeBytes", "1"), ("destFolderPath", folder)], terms].concat();
        let answer = self.call("IMFS/GetStorageNodeExtended", &pairs).await;
        answer.json()["GetStorageNode"]["UploadToken"].as_str().unwrap_or_else(|| panic!("{}", answer.text())).to_owned()
    }

    /// Uploads one file.
    pub(crate) async fn put(&self, session: &str, folder: &str, name: &str, content: impl AsRef<[u8]>) {
        let token = self.upload_token(session).await;
        let answer = self.ask(Form::upload(&token, folder).file(name, content).request("/Upload.ashx")).await;
        assert_eq!(answer.code(), 0, "{}", answer.text());
    }

    /// Downloads a file of the session's own.
    pub(crate) async fn fetch(&self, session: &str, path: &str) -> Answer {
        self.ask(get(&format!("/{session}/{path}"))).await
    }

    /// The names in a folder; folders end with a slash.
    pub(crate) async fn names(&self, session: &str, folder: &str) -> Vec<String> {
        let page = [("sessionToken", session), ("folderPath", folder), ("pageNumber", "1"), ("pageSize", "100")];
        let answer = self.call("IMFS/ListFolder", &page).await.json();
        let list = &answer["ListFolder"];
        let names = |kind: &str, end: &str| -> Vec<String> {
            let entries = list[kind].as_array().cloned().unwrap_or_default();
            entries.iter().map(|entry| format!("{}{end}", entry["Name"].as_str().unwrap())).collect()
        };
        [names("Folder", "/"), names("File", "")].concat()
    }

    /// Whether the service answers as if nothing had happened.
    pub(crate) async fn serves(&self) {
        assert_eq!(self.ask(get("/Version.ashx")).await.status, 200);
        let session = self.login("sis").await;
        assert_eq!(self.names(&session, "").await, [""; 0]);
    }
}

/// Waits until it is so.
pub(crate) async fn until(mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "it never came to that");
        tokio::task::yield_now().await;
    }
}
