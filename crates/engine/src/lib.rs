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
//! # Units
//! Times are milliseconds since 1970 ([`Timestamp`]), lengths are bytes, limits on paths are Unicode characters.

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
