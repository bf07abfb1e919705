//! The one timer of a call.

use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::task::{Poll, ready};

use tokio::time::{Instant, Sleep, sleep_until};

/// A timer that stays in the runtime's wheel from one wait to the next: most waits end long before their moment, and the next
/// one's is later. So it is moved only when a moment comes that is earlier, or when it strikes.
#[derive(Default)]
pub(super) struct Timer(Option<Pin<Box<Sleep>>>);

impl Timer {
    /// Ready at this moment; never, if none is given. May be dropped and called again.
    pub(super) async fn at(&mut self, moment: Option<Instant>) {
        let Some(moment) = moment else { return pending().await };
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(moment)));
        if sleep.deadline() > moment {
            sleep.as_mut().reset(moment);
        }
        poll_fn(|cx| {
            loop {
                ready!(sleep.as_mut().poll(cx));
                if sleep.deadline() >= moment {
                    return Poll::Ready(());
                }
                sleep.as_mut().reset(moment);
            }
        })
        .await;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn moments_come_when_they_are_due_in_whatever_order_they_are_asked_for() {
        let (began, mut timer) = (Instant::now(), Timer::default());
        let at = |seconds| Some(began + Duration::from_secs(seconds));
        for (asked, seconds) in [(10, 10), (5, 10), (20, 20), (15, 20), (60, 60)] {
            timer.at(at(asked)).await;
            assert_eq!(began.elapsed().as_secs(), seconds);
        }
        // Given up before its moment, and asked again with another.
        for seconds in [100, 70, 90, 80] {
            let given_up = tokio::time::timeout(Duration::from_secs(1), timer.at(at(seconds))).await;
            assert!(given_up.is_err());
        }
        timer.at(at(66)).await;
        assert_eq!(began.elapsed().as_secs(), 66);
        let never = tokio::time::timeout(Duration::from_secs(3600), timer.at(None)).await;
        assert!(never.is_err());
    }
}
