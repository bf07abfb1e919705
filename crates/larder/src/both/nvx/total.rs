//! One clock for the calls of which a method is made.

use std::time::Instant;

use larder_core::{Clock, Settings};
use larder_proto_nvx::Nvx;

/// When all of it must be over, if ever.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Total(Option<Instant>);

impl Total {
    /// From now on, as long as these settings say.
    pub(crate) fn of(settings: &Settings<Nvx>) -> Self {
        Self(settings.clocks.total.limit().and_then(|limit| Instant::now().checked_add(limit)))
    }

    /// The same settings, with what is left of the time.
    pub(crate) fn left(&self, settings: &Settings<Nvx>) -> Settings<Nvx> {
        let mut settings = settings.clone();
        if let Some(end) = self.0 {
            settings.clocks.total = Clock::After(end.saturating_duration_since(Instant::now()));
        }
        settings
    }
}
