//! Whatever a client tells of its calls, as a log would have it.

use std::fmt::Write;
use std::sync::{Arc, Mutex};

use larder_transport::blocking::Options;
use larder_transport::observe::{Event, Observer};

#[derive(Default)]
pub(crate) struct Log(Mutex<String>);

impl Observer for Log {
    fn on(&self, event: &Event<'_>) {
        writeln!(self.0.lock().unwrap(), "{event:?}").unwrap();
    }
}

impl Log {
    pub(crate) fn options(self: &Arc<Self>) -> Options {
        let observer: Arc<Self> = Arc::clone(self);
        Options { observer: Some(observer), ..Options::default() }
    }

    pub(crate) fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}
