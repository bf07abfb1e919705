//! SOAP, as a client that none of us wrote has it: zeep reads the nine descriptions that `larder serve` gives, and calls
//! every operation by SOAP 1.1 and by 1.2. The script itself holds listings, facts of a file and accounts against what REST
//! says of them. What was called and what came of it is a snapshot for each namespace.

use std::fmt::Write;
use std::path::Path;

use larder_testkit::foreign;
use serde_json::Value;

use crate::process::{Running, folder, text};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/soap/zeep_calls.py");
/// No operation of this server.
const UNSUPPORTED: u64 = 160;
/// The session is over.
const NO_SESSION: u64 = 82_005;

fn arguments(call: &Value) -> String {
    let arguments = call["arguments"].as_object().unwrap();
    let shown: Vec<String> = arguments.iter().map(|(name, value)| format!("{name}={value}")).collect();
    shown.join(", ")
}

/// A call and what came of it.
fn line(call: &Value) -> String {
    let outcome = match (&call["fault"], call.get("answer")) {
        (Value::Number(code), _) => {
            format!("fault {code} ({}): {}", call["of"].as_str().unwrap(), call["message"].as_str().unwrap())
        }
        (_, None | Some(Value::Null)) => "done".to_owned(),
        (_, Some(answer)) => answer.to_string(),
    };
    format!("{}({})\n    {outcome}\n", call["operation"].as_str().unwrap(), arguments(call))
}

/// What was called in a namespace, by both versions.
fn transcript(calls: &[&Value]) -> String {
    let mut all = String::new();
    for version in ["1.1", "1.2"] {
        writeln!(all, "SOAP {version}").unwrap();
        all.extend(calls.iter().filter(|call| call["version"] == version).map(|call| line(call)));
    }
    all
}

#[test]
fn zeep_calls_every_operation_and_sees_what_rest_sees() {
    let Some(mut python) = foreign::python(&["zeep"]) else { return };
    let (_folder, data) = folder();
    let serving = Running::serve(&data);
    let credentials = Path::new(&data).join("credentials.json");
    let run = python.args([SCRIPT, &serving.host()]).arg(credentials).output().unwrap();
    assert!(run.status.success(), "{}", text(&run.stderr));
    let calls: Vec<Value> = serde_json::from_slice(&run.stdout).unwrap();
    let mut namespaces: Vec<&str> = calls.iter().map(|call| call["namespace"].as_str().unwrap()).collect();
    namespaces.sort_unstable();
    namespaces.dedup();
    assert_eq!(namespaces.len(), 9, "{namespaces:?}");
    for namespace in namespaces {
        let here: Vec<&Value> = calls.iter().filter(|call| call["namespace"] == namespace).collect();
        insta::assert_snapshot!(format!("zeep__{namespace}"), transcript(&here));
    }
    let faults = calls.iter().filter_map(|call| call["fault"].as_u64().map(|code| (code, call)));
    for (code, call) in faults {
        assert!(matches!(code, UNSUPPORTED | NO_SESSION), "{call}");
    }
    let over = calls.iter().filter(|call| call["fault"] == NO_SESSION);
    assert_eq!(over.count(), 2, "each version asks once without a session");
}
