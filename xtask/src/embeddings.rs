//! What stands at the top of each embedding is so: `crates/embeddings/examples/*.rs` say which packages they need, and how many come
//! along.

use crate::{Result, no_findings, workspace};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// The longest that an embedding may be, in lines.
const LINES: usize = 149;

/// The longest that the code of the shortest may be, in lines: without its documentation and empty lines.
const THIRTY: (&str, usize) = ("thirty", 29);

/// What the table in README.md stands between.
const MARKS: [&str; 2] = ["<!-- cargo xtask embeddings -->\n", "<!-- end of embeddings -->"];

/// Reads each, makes an empty project of its manifest, counts, compares, and prints the table.
///
/// # Errors
/// Each that is too long or states another count than it has; or another table in README.md.
pub fn run() -> Result<()> {
    let root = workspace::root();
    let mut files: Vec<_> = std::fs::read_dir(root.join("crates/embeddings/examples"))?.collect::<std::result::Result<_, _>>()?;
    files.sort_by_key(std::fs::DirEntry::file_name);
    let (mut findings, mut rows) =
        (Vec::new(), String::from("| embedding | packages | of these Larder's | besides |\n|---|---|---|---|\n"));
    for file in files.iter().map(std::fs::DirEntry::path).filter(|path| path.extension().is_some_and(|it| it == "rs")) {
        let name = file.file_stem().and_then(|name| name.to_str()).ok_or("a file without a name")?;
        let text = std::fs::read_to_string(&file)?;
        findings.extend(too_long(name, &text));
        let needs = manifest(&text).ok_or_else(|| format!("{name} states no manifest"))?;
        let packages = packages(name, &needs)?;
        let ours = packages.iter().filter(|package| package.starts_with("larder")).count();
        let stated = format!("//! {} packages, {ours} of them Larder's.\n", packages.len());
        if !text.contains(&stated) {
            findings.push(format!("{name} does not say: {}", stated.trim_end()));
        }
        let besides: Vec<_> = direct(&needs).filter(|name| !name.starts_with("larder")).collect();
        let besides = if besides.is_empty() { "std".to_owned() } else { besides.join(", ") };
        let row = format!("| [`{name}`](crates/embeddings/examples/{name}.rs) | {} | {ours} | {besides} |\n", packages.len());
        rows += &row;
    }
    print!("{rows}");
    let readme = std::fs::read_to_string(root.join("README.md"))?;
    if !readme.contains(&[MARKS[0], &rows, MARKS[1]].concat()) {
        findings.push("README.md has another table: put the one above there".to_owned());
    }
    no_findings("embeddings", &findings)
}

fn too_long(name: &str, text: &str) -> Option<String> {
    let lines = text.lines().count();
    let code = text.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with("//")).count();
    if lines > LINES {
        return Some(format!("{name} has {lines} lines, more than {LINES}"));
    }
    (name == THIRTY.0 && code > THIRTY.1).then(|| format!("{name} has {code} lines of code, more than {}", THIRTY.1))
}

/// The lines of the manifest that stands in its documentation.
fn manifest(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("//! ```toml\n//! [dependencies]\n")?;
    let (lines, _) = rest.split_once("//! ```\n")?;
    Some(lines.lines().map(|line| [line.trim_start_matches("//! "), "\n"].concat()).collect())
}

/// The packages that it names.
fn direct(needs: &str) -> impl Iterator<Item = &str> {
    needs.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name)
}

/// The packages that come along, without the project itself, in the versions that the workspace is tested with.
fn packages(name: &str, needs: &str) -> Result<BTreeSet<String>> {
    let root = workspace::root();
    let folder = workspace::metadata()?.target_directory.into_std_path_buf().join("embeddings").join(name);
    std::fs::create_dir_all(folder.join("src"))?;
    std::fs::write(folder.join("src/main.rs"), "fn main() {}\n")?;
    let needs: String = needs.lines().map(|line| [&here(&root, line), "\n"].concat()).collect();
    let head = "[package]\nname = \"alone\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n";
    std::fs::write(folder.join("Cargo.toml"), [head, &needs].concat())?;
    std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    let mut command: Command =
        workspace::cargo(&["tree", "--offline", "-e", "normal", "--target", workspace::TARGET, "--prefix", "none"]);
    command.current_dir(&folder);
    let tree = workspace::output(command)?;
    let named = tree.lines().filter_map(|line| line.split_once(" v")).map(|(name, rest)| {
        let version = rest.split_whitespace().next().unwrap_or_default();
        [name, " ", version].concat()
    });
    Ok(named.filter(|package| !package.starts_with("alone ")).collect())
}

/// A line of a manifest, with Larder's packages taken from this workspace.
fn here(root: &Path, line: &str) -> String {
    let Some((name, value)) = line.split_once(" = ").filter(|(name, _)| name.starts_with("larder")) else {
        return line.to_owned();
    };
    let folder = root.join("crates").join(name.trim_start_matches("larder-"));
    let rest = value.split_once("{ version = \"0.1\"").map_or(" }", |(_, rest)| rest);
    format!("{name} = {{ path = {folder:?}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests_are_read_and_lead_here() {
        let text = "//! Doc.\n//!\n//! ```toml\n//! [dependencies]\n//! larder-core = \"0.1\"\n//! mio = \"1\" # why\n//! ```\n//! Rest.\n";
        let needs = manifest(text).expect("a manifest");
        assert_eq!(needs, "larder-core = \"0.1\"\nmio = \"1\" # why\n");
        assert_eq!(direct(&needs).collect::<Vec<_>>(), ["larder-core", "mio"]);
        assert_eq!(here(Path::new("/w"), "mio = \"1\" # why"), "mio = \"1\" # why");
        assert_eq!(here(Path::new("/w"), "larder-core = \"0.1\""), "larder-core = { path = \"/w/crates/core\" }");
        let without = "larder-transport = { version = \"0.1\", default-features = false }";
        assert_eq!(
            here(Path::new("/w"), without),
            "larder-transport = { path = \"/w/crates/transport\", default-features = false }"
        );
    }

    #[test]
    fn what_is_too_long_is_named() {
        assert!(too_long("x", &"//! y\n".repeat(149)).is_none());
        assert!(too_long("x", &"//! y\n".repeat(150)).is_some());
        assert!(too_long("thirty", &["//! y\n\n", &"code\n".repeat(29)].concat()).is_none());
        assert!(too_long("thirty", &"code\n".repeat(30)).is_some());
    }
}
