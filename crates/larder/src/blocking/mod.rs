//! The clients without a runtime: each call is made by the thread that makes it, over `std::net`. With `default-features = false`
//! neither tokio nor hyper is in the tree. Threads are started only by what does several things at once, on request
//! ([`download_file`](nvx::Client::download_file), [`upload_many`](nvx::Client::upload_many)), and are gone when that returns.
//!
//! ```no_run
//! # #[cfg(feature = "nvx")]
//! # fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use larder::blocking::nvx::{Client, Credentials};
//!
//! let client = Client::new("http://localhost:8080", Credentials::new("app key", "user", "password"))?;
//! client.upload_file("Photos/a.jpg", "/home/me/a.jpg")?;
//! for page in client.list("Photos")? {
//!     for file in page?.files {
//!         println!("{} has {} bytes", file.path, file.size_bytes);
//!     }
//! }
//! let mut bytes = Vec::new(); // or `Writer`, into any stream; or `Positioned`, into a file
//! client.download("Photos/a.jpg", &mut bytes)?;
//! # Ok(())
//! # }
//! ```
//!
//! Clients are `Send` and `Sync`: clones in as many threads as you like share one session, one login and one pool of
//! connections. A [`Cancel`] ends calls from another thread.

#[cfg(feature = "e2")]
pub mod e2;
#[cfg(feature = "nvx")]
pub mod nvx;

pub use larder_transport::blocking::{Cancel, Once, Options, Positioned, Report, Seekable, Sink, Source, Writer};
