//! What JavaScript sees: functions of integers, and one buffer in the module's memory.
//!
//! ```text
//!   address = larder_room(length)      JavaScript writes a message there …
//!   larder_call()                      … which is read, and what is answered takes its place:
//!   larder_address(), larder_length()  … there
//! ```
//!
//! A module has one client: another is another instance of the module. Messages hold passwords and tokens, so that the buffer
//! is wiped before it is used again; what JavaScript makes of them is its own business.

use core::time::Duration;
use std::cell::RefCell;

use larder_core::Time;
use zeroize::Zeroize;

use crate::{Client, Message};

#[derive(Default)]
struct Module {
    buffer: Vec<u8>,
    client: Option<Client>,
}

thread_local! {
    static MODULE: RefCell<Module> = RefCell::default();
}

impl Module {
    fn room(&mut self, length: usize) -> usize {
        self.buffer.zeroize();
        self.buffer.resize(length, 0);
        self.buffer.as_ptr() as usize
    }

    fn take(&mut self) -> Result<Message, String> {
        let message = Message::from_bytes(&self.buffer);
        self.buffer.zeroize();
        message
    }

    fn give(&mut self, message: &Message) {
        self.buffer.zeroize();
        self.buffer = message.to_bytes();
    }

    fn client(&mut self) -> Result<&mut Client, String> {
        self.client.as_mut().ok_or_else(|| "there is no client".to_owned())
    }
}

/// Does it, and leaves what went wrong as text in the buffer: then the result is 0.
fn answer(work: impl FnOnce(&mut Module) -> Result<u32, String>) -> u32 {
    MODULE.with_borrow_mut(|module| match work(module) {
        Ok(number) => number,
        Err(error) => {
            module.give(&Message::of(&error, b""));
            0
        }
    })
}

/// Makes room for a message of so many bytes, and says where.
#[unsafe(no_mangle)]
#[expect(unsafe_code, reason = "a name that JavaScript can call by; it is no other symbol's")]
pub extern "C" fn larder_room(length: usize) -> usize {
    MODULE.with_borrow_mut(|module| module.room(length))
}

/// Where the message is that was given last.
#[unsafe(no_mangle)]
#[expect(unsafe_code, reason = "a name that JavaScript can call by; it is no other symbol's")]
pub extern "C" fn larder_address() -> usize {
    MODULE.with_borrow(|module| module.buffer.as_ptr() as usize)
}

/// How long it is, in bytes.
#[unsafe(no_mangle)]
#[expect(unsafe_code, reason = "a name that JavaScript can call by; it is no other symbol's")]
pub extern "C" fn larder_length() -> usize {
    MODULE.with_borrow(|module| module.buffer.len())
}

/// [`Client::open`] with the message in the buffer: 1, or 0 with a text there.
#[unsafe(no_mangle)]
#[expect(unsafe_code, reason = "a name that JavaScript can call by; it is no other symbol's")]
pub extern "C" fn larder_open() -> u32 {
    answer(|module| {
        let config = module.take()?;
        module.client = Some(Client::open(&config)?);
        Ok(1)
    })
}

/// [`Client::call`] with the message in the buffer: the call's number, or 0 with a text there.
#[unsafe(no_mangle)]
#[expect(unsafe_code, reason = "a name that JavaScript can call by; it is no other symbol's")]
pub extern "C" fn larder_call() -> u32 {
    answer(|module| {
        let wish = module.take()?;
        module.client()?.call(&wish)
    })
}

/// [`Client::poll`] at a moment in milliseconds since any moment before the first one: 1 with the action in the buffer, or 0
/// with a text there.
#[unsafe(no_mangle)]
#[expect(unsafe_code, reason = "a name that JavaScript can call by; it is no other symbol's")]
pub extern "C" fn larder_poll(call: u32, now: u64) -> u32 {
    answer(|module| {
        let action = module.client()?.poll(call, Time(Duration::from_millis(now)))?;
        module.give(&action);
        Ok(1)
    })
}

/// [`Client::handle`] with the message in the buffer: 1, or 0 with a text there.
#[unsafe(no_mangle)]
#[expect(unsafe_code, reason = "a name that JavaScript can call by; it is no other symbol's")]
pub extern "C" fn larder_handle(call: u32) -> u32 {
    answer(|module| {
        let told = module.take()?;
        module.client()?.handle(call, &told).map(|()| 1)
    })
}

/// [`Client::abandon`].
#[unsafe(no_mangle)]
#[expect(unsafe_code, reason = "a name that JavaScript can call by; it is no other symbol's")]
pub extern "C" fn larder_abandon(call: u32) {
    MODULE.with_borrow_mut(|module| {
        if let Some(client) = &mut module.client {
            client.abandon(call);
        }
    });
}

/// [`Client::epoch`].
#[unsafe(no_mangle)]
#[expect(unsafe_code, reason = "a name that JavaScript can call by; it is no other symbol's")]
pub extern "C" fn larder_epoch() -> u64 {
    MODULE.with_borrow(|module| module.client.as_ref().map_or(0, Client::epoch))
}
