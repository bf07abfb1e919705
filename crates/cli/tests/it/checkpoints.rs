//! The client is killed in the middle, and another goes on: in another folder, with copies of what was left.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
use std::time::Instant;

use crate::client::{answer, asking};
use crate::process::{PATIENCE, Running, folder, text};

/// A wire to the service that takes so many bytes to it, and from it, and then no more: nothing is left to how fast anybody is.
struct Wire {
    address: String,
    /// Bytes that still go through, in both directions together.
    left: Arc<AtomicI64>,
    /// Bytes that went to the service.
    there: Arc<AtomicI64>,
    /// Bytes that came from it.
    back: Arc<AtomicI64>,
}

impl Wire {
    fn new(host: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let [left, there, back] = [i64::MAX / 2, 0, 0].map(|number| Arc::new(AtomicI64::new(number)));
        let wire = Self { address, left: Arc::clone(&left), there: Arc::clone(&there), back: Arc::clone(&back) };
        let host = host.to_owned();
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(service) = TcpStream::connect(&host) else { return };
                let ends = (client.try_clone().unwrap(), service.try_clone().unwrap());
                pass(client, service, Arc::clone(&left), Arc::clone(&there));
                pass(ends.1, ends.0, Arc::clone(&left), Arc::clone(&back));
            }
        });
        wire
    }

    fn only(&self, bytes: i64) {
        self.left.store(bytes, SeqCst);
    }
}

/// Passes bytes on as long as there are any left. What does not go through waits, and its connection stays.
fn pass(mut from: TcpStream, mut to: TcpStream, left: Arc<AtomicI64>, count: Arc<AtomicI64>) {
    std::thread::spawn(move || {
        let mut piece = [0; 4096];
        while let Ok(length @ 1..) = from.read(&mut piece) {
            if left.fetch_sub(length as i64, SeqCst) < length as i64 {
                // Until the client is gone: then this end is closed, too.
                while matches!(from.read(&mut piece), Ok(1..)) {}
                break;
            }
            count.fetch_add(length as i64, SeqCst);
            if to.write_all(&piece[..length]).is_err() {
                break;
            }
        }
        let _ = (from.shutdown(std::net::Shutdown::Both), to.shutdown(std::net::Shutdown::Both));
    });
}

/// A client that ends with the test.
struct Client(Child);

impl Client {
    /// Starts it, waits until this is so, and kills it.
    fn killed_when(command: &mut Command, mut is_so: impl FnMut() -> bool) {
        let mut client = Self(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        let began = Instant::now();
        while !is_so() {
            assert!(began.elapsed() < PATIENCE, "it comes so far");
            assert!(client.0.try_wait().unwrap().is_none(), "it is not over before");
            std::thread::yield_now();
        }
        client.0.kill().unwrap();
        client.0.wait().unwrap();
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

const LENGTH: usize = 3_000_000;
const PIECE: usize = 250_000;

fn content() -> Vec<u8> {
    (0..LENGTH as u32).map(|n| (n / 17 + n % 251) as u8).collect()
}

fn through(wire: &Wire, serving: &Running, data: &str, arguments: &[&str], files: &[&Path]) -> Command {
    let mut command = asking(serving, data);
    command.env("LARDER_URL", format!("http://{}", wire.address)).args(arguments).args(files);
    command
}

fn folders(folder: &Path) -> (PathBuf, PathBuf) {
    let folders = (folder.join("here"), folder.join("there"));
    std::fs::create_dir(&folders.0).unwrap();
    std::fs::create_dir(&folders.1).unwrap();
    folders
}

/// How many of the pieces the service has, as the checkpoint says.
fn acknowledged(checkpoint: &Path) -> u64 {
    let text = std::fs::read_to_string(checkpoint).unwrap_or_default();
    let found = text.split_once("\"have\":").map(|(_, rest)| rest.split(',').next().unwrap_or_default().to_owned());
    found.and_then(|number| number.parse().ok()).unwrap_or_default()
}

fn upload(wire: &Wire, serving: &Running, data: &str, folder: &Path) -> Command {
    let (file, checkpoint) = (folder.join("file"), folder.join("checkpoint"));
    let piece = PIECE.to_string();
    let mut command = through(wire, serving, data, &["upload", "--piece", &piece, "--checkpoint"], &[&checkpoint, &file]);
    command.arg("Docs/file");
    command
}

fn uploaded(output: &Output, serving: &Running, data: &str, folder: &Path) {
    let stored = answer(output);
    assert_eq!((stored["bytes"].as_u64(), stored["verified"].as_bool()), (Some(LENGTH as u64), Some(true)));
    assert!(!folder.join("checkpoint").exists(), "it is removed");
    let fetched = asking(serving, data).args(["download", "Docs/file", "/dev/stdout"]).output().unwrap();
    assert!(fetched.stdout == content());
}

#[test]
fn kill_9_in_the_middle_of_an_upload_and_another_process_goes_on() {
    use std::os::unix::fs::PermissionsExt;
    for elsewhere in [false, true] {
        let (folder, data) = folder();
        let serving = Running::serve(&data);
        let wire = Wire::new(&serving.host());
        let (here, there) = folders(folder.path());
        std::fs::write(here.join("file"), content()).unwrap();
        // So much goes through that some pieces are acknowledged, and one is under way.
        wire.only(1_400_000);
        let checkpoint = here.join("checkpoint");
        let is_stuck = || acknowledged(&checkpoint) >= 4 * PIECE as u64 && wire.left.load(SeqCst) < 0;
        Client::killed_when(&mut upload(&wire, &serving, &data, &here), is_stuck);
        let have = acknowledged(&checkpoint);
        assert_eq!(std::fs::metadata(&checkpoint).unwrap().permissions().mode() & 0o777, 0o600);
        wire.only(i64::MAX / 2);
        wire.there.store(0, SeqCst);
        let goes_on_in = if elsewhere {
            std::fs::copy(here.join("file"), there.join("file")).unwrap();
            std::fs::copy(&checkpoint, there.join("checkpoint")).unwrap();
            there
        } else {
            here
        };
        let output = upload(&wire, &serving, &data, &goes_on_in).output().unwrap();
        let said = text(&output.stderr);
        assert!(said.contains(&format!("goes on at byte {have}")), "{said}");
        assert_eq!(said.contains(&format!("the MD5 of {have} bytes that were sent is recomputed")), elsewhere, "{said}");
        uploaded(&output, &serving, &data, &goes_on_in);
        let sent = u64::try_from(wire.there.load(SeqCst)).unwrap();
        let rest = LENGTH as u64 - have;
        assert!((rest..rest + 50_000).contains(&sent), "{sent} bytes for {rest}: nothing but the rest");
    }
}

#[test]
fn a_file_that_changed_or_a_damaged_checkpoint_is_refused() {
    let (folder, data) = folder();
    let serving = Running::serve(&data);
    let wire = Wire::new(&serving.host());
    let (here, _) = folders(folder.path());
    let (file, checkpoint) = (here.join("file"), here.join("checkpoint"));
    std::fs::write(&file, content()).unwrap();
    wire.only(1_400_000);
    let is_stuck = || acknowledged(&checkpoint) >= 4 * PIECE as u64;
    Client::killed_when(&mut upload(&wire, &serving, &data, &here), is_stuck);
    wire.only(i64::MAX / 2);
    let refused = |says: &str| {
        let output = upload(&wire, &serving, &data, &here).output().unwrap();
        let said = text(&output.stderr);
        assert!(output.status.code() == Some(1) && said.contains(says), "{:?} {said}", output.status);
    };
    let mut other = content();
    other[10] ^= 1;
    std::fs::write(&file, &other).unwrap();
    refused("the file has changed since a part of it was sent");
    std::fs::write(&file, &other[1..]).unwrap();
    refused("the checkpoint is of a file of 3000000 bytes, and this one has 2999999");
    let good = std::fs::read(&checkpoint).unwrap();
    std::fs::write(&checkpoint, &good[..good.len() - 10]).unwrap();
    refused(&format!("the checkpoint is damaged ({}): remove it to begin anew", checkpoint.display()));
    std::fs::write(&file, content()).unwrap();
    std::fs::write(&checkpoint, good).unwrap();
    uploaded(&upload(&wire, &serving, &data, &here).output().unwrap(), &serving, &data, &here);
}

fn refused(command: &mut Command, says: &str) {
    let output = command.output().unwrap();
    let said = text(&output.stderr);
    assert!(output.status.code() == Some(1) && said.contains(says), "{:?} {said}", output.status);
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn the_part_of_a_stranger_stays_as_it_is() {
    let (folder, data) = folder();
    let serving = Running::serve(&data);
    let (here, _) = folders(folder.path());
    std::fs::write(here.join("source"), content()).unwrap();
    answer(&asking(&serving, &data).arg("upload").arg(here.join("source")).arg("Docs/file").output().unwrap());
    std::fs::remove_file(here.join("source")).unwrap();
    let [file, part, checkpoint] = ["file", "file.part", "checkpoint"].map(|name| here.join(name));
    let download = |checkpoint: &Path| {
        let mut command = asking(&serving, &data);
        command.args(["download", "Docs/file"]).arg(&file).arg("--checkpoint").arg(checkpoint);
        command
    };
    std::fs::write(&part, "a stranger's").unwrap();
    refused(
        &mut download(&checkpoint),
        &format!("{} is there, and no checkpoint says what is in it: remove it, or give", part.display()),
    );
    for same in [&file, &part] {
        refused(&mut download(same), &format!("{} cannot be the checkpoint", same.display()));
    }
    assert_eq!((names(&here), std::fs::read(&part).unwrap()), (vec!["file.part".to_owned()], b"a stranger's".to_vec()));
    std::fs::remove_file(&part).unwrap();
    // Killed before anything is known, and while a checkpoint is saved.
    std::fs::write(&part, "some of the first range").unwrap();
    std::fs::write(&checkpoint, "larder: the download has begun of Docs/file\n").unwrap();
    std::fs::write(here.join("checkpoint.new"), "half of one").unwrap();
    std::fs::write(here.join("checkpoint.larder-lock"), "").unwrap();
    assert_eq!(answer(&download(&checkpoint).output().unwrap())["verified"], true);
    assert!(names(&here) == ["file"] && std::fs::read(&file).unwrap() == content());
}

#[test]
fn a_checkpoint_is_of_one_process_at_a_time() {
    let (folder, data) = folder();
    let serving = Running::serve(&data);
    let wire = Wire::new(&serving.host());
    let (here, _) = folders(folder.path());
    std::fs::write(here.join("file"), content()).unwrap();
    let checkpoint = here.join("checkpoint");
    wire.only(1_400_000);
    Client::killed_when(&mut upload(&wire, &serving, &data, &here), || {
        let is_stuck = acknowledged(&checkpoint) >= PIECE as u64 && wire.left.load(SeqCst) < 0;
        if is_stuck {
            refused(&mut upload(&wire, &serving, &data, &here), &format!("{} is in use", checkpoint.display()));
        }
        is_stuck
    });
    // Killed while it saved.
    std::fs::write(here.join("checkpoint.new"), "half of one, with a token").unwrap();
    wire.only(i64::MAX / 2);
    let mut same = through(&wire, &serving, &data, &["upload", "--checkpoint"], &[&here.join("file"), &here.join("file")]);
    refused(same.arg("Docs/file"), "cannot be the checkpoint");
    uploaded(&upload(&wire, &serving, &data, &here).output().unwrap(), &serving, &data, &here);
    assert_eq!(names(&here), ["file"]);
}

#[test]
fn kill_9_in_the_middle_of_a_download_and_another_process_goes_on() {
    let (folder, data) = folder();
    let serving = Running::serve(&data);
    let wire = Wire::new(&serving.host());
    let (here, there) = folders(folder.path());
    let source = folder.path().join("source");
    std::fs::write(&source, content()).unwrap();
    answer(&asking(&serving, &data).arg("upload").arg(&source).arg("Docs/file").output().unwrap());
    let download = |folder: &Path| {
        let arguments = ["download", "--range", "100000", "--at-once", "3", "--checkpoint"];
        let mut command = through(&wire, &serving, &data, &arguments, &[&folder.join("checkpoint")]);
        command.arg("Docs/file").arg(folder.join("file"));
        command
    };
    wire.only(1_500_000);
    let is_noted = || std::fs::read(here.join("checkpoint")).is_ok_and(|text| text.ends_with(b"}\n"));
    let is_stuck = || is_noted() && wire.left.load(SeqCst) < 0;
    Client::killed_when(&mut download(&here), is_stuck);
    assert!(!here.join("file").exists(), "it is there when it is complete");
    wire.only(i64::MAX / 2);
    wire.back.store(0, SeqCst);
    std::fs::copy(here.join("checkpoint"), there.join("checkpoint")).unwrap();
    refused(&mut download(&there), &format!("{} is missing, of which the checkpoint", there.join("file.part").display()));
    wire.back.store(0, SeqCst);
    for name in ["file.part", "checkpoint"] {
        std::fs::copy(here.join(name), there.join(name)).unwrap();
    }
    let output = download(&there).output().unwrap();
    assert_eq!(answer(&output)["verified"], true);
    let said = text(&output.stderr);
    let received: i64 = said.split("goes on: ").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok()).unwrap();
    assert!(received >= 700_000, "{said}");
    assert!(std::fs::read(there.join("file")).unwrap() == content());
    let mut left: Vec<_> = std::fs::read_dir(&there).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["file"]);
    let (came, rest) = (wire.back.load(SeqCst), LENGTH as i64 - received);
    assert!((rest..rest + 50_000).contains(&came), "{came} bytes for {rest}: nothing but the rest");
}
