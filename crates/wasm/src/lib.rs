//! The core with Nirvanix as a WebAssembly module that any JavaScript can drive: an example, not a crate to depend on.
//!
//! # In scope
//! A [`Client`] whose actions and inputs are small [`Message`]s: a head in JSON, and bytes. The module's functions
//! ([`exports`]) take and return integers only, and hand messages over in one buffer, so that neither wasm-bindgen nor any
//! other generator of code is needed. Natively the same code compiles, which is how it is tested, and how what the module did
//! is done again and compared (the example `replay`).
//!
//! # Out of scope
//! Sockets and clocks: `driver.mjs` beside this crate has them, by `fetch` and `setTimeout`. The README there says what a
//! browser needs besides.
//!
//! ```
//! use larder_core::Time;
//! use larder_wasm::{Client, Message};
//!
//! let config = r#"{"url":"http://localhost:8080","appKey":"key","user":"ada","password":"secret","seed":1}"#;
//! let mut client = Client::open(&Message::of(config, b""))?;
//! let list = b"folderPath=Photos&pageNumber=1&pageSize=100";
//! let call = client.call(&Message::of(r#"{"call":"message","operation":"IMFS/ListFolder"}"#, list))?;
//! // Without a session it logs in first.
//! let action = client.poll(call, Time::ZERO)?;
//! assert_eq!(action.head, r#"{"do":"note","text":"LoggingIn"}"#);
//! let action = client.poll(call, Time::ZERO)?;
//! assert!(action.head.starts_with(r#"{"do":"open""#));
//! assert!(action.head.contains("http://localhost:8080/ws/Authentication/Login.ashx"));
//! # Ok::<(), String>(())
//! ```

mod action;
mod client;
pub mod exports;
mod input;
mod message;
mod running;
mod wish;

pub use client::Client;
pub use message::Message;
