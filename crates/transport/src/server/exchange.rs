//! The driver: what an [`Exchange`] wants done, done with hyper.

use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use larder_core::wire::RequestHead;
use larder_core::{Api, Duty, Exchange, Failure, On, Serving, Time, Told};
use tokio::sync::oneshot;

use super::body::{Body, Run};
use super::respond::Respond;
use super::running::Running;
use super::work::Work;
use super::{HungUp, Memory, Peer};

/// Answers one request of `A`; its body takes what it needs of `memory`. The body of the answer does the rest of the work while
/// it is read; dropping it ends the exchange, and with it an upload or a download.
///
/// # Errors
/// [`HungUp`]: there is nobody to answer. Tell it hyper, which then closes the connection.
pub async fn exchange<A, R, B>(
    request: Request<B>,
    peer: Peer,
    responder: Arc<R>,
    serving: Serving,
    memory: &Memory,
) -> Result<Response<Body>, HungUp>
where
    A: Api,
    R: Respond<A>,
    B: http_body::Body<Data = Bytes, Error: Send> + Send + Unpin + 'static,
{
    let (head, body) = request.into_parts();
    let exchange = Exchange::new(RequestHead(Request::from_parts(head, ())), serving);
    let (begin, mut begun) = oneshot::channel();
    let running = Running::new(exchange, Arc::clone(&responder), peer, memory.share(), begin);
    let mut run: Run = Some(Box::pin(drive(running, Work::new(responder, peer), Some(body))));
    let (head, pieces) = std::future::poll_fn(|cx| {
        super::body::poll_run(&mut run, cx);
        Pin::new(&mut begun).poll(cx)
    })
    .await
    .map_err(|_| HungUp)?;
    Ok(head.0.map(|()| Body::exchange(pieces, run)))
}

/// Drives `running` to its end.
async fn drive<A, R, B>(mut running: Running<A, R>, mut work: Work<A, R>, mut body: Option<B>)
where
    A: Api,
    R: Respond<A>,
    B: http_body::Body<Data = Bytes> + Unpin,
{
    loop {
        let told = match running.poll() {
            Duty::Identify(credential) => work.identify(credential).await,
            Duty::Serve(request) => work.serve(running.name(), request).await,
            Duty::File(head) => work.file(head).await,
            Duty::Chunk(chunk) => work.chunk(chunk).await,
            Duty::FileEnd => work.file_end().await,
            Duty::FilesEnd => work.finish().await,
            Duty::Open { head, length } => {
                work.answered();
                running.open(head, length)
            }
            Duty::Write(chunk) => running.write(chunk),
            Duty::Finish => running.finish(),
            Duty::Abort => running.abort(),
            Duty::Feed { offset, max } => work.read(offset, max).await,
            Duty::Wait { until, on, .. } => match running.settle(on) {
                None => wait(&mut running, &mut body, until, on).await,
                busy => busy,
            },
            Duty::Done(outcome) => return running.end(outcome),
        };
        if let Some(told) = told {
            running.tell(told);
        }
    }
}

/// Waits until something happens, or for so long.
async fn wait<A, R, B>(running: &mut Running<A, R>, body: &mut Option<B>, until: Option<Time>, on: On) -> Option<Told<A>>
where
    A: Api,
    R: Respond<A>,
    B: http_body::Body<Data = Bytes> + Unpin,
{
    let clock = running.clock(until);
    tokio::select! {
        told = next(body), if on.peer => Some(told),
        () = running.taken(), if on.room => Some(Told::Wrote),
        () = clock => None,
    }
}

/// The next event of the request's body. May be dropped and called again.
async fn next<A: Api, B: http_body::Body<Data = Bytes> + Unpin>(body: &mut Option<B>) -> Told<A> {
    loop {
        let Some(open) = body else { return pending().await };
        match open.frame().await {
            // Trailers say nothing that an API here would use.
            Some(Ok(frame)) => {
                if let Ok(chunk) = frame.into_data() {
                    return Told::Data(chunk);
                }
            }
            Some(Err(_)) => {
                *body = None;
                return Told::Failed(Failure::Truncated);
            }
            None => {
                *body = None;
                return Told::End;
            }
        }
    }
}
