//! Larder speaks two storage services' APIs: **Nirvanix Web Services**, an Internet file system of folders, uploads and
//! downloads, and the **IDrive e2 Reseller API**, by which a reseller keeps its users.
//!
//! This crate is the short way in: a client for each, on tokio and hyper, or [without a runtime](blocking), which logs in, tries
//! again where that is safe, streams files of any size, and types every answer and every refusal. The crates below it are
//! re-exported, and each of them stands alone.
//!
//! # In scope
//! Clients, their conveniences (pages, local files), and one place to get every layer from.
//!
//! # Out of scope
//! What is said ([`larder_proto_nvx`], [`larder_proto_e2`]), when it is said ([`larder_core`]) and how it travels
//! ([`larder_transport`]). The service itself is the program `larder`.
//!
//! # How a call flows
//! ```text
//!   client.upload_file(path, file)                 larder            paths as texts, local files, pages, several ranges at once
//!     └─ UploadFile, a machine of several calls    larder_proto_*    the messages
//!          └─ Call ── Session, Policy, Clocks      larder_core       one login, what is tried again, when it is given up
//!               └─ driver ── pool, HTTP, TLS       larder_transport  on tokio, or on the thread that calls
//! ```
//!
//! # What goes out
//! A client shows a request without sending it, secrets redacted:
#![cfg_attr(all(feature = "e2", feature = "tls"), doc = "```")]
#![cfg_attr(not(all(feature = "e2", feature = "tls")), doc = "```ignore")]
//! use larder::blocking::e2::{Client, ListUsers};
//!
//! let client = Client::new("https://api.idrivee2.com", "API key")?;
//! let plan = client.plan(&ListUsers {})?.to_string();
//! assert!(plan.contains("/api/reseller/v1/users"), "{plan}");
//! assert!(!plan.contains("API key"), "{plan}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Nirvanix Web Services
//!
//! ```no_run
//! # #[cfg(all(feature = "nvx", feature = "hyper"))]
//! use larder::nvx::{Client, Code, Credentials, Error};
//!
//! # #[cfg(all(feature = "nvx", feature = "hyper"))]
//! # async fn run() -> Result<(), Error> {
//! let client = Client::new("http://localhost:8080", Credentials::new("app key", "user", "password"))?;
//!
//! // The first call that needs a session logs in.
//! match client.create_folder("Photos").await {
//!     Err(error) if error.code() == Some(Code::FolderAlreadyExists) => println!("it is there already"),
//!     result => result?,
//! }
//! client.upload_file("Photos/a.jpg", "/home/me/a.jpg").await?; // or `upload`, from memory or any stream
//! let mut pages = client.list("Photos")?;
//! while let Some(page) = pages.next_page().await? {
//!     for file in page.files {
//!         println!("{} has {} bytes", file.path, file.size_bytes);
//!     }
//! }
//! let mut bytes = Vec::new(); // or `larder::Writer`, into any stream
//! client.download("Photos/a.jpg", &mut bytes).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # IDrive e2 Reseller API
//!
//! ```no_run
//! # #[cfg(all(feature = "e2", feature = "hyper"))]
//! use larder::e2::{Client, CreateUser, EncodedPassword, ErrorCode, Quota};
//!
//! # #[cfg(all(feature = "e2", feature = "hyper"))]
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::new("https://api.idrivee2.com", "API key")?;
//! let user = CreateUser {
//!     email: "someone@example.com".parse()?,
//!     password: EncodedPassword::encode("correct horse")?,
//!     first_name: "Someone".parse()?,
//!     last_name: None,
//!     quota: Quota::gigabytes(1024),
//!     email_notification: Some(false),
//! };
//! match client.create_user(user).await {
//!     Err(error) if error.code() == Some(&ErrorCode::UserSignedUp) => println!("one of ours already"),
//!     result => println!("created: {}", result?.answer.user_created),
//! }
//! for user in client.list_users().await?.users {
//!     println!("{} stores {} bytes", user.email, user.storage_used.map_or(0, |bytes| bytes.0));
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Which crate to depend on
//!
//! | depend on | if |
//! |---|---|
//! | `larder` | you want a client, on tokio or on threads |
//! | `larder-transport` with a protocol crate | you want the client without conveniences, or to serve an API on tokio |
//! | `larder-proto-nvx`, `larder-proto-e2` | you bring your own runtime or HTTP, or want the messages as types |
//! | `larder-core` | you describe another API in its terms |
//!
//! # Features
//! `nvx` and `e2`: the two APIs. `hyper`: the clients on tokio; without it, [`blocking`] is what there is, and neither tokio nor
//! hyper is in the tree. `tls`: `https` targets, by rustls with ring, trusting Mozilla's roots unless [told otherwise](Options).
//! These are on by default, the others are not. `schema`: what operations look like, as
//! JSON Schema ([`larder_core::schema`]), and descriptions made of it. `tracing`: spans of calls, by an observer for
//! [`Options::observer`](Options).

#[cfg(feature = "e2")]
mod api_key;
pub mod blocking;
mod both;
#[cfg(all(feature = "e2", feature = "hyper"))]
pub mod e2;
mod error;
#[cfg(feature = "nvx")]
mod kept;
#[cfg(all(feature = "nvx", feature = "hyper"))]
pub mod nvx;

pub use larder_core;
#[cfg(feature = "e2")]
pub use larder_proto_e2;
#[cfg(feature = "nvx")]
pub use larder_proto_nvx;
pub use larder_transport;
#[cfg(feature = "tracing")]
pub use larder_transport::Tracing;
pub use larder_transport::blocking::Options;
#[cfg(feature = "hyper")]
pub use larder_transport::client::{Once, Seekable, Sink, Source, Writer};
#[cfg(feature = "tls")]
pub use larder_transport::tls::Roots;

pub use self::error::Error;
#[cfg(feature = "nvx")]
pub use self::kept::KeptFlaw;

/// The examples of the README compile.
#[cfg(all(doctest, feature = "e2", feature = "hyper", feature = "nvx"))]
#[doc = include_str!("../../../README.md")]
struct Readme;
