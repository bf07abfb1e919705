//! `larder serve`.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::http::{Session, call, users};
use crate::process::{Running, credentials, folder, larder, run, text};

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

const STOPPING: &str = "stopping; a second signal ends it at once";

#[test]
fn an_empty_folder_becomes_a_service_and_no_secret_is_printed() {
    let (_folder, data) = folder();
    let mut serving = Running::serve(&data);
    let host = serving.host();
    let path = Path::new(&data).join("credentials.json");
    assert_eq!(
        serving.said,
        [
            format!("new service: credentials in {}", path.display()),
            format!("Nirvanix Web Services    http://{host}/ws/"),
            format!("IDrive e2 Reseller API   http://{host}/api/reseller/v1/"),
            format!("downloads                http://{host}/<token>/<application>/<user>/<path>"),
            "ready".to_owned(),
        ]
    );
    assert_eq!((mode(&path), mode(Path::new(&data))), (0o600, 0o700));
    let credentials = credentials(&data);
    Session::open(&host, &data).upload("Docs", "a", b"content").unwrap();
    assert!(users(&host, credentials["e2_api_key"].as_str().unwrap())["users"].is_array());

    serving.terminate();
    assert!(serving.end().success());
    let said = serving.said.join("\n") + &serving.errors();
    for key in ["app_key", "master_password", "e2_api_key"] {
        assert!(!said.contains(credentials[key].as_str().unwrap()), "{key} in {said}");
    }
    assert_eq!(serving.said.last().unwrap(), STOPPING);
    assert_eq!(serving.errors(), "");

    let again = Running::serve(&data);
    assert_eq!(again.said.len(), 4, "{:?}", again.said);
    assert_eq!(Session::open(&again.host(), &data).list("Docs").len(), 1);
}

#[test]
fn a_folder_serves_one_process() {
    let (_folder, data) = folder();
    let first = Running::serve(&data);
    for arguments in [["serve", "--listen", "127.0.0.1:0"], ["init", "--output", "json"], ["quickstart", "--data", &data]] {
        let output = larder().args(arguments).env("LARDER_DATA", &data).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(text(&output.stderr), format!("larder: {data} is in use by another process\n"));
        assert_eq!(text(&output.stdout), "");
    }
    Session::open(&first.host(), &data);
}

#[test]
fn an_address_that_is_taken_is_named() {
    let (_folder, data) = folder();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = run(&["serve", "--data", &data, "--listen", &address]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).starts_with(&format!("larder: cannot listen on {address}: ")), "{}", text(&output.stderr));
}

#[test]
fn whoever_is_told_ready_may_terminate_at_once() {
    let (_folder, data) = folder();
    for _ in 0..5 {
        let mut serving = Running::serve(&data);
        serving.terminate();
        let status = serving.end();
        assert!(status.success(), "{status}");
    }
}

#[test]
fn a_request_under_way_is_finished_before_the_end() {
    let (_folder, data) = folder();
    let mut serving = Running::serve(&data);
    let host = serving.host();
    let content = vec![7; 1 << 20];
    let mut upload = Session::open(&host, &data).begin("Docs", "slow", &content).unwrap();
    upload.send(300_000).unwrap();
    serving.terminate();
    serving.until(STOPPING);
    // The listener is closed soon after; only its being closed can be waited for.
    while call(&host, "IMFS/GetPathInfo", "").is_ok() {}
    upload.send(300_000).unwrap();
    assert_eq!(upload.finish().unwrap()["ResponseCode"], 0);
    assert!(serving.end().success());
    let serving = Running::serve(&data);
    assert!(Session::open(&serving.host(), &data).download("Docs/slow") == content);
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let (_folder, data) = folder();
    let mut serving = Running::serve(&data);
    let mut upload = Session::open(&serving.host(), &data).begin("Docs", "slow", &[7; 100_000]).unwrap();
    upload.send(50_000).unwrap();
    serving.terminate();
    serving.until(STOPPING);
    serving.terminate();
    assert_eq!(serving.end().code(), Some(1));
    let serving = Running::serve(&data);
    assert_eq!(Session::open(&serving.host(), &data).list("Docs").len(), 0, "the half file is not there");
}

#[test]
fn nobody_need_listen_to_what_it_says() {
    let (_folder, data) = folder();
    let mut serving = Running::unheard(larder().args(["serve", "-v", "--data", &data, "--listen", "127.0.0.1:0"]));
    let host = serving.host();
    let mut upload = Session::open(&host, &data).begin("Docs", "slow", b"content").unwrap();
    upload.send(20).unwrap();
    serving.terminate();
    while call(&host, "IMFS/GetPathInfo", "").is_ok() {}
    assert_eq!(upload.finish().unwrap()["ResponseCode"], 0);
    assert!(serving.end().success());
}

#[test]
fn on_request_there_is_a_line_for_every_exchange() {
    let (_folder, data) = folder();
    let mut serving = Running::start(larder().args(["serve", "-v", "--data", &data, "--listen", "127.0.0.1:0"]));
    serving.until("ready");
    let host = serving.host();
    Session::open(&host, &data).upload("Docs", "a", b"content").unwrap();
    assert_eq!(call(&host, "IMFS/Logout", "").unwrap()["ResponseCode"], 160);
    serving.terminate();
    assert!(serving.end().success());
    let errors = serving.errors();
    let lines: Vec<_> = errors.lines().collect();
    assert_eq!(lines.len(), 4, "{errors}");
    for (line, part) in lines.iter().zip(["Login 200 ", "GetStorageNode 200 ", "Upload 200 ", "- 200 "]) {
        assert!(line.starts_with("127.0.0.1 ") && line.contains(part), "{part}: {line}");
    }
    assert!(lines[3].ends_with("[160 The operation is not supported]"), "{}", lines[3]);
    let credentials = credentials(&data);
    for key in ["app_key", "master_password", "e2_api_key"] {
        assert!(!errors.contains(credentials[key].as_str().unwrap()), "{key} in {errors}");
    }
}

#[test]
fn a_storage_host_is_told_to_clients() {
    let (_folder, data) = folder();
    let arguments = ["serve", "--data", &data, "--listen", "127.0.0.1:0", "--storage-host", "node.example:8443"];
    let mut serving = Running::start(larder().args(arguments));
    serving.until("ready");
    let node = Session::open(&serving.host(), &data).call("IMFS/GetStorageNode", "sizeBytes=1").unwrap();
    assert_eq!(node["GetStorageNode"]["UploadHost"], "node.example:8443");
}

#[test]
fn a_download_host_is_told_to_clients() {
    let (_folder, data) = folder();
    let arguments = ["serve", "--data", &data, "--listen", "127.0.0.1:0", "--download-host", "node.example:8443"];
    let mut serving = Running::start(larder().args(arguments));
    serving.until("ready");
    let session = Session::open(&serving.host(), &data);
    session.upload("Docs", "a", b"content").unwrap();
    let nodes = session.call("IMFS/GetDownloadNodes", "filePath=Docs/a").unwrap();
    assert_eq!(nodes["DownloadNode"], serde_json::json!(["node.example:8443"]));
    assert_eq!(session.download("Docs/a"), b"", "it is elsewhere");
}

#[test]
fn a_region_is_a_key_and_a_domain() {
    let (_folder, data) = folder();
    for wrong in ["LDN", "LONDON=s3.example", "LDN=", "=s3.example"] {
        let output = run(&["serve", "--data", &data, "--region", wrong]);
        assert_eq!(output.status.code(), Some(2), "{wrong}");
    }
    assert!(!Path::new(&data).exists(), "nothing was founded");
    let arguments =
        ["serve", "--data", &data, "--listen", "127.0.0.1:0", "--region", "LDN=s3.example", "--region", "NY=s3.example"];
    Running::start(larder().args(arguments)).until("ready");
}

#[test]
fn credentials_that_are_there_before_the_service_are_used() {
    let (folder, data) = folder();
    let made = run(&["init", "--data", folder.path().join("other").to_str().unwrap(), "--output", "json"]);
    std::fs::create_dir(&data).unwrap();
    std::fs::write(Path::new(&data).join("credentials.json"), &made.stdout).unwrap();
    let serving = Running::serve(&data);
    Session::with(&serving.host(), &serde_json::from_slice(&made.stdout).unwrap());
    drop(serving);

    let broken = folder.path().join("broken");
    std::fs::create_dir(&broken).unwrap();
    std::fs::write(broken.join("credentials.json"), "{}").unwrap();
    let output = run(&["serve", "--data", broken.to_str().unwrap(), "--listen", "127.0.0.1:0"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("credentials.json: "), "{}", text(&output.stderr));
}
