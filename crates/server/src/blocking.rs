//! Work that blocks, off the threads that serve, and not too much of it at once.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Runs `work` where it may block. `None` only while the runtime shuts down.
pub(crate) async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
}

/// Runs a future that blocks between its awaits where it may.
pub(crate) async fn drive<T: Send + 'static>(place: Inside, work: impl Future<Output = T> + Send + 'static) -> Option<T> {
    let runtime = tokio::runtime::Handle::current();
    run(move || {
        let _place = place;
        runtime.block_on(work)
    })
    .await
}

/// A door for one kind of work: so many at once, so many in line, and the rest is turned away. Without it, whoever asks
/// for the slowest work often enough takes every thread from those who move files.
pub(crate) struct Door {
    inside: Arc<Semaphore>,
    line: Arc<Semaphore>,
}

/// A place inside. It goes with the work, not with whoever waits for it: a client that hangs up does not end the work.
pub(crate) struct Inside {
    _line: OwnedSemaphorePermit,
    _inside: OwnedSemaphorePermit,
}

/// There is no place in the line.
pub(crate) struct Busy;

impl Door {
    pub(crate) fn new(inside: usize, line: usize) -> Self {
        Self { inside: Arc::new(Semaphore::new(inside)), line: Arc::new(Semaphore::new(inside + line)) }
    }

    /// Waits for a place inside.
    pub(crate) async fn enter(&self) -> Result<Inside, Busy> {
        let line = Arc::clone(&self.line).try_acquire_owned().map_err(|_| Busy)?;
        let inside = Arc::clone(&self.inside).acquire_owned().await.map_err(|_| Busy)?;
        Ok(Inside { _line: line, _inside: inside })
    }
}

/// The doors of the service.
pub(crate) struct Doors {
    /// Work that hashes passwords: as many at once as the engine hashes. In line, a second's worth per core and more.
    pub(crate) hashing: Door,
    /// Reads that may be long: the store has four readers, and two of them stay free for short ones.
    pub(crate) reading: Door,
    /// Files that came within messages: each is in memory, also when its sender has hung up. Two by the default limits are
    /// 128 MiB at most.
    pub(crate) writing: Door,
}

impl Default for Doors {
    fn default() -> Self {
        Self {
            hashing: Door::new(larder_engine::password::MAX_AT_ONCE, 128),
            reading: Door::new(2, 512),
            writing: Door::new(2, 512),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn beyond_the_line_is_busy_and_a_place_comes_free() {
        let door = Door::new(1, 1);
        let first = door.enter().await.ok().unwrap();
        let mut second = Box::pin(door.enter());
        assert!(std::future::poll_fn(|cx| std::task::Poll::Ready(second.as_mut().poll(cx).is_pending())).await);
        assert!(door.enter().await.is_err(), "one inside, one in line");
        drop(first);
        assert!(second.await.is_ok());
        assert!(door.enter().await.is_ok());
    }
}
