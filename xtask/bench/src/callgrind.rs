//! Instructions of one run, counted by callgrind: what two runs execute less what one does.

use std::process::{Command, Stdio};

use crate::contest::Contender;

/// Whether valgrind can be called.
pub(crate) fn installed() -> bool {
    let version = Command::new("valgrind").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    version.is_ok_and(|status| status.success())
}

/// The instructions of each contender's run; nothing without valgrind.
pub(crate) fn counts(row: &str, contenders: &[Contender]) -> Option<Vec<u64>> {
    if !installed() {
        return None;
    }
    let instructions = |at| Some(collected(row, at, 2)?.saturating_sub(collected(row, at, 1)?));
    (0..contenders.len()).map(instructions).collect()
}

fn collected(row: &str, contender: usize, times: usize) -> Option<u64> {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(std::env::current_exe().ok()?);
    command.args(["wire", "--once", row, &contender.to_string(), &times.to_string()]);
    let said = String::from_utf8(command.output().ok()?.stderr).ok()?;
    said.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok())
}
