//! A service that says what a test wants it to say.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::Incoming;
use larder::larder_core::wire::FileHead;
use larder::larder_core::{Credential, Policy, Serving};
use larder::larder_transport::server::{self, Body, Download, HungUp, Peer, Respond, Served, Service, Upload};
use larder::nvx::accounting::ChildAccounts;
use larder::nvx::authentication::LoggedIn;
use larder::nvx::imfs::{FolderListing, FolderPage, ListFolder, StorageNode};
use larder::nvx::transfer::{Downloaded, Uploaded};
use larder::nvx::{self, Answer, Client, Code, Credentials, Done, Fault, Nvx};
use tokio::net::TcpListener;

/// What the double says, and what it heard.
pub(crate) struct Double {
    /// Where it sends uploads to.
    pub(crate) node: String,
    pub(crate) list: fn(&ListFolder) -> Result<FolderPage, Fault>,
    pub(crate) accounts: fn(u32) -> Vec<String>,
    pub(crate) logout: fn() -> Result<(), Fault>,
    /// The file of every download breaks off here.
    pub(crate) breaks_at: u64,
    /// Before each download; ranges are served if there is one.
    pub(crate) pause: Option<Duration>,
    pub(crate) heard: Mutex<Vec<String>>,
}

/// The length of the file of every download.
pub(crate) const LENGTH: u64 = 1 << 20;

impl Default for Double {
    fn default() -> Self {
        Self {
            node: String::new(),
            list: |_| Ok(FolderPage::default()),
            accounts: |_| Vec::new(),
            logout: || Ok(()),
            breaks_at: LENGTH,
            pause: None,
            heard: Mutex::default(),
        }
    }
}

impl Double {
    /// A client of it, and where it is.
    pub(crate) async fn start(self) -> (Client, String, Arc<Self>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let double = Arc::new(self);
        let front = Arc::new(Front(Arc::clone(&double)));
        tokio::spawn(server::serve(listener, front, server::Options::default(), std::future::pending()));
        let client = Client::new(&format!("http://{host}"), Credentials::new("key", "user", "password")).unwrap();
        let policy = Policy { base: Duration::from_millis(1), ..Policy::default() };
        let settings = larder::larder_core::Settings { policy, ..client.settings().clone() };
        (client.with_settings(settings), host, double)
    }

    /// What it heard since it was asked last.
    pub(crate) fn heard(&self) -> Vec<String> {
        std::mem::take(&mut *self.heard.lock().unwrap())
    }

    fn hear(&self, what: impl Into<String>) {
        self.heard.lock().unwrap().push(what.into());
    }
}

struct Front(Arc<Double>);

impl Service for Front {
    async fn serve(&self, peer: Peer, request: Request<Incoming>) -> Result<Response<Body>, HungUp> {
        let answering = Arc::new(Answering(Arc::clone(&self.0)));
        server::exchange::<Nvx, _, _>(request, peer, answering, Serving::default(), &server::Memory::default()).await
    }
}

struct Answering(Arc<Double>);

impl Respond<Nvx> for Answering {
    type Caller = ();
    type Upload = Taking;
    type Download = Giving;

    async fn identify(&self, _: &Peer, _: Credential) -> Result<(), Fault> {
        Ok(())
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "what no test asks for needs no answer")]
    async fn serve(&self, (): (), request: nvx::Request) -> Result<Served<Nvx, Taking, Giving>, Fault> {
        Ok(Served::Reply(match request {
            nvx::Request::AuthenticationLogin(_) => {
                self.0.hear("login");
                let session_token = "01234567-89ab-cdef-0123-456789abcdef".into();
                Answer::AuthenticationLogin(LoggedIn { session_token })
            }
            nvx::Request::AuthenticationLogout(_) => {
                self.0.hear("logout");
                (self.0.logout)()?;
                Answer::AuthenticationLogout(Done {})
            }
            nvx::Request::AuthenticationChangePassword(_) => Answer::AuthenticationChangePassword(Done {}),
            nvx::Request::ImfsCreateFolders(_) => return Err(Code::FolderAlreadyExists.into()),
            nvx::Request::ImfsGetStorageNode(_) => {
                let node = StorageNode { upload_host: self.0.node.clone(), upload_token: "upload".into() };
                Answer::ImfsGetStorageNode(node)
            }
            // Nobody may look: what arrived is not compared.
            nvx::Request::ImfsGetPathInfo(_) => return Err(Code::AccessDenied.into()),
            nvx::Request::ImfsListFolder(operation) => {
                self.0.hear(format!("page {}", operation.page_number));
                Answer::ImfsListFolder(FolderListing { list_folder: (self.0.list)(&operation)? })
            }
            nvx::Request::AccountingListChildAccounts(operation) => {
                self.0.hear(format!("page {}", operation.page_number));
                Answer::AccountingListChildAccounts(ChildAccounts { accounts: (self.0.accounts)(operation.page_number.get()) })
            }
            nvx::Request::TransferUpload(upload) => {
                self.0.hear(format!("upload to {}", upload.dest_folder_path));
                return Ok(Served::Upload(Taking { double: Arc::clone(&self.0), length: 0 }));
            }
            nvx::Request::TransferDownload(download) if download.path.name() == "none" => {
                return Err(Code::DownloadPathNotFound.into());
            }
            nvx::Request::TransferDownload(download) => {
                self.0.hear("download");
                let mut file = Downloaded { length: Some(LENGTH), total: Some(LENGTH), ..Downloaded::default() };
                if let Some(pause) = self.0.pause {
                    tokio::time::sleep(pause).await;
                    let (offset, length) = download.range.and_then(|range| range.within(LENGTH)).unwrap_or((0, LENGTH));
                    file = Downloaded { offset, length: Some(length), etag: Some("\"7\"".into()), ..file };
                }
                return Ok(Served::Download(Answer::TransferDownload(file), Giving { breaks_at: self.0.breaks_at }));
            }
            other => panic!("no test asks for this: {other:?}"),
        }))
    }
}

pub(crate) struct Taking {
    double: Arc<Double>,
    length: u64,
}

impl Upload<Nvx> for Taking {
    async fn file(&mut self, head: FileHead) -> Result<(), Fault> {
        self.double.hear(format!("file {}", head.file_name));
        Ok(())
    }

    async fn chunk(&mut self, chunk: Bytes) -> Result<(), Fault> {
        self.length += chunk.len() as u64;
        Ok(())
    }

    async fn file_end(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    async fn finish(self) -> Result<Answer, Fault> {
        Ok(Answer::TransferUpload(Uploaded { files_uploaded: 1, bytes_uploaded: self.length }))
    }
}

pub(crate) struct Giving {
    breaks_at: u64,
}

impl Download for Giving {
    async fn read(&mut self, offset: u64, max: usize) -> io::Result<Bytes> {
        if offset >= self.breaks_at {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(vec![7; max.min((self.breaks_at - offset) as usize)].into())
    }
}
