//! The client itself: who it is, and how it calls.

macro_rules! client {
    ([$($async:tt)*] [$($await:tt)*] $(#[$about:meta])*) => {
        mod client {
            use larder_core::{Operation, Plan, Reject, Session, Settings, Target};
            use larder_proto_nvx::authentication::Login;
            use larder_proto_nvx::{Nvx, Style};
            use super::transport::{self, Options, Report};
            use super::{Credentials, Result, place};

            /// A client of Nirvanix Web Services. It logs in when a call first needs it, and again when the session has ended.
            /// Clones are the same client, with one session and one pool of connections.
            ///
            $(#[$about])*
            #[derive(Debug, Clone)]
            pub struct Client {
                pub(super) transport: transport::Client<Nvx>,
                pub(super) settings: Settings<Nvx>,
                pub(super) login: Login,
                pub(super) options: Options,
            }

            impl Client {
                /// A client of the service at `base_url`, such as `http://localhost:8080`. Nothing is sent yet.
                ///
                /// # Errors
                /// That the URL, the name or the password cannot be one.
                pub fn new(base_url: &str, credentials: Credentials) -> core::result::Result<Self, Reject> {
                    let settings = Settings::new(Target::parse(base_url)?);
                    Ok(Self::connect(credentials.login()?, settings, Options::default()))
                }

                pub(super) fn connect(login: Login, settings: Settings<Nvx>, options: Options) -> Self {
                    let session = Session::with_login(login.clone());
                    Self { transport: transport::Client::new(session, options.clone()), settings, login, options }
                }

                /// The same client with other options, a new pool and a session of its own.
                #[must_use]
                pub fn with_options(self, options: Options) -> Self {
                    Self::connect(self.login, self.settings, options)
                }

                /// The same client, and the same session, with answers in another format; SOAP in requests too.
                #[must_use]
                pub fn with_style(mut self, style: Style) -> Self {
                    self.settings.style = style;
                    self
                }

                /// The same client, and the same session, with other settings: retries, clocks, limits.
                #[must_use]
                pub fn with_settings(self, settings: Settings<Nvx>) -> Self {
                    Self { settings, ..self }
                }

                /// The same client with another login, and so with a session of its own.
                pub(super) fn with_login(&self, login: Login) -> Self {
                    Self::connect(login, self.settings.clone(), self.options.clone())
                }

                /// How its calls are made.
                #[must_use]
                pub fn settings(&self) -> &Settings<Nvx> {
                    &self.settings
                }

                /// The client below this one: for calls with files or with settings of their own, and machines of your own.
                #[must_use]
                pub fn transport(&self) -> &transport::Client<Nvx> {
                    &self.transport
                }

                /// The request that a call of any operation would send first, without secrets. Nothing is sent.
                ///
                /// # Errors
                /// As [`Plan::of`](larder_core::Plan::of).
                pub fn plan<O: Operation<Api = Nvx>>(&self, operation: &O) -> core::result::Result<Plan, Reject> {
                    self.transport.plan(operation, &self.settings)
                }

                /// Makes a call of any operation without a file.
                ///
                /// # Errors
                /// See [`ErrorKind`](larder_core::ErrorKind).
                pub $($async)* fn call<O: Operation<Api = Nvx>>(&self, operation: O) -> Result<O::Answer> {
                    Ok(self.transport.call(operation, self.settings.clone())$($await)*?)
                }

                /// Makes a call of any operation without a file and tells how it went.
                ///
                /// # Errors
                /// See [`ErrorKind`](larder_core::ErrorKind).
                pub $($async)* fn report<O: Operation<Api = Nvx>>(&self, operation: O) -> Result<Report<O::Answer>> {
                    Ok(self.transport.report(operation, self.settings.clone())$($await)*?)
                }

                /// Describes a file or a folder.
                ///
                /// # Errors
                /// 70005 when there is none.
                pub $($async)* fn info(&self, path: &str) -> Result<larder_proto_nvx::imfs::PathFacts> {
                    let operation = larder_proto_nvx::imfs::GetPathInfo::all(place::path("itemPath", path)?);
                    Ok(self.call(operation)$($await)*?.path_info)
                }
            }
        }
    };
}
pub(crate) use client;
