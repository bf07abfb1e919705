//! `larder api`.

use serde_json::Value;

use crate::process::{larder, run, text};

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
    refused_with(name, &[])
}

fn refused_with(name: &str, arguments: &[&str]) -> String {
    let output = run(&[&["api", "--describe", name], arguments].concat());
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
        assert_eq!(repeat, row["repeat"].as_str().unwrap(), "{line}");
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
    for name in ["listfolder", "imfs/LISTFOLDER", "IMFS.ListFolder", "nvx:IMFS/ListFolder", "nvx:ListFolder"] {
        assert_eq!(named(name), "ListFolder", "{name}");
    }
    for name in ["storage/cname/add", "AddCname", "e2:AddCname"] {
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

#[test]
fn operations_of_the_other_api_are_told() {
    let told = "larder: `Login` is an operation of nvx, not of e2: Authentication/Login\n";
    assert_eq!(refused_with("Login", &["--api", "e2"]), told);
    let told = refused_with("transcode", &["--api", "e2"]);
    assert!(told.ends_with("of nvx, not of e2: Audio/Transcode, Video/Transcode\n"), "{told}");
    let told = refused_with("nvx:create_user", &["--api", "nvx"]);
    assert!(told.contains("there is no operation"), "{told}");
}

#[test]
fn names_cannot_steer_the_terminal() {
    for name in ["\u{1b}[31mzzz\u{7}\r\n\u{9b}\u{202e}", "\u{1b}trans\ncode"] {
        let told = refused(name);
        assert!(told.contains(r"\u{1b}") && told.contains("\\n"), "{told:?}");
        assert!(!told.trim_end().contains(|letter: char| letter.is_control() || letter == '\u{202e}'), "{told:?}");
    }
    assert!(refused("it's \"\u{fc}\"").contains("`it's \"\u{fc}\"`"));
}

#[test]
fn what_is_absent_is_no_word() {
    for row in json(&["--list"]).as_array().unwrap() {
        let full = format!("{}/{}", row["namespace"].as_str().unwrap(), row["name"].as_str().unwrap());
        let told = said(&["--describe", &full]);
        let words = told.lines().filter(|line| line.contains("one of: ")).flat_map(|line| line.split([' ', ',', ')']));
        assert!(words.into_iter().all(|word| word != "null"), "{told}");
    }
}

/// Who reads only the beginning has it; who gets less than was written must know.
#[test]
#[cfg(target_os = "linux")]
fn a_text_that_cannot_be_written_is_a_failure() {
    for arguments in [&["--describe", "ListFolder"][..], &["--list", "--json"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = larder().arg("api").args(arguments).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).starts_with("larder: "), "{}", text(&output.stderr));
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = larder().arg("api").args(arguments).stdout(writer).output().unwrap();
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
    }
}
