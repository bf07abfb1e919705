//! `larder api`.

use serde_json::Value;

use crate::process::{run, text};

/// What the program prints.
fn said(arguments: &[&str]) -> String {
    let output = run(&[&["api"], arguments].concat());
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&said(&[arguments, &["--json"]].concat())).unwrap()
}

fn refused(name: &str) -> String {
    let output = run(&["api", "--describe", name]);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), String::new()), "{name}");
    text(&output.stderr)
}

#[test]
fn there_is_a_line_for_every_operation() {
    let list = said(&["--list"]);
    insta::assert_snapshot!(list);
    assert_eq!(list.lines().count(), 17 + 57);
    let columns = |line: &str| line.split_whitespace().take(6).map(str::to_owned).collect::<Vec<_>>();
    for (line, row) in list.lines().zip(json(&["--list"]).as_array().unwrap()) {
        let [api, _, name, kind, authentication, repeat] = &columns(line)[..] else { panic!("{line}") };
        assert_eq!(
            [api, name, kind, authentication],
            ["api", "name", "kind", "authentication"].map(|key| row[key].as_str().unwrap())
        );
        assert_eq!(repeat == "safe", row["safe_to_repeat"].as_bool().unwrap(), "{line}");
    }
    for (api, count) in [("e2", 17), ("nvx", 57)] {
        assert_eq!(said(&["--list", "--api", api]).lines().count(), count);
    }
}

#[test]
fn every_operation_can_be_described() {
    for row in json(&["--list"]).as_array().unwrap() {
        let [api, namespace, name] = ["api", "namespace", "name"].map(|key| row[key].as_str().unwrap());
        let full = format!("{namespace}/{name}");
        let it = json(&["--api", api, "--describe", &full]);
        assert_eq!([&it["api"], &it["namespace"], &it["name"]], [api, namespace, name]);
        assert!(it["summary"].as_str().unwrap().ends_with('.'), "{full}");
        assert!(it["address"].as_str().unwrap().starts_with('/'), "{full}");
        assert!(!it["errors"].as_array().unwrap().is_empty(), "{full}");
        for field in it["parameters"].as_array().unwrap() {
            let told = ["type", "description"].iter().all(|key| field[key].as_str().is_some_and(|text| !text.is_empty()));
            assert!(told, "{full}: {field}");
        }
        // Nothing of Rust is in it.
        let told = said(&["--api", api, "--describe", &full]);
        assert!(!told.contains("::") && !told.contains("[`"), "{told}");
    }
}

#[test]
fn what_is_told_of_an_operation() {
    for name in [
        "create_user",
        "create_access_key",
        "users",
        "IMFS/ListFolder",
        "Metadata/SetMetadata",
        "Video/Transcode",
        "Transfer/Upload",
        "Transfer/Download",
    ] {
        insta::assert_snapshot!(name.replace('/', "_"), said(&["--describe", name]));
    }
    insta::assert_snapshot!("create_user_json", said(&["--describe", "create_user", "--json"]));
}

#[test]
fn names_are_found_however_they_are_written() {
    let named = |name: &str| json(&["--describe", name])["name"].as_str().unwrap().to_owned();
    for name in ["create_user", "CREATE_USER", "CreateUser", "create-user", "e2:User Operations/create_user"] {
        assert_eq!(named(name), "create_user", "{name}");
    }
    for name in ["listfolder", "imfs/LISTFOLDER", "IMFS.ListFolder", "nvx:IMFS/ListFolder"] {
        assert_eq!(named(name), "ListFolder", "{name}");
    }
    for name in ["storage/cname/add", "AddCname"] {
        assert_eq!(named(name), "storage/cname/add", "{name}");
    }
}

#[test]
fn names_that_are_none_or_several_are_told() {
    assert_eq!(refused("transcode"), "larder: `transcode` may be Audio/Transcode or Video/Transcode: say which\n");
    assert!(refused("list_folders").contains("near it: IMFS/ListFolder"), "{}", refused("list_folders"));
    assert!(refused("create_usr").contains("near it: create_user"));
    for nonsense in ["", "zzz", "/", "\u{fc}"] {
        assert!(refused(nonsense).contains("`larder api --list` has them all"), "{nonsense}");
    }
}
