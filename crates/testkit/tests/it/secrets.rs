//! Secrets of requests and of sessions in what calls end with.

use larder_core::operation::{Names, Visit};
use larder_core::{Api, Operation, Redactor};
use larder_proto_e2::E2;
use larder_proto_nvx::Nvx;
use larder_testkit::trees::{self, answers};
use serde_json::Value;

/// Whether an answer that a fixture shows holds a secret.
struct Holds(Value);

impl Visit for Holds {
    type Output = bool;

    fn visit<O: Operation>(self) -> bool {
        trees::read::<O::Answer>(self.0).is_ok_and(|answer| !Redactor::of(&answer).is_empty())
    }
}

fn check<A: Api>(api: &str) {
    let mut seen = 0;
    for (name, answer) in answers::<A>(api) {
        let holds = name.visit(Holds(answer));
        seen += usize::from(holds);
        assert!(!holds || name.meta().confides, "{}", name.meta());
    }
    for name in A::Names::ALL.iter().filter(|name| name.meta().confides) {
        assert!(answers::<A>(api).into_iter().any(|(of, answer)| of == *name && of.visit(Holds(answer))), "{}", name.meta());
    }
    assert!(seen > 0, "{api}");
}

#[test]
fn operations_say_that_their_answers_hold_secrets() {
    check::<Nvx>("nvx");
    check::<E2>("e2");
}
