//! An answer is read, and a refusal, with nothing but the types: no runtime, no transport.

use larder_core::{Api, Fault as _, Refusal};
use larder_proto_e2::{E2, ListUsers};

fn main() {
    let (head, ()) = http::Response::new(()).into_parts();
    let body = br#"{"id":"r1","users":[{"email":"ada@example.com","storage_used":1024,"storage_quota":0}]}"#;
    match E2::decode::<ListUsers>(&head, body) {
        Ok(answer) => answer.users.iter().for_each(|user| println!("{} may store {:?}", user.email, user.storage_quota)),
        Err(refusal) => println!("{refusal:?}"),
    }

    let (mut head, ()) = http::Response::new(()).into_parts();
    head.status = http::StatusCode::UNAUTHORIZED;
    let body = br#"{"error":{"type":"invalid_request_error","code":"unauthorized","message":"no key"}}"#;
    if let Err(Refusal::Fault(fault)) = E2::decode::<ListUsers>(&head, body) {
        println!("{fault}: {:?}", fault.class());
    }
}
