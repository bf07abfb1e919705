//! What must compile for WebAssembly does, and the example there does its work under node against `larder serve`.
//!
//! The standard library for `wasm32-unknown-unknown` is part of no toolchain unless somebody has added it. Where rustup has
//! (`rustup target add wasm32-unknown-unknown`), it is used; otherwise Debian's compiler, whose package `rust-web-src` has the
//! library's source, builds it anew: with another compiler than the rest, and in a folder of its own.

use crate::examples::Service;
use crate::{Result, workspace};
use std::path::{Path, PathBuf};
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

/// Where Debian's package `rustc-web` puts the compiler.
const DEBIAN: &str = "/usr/bin/rustc";

/// What compiles there, each with the features that it can have.
const CRATES: [&str; 4] = ["larder-core", "larder-proto-e2", "larder-proto-nvx", "larder-testkit"];
const FEATURES: &str = "larder-core/schema,larder-proto-e2/schema,larder-proto-nvx/schema";

/// The package of the example, and the module that it becomes.
const EXAMPLE: (&str, &str) = ("larder-wasm", "larder_wasm.wasm");

/// Compiles, and runs the example where there is node.
///
/// # Errors
/// What does not compile, or goes wrong; and what is missing for it, if `LARDER_NO_SKIP` is set.
pub fn run() -> Result<()> {
    let toolchain = match Toolchain::find() {
        Ok(toolchain) => toolchain,
        Err(missing) => return skip(&missing.to_string()),
    };
    println!("{TARGET} by {}", toolchain.version);
    let module = toolchain.module()?;
    println!("{}: {} KiB", EXAMPLE.1, std::fs::metadata(&module)?.len() / 1024);
    for features in [&[][..], &["--features", FEATURES]] {
        let mut check = toolchain.cargo("check");
        check.args(CRATES.iter().flat_map(|name| ["-p", name])).args(features);
        workspace::run(check)?;
    }
    if Command::new("node").arg("--version").output().is_err() {
        return skip("there is no node");
    }
    use_it(&module)
}

/// What the module did under node, it does natively, too.
fn use_it(module: &Path) -> Result<()> {
    workspace::run(workspace::cargo(&["build", "-p", "larder-cli", "--locked"]))?;
    let recording = module.with_extension("recording");
    let service = Service::start()?;
    let mut node = Command::new("node");
    node.arg(workspace::root().join("crates/wasm/example.mjs")).args(service.arguments()).args([module, &recording]);
    workspace::run(node)?;
    drop(service);
    let mut replay = workspace::cargo(&["run", "--quiet", "--locked", "-p", EXAMPLE.0, "--example", "replay", "--"]);
    replay.arg(recording);
    workspace::run(replay)
}

fn skip(missing: &str) -> Result<()> {
    if std::env::var_os("LARDER_NO_SKIP").is_some() {
        return Err(missing.into());
    }
    println!("SKIPPED: {missing}");
    Ok(())
}

/// A compiler that has the standard library for the target, or its source.
struct Toolchain {
    version: String,
    /// Debian's, whose library is to be built, and the linker of the toolchain that runs us.
    foreign: Option<PathBuf>,
    target_folder: PathBuf,
}

impl Toolchain {
    /// # Errors
    /// What is missing, for whoever wants to install it.
    fn find() -> Result<Self> {
        let metadata = workspace::metadata()?;
        let target_folder = metadata.target_directory.join("wasm").into_std_path_buf();
        let ours = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
        let library = ask(&ours, &["--print", "target-libdir", "--target", TARGET])?;
        if Path::new(library.trim()).is_dir() {
            let version = ask(&ours, &["--version"])?.trim().to_owned();
            return Ok(Self { version, foreign: None, target_folder });
        }
        let needed =
            metadata.packages.iter().find_map(|package| package.rust_version.clone().filter(|_| *package.name == "larder-core"));
        let (major, minor) = needed.map_or((1, 0), |needed| (needed.major, needed.minor));
        let version = debians(major, minor)?;
        Ok(Self { version, foreign: Some(linker(&ours)?), target_folder })
    }

    fn cargo(&self, command: &str) -> Command {
        let mut cargo = workspace::cargo(&[command, "--quiet", "--locked", "--profile", "wasm", "--target", TARGET]);
        cargo.env("CARGO_TARGET_DIR", &self.target_folder);
        if let Some(linker) = &self.foreign {
            // A stable compiler does what only others may if it is told so: cargo, too, builds a library only then.
            cargo.env("RUSTC", DEBIAN).env("RUSTC_BOOTSTRAP", "1").arg("-Zbuild-std=std,panic_abort");
            cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
        cargo
    }

    fn module(&self) -> Result<PathBuf> {
        let mut build = self.cargo("build");
        build.args(["-p", EXAMPLE.0]);
        workspace::run(build)?;
        Ok(self.target_folder.join(TARGET).join("wasm").join(EXAMPLE.1))
    }
}

/// The version of Debian's compiler, if it is there, with the library's source, and new enough.
fn debians(major: u64, minor: u64) -> Result<String> {
    let version = ask(DEBIAN, &["--version"]);
    let version = version.map_err(|_| format!("there is no {DEBIAN} (Debian's package rustc-web)"))?.trim().to_owned();
    match numbers(&version) {
        Some(has) if has >= (major, minor) => {}
        _ => return Err(format!("{DEBIAN} is {version}, too old: {major}.{minor} is needed (Debian's package rustc-web)").into()),
    }
    let sysroot = ask(DEBIAN, &["--print", "sysroot"])?;
    if !Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/Cargo.lock").is_file() {
        return Err(format!("{DEBIAN} has no source of the standard library (Debian's package rust-web-src)").into());
    }
    Ok(version)
}

/// `rustc 1.96.0 (…)`: 1 and 96.
fn numbers(version: &str) -> Option<(u64, u64)> {
    let mut numbers = version.split_whitespace().nth(1)?.split('.').map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

/// The linker that comes with a toolchain of rustup's: Debian's compiler has none for this target.
fn linker(rustc: &str) -> Result<PathBuf> {
    let sysroot = ask(rustc, &["--print", "sysroot"])?;
    let hosts = std::fs::read_dir(Path::new(sysroot.trim()).join("lib/rustlib"))?;
    let mut linkers = hosts.filter_map(|host| Some(host.ok()?.path().join("bin/rust-lld")));
    linkers.find(|linker| linker.is_file()).ok_or_else(|| format!("there is no rust-lld in {}", sysroot.trim()).into())
}

fn ask(rustc: &str, arguments: &[&str]) -> Result<String> {
    let mut command = Command::new(rustc);
    command.args(arguments);
    workspace::output(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read() {
        assert_eq!(numbers("rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)"), Some((1, 96)));
        assert_eq!(numbers("rustc 1.63.0"), Some((1, 63)));
        assert_eq!(numbers("rustc"), None);
    }
}
