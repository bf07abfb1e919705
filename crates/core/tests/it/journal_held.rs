//! What is recorded of a call, and done again.

use std::sync::mpsc;

use larder_core::journal::{End, HELD, Journal, Recorded};
use larder_core::{Call, Input, Machine, Session, Settings, Shared, Target, Time};

use crate::drive::{data, head_with};
use crate::toy::{Look, Toy};

fn call() -> Call<Look> {
    Call::new(Look::default(), Settings::new(Target::parse("http://toy.test").unwrap_or_else(|reject| panic!("{reject}"))))
}

#[test]
fn an_answer_without_end_is_not_held_back_for_ever() {
    let (out, lines) = mpsc::channel();
    let mut file = Vec::new();
    let mut shared: Shared<Toy> = Shared::new(Session::with_token("the-token".into()), 7);
    let mut recorded = Recorded::new(call(), move |line: &[u8]| drop(out.send(line.to_vec())));
    let _open = recorded.poll(Time::ZERO, &mut shared);
    recorded.handle(Input::Connected { at: larder_core::ExchangeId(2) }).unwrap();
    recorded.handle(head_with(2, 200, &[])).unwrap();
    file.extend(lines.try_iter().flatten());
    let piece = "x".repeat(1 << 20);
    for _ in 0..HELD >> 20 {
        recorded.handle(data(2, &piece)).unwrap();
        // Not polled: a driver that does so has a bug, but nothing grows by it.
    }
    assert_eq!(lines.try_iter().count(), 0);
    recorded.handle(data(2, &piece)).unwrap();
    drop(recorded);
    file.extend(lines.try_iter().flatten());
    assert!(file.len() > HELD);
    let journal = Journal::read(&file).unwrap();
    assert!(matches!(journal.end(), End::Open { .. }));
    assert!(matches!(journal.replay(call()).unwrap().end, End::Open { .. }));
}
