//! Ours beside others: what our codecs make of a message is what crates and packages make of it that none of us wrote, for
//! messages that we write, for fixtures, and for mutations of both. Each difference that is meant stands in a table with its
//! reason.
#![expect(clippy::unwrap_used, reason = "helpers of tests, which have no one to hand an error to")]

mod forms;
mod multipart;
mod mutation;
mod xml;

use std::io::Write;
use std::process::Stdio;

use larder_testkit::foreign;
use serde_json::Value;

/// What a package of Python's makes of each message; none where it is not installed.
fn python(kind: &str, package: &str, asked: &[Value]) -> Option<Vec<Value>> {
    let mut command = foreign::python(&[package])?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/differential/others.py");
    command.args([script, kind]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let lines: String = asked.iter().map(|line| format!("{line}\n")).collect();
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success());
    let told: Vec<Value> =
        output.stdout.split_inclusive(|byte| *byte == b'\n').map(|line| serde_json::from_slice(line).unwrap()).collect();
    assert_eq!(told.len(), asked.len());
    Some(told)
}

/// Bytes as a text whose characters they are.
fn to_latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// And back.
fn from_latin1(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}
