//! A request is written as a form and in SOAP, an answer is read in XML and in JSON, and a refusal, with nothing but the types: no runtime, no transport.

use larder_core::wire::{Address, OutgoingBody};
use larder_core::{Api, Fault as _, Refusal, Secret, Target};
use larder_proto_nvx::{Nvx, Style, accounting::ListChildAccounts, imfs::ListFolder};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (target, token) = (Target::parse("http://localhost:8080")?, Secret::new("the session's token"));
    let list = ListFolder::new("Photos".parse()?, 1.try_into()?, 100.try_into()?);
    for style in [Style::default(), Style::SOAP_1_1] {
        let request = Nvx::encode(&list, &Address { target: &target, token: Some(&token), style: &style, bits: [0, 0] })?;
        println!("{} {}", request.head.0.method(), request.head.0.uri());
        if let OutgoingBody::Whole(body) = request.body {
            println!("{}", String::from_utf8_lossy(&body));
        }
    }

    let (head, ()) = http::Response::new(()).into_parts();
    let xml = "<Response><ResponseCode>0</ResponseCode><Account>ada</Account><Account>bob</Account></Response>";
    let json = r#"{"ResponseCode":0,"Account":["ada","bob"]}"#;
    for body in [xml, json] {
        match Nvx::decode::<ListChildAccounts>(&head, body.as_bytes()) {
            Ok(answer) => println!("{}", answer.accounts.join(", ")),
            Err(refusal) => println!("{refusal:?}"),
        }
    }

    let body = r#"{"ResponseCode":80006,"ErrorMessage":"no session"}"#;
    if let Err(Refusal::Fault(fault)) = Nvx::decode::<ListChildAccounts>(&head, body.as_bytes()) {
        println!("{fault}: {:?}", fault.class());
    }
    Ok(())
}
