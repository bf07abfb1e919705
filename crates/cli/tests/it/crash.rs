//! The process dies, and what it acknowledged is there.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};

use crate::http::Session;
use crate::process::{PATIENCE, Running, folder};

fn md5(content: &[u8]) -> String {
    STANDARD.encode(Md5::digest(content))
}

/// Lengths of the files below a folder.
fn files(folder: &Path) -> Vec<u64> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    // A file may be gone again.
    entries.filter_map(|entry| Some(entry.metadata().ok()?.len())).collect()
}

#[test]
fn kill_9_in_mid_upload() {
    let (_folder, data) = folder();
    let temporary = Path::new(&data).join("blobs/tmp");
    let mut serving = Running::serve(&data);
    let session = Session::open(&serving.host(), &data);
    let (small, large) = (vec![1; 100], (0..500_000_u32).map(|n| (n / 7) as u8).collect::<Vec<_>>());
    session.upload("Docs", "small", &small).unwrap();
    session.upload("Docs", "large", &large).unwrap();
    let mut half = session.begin("Docs", "half", &vec![2; 2 << 20]).unwrap();
    half.send(1 << 20).unwrap();
    let began = Instant::now();
    while !files(&temporary).iter().any(|length| *length > 500_000) {
        assert!(began.elapsed() < PATIENCE, "half a file is on the disk");
        std::thread::yield_now();
    }
    serving.kill();
    assert_eq!(files(&temporary).len(), 1, "it was in the middle of it");
    drop(half);

    let serving = Running::serve(&data);
    assert_eq!(files(&temporary).len(), 0, "what was left is gone");
    let session = Session::open(&serving.host(), &data);
    let listed = session.list("Docs");
    let names: Vec<_> = listed.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["large", "small"]);
    for ((name, metadata), content) in listed.iter().zip([&large, &small]) {
        assert!(session.download(&format!("Docs/{name}")) == **content, "{name}");
        assert!(metadata.contains(&md5(content)), "{name}: {metadata}");
    }
    session.upload("Docs", "half", &vec![2; 2 << 20]).unwrap();
    assert_eq!(session.list("Docs").len(), 3);
}

#[test]
fn kill_9_between_two_pieces_and_in_the_middle_of_one() {
    let (_folder, data) = folder();
    let temporary = Path::new(&data).join("blobs/tmp");
    let content: Vec<u8> = (0..4_000_000_u32).map(|n| (n / 11) as u8).collect();
    let mut serving = Running::serve(&data);
    let mut session = Session::open(&serving.host(), &data);
    let token = session.upload_token().unwrap();
    let begin = |session: &Session, piece: usize| {
        let (first, last) = (piece * 1_000_000, (piece + 1) * 1_000_000 - 1);
        let range = format!("{first}-{last}/{}", content.len());
        session.begin_piece(&token, "Docs", "file", Some(&range), &content[first..=last]).unwrap()
    };
    let send = |session: &Session, piece: usize| begin(session, piece).finish().unwrap()["ResponseCode"].clone();
    for piece in 0..3 {
        assert_eq!(send(&session, piece), 0, "{piece}");
        let mut cut_off = begin(&session, piece + 1);
        cut_off.send(500_000).unwrap();
        let began = Instant::now();
        while !files(&temporary).iter().any(|length| *length > (piece as u64 + 1) * 1_000_000) {
            assert!(began.elapsed() < PATIENCE, "some of the piece is on the disk");
            std::thread::yield_now();
        }
        serving.kill();
        serving = Running::serve(&data);
        assert_eq!(files(&temporary), [(piece as u64 + 1) * 1_000_000], "what was acknowledged");
        session = Session::open(&serving.host(), &data);
        assert_eq!(send(&session, piece), 0, "its sender may not have heard of it");
        assert_eq!(session.list("Docs"), []);
    }
    assert_eq!(send(&session, 3), 0);
    assert!(session.download("Docs/file") == content);
    assert!(session.list("Docs")[0].1.contains(&md5(&content)));
    assert_eq!(files(&temporary), [0; 0]);
}

#[test]
fn kill_9_among_many_uploads_loses_none_that_was_acknowledged() {
    let (_folder, data) = folder();
    let mut serving = Running::serve(&data);
    let host = serving.host();
    let acknowledged = Mutex::new(BTreeMap::new());
    let (progress, seen) = channel();
    std::thread::scope(|scope| {
        for thread in 0..3_u8 {
            let (session, progress, acknowledged) = (Session::open(&host, &data), progress.clone(), &acknowledged);
            scope.spawn(move || {
                for number in 0.. {
                    // Small ones live in the metadata, large ones in files of their own.
                    let name = format!("{thread}-{number}");
                    let content = vec![thread ^ number; 1 + 30_000 * usize::from(number % 3)];
                    // The first that fails met the end.
                    if session.upload("Docs", &name, &content).is_err() {
                        return;
                    }
                    acknowledged.lock().unwrap().insert(name, md5(&content));
                    let _ = progress.send(());
                }
            });
        }
        for _ in 0..40 {
            seen.recv_timeout(PATIENCE).unwrap();
        }
        serving.kill();
    });
    let serving = Running::serve(&data);
    let session = Session::open(&serving.host(), &data);
    let listed: BTreeMap<_, _> = session.list("Docs").into_iter().collect();
    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(acknowledged.len() >= 40);
    for (name, md5_of) in &acknowledged {
        assert!(listed[name].contains(md5_of), "{name}");
        assert_eq!(md5(&session.download(&format!("Docs/{name}"))), *md5_of, "{name}");
    }
    // One of each thread may have been published without our hearing of it; it is whole.
    assert!(listed.len() <= acknowledged.len() + 3);
    for (name, metadata) in &listed {
        assert!(metadata.contains(&md5(&session.download(&format!("Docs/{name}")))), "{name}");
    }
    assert_eq!(files(&Path::new(&data).join("blobs/tmp")).len(), 0);
}
