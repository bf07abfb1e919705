//! `larder call`, `upload`, `download`: a client of a running service.
//!
//! * `connect`: which service, and who asks
//! * `pairs`: parameters from the command line, from files and from standard input
//! * `call`: any operation of either API
//! * `upload`, `download`: files
//! * `told`: what a transfer tells on its way
//! * `ended`: how a command ends, and its status

pub(crate) mod call;
mod connect;
pub(crate) mod download;
mod ended;
mod pairs;
mod told;
pub(crate) mod upload;

pub(crate) use self::ended::Ended;

/// Below the help of each of these commands.
pub(crate) const STATUS: &str = "Status: 0 done; 1 a file or a setting here; 2 arguments, or a value that was not sent; 3 the \
    service said no; 4 the service was not reached, or made no sense; 5 it may have been done or not: look; 6 the file here is \
    not the file there.";
