//! Listings as a stream.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use futures_core::Stream;
use larder_proto_nvx::imfs::FolderPage;

use super::{Listing, Result};

impl Listing {
    /// The pages as a stream. It ends with the first error, or after the last page.
    pub fn into_stream(self) -> ListingStream {
        ListingStream(State::Idle(Box::new(self)))
    }
}

/// The pages of a folder as a [`Stream`].
#[must_use = "a stream does nothing unless it is polled"]
pub struct ListingStream(State);

type Turn = (Box<Listing>, Result<Option<FolderPage>>);

enum State {
    Idle(Box<Listing>),
    Asking(Pin<Box<dyn Future<Output = Turn> + Send>>),
    Over,
}

impl Stream for ListingStream {
    type Item = Result<FolderPage>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match core::mem::replace(&mut self.0, State::Over) {
                State::Over => return Poll::Ready(None),
                State::Idle(mut listing) => {
                    self.0 = State::Asking(Box::pin(async move {
                        let page = listing.next_page().await;
                        (listing, page)
                    }));
                }
                State::Asking(mut turn) => {
                    let polled = turn.as_mut().poll(cx);
                    if polled.is_pending() {
                        self.0 = State::Asking(turn);
                    }
                    let (listing, page) = ready!(polled);
                    if let Ok(Some(_)) = &page {
                        self.0 = State::Idle(listing);
                    }
                    return Poll::Ready(page.transpose());
                }
            }
        }
    }
}

impl fmt::Debug for ListingStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.0 {
            State::Idle(_) => "idle",
            State::Asking(_) => "asking",
            State::Over => "over",
        };
        write!(f, "ListingStream({state})")
    }
}
