//! The IDrive e2 Reseller API without a runtime: [`Client`]. Its messages are [`larder_proto_e2`].

use larder_core::{ClientMachine, Operation, Plan, Reject, Secret, Session, Settings, Target};
use larder_proto_e2::{E2, Fault, ListUsers, Users};
use larder_transport::blocking;

use super::{Options, Report};

/// How a method of a [`Client`] ends when it does not succeed.
pub type Error = crate::Error<Fault>;

/// What the methods of a [`Client`] come to.
pub type Result<T> = core::result::Result<T, Error>;

/// A client of the IDrive e2 Reseller API. Clones are the same client, with one pool of connections.
#[derive(Debug, Clone)]
pub struct Client {
    transport: blocking::Client<E2>,
    settings: Settings<E2>,
    key: Secret,
}

impl Client {
    /// A client of the service at `base_url`, such as `https://api.idrivee2.com`. Nothing is sent yet.
    ///
    /// # Errors
    /// That it is no base URL.
    pub fn new(base_url: &str, api_key: impl Into<Secret>) -> core::result::Result<Self, Reject> {
        let key = api_key.into();
        let transport = connect(&key, Options::default());
        Ok(Self { transport, settings: Settings::new(Target::parse(base_url)?), key })
    }

    /// The same client with other options and a new pool.
    #[must_use]
    pub fn with_options(self, options: Options) -> Self {
        Self { transport: connect(&self.key, options), ..self }
    }

    /// The same client, and the same pool, with other settings: retries, clocks, limits.
    #[must_use]
    pub fn with_settings(self, settings: Settings<E2>) -> Self {
        Self { settings, ..self }
    }

    /// How its calls are made.
    #[must_use]
    pub fn settings(&self) -> &Settings<E2> {
        &self.settings
    }

    /// The client below this one: for calls with settings of their own.
    #[must_use]
    pub fn transport(&self) -> &blocking::Client<E2> {
        &self.transport
    }

    /// The request that a call of any operation would send first, without secrets. Nothing is sent.
    ///
    /// # Errors
    /// As [`Plan::of`].
    pub fn plan<O: Operation<Api = E2>>(&self, operation: &O) -> core::result::Result<Plan, Reject> {
        self.transport.plan(operation, &self.settings)
    }

    /// Makes a call of any operation.
    ///
    /// # Errors
    /// See [`ErrorKind`](larder_core::ErrorKind).
    pub fn call<O: Operation<Api = E2>>(&self, operation: O) -> Result<O::Answer> {
        Ok(self.transport.call(operation, self.settings.clone())?)
    }

    /// Makes a call of any operation and tells how it went, also whether it was found out only after a lost reply.
    ///
    /// # Errors
    /// See [`ErrorKind`](larder_core::ErrorKind).
    pub fn report<O: Operation<Api = E2>>(&self, operation: O) -> Result<Report<O::Answer>> {
        Ok(self.transport.report(operation, self.settings.clone())?)
    }

    /// Drives a machine that makes several calls, such as those of [`larder_proto_e2::flow`].
    ///
    /// # Errors
    /// See [`ErrorKind`](larder_core::ErrorKind).
    pub fn drive<M: ClientMachine<E2>>(&self, machine: M) -> Result<M::Answer> {
        Ok(self.transport.drive(machine, (), ())?)
    }

    /// All users of the reseller.
    ///
    /// # Errors
    /// See [`ErrorKind`](larder_core::ErrorKind).
    pub fn list_users(&self) -> Result<Users> {
        self.call(ListUsers {})
    }
}

fn connect(key: &Secret, options: Options) -> blocking::Client<E2> {
    blocking::Client::new(Session::with_token(key.clone()), options)
}
