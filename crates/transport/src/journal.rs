//! Journals of a client's calls: see [`larder_core::journal`].

use larder_core::Meta;
use larder_core::journal::Out;

/// Says where the journal of each call of a client goes. Lines are written while the
/// client's shared state is locked: to write one should not take long.
///
/// A closure is one:
/// ```
/// # #[cfg(feature = "hyper")]
/// # {
/// use std::fs::File;
/// use std::io::Write;
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use larder_core::Meta;
/// use larder_core::journal::Out;
/// use larder_transport::client::Options;
///
/// let calls = AtomicU64::new(0);
/// let journal = move |_: &Meta, _: &str| -> Option<Out> {
///     let number = calls.fetch_add(1, Ordering::Relaxed);
///     let mut file = File::create(format!("/var/log/calls/{number}.journal")).ok()?;
///     Some(Box::new(move |line: &[u8]| drop(file.write_all(line))))
/// };
/// let options = Options { journal: Some(Arc::new(journal)), ..Options::default() };
/// # }
/// ```
pub trait Journals: Send + Sync {
    /// A call of this operation at this host begins. None when it is not to be recorded.
    fn begin(&self, operation: &Meta, host: &str) -> Option<Out>;
}

impl<F: Fn(&Meta, &str) -> Option<Out> + Send + Sync> Journals for F {
    fn begin(&self, operation: &Meta, host: &str) -> Option<Out> {
        self(operation, host)
    }
}
