//! What a refusal tells after an attempt whose reply was lost: ledger E23, E29, E58 to E60.

use std::fmt::Write as _;

use larder_core::operation::{Names, Requests};
use larder_core::{Operation, Repeat, operation};
use larder_proto_e2::{E2, ErrorCode, Fault, Name};
use larder_testkit::fixtures::{self, Direction};
use larder_testkit::wire;

/// Some request of an operation.
fn request_of(name: Name) -> larder_proto_e2::Request {
    let wanted = format!("e2:{}", name.meta().name);
    let fixtures = fixtures::of("e2", Direction::Request).into_iter().filter(|fixture| fixture.operation == wanted);
    let mut requests = fixtures.filter_map(|fixture| wire::understand::<E2>(fixture.request().ok()?).ok()?.request);
    requests.next().unwrap_or_else(|| panic!("no request of {wanted}"))
}

struct Told<'a>(&'a Fault);

impl operation::Inspect for Told<'_> {
    type Output = Option<String>;

    fn inspect<O: Operation>(self, request: &O) -> Option<String> {
        // Every operation here is of one API, which this visitor cannot know.
        let fault: &dyn core::any::Any = self.0;
        let fault = fault.downcast_ref::<<O::Api as larder_core::Api>::Fault>()?;
        request.recover(fault).map(|(answer, recovered)| format!("{answer:?}; {}", recovered.caveat))
    }
}

fn told(name: Name, fault: &Fault) -> Option<String> {
    request_of(name).inspect(Told(fault))
}

/// Every printed refusal of every operation that changes something, and what it tells.
#[test]
fn what_every_refusal_tells() {
    let mut page = String::new();
    for &name in Name::ALL {
        let repeat = name.meta().repeat;
        if repeat == Repeat::Safe {
            continue;
        }
        let _ = writeln!(page, "{}: {repeat:?}", name.meta().name);
        let mut recovered = 0;
        for row in name.faults() {
            let told = told(name, &Fault::from(*row));
            recovered += usize::from(told.is_some());
            let _ = writeln!(page, "  {} {:?}: {}", row.code, row.message, told.as_deref().unwrap_or("-"));
        }
        assert_eq!(recovered, usize::from(repeat == Repeat::Telling), "{name:?}: one refusal tells, if it is told to");
    }
    insta::assert_snapshot!(page);
}

#[test]
fn words_do_not_matter_where_the_code_tells() {
    let fault = Fault { code: ErrorCode::UserAccountAlreadyDisabled, message: "Konto gesperrt".into(), ..Fault::failed() };
    assert!(told(Name::DisableUser, &fault).is_some());
    assert!(told(Name::EnableUser, &fault).is_none());
}

/// Ledger E16, E17: the words of one code do.
#[test]
fn of_the_one_code_that_means_many_things_the_printed_message_tells() {
    let said = |message: &str| Fault { message: message.into(), ..larder_proto_e2::AddCname::ALREADY_THERE.into() };
    for message in ["CNAME already configure", "cname already configured ", "CNAME ALREADY CONFIGURED"] {
        assert!(told(Name::AddCname, &said(message)).is_some(), "{message}");
    }
    for message in ["", "already configured", "this CNAME cannot be used, please try changing your CNAME"] {
        assert!(told(Name::AddCname, &said(message)).is_none(), "{message}");
    }
    assert!(told(Name::UpdateCname, &said("CNAME already configured")).is_none());
    // Elsewhere the same words, in the answer of a gateway, are none of the service's.
    let elsewhere = Fault { status: 502, ..said("CNAME already configure") };
    assert!(told(Name::AddCname, &elsewhere).is_none());
}

/// Ledger E29: a user of another reseller is nobody's success.
#[test]
fn a_strangers_user_is_not_created() {
    let said = |row: larder_proto_e2::Documented| told(Name::CreateUser, &row.into());
    assert!(said(larder_proto_e2::CreateUser::SIGNED_UP).unwrap().contains("could not be verified"));
    assert_eq!(said(larder_proto_e2::CreateUser::IN_USE), None);
}
