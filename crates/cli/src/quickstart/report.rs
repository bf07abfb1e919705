//! What the user reads: each step with its time, and the curl line that does the same.

use std::fmt::Display;
use std::time::Instant;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{Failure, say};

/// Does one step, and tells how it went.
pub(super) async fn step<T>(
    what: &str,
    curl: &str,
    work: impl Future<Output = Result<(T, String), Failure>>,
) -> Result<T, Failure> {
    let began = Instant::now();
    let result = work.await;
    let elapsed = began.elapsed().as_secs_f64();
    match result {
        Ok((value, result)) => {
            say(format_args!("✓ {what:<34} {:>9.1} ms  {result}", elapsed * 1_000.0));
            say(format_args!("    {curl}"));
            Ok(value)
        }
        Err(error) => {
            say(format_args!("✗ {what:<34} {:>9.1} ms", elapsed * 1_000.0));
            Err(format!("{what}: {error}").into())
        }
    }
}

/// Ends the step unless the two are the same.
pub(super) fn same<T: PartialEq + Display>(what: &str, sent: T, came: T) -> Result<(), Failure> {
    if sent == came { Ok(()) } else { Err(format!("{what} differs: {sent} was sent, {came} came").into()) }
}

/// A word of a shell's command line.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// RFC 3986's unreserved characters need no escape.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A segment of a URL's path.
pub(super) fn in_url(segment: &str) -> String {
    utf8_percent_encode(segment, SEGMENT).to_string()
}

/// A count of bytes, as people read it.
pub(super) fn size(bytes: u64) -> String {
    let (mut value, mut unit) = (bytes as f64, "bytes");
    for next in ["KiB", "MiB", "GiB", "TiB"] {
        if value < 1024.0 {
            break;
        }
        value /= 1024.0;
        unit = next;
    }
    if unit == "bytes" { format!("{bytes} bytes") } else { format!("{value:.1} {unit}") }
}

/// The most memory that this process held, client and server together, where the system tells it.
pub(super) fn peak_memory() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(size(kib << 10))
}
