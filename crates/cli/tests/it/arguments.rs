//! What the program says about arguments.

use crate::process::{folder, run, text};

#[test]
fn mistakes_are_named_and_the_status_is_2() {
    for (arguments, says) in [
        (&[][..], "Usage: larder <COMMAND>"),
        (&["nonsense"], "unrecognized subcommand 'nonsense'"),
        (&["serve", "--listen", "nonsense"], "invalid value 'nonsense' for '--listen <ADDR>'"),
        (&["serve", "--listen", "localhost"], "invalid value 'localhost' for '--listen <ADDR>'"),
        (&["serve", "--port", "80"], "unexpected argument '--port'"),
        (&["serve", "--data"], "a value is required for '--data <DIR>'"),
        (&["init", "--output", "yaml"], "invalid value 'yaml' for '--output <OUTPUT>'"),
        (&["init", "extra"], "unexpected argument 'extra'"),
        (&["quickstart", "--nope"], "unexpected argument '--nope'"),
        (&["api"], "<--list|--describe <OPERATION>>"),
        (&["api", "--list", "--describe", "x"], "cannot be used with"),
        (&["api", "--list", "--api", "s3"], "invalid value 's3' for '--api <API>'"),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(says), "{arguments:?}: {}", text(&output.stderr));
        assert_eq!(text(&output.stdout), "");
    }
}

#[test]
fn folders_that_cannot_be_are_named() {
    let (folder, data) = folder();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let below_nothing = format!("{data}/missing/data");
    for command in ["init", "serve"] {
        for path in [file.to_str().unwrap(), &below_nothing] {
            let output = run(&[command, "--data", path]);
            let err = text(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{err}");
            assert!(err.starts_with("larder: ") && err.contains(path), "{path}: {err}");
        }
    }
}

#[test]
fn help_and_version() {
    let version = run(&["--version"]);
    assert_eq!((version.status.code(), text(&version.stdout)), (Some(0), "larder 0.1.0\n".to_owned()));
    for command in ["init", "serve", "quickstart"] {
        let help = run(&[command, "--help"]);
        assert!(help.status.success() && text(&help.stdout).contains("--data <DIR>"), "{command}");
    }
    // A secret in the environment is not shown as a default.
    let help = crate::process::larder().args(["init", "--help"]).env("LARDER_MASTER_PASSWORD", "canary").output().unwrap();
    assert!(!text(&help.stdout).contains("canary"));
}
