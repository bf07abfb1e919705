//! The reseller API's own description, held against the running program by a tool that makes requests of it: what it says
//! is valid is taken, what it says is not is refused, and every answer is one that it has.

use std::process::Output;
use std::time::Instant;

use larder_testkit::foreign;
use serde_json::Value;

use crate::http::send;
use crate::process::{Running, credentials, folder, text};

const DESCRIPTION: &str = "/api/reseller/v1/openapi.json";

/// Requests are the same in every run.
const SEED: &str = "20221122";

struct World {
    service: Running,
    key: String,
}

impl World {
    /// The operations by whether the program has them: it answers 501 to a valid request of any other.
    fn operations(&self) -> (Vec<String>, Vec<String>) {
        let host = self.service.host();
        let document = send(&host, "GET", DESCRIPTION, "", "").1;
        let document: Value = serde_json::from_slice(&document).unwrap();
        let items = document["paths"].as_object().unwrap().iter();
        let operations = items.flat_map(|(path, item)| item.as_object().unwrap().iter().map(move |(verb, it)| (path, verb, it)));
        let (served, not_yet): (Vec<_>, Vec<_>) = operations.partition(|(path, verb, operation)| {
            let examples = &operation["requestBody"]["content"]["application/json"]["examples"];
            let example = examples.as_object().and_then(|examples| examples.values().next());
            let body = example.map(|example| example["value"].to_string()).unwrap_or_default();
            send(&host, &verb.to_uppercase(), path, &self.key, &body).0 != 501
        });
        let names =
            |all: Vec<(&String, &String, &Value)>| all.iter().map(|it| it.2["operationId"].as_str().unwrap().into()).collect();
        (names(served), names(not_yet))
    }

    fn judge(&self, operations: &[String], arguments: &[&str]) -> Option<Output> {
        let mut python = foreign::python(&["schemathesis"])?;
        python.args(["-m", "schemathesis.cli", "run", &format!("http://{}{DESCRIPTION}", self.service.host())]);
        python.args(["--header", &format!("token: {}", self.key), "--seed", SEED, "--no-color", "--continue-on-failure"]);
        python.args(operations.iter().map(|name| format!("--include-operation-id={name}"))).args(arguments);
        let hooks = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schemathesis");
        // It leaves its cache where it runs.
        let place = tempfile::tempdir().unwrap();
        python.current_dir(place.path()).env("PYTHONPATH", hooks).env("PYTHONDONTWRITEBYTECODE", "1");
        Some(python.env("SCHEMATHESIS_HOOKS", "hooks").output().unwrap())
    }
}

fn passed(output: &Output) -> String {
    let said = text(&output.stdout);
    assert!(output.status.success(), "{said}{}", text(&output.stderr));
    let counted = said.lines().find(|line| line.contains(" generated, ")).unwrap_or_else(|| panic!("{said}"));
    counted.trim().to_owned()
}

#[test]
fn the_service_is_what_it_says_it_is() {
    let (_folder, data) = folder();
    let service = Running::serve(&data);
    let key = credentials(&data)["e2_api_key"].as_str().unwrap().to_owned();
    let world = World { service, key };
    let (served, not_yet) = world.operations();
    assert!(served.len() >= 2 && served.len() + not_yet.len() == 17, "{served:?} {not_yet:?}");
    for (operations, arguments) in [
        (&served, &["--max-examples", "40"][..]),
        // They are read, and refused where they are wrong; after that they answer 501, which is documented.
        (&not_yet, &["--max-examples", "4", "--exclude-checks", "not_a_server_error"]),
    ] {
        if operations.is_empty() {
            continue;
        }
        let started = Instant::now();
        let Some(output) = world.judge(operations, arguments) else { return };
        println!("{} operations: {} in {:.0?}", operations.len(), passed(&output), started.elapsed());
    }
}
