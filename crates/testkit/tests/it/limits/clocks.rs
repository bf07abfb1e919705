//! How long a server waits for a request: [`Serving`]'s own fields, under a clock of the test's own.

use core::time::Duration;

use larder_core::wire::RequestHead;
use larder_core::{Duty, Exchange, Machine, Serving, Time, Told};
use larder_proto_nvx::{Name, Nvx};

use super::{file, form, rights, upload};

/// When a server hangs up on a client that sends a byte every so often, or a lot of them.
fn hung_up_after(head: http::Request<()>, pause: Duration, bytes: usize, serving: Serving) -> Option<Duration> {
    let mut exchange = Exchange::<Nvx>::new(RequestHead(head), serving);
    let mut now = Time::ZERO;
    if exchange.name() == Some(Name::TransferUpload) {
        let begun = format!("{}{}", rights(), file().trim_end_matches("--b--\r\n"));
        exchange.handle(Told::Data(begun.into())).unwrap();
    }
    while now.0 < Duration::from_secs(600) {
        match exchange.poll(now, &mut ()) {
            Duty::Identify(_) => exchange.handle(Told::Identified).unwrap(),
            Duty::Wait { until: Some(until), .. } if until <= now + pause => now = until,
            Duty::Wait { .. } => {
                now = now + pause;
                exchange.handle(Told::Data(vec![b'x'; bytes].into())).unwrap();
            }
            Duty::Abort => return Some(now.0),
            Duty::Serve(_) | Duty::Open { .. } | Duty::Write(_) | Duty::Finish | Duty::Feed { .. } | Duty::Done(_) => {}
            Duty::File(_) | Duty::Chunk(_) | Duty::FileEnd | Duty::FilesEnd => {}
        }
    }
    None
}

const SECOND: Duration = Duration::from_secs(1);

/// The longest silence, the longest time for a message, and the lowest rate of an upload.
#[test]
fn clocks() {
    let message = || form("").into_parts().0;
    let message = || http::Request::from_parts(message(), ());
    let serving = Serving::default();
    let patient = Serving { message: 9_999 * SECOND, ..serving };
    assert_eq!(hung_up_after(message(), 29 * SECOND, 1, patient), None);
    assert_eq!(hung_up_after(message(), 31 * SECOND, 1, patient), Some(30 * SECOND));
    assert_eq!(hung_up_after(message(), 7 * SECOND, 1, serving), Some(60 * SECOND));
    let upload = || http::Request::from_parts(upload("").into_parts().0, ());
    let rate = usize::try_from(serving.rate).unwrap();
    assert_eq!(hung_up_after(upload(), SECOND, rate, serving), None);
    assert!(hung_up_after(upload(), SECOND, rate * 9 / 10, serving).is_some_and(|after| after > 60 * SECOND));
    assert!(hung_up_after(upload(), SECOND, 1, serving).is_some_and(|after| after <= 31 * SECOND));
}
