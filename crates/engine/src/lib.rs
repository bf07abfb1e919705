//! The storage system behind Larder's server: accounts, sessions, namespace and blobs, with no HTTP.
//!
//! # In scope
//! * [`engine`]: [`Engine`], one method for each operation; begin here.
//! * [`handlers`]: the operations of both APIs on the engine, typed in and typed out.
//! * [`rules`]: what the operations mean, as pure functions over a store's lookups and puts.
//! * [`store`]: the stores, [`store::Model`] in memory and [`store::Sqlite`] on disk, and their dump.
//! * [`blobs`]: content, written durably and verified when read.
//! * [`sessions`], [`password`], [`token`]: who is who.
//! * [`path`], [`types`], [`contact`], [`refusal`]: the vocabulary.
//! * [`env`](mod@env), [`disk`]: the clock, the random source and the file system, as arguments.
//! * [`lock`], [`pending`]: one process per data folder; changes on their way to the disk.
//!
//! # Out of scope
//! HTTP and its codes, wire formats, TLS, threads to call this from: the server has those. Slowing down an address that
//! guesses passwords is not done yet, by nobody; locking the account is ours.
//!
//! # How a change flows
//! ```text
//!   method of Engine ──▶ rule ──▶ Tx: lookups and puts ──▶ group commit (one writer) ──▶ fsync ──▶ Pending is ready
//!                         │ Refusal: nothing changed                                       what was acknowledged stays
//! ```
//! A file is durable before it is visible, and visible before its upload is answered:
//! ```text
//!   grant_upload ──▶ token ──▶ begin_upload ──▶ file ──▶ push … ──▶ end_file
//!                                                │                    ├─ whole: fdatasync, rename, fsync of folders,
//!                                                │                    │         one transaction publishes it ──▶ Published
//!                                                │                    └─ a piece: synced, and a row says how many bytes there are
//!                                                └─ dropped, or a crash: nothing is left but whole pieces
//! ```
//!
//! # An example
//! ```
//! use larder_engine::{Engine, Founding, Parts, generate};
//!
//! let parts = Parts::default();
//! let password = generate(&*parts.random)?.password;
//! let engine = Engine::in_memory(parts)?; // or Engine::open(folder, parts)
//! let founded = engine.found(Founding {
//!     master: "ada".into(),
//!     password: password.clone(),
//!     application: "App".into(),
//!     app_key: None,
//!     api_key: None,
//! })?;
//! let caller = engine.login(&founded.app_key, "ada", &password, "127.0.0.1".parse()?)?.caller;
//! engine.create_folders(&caller, vec!["Letters/2009".into()]).wait()?;
//! assert_eq!(engine.path_info(&caller, "Letters/2009")?.path, "Letters/2009");
//! assert!(engine.path_info(&caller, "Letters/2010").is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//! `examples/store_and_read.rs` in this crate's folder stores a file on disk, and reads it again.
//!
//! # Units
//! Times are milliseconds since 1970 ([`Timestamp`]), lengths are bytes, limits on paths are Unicode characters.
//!
//! # Features
//! None.

pub mod blobs;
pub mod contact;
pub mod disk;
pub mod engine;
pub mod env;
pub mod handlers;
pub mod lock;
pub mod password;
pub mod path;
pub mod pending;
pub mod refusal;
pub mod rules;
pub mod sessions;
pub mod store;
pub mod token;
pub mod types;

pub use contact::Contact;
pub use engine::{Engine, Founded, Founding, Generated, Login, Parts, generate};
pub use env::{Clock, Random, Timestamp};
pub use pending::Pending;
pub use refusal::{OpenError, Refusal, StoreError};
pub use rules::listing::MAX_PAGE_SIZE;
pub use types::Caller;
