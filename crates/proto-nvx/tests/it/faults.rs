//! Every failure that `fixtures/faults.tsv` lists for an operation: the types list the same, our client understands it, and
//! our server writes it, in both formats.
#![expect(clippy::unwrap_used, reason = "helpers of tests, which have no one to hand an error to")]

use larder_core::operation::{Names, Visit};
use larder_core::wire::ReplyBody;
use larder_core::{Api, Operation};
use larder_proto_nvx::{Code, Fault, Name, Nvx, Style};
use larder_testkit::fixtures::{self, Fixture};

/// One line: what the message is understood as, after our server has written the same.
struct Line<'a>(Name, &'a Fixture);

impl Visit for Line<'_> {
    type Output = String;

    fn visit<O: Operation>(self) -> String {
        let Self(name, fixture) = self;
        let (head, body) = fixture.response().unwrap().into_parts();
        let said = O::Api::decode::<O>(&head, &body).unwrap_err();
        let larder_core::Refusal::Fault(fault) = said else { panic!("{}: {said:?}", fixture.id) };
        let text = fault.to_string();
        let (code, message) = text.split_once(' ').unwrap();
        let fault = Fault { code: Code::from(code.parse::<u32>().unwrap()), message: message.to_owned() };
        let style = if fixture.id.ends_with("-json") { Style::JSON } else { Style::XML };
        let reply = Nvx::refuse(&fault, Some(name), &style);
        let ReplyBody::Whole(written) = reply.body else { panic!("a fault is no file") };
        assert_eq!((reply.head.0.status(), &written), (head.status, &body), "{}", fixture.id);
        format!("{} {fault}\n", head.status.as_u16())
    }
}

fn fixtures_of(name: Name) -> Vec<Fixture> {
    fixtures::faults(&format!("nvx:{}", name.meta()))
}

fn code_of(fixture: &Fixture) -> Code {
    let last = fixture.id.rsplit('/').next().unwrap();
    Code::from(last.split('-').next().unwrap().parse::<u32>().unwrap())
}

#[test]
fn every_listed_failure_is_understood_and_written() {
    for &name in Name::ALL {
        let page: String = fixtures_of(name).iter().map(|fixture| name.visit(Line(name, fixture))).collect();
        insta::assert_snapshot!(format!("faults__nvx__{}", name.meta().to_string().replace('/', "__")), page);
    }
}

#[test]
fn types_and_table_list_the_same() {
    for &name in Name::ALL {
        let rows = fixtures_of(name);
        let mut listed: Vec<Code> = rows.iter().filter(|row| row.id.ends_with("-xml")).map(code_of).collect();
        listed.sort_by_key(|code| code.number());
        assert_eq!(name.faults(), listed, "{}", name.meta());
    }
}

#[test]
fn every_code_has_the_name_of_the_table() {
    let table = std::fs::read_to_string(fixtures::folder().join("codes.tsv")).unwrap();
    let rows: Vec<(u32, &str)> = table
        .lines()
        .skip(1)
        .map(|line| {
            let mut columns = line.split('\t');
            (columns.next().unwrap().parse().unwrap(), columns.next().unwrap())
        })
        .collect();
    assert_eq!(rows.len(), Code::ALL.len());
    for (number, name) in rows {
        let code = Code::from(number);
        assert!(format!("{code:?}").eq_ignore_ascii_case(name), "{number} is {name}, not {code:?}");
    }
}
