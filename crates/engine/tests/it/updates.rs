//! Files that are changed in part.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use larder_core::Credential;
use larder_core::wire::FileHead;
use larder_engine::engine::Source;
use larder_engine::handlers::nvx::{Known, Nirvanix, Receiving};
use larder_engine::rules::uploads::UploadTerms;
use larder_engine::{Caller, Engine, Refusal, StoreError};
use larder_proto_nvx::transfer::{Update, Upload};
use larder_proto_nvx::values::Md5;
use larder_proto_nvx::{Code, Fault};
use md5::Digest;
use proptest::prelude::*;

use crate::crash::{StoppingDisk, blob_files, make_unclean};
use crate::support::{HERE, World, noise, parts};

fn terms(overwrite: bool) -> UploadTerms {
    UploadTerms { overwrite, ..UploadTerms::default() }
}

/// Somebody with an upload token, and its text.
fn known(engine: &Arc<Engine>, who: &Caller, overwrite: bool) -> (Nirvanix, Known, String) {
    let token = engine.grant_upload(who, terms(overwrite)).wait().unwrap();
    let text = token.expose().to_owned();
    let nirvanix = Nirvanix { engine: engine.clone(), storage_host: None, download_host: None };
    let known = nirvanix.identify(HERE, "larder", Credential::Upload(token)).unwrap();
    (nirvanix, known, text)
}

/// An update of `file`, or an upload to the address of uploads, whose form has parts in fields of that name.
fn begin(engine: &Arc<Engine>, who: &Caller, md5: Option<[u8; 16]>, at_uploads: bool) -> Result<Receiving, Fault> {
    let (nirvanix, known, token) = known(engine, who, true);
    let upload =
        Upload { file_md5: md5.map(Md5), ..Upload::new(token.parse().unwrap(), "".parse().unwrap(), "x".parse().unwrap()) };
    if at_uploads {
        return nirvanix.receive(&known, &upload);
    }
    let update = Update {
        upload_token: upload.upload_token,
        dest_folder_path: upload.dest_folder_path,
        file_md5: upload.file_md5,
        callback_url: "http://example.com/done".parse().unwrap(),
        forwarding_url: None,
        file_name: None,
        content_type: None,
        content_range: None,
        ranges: Vec::new(),
    };
    nirvanix.receive_update(&known, &update)
}

fn part(to: &mut Receiving, field: &str, range: Option<&str>, content: &[u8]) -> Result<(), Fault> {
    let (field, content_range) = (field.to_owned(), range.map(str::to_owned));
    to.file(&FileHead { field, file_name: "file".to_owned(), content_type: None, content_range })?;
    content.chunks(5_000).try_for_each(|chunk| to.chunk(chunk))?;
    to.file_end()
}

/// What became of it: nothing, or the code.
fn code(outcome: Result<(), Fault>) -> i64 {
    outcome.map_or_else(|fault| fault.code.number().into(), |()| 0)
}

#[test]
fn the_documents_examples() {
    World::both(|world| {
        let old: Vec<u8> = (0..10).collect();
        let new: Vec<u8> = (0xf0..=0xff).collect();
        for (ranges, result) in [
            (&["1-5/10"][..], Ok(&[0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 6, 7, 8, 9][..])),
            (&["9-9/10", "1-5/10"], Ok(&[0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 6, 7, 8, 0xf9])),
            (&["10-11/12"], Ok(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0xfa, 0xfb])),
            (&["1-4/5"], Ok(&[0, 0xf1, 0xf2, 0xf3, 0xf4])),
            (&["11-15/16"], Err(70108)),
            (&["8-9/16", "9-15/16"], Err(70108)),
            (&["5-4/10"], Err(70108)),
            (&[], Err(100)),
        ] {
            world.put_with(&world.kid, "", "file", &old, true).unwrap();
            let mut receiving = begin(&world.engine, &world.kid, None, false).unwrap();
            let outcome = ranges.iter().try_for_each(|range| {
                let (first, rest) = range.split_once('-').unwrap();
                let (last, _) = rest.split_once('/').unwrap();
                let (first, last): (usize, usize) = (first.parse().unwrap(), last.parse().unwrap());
                part(&mut receiving, "updateContent", Some(range), new.get(first..=last).unwrap_or_default())
            });
            let outcome = outcome.and_then(|()| receiving.finish().map(drop));
            assert_eq!(code(outcome), result.map_or_else(|code| code, |_| 0), "{ranges:?}");
            assert_eq!(world.get(&world.kid, "file").unwrap(), result.unwrap_or(&old), "{ranges:?}");
        }
        // A part without a range is the whole file.
        let mut receiving = begin(&world.engine, &world.kid, None, false).unwrap();
        part(&mut receiving, "updateContent", None, b"whole").unwrap();
        receiving.finish().unwrap();
        assert_eq!(world.get(&world.kid, "file").unwrap(), b"whole");
    });
}

#[test]
fn what_is_refused_changes_nothing() {
    World::both(|world| {
        let old = noise(50_000);
        world.put(&world.kid, "", "file", &old).unwrap();
        let before = world.engine.path_info(&world.kid, "file").unwrap();
        let attempt = |md5: Option<[u8; 16]>, range: &str, content: &[u8]| {
            let mut receiving = begin(&world.engine, &world.kid, md5, false)?;
            part(&mut receiving, "updateContent", Some(range), content)?;
            receiving.finish().map(drop)
        };
        assert_eq!(code(attempt(Some([1; 16]), "0-9/50000", &[7; 10])), i64::from(Code::FileIntegrityError.number()));
        assert_eq!(code(attempt(None, "0-9/50000", &[7; 9])), 70108, "less than the range");
        assert_eq!(code(attempt(None, "0-9/50000", &[7; 11])), 70108, "more than the range");
        world.engine.delete_files(&world.kid, vec!["file".into()]).wait().unwrap();
        assert_eq!(code(attempt(None, "0-9/50000", &[7; 10])), 70005, "there is no such file");
        world.mkdir(&world.kid, "file");
        assert_eq!(code(attempt(None, "0-9/50000", &[7; 10])), 70005, "a folder is none");
        world.engine.delete_folders(&world.kid, vec!["file".into()]).wait().unwrap();
        world.put(&world.kid, "", "file", &old).unwrap();

        // A token that does not allow it.
        let upload = world.upload(&world.kid, terms(false)).unwrap();
        assert_eq!(upload.rewrite(&[], "file").map(drop), Err(Refusal::AlreadyExists));

        // Somebody else was faster.
        let upload = world.upload(&world.kid, terms(true)).unwrap();
        let mut slow = upload.rewrite(&[], "file").unwrap();
        slow.push(b"late").unwrap();
        world.put_with(&world.kid, "", "file", b"other", true).unwrap();
        let sources = [Source::Sent { offset: 0, length: 4 }];
        assert_eq!(slow.finish(&sources, None), Err(Refusal::FileLocked));
        assert_eq!(world.get(&world.kid, "file").unwrap(), b"other");
        assert_ne!(world.engine.path_info(&world.kid, "file").unwrap(), before);
    });
}

#[test]
fn n23_what_is_an_update_at_the_address_of_uploads() {
    World::both(|world| {
        let (old, new) = (noise(30), b"0123456789");
        let md5 = |content: &[u8]| Some(md5::Md5::digest(content).into());
        let changed = [&new[..], &old[10..]].concat();
        let send = |md5, field: &str, range: Option<&str>| {
            let mut receiving = begin(&world.engine, &world.kid, md5, true)?;
            part(&mut receiving, field, range, new)?;
            receiving.finish().map(drop)
        };
        let file = || world.get(&world.kid, "file");
        // A field says it, also where there is no file.
        assert_eq!(code(send(None, "updateContent1", Some("0-9/30"))), 70005);
        world.put(&world.kid, "", "file", &old).unwrap();
        assert_eq!(code(send(None, "UpdateContent1", Some("0-9/30"))), 0);
        assert_eq!(file().unwrap(), changed);
        // An MD5 says it of a range of a file that is there.
        world.put_with(&world.kid, "", "file", &old, true).unwrap();
        assert_eq!(code(send(md5(&changed), "uploadFile1", Some("0-9/30"))), 0);
        assert_eq!(file().unwrap(), changed);
        // Neither: the first piece of a file that replaces it.
        assert_eq!(code(send(None, "uploadFile1", Some("0-9/30"))), 0);
        assert_eq!(file().unwrap(), changed);
        // A whole file is a whole file.
        assert_eq!(code(send(md5(new), "uploadFile1", None)), 0);
        assert_eq!(file().unwrap(), new);
        world.engine.delete_files(&world.kid, vec!["file".into()]).wait().unwrap();
        assert_eq!(code(send(md5(new), "uploadFile1", None)), 0);

        // The last of several pieces may tell the MD5 of the file that it completes.
        let (nirvanix, known, token) = known(&world.engine, &world.kid, true);
        let pieces = noise(20);
        for (range, content, md5) in [("0-9/20", &pieces[..10], None), ("10-19/20", &pieces[10..], md5(&pieces))] {
            let upload = Upload::new(token.parse().unwrap(), "".parse().unwrap(), "x".parse().unwrap());
            let upload = Upload { file_md5: md5.map(Md5), ..upload };
            let mut receiving = nirvanix.receive(&known, &upload).unwrap();
            part(&mut receiving, "uploadFile1", Some(range), content).unwrap();
            receiving.finish().unwrap();
        }
        assert_eq!(file().unwrap(), pieces);
    });
}

/// What the ranges make of the old file, byte by byte; nothing where a byte is in two of them or in none.
fn oracle(old: &[u8], ranges: &[(usize, usize, Vec<u8>)], total: usize) -> Option<Vec<u8>> {
    let byte = |at: usize| {
        let mut new = ranges.iter().filter(|(first, last, _)| (*first..=*last).contains(&at)).map(|it| it.2[at - it.0]);
        match (new.next(), new.next()) {
            (Some(byte), None) => Some(byte),
            (None, None) => old.get(at).copied(),
            _ => None,
        }
    };
    (0..total).map(byte).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Small files live in the metadata, large ones in files of several blocks.
    #[test]
    fn an_update_does_what_a_byte_by_byte_look_says(
        unit in prop_oneof![Just(1_usize), Just(3_000), Just(150_000)],
        old in 1_usize..10,
        total in 1_usize..12,
        ranges in prop::collection::vec((0_usize..12, 0_usize..4), 1..4),
        is_told in any::<bool>(),
    ) {
        let world = World::model();
        let (old, total) = (noise(old * unit), total * unit);
        let ranges: Vec<_> = ranges
            .into_iter()
            .filter_map(|(first, units)| {
                let (first, last) = (first * unit, (first + units + 1) * unit - 1);
                (last < total).then(|| (first, last, noise(last - first + 1 + first)[first..].to_vec()))
            })
            .collect();
        prop_assume!(!ranges.is_empty());
        world.put(&world.kid, "", "file", &old).unwrap();
        let expected = oracle(&old, &ranges, total);
        let md5 = expected.as_ref().filter(|_| is_told).map(|bytes| md5::Md5::digest(bytes).into());
        let mut receiving = begin(&world.engine, &world.kid, md5, false).unwrap();
        let sent = ranges.iter().try_for_each(|(first, last, content)| {
            part(&mut receiving, "updateContent", Some(&format!("{first}-{last}/{total}")), content)
        });
        let outcome = sent.and_then(|()| receiving.finish().map(drop));
        prop_assert_eq!(code(outcome), if expected.is_some() { 0 } else { 70108 });
        prop_assert_eq!(world.get(&world.kid, "file").unwrap(), expected.unwrap_or(old));
    }
}

#[test]
fn a_stop_at_any_step_leaves_the_file_as_it_was_or_changed_whole() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let world = World::sqlite(&data);
    let mut now = noise(60_000);
    world.put(&world.kid, "", "file", &now).unwrap();
    let kid = world.kid;
    drop(world);
    let mut done = 0;
    for steps in 0_i64..40 {
        let disk = StoppingDisk::new();
        let (_, mut parts_) = parts(300 + steps.unsigned_abs());
        parts_.disk = Arc::new(disk.clone());
        let engine = Arc::new(Engine::open(&data, parts_).unwrap());
        let mut receiving = begin(&engine, &kid, None, false).unwrap();
        disk.0.store(steps, Ordering::SeqCst);
        let new = noise(20_000 + usize::try_from(steps).unwrap());
        let range = format!("100-{}/60000", 99 + new.len());
        let outcome = part(&mut receiving, "updateContent", Some(&range), &new).and_then(|()| receiving.finish().map(drop));
        drop(engine);
        make_unclean(&data);
        let (_, parts_) = parts(900);
        let engine = Engine::open(&data, parts_).unwrap();
        if outcome.is_ok() {
            now[100..100 + new.len()].copy_from_slice(&new);
            done += 1;
        }
        let mut content = engine.open_file(&kid, "file").unwrap().content;
        assert!(content.read_at(0, 60_000).unwrap() == now, "{steps}");
        assert_eq!(blob_files(&data).len(), 1, "no file without a row, and none missing, after {steps}");
    }
    assert!((15..40).contains(&done), "{done}");
}

#[test]
fn what_is_kept_is_verified() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let world = World::sqlite(&data);
    world.put(&world.kid, "", "file", &noise(60_000)).unwrap();
    let [blob] = blob_files(&data).try_into().unwrap();
    let mut content = std::fs::read(&blob).unwrap();
    content[59_999] ^= 1;
    std::fs::write(&blob, content).unwrap();
    let upload = world.upload(&world.kid, terms(true)).unwrap();
    let mut rewrite = upload.rewrite(&[], "file").unwrap();
    rewrite.push(b"new").unwrap();
    let sources = [Source::Sent { offset: 0, length: 3 }, Source::Kept { offset: 3, length: 59_997 }];
    assert!(matches!(rewrite.finish(&sources, None), Err(Refusal::Storage(StoreError::Damaged(_)))));
    assert_eq!(blob_files(&data).len(), 1, "nothing is left of the attempt");
}
