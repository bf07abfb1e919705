//! The client itself.

macro_rules! client {
    ([$($async:tt)*] [$($await:tt)*] $(#[$about:meta])*) => {
        mod client {
            use larder_core::{ClientMachine, Operation, Plan, Reject, Secret, Session, Settings, Target};
            use super::transport::{self, Options};
            use super::{E2, Report, Result};

            /// A client of the IDrive e2 Reseller API. Clones are the same client, with one pool of connections.
            ///
            $(#[$about])*
            #[derive(Debug, Clone)]
            pub struct Client {
                pub(super) transport: transport::Client<E2>,
                pub(super) settings: Settings<E2>,
                pub(super) key: Secret,
            }

            impl Client {
                /// A client of the service at `base_url`, such as `https://api.idrivee2.com`. Nothing is sent yet.
                ///
                /// # Errors
                /// That it is no base URL, or that the API key is empty, or no text that a header can hold.
                pub fn new(base_url: &str, api_key: impl Into<Secret>) -> core::result::Result<Self, Reject> {
                    let key = crate::api_key::checked(api_key.into())?;
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
                pub fn transport(&self) -> &transport::Client<E2> {
                    &self.transport
                }

                /// The request that a call of any operation would send first, without secrets. Nothing is sent.
                ///
                /// # Errors
                /// As [`Plan::of`](larder_core::Plan::of).
                pub fn plan<O: Operation<Api = E2>>(&self, operation: &O) -> core::result::Result<Plan, Reject> {
                    self.transport.plan(operation, &self.settings)
                }

                /// Makes a call of any operation.
                ///
                /// # Errors
                /// See [`ErrorKind`](larder_core::ErrorKind).
                pub $($async)* fn call<O: Operation<Api = E2>>(&self, operation: O) -> Result<O::Answer> {
                    Ok(self.transport.call(operation, self.settings.clone())$($await)*?)
                }

                /// Makes a call of any operation, and says how it went, and whether its success was recovered.
                ///
                /// # Errors
                /// See [`ErrorKind`](larder_core::ErrorKind).
                pub $($async)* fn report<O: Operation<Api = E2>>(&self, operation: O) -> Result<Report<O::Answer>> {
                    Ok(self.transport.report(operation, self.settings.clone())$($await)*?)
                }

                /// Drives a machine that makes several calls, such as those of [`larder_proto_e2::flow`].
                ///
                /// # Errors
                /// See [`ErrorKind`](larder_core::ErrorKind).
                pub $($async)* fn drive<M: ClientMachine<E2>>(&self, machine: M) -> Result<Report<M::Answer>> {
                    Ok(self.transport.drive_report(machine, (), ())$($await)*?)
                }
            }

            fn connect(key: &Secret, options: Options) -> transport::Client<E2> {
                transport::Client::new(Session::with_token(key.clone()), options)
            }
        }
    };
}
pub(crate) use client;
