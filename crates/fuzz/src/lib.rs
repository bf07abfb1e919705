//! What hostile input must not do: targets for cargo-fuzz, as plain functions that tests replay without it.
//!
//! # In scope
//! Everything that reads what a peer wrote: the codecs, the values, multipart, HTTP/1.1, and both machines whole. A target panics when
//! an input does what it must not; what that is stands at the top of each of [`targets`].
//!
//! # Out of scope
//! Sockets, files and the engine. Memory safety: there is no `unsafe` in what is looked at.
//!
//! Inputs are texts of lines as far as the target goes, so that an input reads like what it says: the first line names an
//! operation, the rest is the message. `README.md` says how to run them and what they have found.

mod input;
mod oracle;
pub mod replay;
pub mod targets;

/// All that the targets allocate is counted, so that they can hold bounds on it.
#[global_allocator]
static COUNTING: larder_testkit::memory::Counting = larder_testkit::memory::Counting;

/// A target.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name, which is that of its binary and of its folder of inputs.
    pub name: &'static str,
    /// Runs one input; panics when it finds something.
    pub run: fn(&[u8]),
    /// Inputs to begin with, made of the fixtures.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// The longest input that is tried, in bytes.
    pub max_len: usize,
}

macro_rules! targets {
    ($($name:ident $max_len:literal,)*) => {
        /// All of them.
        pub const TARGETS: &[Target] = &[$(Target {
            name: stringify!($name),
            run: targets::$name::run,
            seeds: targets::$name::seeds,
            max_len: $max_len,
        },)*];
    };
}

targets! {
    multipart 4096,
    xml 8192,
    json 8192,
    soap 8192,
    form 4096,
    h1 8192,
    dates 64,
    paths 1024,
    ranges 256,
    callback 1024,
    e2_answer 4096,
    e2_request 4096,
    exchange 8192,
    call 8192,
}

/// The binary of a target: under cargo-fuzz a fuzzer, otherwise it replays the files and folders that it is given.
#[macro_export]
macro_rules! binary {
    ($name:ident) => {
        #[cfg(fuzzing)]
        ::libfuzzer_sys::fuzz_target!(|data: &[u8]| $crate::targets::$name::run(data));

        #[cfg(not(fuzzing))]
        fn main() -> ::std::process::ExitCode {
            $crate::replay::main(stringify!($name))
        }
    };
}
