//! `larder quickstart`.

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use larder_testkit::foreign;
use tempfile::TempDir;

use crate::process::{Running, credentials, folder, larder, run, text};

/// Two small files with names that a shell and a URL would rather not have.
fn files(folder: &Path) -> [String; 2] {
    [("a b.txt", 300), ("it's 100%.bin", 70_000)].map(|(name, length): (&str, u32)| {
        let path = folder.join(name);
        std::fs::write(&path, (0..length).map(|n| (n / 3) as u8).collect::<Vec<_>>()).unwrap();
        path.to_str().unwrap().to_owned()
    })
}

fn entries(folder: &TempDir) -> Vec<String> {
    std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn two_small_files_go_there_and_back_and_nothing_is_left() {
    let (folder, temporary) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let output = larder().arg("quickstart").args(files(folder.path())).env("TMPDIR", temporary.path()).output().unwrap();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{out} {err}");
    assert!(out.ends_with("everything that came back is what was sent\n"), "{out}");
    let steps = out.lines().filter(|line| line.starts_with('✓')).count();
    let curls = out.lines().filter(|line| line.starts_with("    ") && line.contains("curl ")).count();
    assert_eq!((steps, curls), (12, 12), "{out}");
    assert!(!out.contains('✗'), "{out}");
    assert_eq!(entries(&temporary), [""; 0]);
}

#[test]
fn without_files_it_makes_one_and_leaves_none_behind() {
    let temporary = tempfile::tempdir().unwrap();
    let (_folder, data) = folder();
    let mut command = larder();
    let output = command.args(["quickstart", "--data", &data]).env("TMPDIR", temporary.path()).output().unwrap();
    let out = text(&output.stdout);
    assert!(output.status.success(), "{out} {}", text(&output.stderr));
    assert!(out.contains("64.0 MiB, MD5 as sent"), "{out}");
    assert_eq!(entries(&temporary), [""; 0]);
}

/// Leaves the server running and, if there is a curl, does by it what was printed.
fn keep(data: &str, files: &[String]) {
    let mut running = Running::start(larder().args(["quickstart", "--keep", "--data", data]).args(files));
    running.until("The server keeps running");
    let said = running.said.join("\n") + &running.errors();
    let credentials = credentials(data);
    for key in ["app_key", "master_password", "e2_api_key"] {
        assert!(!said.contains(credentials[key].as_str().unwrap()), "{key} in {said}");
    }
    let mode = std::fs::metadata(Path::new(data).join("quickstart.env")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    if foreign::program("curl").is_some() {
        by_curl(&running.said, files);
    }
    running.terminate();
    assert!(running.end().success());
    for key in ["master_password", "e2_api_key"] {
        let holds = holders(Path::new(data), credentials[key].as_str().unwrap());
        assert_eq!(holds, ["credentials.json", "quickstart.env"], "{key}");
    }
}

/// The names of the files that hold a text.
fn holders(folder: &Path, secret: &str) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
        if entry.path().is_dir() {
            names.extend(holders(&entry.path(), secret));
            continue;
        }
        let content = text(&std::fs::read(entry.path()).unwrap());
        // A shell writes an apostrophe in its own way.
        if content.contains(secret) || content.contains(&secret.replace('\'', r"'\''")) {
            names.push(entry.file_name().into_string().unwrap());
        }
    }
    names.sort();
    names
}

#[test]
fn the_curl_lines_run() {
    let (folder, data) = folder();
    keep(&data, &files(folder.path()));
}

#[test]
fn the_curl_lines_run_with_names_and_passwords_of_ones_own() {
    let (folder, data) = folder();
    std::fs::create_dir(&data).unwrap();
    let own = serde_json::json!({
        "app_name": "My $App", "app_key": "a key & more 0123456789", "master_user": "the 'boss'",
        "master_password": "it's `a` $secret&100%", "e2_api_key": "0123456789abcdef0123456789abcdef"
    });
    std::fs::write(Path::new(&data).join("credentials.json"), own.to_string()).unwrap();
    keep(&data, &files(folder.path()));
}

/// Runs all printed lines in one shell, one after the other.
fn by_curl(said: &[String], files: &[String]) {
    let lines: Vec<_> = said.iter().filter_map(|line| line.strip_prefix("    ")).collect();
    let source = lines.iter().find(|line| line.starts_with(". ")).unwrap();
    // The account is there already, and so are its files: they get a folder of their own.
    let lines: Vec<_> = lines.iter().filter(|line| line.contains("curl ")).collect();
    let mut script = format!("set -e\n{source}\n");
    for line in &lines {
        let line = line.replace("Quickstart", "ByCurl").replace("curl ", "curl -sS ").replace("-sS -s ", "-sS ");
        write!(script, "{line}\necho\necho ==\n").unwrap();
        let file = files.iter().find(|file| line.contains(&percent(file)));
        if let Some(file) = file.filter(|_| line.contains("-o copy")) {
            writeln!(script, "cmp copy \"{file}\"").unwrap();
        }
    }
    let scratch = tempfile::tempdir().unwrap();
    let output = Command::new("sh").args(["-c", &script]).current_dir(scratch.path()).output().unwrap();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success() && err.is_empty(), "{script}\n{out}\n{err}");
    let answers: Vec<_> = out.split("==\n").collect();
    assert_eq!(answers.len(), lines.len() + 1);
    let code = |at: usize, code: u32| {
        assert!(answers[at].contains(&format!("<ResponseCode>{code}</ResponseCode>")), "{}: {}", lines[at], answers[at]);
    };
    code(0, 65006);
    for at in 1..=4 {
        code(at, 0);
    }
    assert!(answers[4].contains("<TotalFileCount>2</TotalFileCount>"), "{}", answers[4]);
    // The last range is that of the last file.
    let (part, whole) = (std::fs::read(scratch.path().join("part")).unwrap(), std::fs::read(&files[1]).unwrap());
    assert!(part == whole[whole.len() / 3..]);
    code(9, 70008);
    assert!(answers[10].contains("user_signed_up"), "{}", answers[10]);
    assert!(answers[11].contains("@example.com"), "{}", answers[11]);
}

/// The name of a file as it stands in a URL.
fn percent(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap();
    name.replace('%', "%25").replace(' ', "%20").replace('\'', "%27")
}

#[test]
fn a_signal_in_the_middle_ends_it_and_nothing_is_left() {
    let temporary = tempfile::tempdir().unwrap();
    let mut running = Running::start(larder().arg("quickstart").env("TMPDIR", temporary.path()));
    running.until("✓ log in as child");
    running.terminate();
    let status = running.end();
    assert_eq!((status.code(), running.errors().lines().last()), (Some(1), Some("larder: interrupted")));
    assert_eq!(entries(&temporary), [""; 0]);
}

#[test]
fn a_data_folder_can_be_used_again() {
    let (folder, data) = folder();
    let [file, _] = files(folder.path());
    for _ in 0..2 {
        let output = run(&["quickstart", "--data", &data, &file]);
        assert!(output.status.success(), "{} {}", text(&output.stdout), text(&output.stderr));
    }
}

#[test]
fn files_that_are_none_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let none = folder.path().join("none");
    for (path, says) in [(none.to_str().unwrap(), "none: "), (folder.path().to_str().unwrap(), " is no file")] {
        let output = run(&["quickstart", path]);
        assert_eq!(output.status.code(), Some(1));
        let err = text(&output.stderr);
        assert!(err.starts_with("larder: ") && err.contains(says), "{err}");
    }
}
