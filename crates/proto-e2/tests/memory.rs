//! How much memory reading an answer takes at most: the worst messages that the limits let through, and those that they
//! are there to stop. Bytes asked of the allocator are counted, besides the message itself.

use http::StatusCode;
use larder_core::{Api, Operation, PeerFlaw, Refusal, Rule};
use larder_proto_e2::{E2, Fault, GetStorageUsage, ListCnames, ListRegions, ListUsers};
use larder_testkit::memory::{Counting, peak};

#[global_allocator]
static COUNTING: Counting = Counting;

/// What the documentation of `codec` states.
const MOST: usize = 256 << 20;
/// And for what is refused.
const REFUSED: usize = 1 << 20;
/// The longest answer by default.
const TEXT: usize = 16 << 20;

/// A list of as many units as there is room for, at most `most`.
fn list(open: &str, unit: &str, most: usize, close: &str) -> String {
    let count = most.min((TEXT - open.len() - close.len()) / (unit.len() + 1));
    [open, &vec![unit; count].join(","), close].concat()
}

fn head(status: StatusCode) -> http::response::Parts {
    let (mut head, ()) = http::Response::new(()).into_parts();
    head.status = status;
    head
}

/// Whether an answer is read.
#[track_caller]
fn read<O: Operation<Api = E2>>(text: &str, most: usize) -> Result<(), Refusal<Fault>> {
    let (read, bytes) = peak(|| E2::decode::<O>(&head(StatusCode::OK), text.as_bytes()));
    println!("{text:.60}: {} MiB", bytes >> 20);
    assert!(bytes <= most, "{text:.60}: {bytes}");
    read.map(drop)
}

/// One test, because all threads count together.
#[test]
fn reading_stays_within_its_bounds() {
    let small = r#"{"email":""}"#;
    assert!(read::<ListUsers>(&list("[", small, 349_000, "]"), MOST).is_ok());
    assert!(read::<ListUsers>(&list(r#"{"id":"","users":["#, small, 349_000, "]}"), MOST).is_ok());
    assert!(read::<GetStorageUsage>(&list("[", "{}", 349_000, "]"), MOST).is_ok());
    assert!(read::<ListRegions>(&list("[", r#"{"region_key":""}"#, 349_000, "]"), MOST).is_ok());
    let escaped = format!(r#"{{"email":"{}","storage_quota":0}}"#, r"\n".repeat(20));
    assert!(read::<ListUsers>(&list("[", &escaped, 230_000, "]"), MOST).is_ok());
    assert!(read::<ListUsers>(&list("[", "[]", 300_000, "]"), MOST).is_err());

    let open = r#"{"cname_list":[{"file_index":"1","cname":"c","creation_date":"","certificate_info":["#;
    for unit in ["0", r#"{"":0}"#, "[]"] {
        assert!(read::<ListCnames>(&list(open, unit, 349_000, "]}]}"), MOST).is_ok(), "{unit}");
    }

    for unit in ["0", "{}", "[]"] {
        let read = read::<ListUsers>(&list("[", unit, 700_001, "]"), REFUSED);
        let Err(Refusal::Peer(PeerFlaw::Malformed { reject, .. })) = read else { panic!("{unit}: {read:?}") };
        assert_eq!(reject.rule, Rule::TooMany, "{unit}");
    }
    let open = r#"{"error":{"type":"t","code":"c","errors":["#;
    for (unit, code) in [("0", ""), (r#"{"":0}"#, ""), ("\"x\"", "")] {
        let text = list(open, unit, usize::MAX, "]}}");
        let (read, bytes) = peak(|| E2::decode::<ListUsers>(&head(StatusCode::BAD_REQUEST), text.as_bytes()));
        let Err(Refusal::Fault(fault)) = read else { panic!("{unit}: {read:?}") };
        assert!(fault.code.as_str() == code && bytes <= REFUSED, "{unit}: {bytes}");
    }
}
