//! `LIMITS.md` says what the code says: every field of every struct of limits, and every constant that is one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use larder_core::{Budget, Clocks, Kind, Limits, Permits, Policy, Serving, journal, multipart};
use larder_proto_nvx::codec::{form, json, xml_read::XmlLimits};
use larder_transport::{client, h1, server};

/// Each limit and its default.
type Stated = Vec<(&'static str, String)>;

fn count(number: impl TryInto<u64>) -> String {
    let digits = number.try_into().ok().unwrap().to_string();
    let from = digits.len() % 3;
    let groups = (0..digits.len()).map(|at| if at > 0 && at % 3 == from { "," } else { "" });
    groups.zip(digits.chars()).flat_map(|(comma, digit)| comma.chars().chain([digit])).collect()
}

fn bytes(number: impl TryInto<u64>) -> String {
    let number = number.try_into().ok().unwrap();
    match number {
        _ if number.is_multiple_of(1 << 20) => format!("{} MiB", count(number >> 20)),
        _ if number.is_multiple_of(1 << 10) => format!("{} KiB", count(number >> 10)),
        _ => count(number),
    }
}

fn time(duration: Duration) -> String {
    format!("{} s", duration.as_secs_f64())
}

/// A field that is added to any of these does not compile until it has a row.
fn of_core() -> Stated {
    let Limits { answer, request, embedded, fields, feed, redirects, upload } = Limits::default();
    let multipart::Limits { preamble, padding, headers, header_lines, parts, epilogue } = multipart::Limits::default();
    let Serving { limits: _, stall, message, rate, embedded_rate } = Serving::default();
    let Policy { attempts, base, cap, retry_after } = Policy::default();
    let Clocks { connect, first_byte, attempt, stall: silence, total } = Clocks::for_kind(Kind::Unary);
    vec![
        ("core::Limits::answer", bytes(answer)),
        ("core::Limits::request", bytes(request)),
        ("core::Limits::embedded", bytes(embedded)),
        ("core::Limits::fields", count(fields)),
        ("core::Limits::feed", bytes(feed)),
        ("core::Limits::redirects", count(redirects)),
        ("journal::HELD", bytes(journal::HELD)),
        ("core::Limits::upload", bytes(upload)),
        ("multipart::Limits::preamble", bytes(preamble)),
        ("multipart::Limits::padding", bytes(padding)),
        ("multipart::Limits::headers", bytes(headers)),
        ("multipart::Limits::header_lines", count(header_lines)),
        ("multipart::Limits::parts", count(parts)),
        ("multipart::Limits::epilogue", bytes(epilogue)),
        ("multipart::Limits::BOUNDARY", count(multipart::Limits::BOUNDARY)),
        ("Serving::stall", time(stall)),
        ("Serving::message", time(message)),
        ("Serving::rate", bytes(rate)),
        ("Serving::embedded_rate", bytes(embedded_rate)),
        ("Policy::attempts", count(attempts)),
        ("Policy::base", time(base)),
        ("Policy::cap", time(cap)),
        ("Policy::retry_after", time(retry_after)),
        ("Clocks::connect", time(connect.limit().unwrap())),
        ("Clocks::first_byte", time(first_byte.limit().unwrap())),
        ("Clocks::attempt", attempt.limit().map_or("none".to_owned(), time)),
        ("Clocks::stall", time(silence.limit().unwrap())),
        ("Clocks::total", time(total.limit().unwrap())),
        ("Permits", count(Permits::default().limit())),
        ("Budget", count(Budget::default().left())),
    ]
}

fn of_formats() -> Stated {
    let XmlLimits { bytes: length, nodes, signs, depth, attributes } = XmlLimits::default();
    // Nothing of a request reaches the others: it is shorter, and nothing looks deeper into it.
    let requests = XmlLimits::REQUEST;
    vec![
        ("XmlLimits::bytes", bytes(length)),
        ("XmlLimits::nodes", count(nodes)),
        ("XmlLimits::signs", count(signs)),
        ("XmlLimits::REQUEST.nodes", count(requests.nodes)),
        ("XmlLimits::REQUEST.signs", count(requests.signs)),
        ("XmlLimits::REQUEST.attributes", count(requests.attributes)),
        ("XmlLimits::depth", count(depth)),
        ("XmlLimits::attributes", count(attributes)),
        ("nvx::codec::json::MAX_BYTES", bytes(json::MAX_BYTES)),
        ("nvx::codec::json::MAX_VALUES", count(json::MAX_VALUES)),
        ("nvx::codec::form::MAX_PAIRS", count(form::MAX_PAIRS)),
        ("e2::REQUEST_VALUES", count(larder_proto_e2::REQUEST_VALUES)),
        ("e2::ANSWER_VALUES", count(larder_proto_e2::ANSWER_VALUES)),
        ("e2::FAULT_VALUES", count(larder_proto_e2::FAULT_VALUES)),
        ("e2::Raw::MAX", bytes(larder_proto_e2::Raw::MAX)),
        ("core::RawAnswer::MAX", bytes(larder_core::RawAnswer::MAX)),
        ("core::Error::ATTEMPTS", count(larder_core::Error::<()>::ATTEMPTS)),
        ("core::Error::DETAIL", bytes(larder_core::Error::<()>::DETAIL)),
    ]
}

fn of_connections() -> Stated {
    let server::Options {
        connections,
        per_address,
        head,
        idle,
        stall,
        head_size,
        headers,
        buffer,
        half_close: _,
        linger,
        linger_size,
        drain,
    } = server::Options::default();
    let client::Options { idle: kept, idle_per_host, headers: fields, buffer: longest, roots: _, observer: _, journal: _ } =
        client::Options::default();
    let h1::Limits { head: first, headers: lines, interim, extensions, trailers } = h1::Limits::default();
    vec![
        ("server::Options::connections", count(connections)),
        ("server::Options::per_address", count(per_address)),
        ("server::Options::head", time(head)),
        ("server::Options::idle", time(idle)),
        ("server::Options::stall", time(stall)),
        ("server::Options::head_size", bytes(head_size)),
        ("server::Options::headers", count(headers)),
        ("server::Options::buffer", bytes(buffer)),
        ("server::Options::linger", time(linger)),
        ("server::Options::linger_size", bytes(linger_size)),
        ("server::Options::drain", time(drain)),
        ("server::Memory", bytes(server::Memory::DEFAULT)),
        ("server::Memory::SMALL", bytes(server::Memory::SMALL)),
        ("client::Options::idle", time(kept)),
        ("client::Options::idle_per_host", count(idle_per_host)),
        ("client::Options::headers", count(fields)),
        ("client::Options::buffer", bytes(longest)),
        ("h1::Limits::head", bytes(first)),
        ("h1::Limits::headers", count(lines)),
        ("h1::Limits::interim", count(interim)),
        ("h1::Limits::extensions", bytes(extensions)),
        ("h1::Limits::trailers", bytes(trailers)),
    ]
}

fn of_the_engine() -> Stated {
    use larder_engine::{MAX_PAGE_SIZE, engine, password, sessions};
    vec![
        ("sessions::MAX_SESSIONS", count(sessions::MAX_SESSIONS)),
        ("sessions::MAX_PER_ACCOUNT", count(sessions::MAX_PER_ACCOUNT)),
        ("engine::MAX_PARTIAL", count(engine::MAX_PARTIAL)),
        ("engine::MAX_PARTIAL_PER_ACCOUNT", count(engine::MAX_PARTIAL_PER_ACCOUNT)),
        ("listing::MAX_PAGE_SIZE", count(MAX_PAGE_SIZE)),
        ("password::MAX_AT_ONCE", count(password::MAX_AT_ONCE)),
    ]
}

fn of_flows() -> Stated {
    use larder_proto_nvx::flow::{Appending, MAX_CHECKPOINT, PATIENCE, Pages, Ranges, UpdateFile, Uploading, When};
    use larder_proto_nvx::imfs::ListFolder;
    let Uploading { content_type: _, overwrite: _, pieces, piece, verify: _, md5: _, restarts } = Uploading::default();
    let Appending { overwrite: _, piece: _, restarts: of_messages } = Appending::default();
    let When::Above(above) = pieces else { panic!("{pieces:?}") };
    vec![
        ("flow::Uploading::pieces", bytes(above)),
        ("flow::Uploading::piece", bytes(piece)),
        ("flow::Uploading::restarts", count(restarts)),
        ("flow::Appending::SOAP", bytes(Appending::SOAP)),
        ("flow::Appending::REST", bytes(Appending::REST)),
        ("flow::Appending::restarts", count(of_messages)),
        ("flow::UpdateFile::RESTARTS", count(UpdateFile::RESTARTS)),
        ("flow::Ranges::SIZE", bytes(Ranges::SIZE)),
        ("flow::Ranges::RESTARTS", count(Ranges::RESTARTS)),
        ("flow::MAX_CHECKPOINT", bytes(MAX_CHECKPOINT)),
        ("flow::PATIENCE", time(PATIENCE)),
        ("flow::Pages::SIZE", count(Pages::<ListFolder>::SIZE)),
        ("flow::Pages::MOST", count(Pages::<ListFolder>::MOST)),
    ]
}

/// Constants that nobody outside their module sees; their rows say by hand what they are.
const PRIVATE: &[&str] = &[
    "accounts::MAX_FAILURES",
    "accounts::MAX_UNWRITTEN",
    "connect::STAGGER",
    "e2::values",
    "listing::MAX_CURSORS",
    "nvx::values",
    "nvx::values::FileData::MAX",
    "nvx::values::bars::MAX",
    "partial::MAX_FINISHED",
    "path::MAX_NAME",
    "path::MAX_OWNER",
    "path::MAX_PATH",
    "replay::TITLE",
    "serde_json",
    "server::blocking::Doors",
    "session::GRACE",
    "session::MARGIN",
    "session::PATIENCE",
    "soap::charset::DECLARATION",
    "soap::charset::GROWN",
    "soap::file_data::REFERENCE",
];

/// Constants that are named like limits, and are none: how much is done in one step, where a file is kept, SQLite's own.
const NO_LIMITS: &[&str] = &["FILES_AT_ONCE", "INLINE_LIMIT", "MAX_PAGES", "RIGHTS_AT_ONCE"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The rows of the page: the limit, and the other cells.
fn rows() -> BTreeMap<String, Vec<String>> {
    let page = std::fs::read_to_string(root().join("LIMITS.md")).unwrap();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |"));
    let row = |row: &str| {
        let (name, cells) = row.split_once("` | ").unwrap();
        (name.to_owned(), cells.split(" | ").map(str::to_owned).collect())
    };
    rows.map(row).collect()
}

#[test]
fn every_limit_has_a_row_with_its_default() {
    let rows = rows();
    let stated = [of_core(), of_formats(), of_connections(), of_flows(), of_the_engine()].concat();
    for (name, default) in &stated {
        assert_eq!(rows.get(*name).map(|cells| cells[1].as_str()), Some(default.as_str()), "{name}");
    }
    for name in rows.keys() {
        assert!(stated.iter().any(|(stated, _)| stated == name) || PRIVATE.contains(&name.as_str()), "{name} is no limit");
    }
    assert_eq!(rows.len(), stated.len() + PRIVATE.len(), "a limit has no row, or two");
}

#[test]
fn every_row_names_tests_that_are_there() {
    for (name, cells) in rows() {
        let tests = cells.last().unwrap();
        for group in tests.split("; ") {
            let (file, tests) = group.split_once("`: ").unwrap();
            let source = std::fs::read_to_string(root().join(file.trim_start_matches('`'))).unwrap();
            for test in tests.split(", ") {
                assert!(source.contains(&format!("fn {test}(")), "{name}: {file} has no {test}");
            }
        }
    }
}

/// The files below a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() { files(&entry, found) } else { found.push(entry) }
    }
}

/// Constants that are named like limits have rows; those of values are in the table of `lengths.rs`.
#[test]
fn every_constant_that_is_a_limit_has_a_row() {
    let mut sources = Vec::new();
    for package in std::fs::read_dir(root().join("crates")).unwrap() {
        files(&package.unwrap().path().join("src"), &mut sources);
    }
    let rows = rows();
    let mut seen = 0;
    for source in sources.iter().filter(|source| !source.components().any(|part| part.as_os_str() == "values")) {
        for line in std::fs::read_to_string(source).unwrap().lines() {
            let Some((name, kind)) = line.split_once("const ").and_then(|(_, rest)| rest.split_once(": ")) else { continue };
            let is_limit = ["MAX", "LIMIT", "VALUES", "AT_ONCE", "PATIENCE", "BOUNDARY"].iter().any(|word| name.contains(word));
            let is_number = ["usize", "u32", "u64", "Duration"].iter().any(|number| kind.starts_with(number));
            if is_limit && is_number && !NO_LIMITS.contains(&name) {
                let has_row = rows.keys().any(|row| row.ends_with(&format!("::{name}")));
                assert!(has_row, "{} {name}", source.display());
                seen += 1;
            }
        }
    }
    assert!(seen > 15, "{seen}");
}
