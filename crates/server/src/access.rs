//! One line per exchange.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use larder_core::operation::Names;
use larder_core::{Api, Outcome};

/// Takes a line per exchange.
pub trait AccessLog: Send + Sync + 'static {
    /// An exchange is over. Must not block.
    fn ended(&self, access: &Access);
}

/// What one exchange came to. `Display` is its line: no path, no parameter, no token is in it.
#[derive(Debug, Clone)]
pub struct Access {
    /// The API.
    pub api: &'static str,
    /// Where the request came from.
    pub peer: IpAddr,
    /// The operation, if one was found.
    pub operation: Option<String>,
    /// The HTTP status; zero if none was sent.
    pub status: u16,
    /// What was refused, if it was: the service's own words.
    pub fault: Option<String>,
    /// Bytes of the request's body.
    pub received: u64,
    /// Bytes of the answer's body.
    pub sent: u64,
    /// Whether the connection broke before the end.
    pub is_broken: bool,
    /// How long it took.
    pub elapsed: Duration,
}

impl Access {
    pub(crate) fn of<A: Api>(peer: IpAddr, outcome: &Outcome<A>, elapsed: Duration) -> Self {
        Self {
            api: A::NAME,
            peer,
            operation: outcome.name.map(|name| name.meta().to_string()),
            status: outcome.status,
            fault: outcome.fault.as_ref().map(ToString::to_string),
            received: outcome.received,
            sent: outcome.sent,
            is_broken: outcome.is_broken,
            elapsed,
        }
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = self.operation.as_deref().unwrap_or("-");
        write!(f, "{} {operation} {} in {} out {}", self.peer, self.status, self.received, self.sent)?;
        write!(f, " {:.1} ms", self.elapsed.as_secs_f64() * 1_000.0)?;
        if self.is_broken {
            f.write_str(" broken off")?;
        }
        match &self.fault {
            Some(fault) => write!(f, " [{fault}]"),
            None => Ok(()),
        }
    }
}
