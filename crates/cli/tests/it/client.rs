//! `larder call`, `upload` and `download`, against `larder serve`.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::process::{Running, credentials, folder, larder, run, text};

/// The program, for this service and its master.
pub(crate) fn asking(serving: &Running, data: &str) -> Command {
    let mut command = larder();
    command.env("LARDER_URL", format!("http://{}", serving.host()));
    command.env("LARDER_CREDENTIALS", Path::new(data).join("credentials.json"));
    command
}

fn call(serving: &Running, data: &str, arguments: &[&str]) -> Output {
    asking(serving, data).arg("call").args(arguments).output().unwrap()
}

pub(crate) fn answer(output: &Output) -> Value {
    assert!(output.status.success(), "{:?}: {}", output.status, text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The status, and what was said of it. Nothing else was printed.
fn refused(output: &Output) -> (i32, String) {
    assert_eq!(text(&output.stdout), "");
    (output.status.code().unwrap(), text(&output.stderr))
}

#[test]
fn operations_of_either_api_are_called_by_name() {
    let (_folder, data) = folder();
    let serving = Running::serve(&data);
    let call = |arguments: &[&str]| call(&serving, &data, arguments);
    assert_eq!(answer(&call(&["CreateFolders", "folderPath=Docs", "folderPath=More"])), json!({ "ResponseCode": 0 }));
    let list = |name: &str| answer(&call(&[name, "folderPath=/", "pageNumber=1", "PAGESIZE=10"]));
    assert_eq!(list("IMFS/ListFolder")["ListFolder"]["TotalFolderCount"], 2);
    assert_eq!(list("imfs/listfolder"), list("ListFolder"));
    let created = call(&[
        "create_user",
        "email=someone@example.com",
        "password=dGVzdDEyMw==",
        "first_name=Someone",
        "quota=5",
        "email_notification=false",
    ]);
    assert_eq!(answer(&created)["user_created"], true);
    assert_eq!(answer(&call(&["list_users"]))["users"][0]["email"], "someone@example.com");
}

#[test]
fn a_login_needs_no_session_and_its_password_no_command_line() {
    let (folder, data) = folder();
    let serving = Running::serve(&data);
    let known = credentials(&data);
    let file = folder.path().join("password");
    std::fs::write(&file, format!("{}\n", known["master_password"].as_str().unwrap())).unwrap();
    let text_of = |key: &str| known[key].as_str().unwrap();
    let login = [
        "Login".to_owned(),
        format!("appKey={}", text_of("app_key")),
        format!("userName={}", text_of("master_user")),
        format!("password@={}", file.display()),
    ];
    let mut command = larder();
    let output = command.env("LARDER_URL", format!("http://{}", serving.host())).arg("call").args(&login).output().unwrap();
    assert!(answer(&output)["SessionToken"].is_string());
    let plan = larder().arg("call").args(&login).arg("--plan").output().unwrap();
    assert!(plan.status.success() && !text(&plan.stdout).contains(text_of("master_password")), "{}", text(&plan.stdout));
}

#[test]
fn refusals_have_their_code_and_each_end_its_status() {
    let (folder, data) = folder();
    let serving = Running::serve(&data);
    let call = |arguments: &[&str]| call(&serving, &data, arguments);
    let delete = ["DeleteFiles", "filePath=Docs/nothing"];
    let (status, said) = refused(&call(&delete));
    assert!(status == 3 && said.contains("70005"), "{status} {said}");
    let (status, said) = refused(&call(&["disable_user", "email=nobody@example.com"]));
    assert!(status == 3 && said.contains("larder: User Operations/disable_user"), "{status} {said}");
    for (arguments, says) in [
        (&["ListFolder", "folderPath=/", "pageNumber=1"][..], "pageSize is required"),
        (&["ListFolder", "folderPath=/", "pageNumber=0", "pageSize=1"], "pageNumber is out of range"),
        (&["create_user", "email=x", "quota=1.5"], "is"),
        (&["list_users", "email=x"], "has no parameter `email`: it has none"),
        (&["DeleteFiles", "path=x"], "has no parameter `path`: it has filePath"),
        (&["GetStorageUsage"], "may be"),
        (&["ListFolders"], "there is no operation `ListFolders`; near it: IMFS/ListFolder"),
        (&["Download", "path=x"], "`larder download` does that"),
        (&["Transfer/Upload"], "`larder upload` does that"),
        (&["list_users", "x"], "no equals sign"),
    ] {
        let (status, said) = refused(&call(arguments));
        assert!(status == 2 && said.contains(says), "{arguments:?}: {status} {said}");
    }
    let (status, said) = refused(&call(&["DeleteFiles", "filePath@=/missing/file"]));
    assert!(status == 1 && said.contains("/missing/file"), "{status} {said}");
    let (status, said) = refused(&larder().args(["call", "list_users"]).output().unwrap());
    assert!(status == 2 && said.contains("LARDER_E2_API_KEY"), "{status} {said}");
    let unreachable = ["call", "list_users", "--url", "http://127.0.0.1:1"];
    let (status, said) = refused(&larder().env("LARDER_E2_API_KEY", "canary").args(unreachable).output().unwrap());
    assert!(status == 4 && said.contains("the connection was refused") && !said.contains("canary"), "{status} {said}");
    let wrong = asking(&serving, &data).env("LARDER_PASSWORD", "wrong").arg("call").args(delete).output().unwrap();
    let (status, said) = refused(&wrong);
    assert!(status == 3 && said.contains("80001"), "{status} {said}");
    let missing = folder.path().join("missing.json");
    let (status, _) =
        refused(&asking(&serving, &data).env("LARDER_CREDENTIALS", missing).arg("call").args(delete).output().unwrap());
    assert_eq!(status, 1);
}

#[test]
fn a_plan_is_shown_and_not_sent() {
    let (_folder, data) = folder();
    let serving = Running::serve(&data);
    let call = |arguments: &[&str]| call(&serving, &data, arguments);
    answer(&call(&["CreateFolders", "folderPath=Docs"]));
    let plan = call(&["DeleteFolders", "folderPath=Docs", "--plan"]);
    let shown = text(&plan.stdout);
    assert!(plan.status.success() && shown.contains("# destroys") && shown.contains("folderPath=Docs"), "{shown}");
    for secret in ["app_key", "master_password", "e2_api_key"] {
        assert!(!shown.contains(credentials(&data)[secret].as_str().unwrap()), "{shown}");
    }
    assert!(shown.contains("REDACTED"), "{shown}");
    answer(&call(&["ListFolder", "folderPath=Docs", "pageNumber=1", "pageSize=1"]));
}

#[test]
fn files_go_there_and_back() {
    let (folder, data) = folder();
    let serving = Running::serve(&data);
    let content: Vec<u8> = (0..500_000_u32).map(|n| (n / 13) as u8).collect();
    let (local, copy) = (folder.path().join("file"), folder.path().join("copy"));
    std::fs::write(&local, &content).unwrap();
    let upload = |more: &[&str]| asking(&serving, &data).arg("upload").arg(&local).arg("Docs/file").args(more).output().unwrap();
    let stored = answer(&upload(&["--piece", "100000"]));
    assert_eq!((&stored["bytes"], &stored["verified"]), (&json!(500_000), &json!(true)));
    let (status, said) = refused(&upload(&[]));
    assert!(status == 3 && said.contains("70004"), "{status} {said}");
    assert_eq!(answer(&upload(&["--overwrite", "--content-type", "text/plain"]))["md5"], stored["md5"]);
    let download = |to: &Path| {
        let mut command = asking(&serving, &data);
        command.args(["download", "Docs/file", "--range", "70000"]).arg(to).output().unwrap()
    };
    let fetched = answer(&download(&copy));
    assert_eq!((&fetched["verified"], &fetched["md5"]), (&json!(true), &stored["md5"]));
    assert!(std::fs::read(&copy).unwrap() == content);
    assert!(download(Path::new("/dev/stdout")).stdout == content);
    let (status, _) = refused(&asking(&serving, &data).args(["download", "Docs/none"]).arg(&copy).output().unwrap());
    assert_eq!(status, 3);
    assert!(std::fs::read(&copy).unwrap() == content, "it stays as it was");
}

#[test]
fn help_tells_the_statuses_and_shows_no_secret() {
    for command in ["call", "upload", "download"] {
        let help = larder().args([command, "--help"]).env("LARDER_PASSWORD", "canary").output().unwrap();
        let said = text(&help.stdout);
        assert!(
            said.contains("3 the service said no") && said.contains("LARDER_CREDENTIALS") && !said.contains("canary"),
            "{said}"
        );
        assert_eq!(run(&[command]).status.code(), Some(2));
    }
}
