//! A request is written, an answer is read, and a refusal, with nothing but the types: no runtime, no transport.

use larder_core::wire::{Address, OutgoingBody};
use larder_core::{Api, Fault as _, Refusal, Secret, Target};
use larder_proto_e2::{CreateUser, E2, EncodedPassword, Json, ListUsers, Quota};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (target, key) = (Target::parse("https://api.idrivee2.com")?, Secret::new("the API key"));
    let ada = CreateUser {
        email: "ada@example.com".parse()?,
        password: EncodedPassword::encode("correct horse")?,
        first_name: "Ada".parse()?,
        last_name: None,
        quota: Quota::gigabytes(1024),
        email_notification: Some(false),
    };
    let request = E2::encode(&ada, &Address { target: &target, token: Some(&key), style: &Json, bits: [0, 0] })?;
    println!("{} {}", request.head.0.method(), request.head.0.uri());
    if let OutgoingBody::Whole(body) = request.body {
        println!("{} bytes of JSON", body.len());
    }

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
    Ok(())
}
