//! Work that blocks, off the threads that serve.

/// Runs `work` where it may block. `None` only while the runtime shuts down.
pub(crate) async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
}

/// Runs a future that blocks between its awaits where it may.
pub(crate) async fn drive<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Option<T> {
    let runtime = tokio::runtime::Handle::current();
    run(move || runtime.block_on(work)).await
}
