//! The handlers, where they do more than hand over.

use larder_engine::Caller;
use larder_engine::handlers::Effort;
use larder_engine::handlers::nvx::{Asker, Nirvanix, Session, effort};
use larder_proto_nvx::accounting::{Contact, CreateChildAccount, EmailFormat};
use larder_proto_nvx::imfs::GetStorageNode;
use larder_proto_nvx::{Answer, Request, dispatch};

use crate::support::{World, block_on};

fn ask(world: &World, caller: Caller, request: Request) -> Answer {
    let nirvanix = Nirvanix { engine: world.engine.clone(), storage_host: None, download_host: None };
    let session = Session { token: "unused".into(), caller };
    let asker = Asker { peer: caller.ip, authority: "files.example".into(), session: Some(session) };
    block_on(dispatch(&nirvanix, &asker, request)).unwrap()
}

fn child(name: &str, contact: Contact<3>) -> CreateChildAccount {
    CreateChildAccount { contact, ..CreateChildAccount::new(name.parse().unwrap(), "pw".parse().unwrap()) }
}

#[test]
fn no_contact_data_of_a_child_account_is_lost() {
    World::both(|world| {
        let given = Contact {
            first_name: Some("Jane".parse().unwrap()),
            last_name: Some("Doe".parse().unwrap()),
            middle_initial: Some("Q".parse().unwrap()),
            phone_number: Some("+41 44 000 00 00".parse().unwrap()),
            email_address: Some("jane@example.com".parse().unwrap()),
            email_format: Some(EmailFormat::Html),
            address1: Some("Main Street 1".parse().unwrap()),
            address2: Some("Attic".parse().unwrap()),
            city: Some("Zürich".parse().unwrap()),
            state: Some("ZH".parse().unwrap()),
            country: Some("57".parse().unwrap()),
            postal_code: Some("8000".parse().unwrap()),
        };
        ask(world, world.boss, Request::AccountingCreateChildAccount(child("jane", given)));
        let contact = world.engine.contact(&world.boss, "jane").unwrap();
        let expected = [
            ("Address1", "Main Street 1"),
            ("Address2", "Attic"),
            ("City", "Zürich"),
            ("CountryID", "57"),
            ("EmailAddress", "jane@example.com"),
            ("EmailFormat", "HTML"),
            ("FirstName", "Jane"),
            ("LastName", "Doe"),
            ("MiddleInitial", "Q"),
            ("PhoneNumber", "+41 44 000 00 00"),
            ("PostalCode", "8000"),
            ("State", "ZH"),
        ];
        assert_eq!(contact.fields().collect::<Vec<_>>(), expected);

        let plain = child("bare", Contact { email_format: Some(EmailFormat::Text), ..Contact::default() });
        ask(world, world.boss, Request::AccountingCreateChildAccount(plain));
        let contact = world.engine.contact(&world.boss, "bare").unwrap();
        assert_eq!(contact.fields().collect::<Vec<_>>(), [("EmailFormat", "TEXT")], "what is not given is not there");
    });
}

#[test]
fn a_storage_node_is_awaited() {
    World::both(|world| {
        let request = Request::ImfsGetStorageNode(GetStorageNode { size_bytes: 1, restricted_ip: None });
        assert_eq!(effort(&request), Effort::Quick);
        let Answer::ImfsGetStorageNode(node) = ask(world, world.kid, request) else { panic!("another answer") };
        assert_eq!(node.upload_host, "files.example");
        assert!(!node.upload_token.is_empty());
    });
}
