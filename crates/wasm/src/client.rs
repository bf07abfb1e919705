//! A client of one service, and its calls.

use std::collections::BTreeMap;

use larder_core::{Session, Shared, Target, Time};
use larder_proto_nvx::Nvx;
use larder_proto_nvx::authentication::Login;
use larder_proto_nvx::values::{Password, Token, UserName};
use serde::Deserialize;

use crate::message::Message;
use crate::running::Caller;
use crate::{action, input, wish};

/// The calls of one user at one service. They share a session.
pub struct Client {
    target: Target,
    shared: Shared<Nvx>,
    calls: BTreeMap<u32, Box<dyn Caller<Nvx>>>,
    newest: u32,
}

/// Whose client it is. `seed` decides jitter and boundaries.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    url: String,
    app_key: Token,
    user: UserName,
    password: Password,
    seed: u64,
}

impl core::fmt::Debug for Client {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Client").field("target", &self.target).field("calls", &self.calls.len()).finish_non_exhaustive()
    }
}

impl Client {
    /// A client of `{"url", "appKey", "user", "password", "seed"}`. Nothing is sent before its first call.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn open(config: &Message) -> Result<Self, String> {
        let Config { url, app_key, user, password, seed } = config.read()?;
        let target = Target::parse(&url).map_err(|error| error.to_string())?;
        let login = Login { app_key, user_name: user, password };
        let shared = Shared::new(Session::with_login(login), seed);
        Ok(Self { target, shared, calls: BTreeMap::new(), newest: 0 })
    }

    /// A new call; returns its number, which is never 0.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn call(&mut self, wish: &Message) -> Result<u32, String> {
        let machine = wish::machine(wish, self.target.clone())?;
        self.newest = self.newest.checked_add(1).ok_or("there were too many calls")?;
        self.calls.insert(self.newest, machine);
        Ok(self.newest)
    }

    /// What a call wants done. After `done` or `failed` it is gone.
    ///
    /// # Errors
    /// There is no such call.
    pub fn poll(&mut self, call: u32, now: Time) -> Result<Message, String> {
        let machine = self.calls.get_mut(&call).ok_or_else(|| gone(call))?;
        let action = machine.poll(now, &mut self.shared);
        if let larder_core::Action::Done(_) = action {
            self.calls.remove(&call);
        }
        action::write(action)
    }

    /// Tells a call what happened.
    ///
    /// # Errors
    /// There is no such call, the message is none, or the driver broke the contract: the call is as it was.
    pub fn handle(&mut self, call: u32, told: &Message) -> Result<(), String> {
        let input = input::read(told)?;
        let machine = self.calls.get_mut(&call).ok_or_else(|| gone(call))?;
        machine.handle(input).map_err(|misuse| misuse.to_string())
    }

    /// Drops a call. What it had open is to be closed.
    pub fn abandon(&mut self, call: u32) {
        if let Some(mut machine) = self.calls.remove(&call) {
            machine.abandon(&mut self.shared);
        }
    }

    /// Moves whenever a call that waits for `shared` must be polled again.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.shared.epoch()
    }
}

fn gone(call: u32) -> String {
    format!("there is no call {call}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = r#"{"url":"http://nvx.test","appKey":"key","user":"ada","password":"hunter2","seed":7}"#;

    fn client() -> Client {
        Client::open(&Message::of(CONFIG, b"")).unwrap()
    }

    fn asks(client: &mut Client) -> u32 {
        let wish = Message::of(r#"{"call":"message","operation":"Accounting/GetAccountInfo"}"#, b"Username=ada");
        client.call(&wish).unwrap()
    }

    #[test]
    fn two_calls_make_one_login() {
        let mut client = client();
        let (first, second) = (asks(&mut client), asks(&mut client));
        let heads = |client: &mut Client, call, count: usize| -> Vec<String> {
            (0..count).map(|_| client.poll(call, Time::ZERO).unwrap().head).collect()
        };
        let lead = heads(&mut client, first, 2);
        assert!(lead[1].contains("Login.ashx"), "{lead:?}");
        let wait = heads(&mut client, second, 1);
        assert!(wait[0].contains(r#""why":"Session""#), "{wait:?}");
        let before = client.epoch();
        client.abandon(first);
        assert_ne!(client.epoch(), before);
        assert!(heads(&mut client, second, 2)[1].contains("Login.ashx"));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let mut client = client();
        for (wish, said) in [
            (r#"{"call":"message","operation":"IMFS/Nothing"}"#, "there is no operation IMFS/Nothing"),
            (r#"{"call":"message","operation":"IMFS/ListFolder"}"#, "pageNumber"),
            (r#"{"call":"download","path":""}"#, "unfit"),
        ] {
            let error = client.call(&Message::of(wish, b"")).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
        assert!(client.poll(9, Time::ZERO).unwrap_err().contains("no call 9"));
        let call = asks(&mut client);
        let error = client.handle(call, &Message::of(r#"{"is":"wrote","at":1}"#, b"")).unwrap_err();
        assert!(!error.is_empty());
    }

    #[test]
    fn nothing_shows_the_password() {
        assert!(!format!("{:?}", client()).contains("hunter2"));
        let unfit = CONFIG.replace("7", "\"hunter2\"");
        assert!(!Client::open(&Message::of(&unfit, b"")).unwrap_err().contains("hunter2"));
    }
}
