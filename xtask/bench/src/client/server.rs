//! The server that all contenders ask: hyper, and nothing around it.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Either, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

/// All facts of a path, but for the metadata.
const FACTS: &[u8] = br#"{"ResponseCode":0,"GetPathInfo":{"ItemName":"F8.jpg","IsFile":true,"CreatedDate":"Wed, 02 May 2007 13:36:41 GMT","SizeBytes":1000000,"FileType":"Image","Metadata":null,"Tags":null,"IsShared":false,"ModifiedDate":"Wed, 02 May 2007 13:36:41 GMT","ItemID":1045632}}"#;
const INFO: &[u8] = include_bytes!("../../../../fixtures/messages/extra/nvx/IMFS/GetPathInfo/success.json");
const UPLOADED: &[u8] = include_bytes!("../../../../fixtures/messages/extra/nvx/Transfer/Upload/success.json");

/// Bytes that a piece of a large body has, whoever sends it.
pub(super) const PIECE: usize = 256 << 10;

/// Serves until it is killed; says its address first.
pub(super) fn run() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap_or_else(|error| panic!("{error}"));
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap_or_else(|error| panic!("{error}"));
        println!("{}", listener.local_addr().unwrap_or_else(|error| panic!("{error}")));
        while let Ok((tcp, _)) = listener.accept().await {
            let _ = tcp.set_nodelay(true);
            tokio::spawn(http1::Builder::new().max_buf_size(PIECE).serve_connection(TokioIo::new(tcp), service_fn(serve)));
        }
    });
}

type Answer = Response<Either<Full<Bytes>, Zeros>>;

async fn serve(request: Request<Incoming>) -> Result<Answer, Infallible> {
    let (head, mut body) = request.into_parts();
    let mut wants_metadata = false;
    while let Some(Ok(frame)) = body.frame().await {
        wants_metadata |= frame.data_ref().is_some_and(|data| memchr::memmem::find(data, b"showMetadata=true").is_some());
    }
    // A download is asked for by its name, which ends with how many bytes it has.
    let answer = match head.uri.path().rsplit_once("zeros-").and_then(|(_, size)| size.parse().ok()) {
        Some(size) => Either::Right(Zeros::new(size)),
        None if head.uri.path().ends_with("Upload.ashx") => Either::Left(Full::new(Bytes::from_static(UPLOADED))),
        None => Either::Left(Full::new(Bytes::from_static(if wants_metadata { INFO } else { FACTS }))),
    };
    Ok(Response::new(answer))
}

/// So many zeros.
pub(super) struct Zeros {
    left: u64,
    piece: Bytes,
}

impl Zeros {
    pub(super) fn new(left: u64) -> Self {
        Self { left, piece: Bytes::from(vec![0; PIECE]) }
    }

    pub(super) fn next(&mut self, max: usize) -> Option<Bytes> {
        let length = usize::try_from(self.left).unwrap_or(usize::MAX).min(PIECE).min(max);
        self.left -= length as u64;
        (length > 0).then(|| self.piece.slice(..length))
    }
}

impl Body for Zeros {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.next(PIECE).map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
