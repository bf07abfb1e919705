//! An answer is read in XML and in JSON, and a refusal, with nothing but the types: no runtime, no transport.

use larder_core::{Api, Fault as _, Refusal};
use larder_proto_nvx::{Nvx, accounting::ListChildAccounts};

fn main() {
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
}
