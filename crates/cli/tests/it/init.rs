//! `larder init`.

use serde_json::{Value, json};

use crate::http::{Session, users};
use crate::process::{Running, folder, larder, run, text};

const KEYS: [&str; 5] = ["app_name", "app_key", "master_user", "master_password", "e2_api_key"];

/// A value for each key, and its option.
fn wanted(key: &str) -> (String, String) {
    (format!("wanted-{}-0123456789abcdef0123456789abcdef", key.replace('_', "-")), format!("--{}", key.replace('_', "-")))
}

fn printed(output: &std::process::Output) -> Value {
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn as_text_there_is_a_line_for_each() {
    let (_folder, data) = folder();
    let output = run(&["init", "--data", &data]);
    assert!(output.status.success());
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    let lines: Vec<_> = out.lines().map(|line| line.split_at(17)).collect();
    let labels: Vec<_> = lines.iter().map(|(label, _)| label.trim_end()).collect();
    assert_eq!(labels, ["application", "application key", "master user", "master password", "e2 API key"]);
    assert_eq!((lines[0].1, lines[2].1), ("App", "master"));
    assert!(lines.iter().all(|(_, value)| !value.is_empty() && !value.contains(' ')));
    assert!(err.contains("not shown again"), "{err}");
    for secret in [lines[3].1, lines[4].1] {
        assert!(!err.contains(secret));
    }
}

#[test]
fn as_json_there_are_these_keys_and_they_open_the_service() {
    let (_folder, data) = folder();
    let credentials = printed(&run(&["init", "--data", &data, "--output", "json"]));
    let mut keys: Vec<_> = credentials.as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected = KEYS;
    keys.sort_unstable();
    expected.sort_unstable();
    assert_eq!(keys, expected);

    let serving = Running::serve(&data);
    assert!(!serving.said.iter().any(|line| line.starts_with("new service")));
    assert!(!std::path::Path::new(&data).join("credentials.json").exists(), "they were printed, and are nowhere else");
    let session = Session::with(&serving.host(), &credentials);
    session.upload("Docs", "a", b"content").unwrap();
    let path = format!("{}/{}/Docs/a", credentials["app_name"].as_str().unwrap(), credentials["master_user"].as_str().unwrap());
    assert_eq!(session.download(&path), b"content");
    assert_eq!(users(&serving.host(), credentials["e2_api_key"].as_str().unwrap())["users"], json!([]));
}

#[test]
fn each_may_come_by_option() {
    for key in KEYS {
        let (_folder, data) = folder();
        let (value, option) = wanted(key);
        let credentials = printed(&run(&["init", "--data", &data, "--output", "json", &option, &value]));
        assert_eq!(credentials[key], value, "{key}");
    }
}

#[test]
fn each_may_come_from_the_environment() {
    for key in KEYS {
        let (_folder, data) = folder();
        let (value, _) = wanted(key);
        let mut command = larder();
        command.args(["init", "--output", "json"]).env("LARDER_DATA", &data);
        command.env(format!("LARDER_{}", key.to_uppercase()), &value);
        assert_eq!(printed(&command.output().unwrap())[key], value, "{key}");
        assert!(std::path::Path::new(&data).join("larder.db").exists());
    }
}

#[test]
fn each_may_come_from_a_file() {
    for key in KEYS {
        let (folder, data) = folder();
        let (value, _) = wanted(key);
        let path = folder.path().join("wanted.json");
        std::fs::write(&path, json!({ key: value }).to_string()).unwrap();
        let file = path.to_str().unwrap();
        let credentials = printed(&run(&["init", "--data", &data, "--output", "json", "--credentials", file]));
        assert_eq!(credentials[key], value, "{key}");
    }
}

#[test]
fn an_option_stands_above_the_environment_and_both_above_the_file() {
    let (folder, data) = folder();
    let path = folder.path().join("wanted.json");
    let all = json!({"app_name": "File", "master_user": "file", "app_key": "key-from-the-file-0123456789"});
    std::fs::write(&path, all.to_string()).unwrap();
    let mut command = larder();
    command.args(["init", "--data", &data, "--output", "json", "--app-name", "Option", "--credentials"]).arg(&path);
    command.env("LARDER_APP_NAME", "Environment").env("LARDER_MASTER_USER", "environment");
    let credentials = printed(&command.output().unwrap());
    assert_eq!(credentials["app_name"], "Option");
    assert_eq!(credentials["master_user"], "environment");
    assert_eq!(credentials["app_key"], "key-from-the-file-0123456789");
}

#[test]
fn what_was_printed_can_be_the_file_of_another_service() {
    let (folder, data) = folder();
    let first = run(&["init", "--data", &data, "--output", "json"]);
    let path = folder.path().join("printed.json");
    std::fs::write(&path, &first.stdout).unwrap();
    let other = folder.path().join("other");
    let arguments = ["init", "--output", "json", "--data", other.to_str().unwrap(), "--credentials", path.to_str().unwrap()];
    assert_eq!(printed(&run(&arguments)), printed(&first));
}

#[test]
fn a_second_init_is_refused() {
    let (_folder, data) = folder();
    assert!(run(&["init", "--data", &data]).status.success());
    let second = run(&["init", "--data", &data, "--output", "json"]);
    assert_eq!(second.status.code(), Some(1));
    assert_eq!(text(&second.stdout), "");
    assert_eq!(text(&second.stderr), format!("larder: {data} holds a service already\n"));
}

#[test]
fn what_cannot_be_is_refused_and_the_folder_can_still_become_a_service() {
    let (folder, data) = folder();
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (no_json, unknown) = (file("no.json", "{"), file("unknown.json", "{\"user\":\"x\"}"));
    for (arguments, says) in [
        (["--app-name", "a/b"], "larder: "),
        (["--master-user", "ws"], "larder: "),
        (["--e2-api-key", "short"], "larder: "),
        (["--app-key", " key"], "larder: "),
        (["--credentials", "none.json"], "larder: none.json: "),
        (["--credentials", &no_json], "no.json: "),
        (["--credentials", &unknown], "unknown.json: "),
    ] {
        let output = larder().args(["init", "--data", &data]).args(arguments).output().unwrap();
        let err = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {err}");
        assert!(err.contains(says) && err.lines().count() == 1, "{arguments:?}: {err}");
        assert_eq!(text(&output.stdout), "");
    }
    assert!(run(&["init", "--data", &data]).status.success());
}

#[test]
fn credentials_that_cannot_be_printed_are_an_error_and_no_panic() {
    let (_folder, data) = folder();
    for output in ["text", "json"] {
        let full = std::fs::File::create("/dev/full").unwrap();
        let data = format!("{data}-{output}");
        let mut command = larder();
        command.args(["init", "--data", &data, "--output", output]).stdout(full).stderr(std::process::Stdio::piped());
        let ended = command.spawn().unwrap().wait_with_output().unwrap();
        let err = text(&ended.stderr);
        assert_eq!(ended.status.code(), Some(1), "{err}");
        assert!(err.lines().any(|line| line.starts_with("larder: ")) && !err.contains("panicked"), "{err}");
    }
}
