//! Uploads, downloads, tokens, pieces.

use larder_core::Secret;
use larder_engine::engine::{Destination, EndOfFile, MAX_PARTIAL, MAX_PARTIAL_PER_ACCOUNT, Piece, SweepReport, Upload};
use larder_engine::env::{HOUR, MINUTE};
use larder_engine::rules::listing::EntryKind;
use larder_engine::rules::uploads::{FirstByte, UploadTerms};
use larder_engine::{Refusal, StoreError};

use crate::support::{ELSEWHERE, HERE, World, noise, page};

fn begin(world: &World, token: &Secret) -> Result<Upload, Refusal> {
    let to = Destination { token: token.clone(), peer: HERE, folder: None, first_byte: FirstByte::Enforced };
    world.engine.begin_upload(&to)
}

#[test]
fn content_of_every_size_comes_back_whole_and_in_ranges() {
    World::both(|world| {
        for size in [0, 1, 16 * 1024, 16 * 1024 + 1, (1 << 20) - 1, 1 << 20, (2 << 20) + 5] {
            let data = noise(size);
            let entry = world.put(&world.kid, "f", &size.to_string(), &data).unwrap();
            assert!(matches!(entry.kind, EntryKind::File { size: found, .. } if found == size as u64));
            assert_eq!(world.get(&world.kid, &format!("f/{size}")).unwrap(), data);
            let mut content = world.engine.open_file(&world.boss, &format!("//App/kid/f/{size}")).unwrap().content;
            for (offset, length) in [(0, 1), (size / 2, 100), (size, 1), ((1 << 20) - 1, 2), (0, usize::MAX)] {
                let end = size.min(offset.saturating_add(length));
                let expected = data.get(offset..end).unwrap_or_default();
                assert_eq!(content.read_at(offset as u64, length).unwrap(), expected, "{size} {offset} {length}");
            }
        }
    });
}

#[test]
fn the_md5_is_the_contents() {
    World::both(|world| {
        let md5 = [0x90, 1, 0x50, 0x98, 0x3c, 0xd2, 0x4f, 0xb0, 0xd6, 0x96, 0x3f, 0x7d, 0x28, 0xe1, 0x7f, 0x72];
        let entry = world.put(&world.kid, "", "abc", b"abc").unwrap();
        assert!(matches!(entry.kind, EntryKind::File { md5: found, .. } if found == md5));
        let mut upload = world.upload(&world.kid, UploadTerms::default()).unwrap();
        upload.file(&[], "abd", None).unwrap();
        upload.push(b"abd").unwrap();
        assert_eq!(upload.end_file(Some(md5)), Err(Refusal::Integrity));
        assert_eq!(world.names(&world.kid, "", &page(1, 9)).unwrap(), ["abc"]);
    });
}

#[test]
fn n44_n51_collisions_and_several_files() {
    World::both(|world| {
        let first = world.put(&world.kid, "f", "a", b"old").unwrap();
        world.mkdir(&world.kid, "f/dir");
        assert_eq!(world.put(&world.kid, "f", "a", b"new").unwrap_err(), Refusal::AlreadyExists);
        assert_eq!(world.put_with(&world.kid, "f", "dir", b"new", true).unwrap_err(), Refusal::FolderAlreadyExists);
        assert_eq!(world.put(&world.kid, "f/a/below", "x", b"x").unwrap_err(), Refusal::AlreadyExists);
        let below = UploadTerms { folder: Some("f/a/below".into()), ..UploadTerms::default() };
        let early = world.upload(&world.kid, below).unwrap().file(&[], "x", None);
        assert_eq!(early, Err(Refusal::AlreadyExists), "before the content comes");
        world.clock.advance(5);
        let second = world.put_with(&world.kid, "f", "a", b"new", true).unwrap();
        assert_eq!((first.id, first.created), (second.id, second.created));
        assert!(second.modified > first.modified);
        assert_eq!(world.get(&world.kid, "f/a").unwrap(), b"new");

        let terms = UploadTerms { folder: Some("g".into()), ..UploadTerms::default() };
        let mut upload = world.upload(&world.kid, terms).unwrap();
        upload.file(&[], "one", None).unwrap();
        upload.push(b"1").unwrap();
        upload.end_file(None).unwrap();
        assert_eq!(upload.file(&[], &"n".repeat(257), None), Err(Refusal::NameTooLong));
        upload.file(&[], "cut off", None).unwrap();
        upload.push(&noise(50_000)).unwrap();
        drop(upload);
        assert_eq!(world.names(&world.kid, "g", &page(1, 9)).unwrap(), ["one"], "earlier files stay");
    });
}

#[test]
fn files_may_go_into_folders_below_the_uploads() {
    World::both(|world| {
        let terms = UploadTerms { folder: Some("base".into()), ..UploadTerms::default() };
        let mut upload = world.upload(&world.kid, terms).unwrap();
        upload.file(&["a", "b"], "x", None).unwrap();
        assert!(world.names(&world.kid, "", &page(1, 9)).unwrap().is_empty(), "folders come with the file");
        upload.push(b"deep").unwrap();
        let EndOfFile::Published(entry) = upload.end_file(None).unwrap() else { panic!("a whole file") };
        assert_eq!(entry.path, "base/a/b/x");
        assert_eq!(world.get(&world.kid, "base/a/b/x").unwrap(), b"deep");
        for bad in [["..", "b"], ["a", ""], ["a/b", "c"], ["a", "b\\c"]] {
            assert_eq!(upload.file(&bad, "x", None), Err(Refusal::PathCharacter), "{bad:?}");
        }
        assert_eq!(upload.file(&["a", "b", "x"], "y", None), Err(Refusal::AlreadyExists), "a file is in the way");
        let (long, left) = ("l".repeat(256), 512 - "base//".len() - 256);
        assert_eq!(upload.file(&[&long], &"n".repeat(left), None), Ok(()));
        assert_eq!(upload.file(&[&long], &"n".repeat(left + 1), None), Err(Refusal::PathTooLong));
        assert_eq!(upload.file(&[&format!("{long}l")], "n", None), Err(Refusal::NameTooLong));
        for (folder, kept) in [("p", 1), ("q", 1), ("p", 2)] {
            upload.file(&[folder], "same", Some(Piece::Append { end: false })).unwrap();
            upload.push(b"1").unwrap();
            assert_eq!(upload.end_file(None), Ok(EndOfFile::Kept(kept)), "pieces of one name in two folders");
        }
    });
}

#[test]
fn a_collision_that_comes_up_meanwhile_refuses_and_leaves_no_content() {
    World::both(|world| {
        let mut slow = world.upload(&world.kid, UploadTerms::default()).unwrap();
        slow.file(&[], "x", None).unwrap();
        slow.push(&noise(50_000)).unwrap();
        world.put(&world.kid, "", "x", b"faster").unwrap();
        let before = world.dump();
        assert_eq!(slow.end_file(None), Err(Refusal::AlreadyExists));
        assert_eq!(world.dump(), before);
    });
}

#[test]
fn n27_upload_tokens_expire_are_bound_and_survive_use() {
    World::both(|world| {
        let engine = &world.engine;
        let refused = |token: &Secret| begin(world, token).map(drop).unwrap_err();
        let token = engine.grant_upload(&world.kid, UploadTerms::default()).wait().unwrap();
        assert_eq!(refused(&"no token".into()), Refusal::InvalidUploadToken);
        world.clock.advance(10 * MINUTE);
        drop(begin(world, &token).unwrap());
        world.dump(); // The note that the first byte has come is queued; this waits behind it.
        world.clock.advance(72 * HOUR - 10 * MINUTE);
        let mut last = begin(world, &token).unwrap();
        last.file(&[], "late", None).unwrap();
        world.clock.advance(1);
        assert_eq!(refused(&token), Refusal::ExpiredUploadToken);
        assert_eq!(last.end_file(None), Err(Refusal::ExpiredUploadToken), "even while it is used");

        let unused = engine.grant_upload(&world.kid, UploadTerms::default()).wait().unwrap();
        world.clock.advance(10 * MINUTE + 1);
        assert_eq!(refused(&unused), Refusal::ExpiredUploadToken);
        let patient = Destination { token: unused, peer: HERE, folder: None, first_byte: FirstByte::Ignored };
        engine.begin_upload(&patient).unwrap();

        let bound = UploadTerms { ip: Some(ELSEWHERE), ..UploadTerms::default() };
        assert_eq!(refused(&engine.grant_upload(&world.kid, bound).wait().unwrap()), Refusal::RestrictedIp);
        let folder = UploadTerms { folder: Some("only".into()), ..UploadTerms::default() };
        let token = engine.grant_upload(&world.kid, folder).wait().unwrap();
        let other = |folder: &str| Destination { token: token.clone(), folder: Some(folder.into()), ..patient.clone() };
        assert_eq!(engine.begin_upload(&other("else")).map(drop), Err(Refusal::AccessDenied));
        engine.begin_upload(&other("/App/kid/only/")).unwrap();
        world.clock.advance(73 * HOUR);
        assert_eq!(engine.sweep().unwrap(), SweepReport { files: 0, rights: 4, partials: 0, links: 0 });
    });
}

#[test]
fn n22_n48_files_in_pieces() {
    World::both(|world| {
        let data = noise(60_000);
        let token = world.engine.grant_upload(&world.kid, UploadTerms::default()).wait().unwrap();
        let send = |first: usize, last: usize, total: u64| {
            let mut upload = begin(world, &token)?;
            upload.file(&[], "f", Some(Piece::Range { first: first as u64, last: last as u64, total }))?;
            upload.push(&data[first..=last])?;
            upload.end_file(None)
        };
        assert_eq!(send(5, 9, 60_000), Err(Refusal::RangeNotSatisfiable), "a gap");
        assert_eq!(send(0, 9_999, 60_000), Ok(EndOfFile::Kept(10_000)));
        assert_eq!(send(0, 9_999, 60_000), Ok(EndOfFile::Kept(10_000)), "an identical repeat");
        assert_eq!(send(9_999, 19_999, 60_000), Err(Refusal::RangeNotSatisfiable), "an overlap");
        assert_eq!(send(10_001, 19_999, 60_000), Err(Refusal::RangeNotSatisfiable), "a gap");
        let mut broken = begin(world, &token).unwrap();
        broken.file(&[], "f", Some(Piece::Range { first: 10_000, last: 39_999, total: 60_000 })).unwrap();
        broken.push(&data[10_000..35_000]).unwrap();
        drop(broken);
        assert_eq!(send(10_000, 39_999, 70_000), Ok(EndOfFile::Kept(40_000)), "a cut piece did not count");
        assert!(matches!(send(40_000, 59_999, 60_000), Ok(EndOfFile::Published(_))), "the last total decides");
        assert_eq!(world.get(&world.kid, "f").unwrap(), data);
        assert_eq!(send(0, 59_999, 60_000), Err(Refusal::AlreadyExists));
    });
}

#[test]
fn n22_a_lone_full_range_and_pieces_without_ranges() {
    World::both(|world| {
        let mut upload = world.upload(&world.kid, UploadTerms::default()).unwrap();
        upload.file(&[], "five", Some(Piece::Range { first: 0, last: 4, total: 5 })).unwrap();
        upload.push(b"1234").unwrap();
        assert_eq!(upload.end_file(None), Err(Refusal::RangeNotSatisfiable));
        upload.file(&[], "five", Some(Piece::Range { first: 0, last: 4, total: 5 })).unwrap();
        upload.push(b"12345").unwrap();
        assert!(matches!(upload.end_file(None), Ok(EndOfFile::Published(_))));
        for (part, end) in [("a", false), ("b", false), ("", true)] {
            upload.file(&[], "joined", Some(Piece::Append { end })).unwrap();
            upload.push(part.as_bytes()).unwrap();
            upload.end_file(None).unwrap();
        }
        assert_eq!(world.get(&world.kid, "joined").unwrap(), b"ab");
        upload.file(&[], "left", Some(Piece::Append { end: false })).unwrap();
        upload.push(&noise(20_000)).unwrap();
        upload.end_file(None).unwrap();
        world.clock.advance(73 * HOUR);
        assert_eq!(world.engine.sweep().unwrap().partials, 1);
    });
}

#[test]
fn released_content_goes_after_a_delay() {
    World::both(|world| {
        world.put(&world.kid, "", "x", &noise(30_000)).unwrap();
        let mut open = world.engine.open_file(&world.kid, "x").unwrap();
        world.engine.delete_files(&world.kid, vec!["x".into()]).wait().unwrap();
        assert_eq!(world.engine.sweep().unwrap().files, 0);
        world.clock.advance(10 * MINUTE);
        assert_eq!(world.engine.sweep().unwrap().files, 1);
        assert_eq!(world.engine.sweep().unwrap().files, 0);
        assert_eq!(open.content.read_at(0, 30_000).unwrap(), noise(30_000), "an open download goes on");
    });
}

#[test]
fn damaged_content_is_never_given_out() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let world = World::sqlite(&data);
    world.put(&world.kid, "", "x", &noise(3 << 20)).unwrap();
    let file = crate::crash::blob_files(&data).pop().unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[(1 << 20) + 17] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let mut content = world.engine.open_file(&world.kid, "x").unwrap().content;
    assert!(content.read_at(0, 100).is_ok());
    assert!(content.read_at(2 << 20, 100).is_ok());
    for (offset, length) in [(1 << 20, 1), ((1 << 20) - 1, 2), (0, 3 << 20)] {
        assert!(matches!(content.read_at(offset, length), Err(StoreError::Damaged(_))), "{offset} {length}");
    }
}

#[test]
fn two_uploads_never_work_on_one_unfinished_file() {
    World::both(|world| {
        for length in [10, 20_000_usize] {
            let at = |piece: u64| Piece::Range {
                first: piece * length as u64,
                last: (piece + 1) * length as u64 - 1,
                total: 3 * length as u64,
            };
            let token = world.engine.grant_upload(&world.kid, UploadTerms::default()).wait().unwrap();
            let name = length.to_string();
            let start = |piece: u64, fill: u8| -> Result<Upload, Refusal> {
                let mut upload = begin(world, &token)?;
                upload.file(&[], &name, Some(at(piece)))?;
                upload.push(&vec![fill; length])?;
                Ok(upload)
            };
            let send = |piece: u64, fill: u8| start(piece, fill)?.end_file(None);
            let kept = |pieces: u64| Ok(EndOfFile::Kept(pieces * length as u64));
            let locked = || Err(Refusal::FileLocked);

            let first = start(0, b'A').unwrap();
            assert_eq!(send(0, b'B'), locked(), "of one that was only begun, too");
            drop(first);
            assert_eq!(send(0, b'A'), kept(1));
            let mut second = start(1, b'A').unwrap();
            for piece in 0..3 {
                assert_eq!(send(piece, b'B'), locked());
            }
            assert_eq!(second.end_file(None), kept(2));
            drop(start(2, b'B').unwrap());
            assert!(matches!(send(2, b'A'), Ok(EndOfFile::Published(_))), "a dropped one gives back what was there before");
            assert_eq!(world.get(&world.kid, &name).unwrap(), vec![b'A'; 3 * length]);
        }
    });
}

#[test]
fn work_on_a_file_that_a_whole_one_replaced_is_for_nothing() {
    World::both(|world| {
        let terms = UploadTerms { overwrite: true, ..UploadTerms::default() };
        let token = world.engine.grant_upload(&world.kid, terms).wait().unwrap();
        let start = |piece: Option<Piece>, data: &[u8]| -> Result<Upload, Refusal> {
            let mut upload = begin(world, &token)?;
            upload.file(&[], "f", piece)?;
            upload.push(data)?;
            Ok(upload)
        };
        let at = |first: u64, last: u64, total: u64| Some(Piece::Range { first, last, total });
        assert_eq!(start(at(0, 0, 3), b"A").unwrap().end_file(None), Ok(EndOfFile::Kept(1)));
        let mut slow = start(at(1, 1, 3), b"A").unwrap();
        start(None, b"whole").unwrap().end_file(None).unwrap();
        assert_eq!(start(at(0, 0, 2), b"B").unwrap().end_file(None), Ok(EndOfFile::Kept(1)));
        assert_eq!(slow.end_file(None), Err(Refusal::FileLocked));
        assert!(start(at(1, 1, 2), b"B").unwrap().end_file(None).is_ok());
        assert_eq!(world.get(&world.kid, "f").unwrap(), b"BB");
    });
}

#[test]
fn no_account_holds_the_unfinished_files_of_others() {
    World::both(|world| {
        let piece = |token: &Secret, name: &str, end: bool| {
            let mut upload = begin(world, token)?;
            upload.file(&[], name, Some(Piece::Append { end }))?;
            upload.push(b"1")?;
            upload.end_file(None)
        };
        let mine = world.engine.grant_upload(&world.kid, UploadTerms::default()).wait().unwrap();
        let hers = world.engine.grant_upload(&world.sis, UploadTerms::default()).wait().unwrap();
        piece(&hers, "hers", false).unwrap();
        for n in 0..=MAX_PARTIAL {
            assert_eq!(piece(&mine, &n.to_string(), false), Ok(EndOfFile::Kept(1)));
        }
        assert_eq!(piece(&hers, "hers", false), Ok(EndOfFile::Kept(2)));
        for (n, kept) in [(MAX_PARTIAL + 1 - MAX_PARTIAL_PER_ACCOUNT, 2), (MAX_PARTIAL, 2), (0, 1)] {
            assert_eq!(piece(&mine, &n.to_string(), false), Ok(EndOfFile::Kept(kept)), "{n}: the oldest gave way");
        }
        let mut busy = Vec::new();
        for n in 0..MAX_PARTIAL_PER_ACCOUNT {
            let mut upload = begin(world, &mine).unwrap();
            upload.file(&[], &format!("busy{n}"), Some(Piece::Append { end: false })).unwrap();
            busy.push(upload);
        }
        assert_eq!(piece(&mine, "one more", false), Err(Refusal::TooMany));
        assert_eq!(piece(&hers, "one more", false), Ok(EndOfFile::Kept(1)));
        drop(busy);
        assert_eq!(piece(&mine, "one more", false), Ok(EndOfFile::Kept(1)));
    });
}

#[test]
fn many_accounts_share_the_unfinished_files() {
    let world = World::model();
    let piece = |caller: &larder_engine::Caller, name: &str| {
        let mut upload = world.upload(caller, UploadTerms::default())?;
        upload.file(&[], name, Some(Piece::Append { end: false }))?;
        upload.push(b"1")?;
        upload.end_file(None)
    };
    let accounts: Vec<_> = (0..=MAX_PARTIAL / MAX_PARTIAL_PER_ACCOUNT)
        .map(|n| {
            let name = format!("n{n}");
            let contact = larder_engine::Contact::new();
            world.engine.create_child_account(&world.boss, &name, &"pw".into(), contact).unwrap();
            world.engine.login(&world.founded.app_key, &name, &"pw".into(), HERE).unwrap().caller
        })
        .collect();
    for caller in &accounts {
        for n in 0..MAX_PARTIAL_PER_ACCOUNT {
            piece(caller, &n.to_string()).unwrap();
        }
    }
    piece(&world.sis, "hers").unwrap();
}

#[test]
fn an_identical_repeat_of_the_last_piece_is_done_already() {
    World::both(|world| {
        for overwrite in [false, true] {
            let token =
                world.engine.grant_upload(&world.kid, UploadTerms { overwrite, ..UploadTerms::default() }).wait().unwrap();
            let name = overwrite.to_string();
            let send_as = |token: &Secret, range: (u64, u64, u64), data: &[u8], md5: Option<[u8; 16]>| {
                let mut upload = begin(world, token)?;
                let (first, last, total) = range;
                upload.file(&[], &name, Some(Piece::Range { first, last, total }))?;
                upload.push(data)?;
                upload.end_file(md5)
            };
            let send = |range, data: &[u8]| send_as(&token, range, data, None);
            let not_now = if overwrite { Refusal::RangeNotSatisfiable } else { Refusal::AlreadyExists };
            assert_eq!(send((0, 1, 4), b"ab"), Ok(EndOfFile::Kept(2)));
            let published = send((2, 3, 4), b"cd").unwrap();
            let before = world.dump();
            world.clock.advance(1_000);
            assert_eq!(send((2, 3, 4), b"cd"), Ok(published.clone()));
            assert_eq!(send((2, 3, 4), b"cd"), Ok(published.clone()));
            assert_eq!(send((2, 3, 4), b"ce"), Err(not_now.clone()), "other content");
            assert_eq!(send((2, 3, 4), b"c"), Err(Refusal::RangeNotSatisfiable), "less");
            assert_eq!(send((2, 3, 4), b"cde"), Err(Refusal::RangeNotSatisfiable), "more");
            assert_eq!(send((1, 3, 4), b"bcd"), Err(not_now.clone()), "another range");
            assert_eq!(send_as(&token, (2, 3, 4), b"cd", Some([7; 16])), Err(Refusal::Integrity));
            assert_eq!(world.dump(), before, "nothing was published again");
            let other =
                world.engine.grant_upload(&world.kid, UploadTerms { overwrite, ..UploadTerms::default() }).wait().unwrap();
            assert_eq!(send_as(&other, (2, 3, 4), b"cd", None), Err(not_now), "another token");

            if overwrite {
                assert_eq!(send((0, 1, 4), b"AB"), Ok(EndOfFile::Kept(2)));
                assert!(matches!(send((2, 3, 4), b"cd"), Ok(EndOfFile::Published(_))));
                assert_eq!(world.get(&world.kid, &name).unwrap(), b"ABcd", "a new file's last piece is no repeat");
            }
            world.engine.delete_files(&world.kid, vec![name.clone()]).wait().unwrap();
            assert_eq!(send((2, 3, 4), b"cd"), Err(Refusal::RangeNotSatisfiable), "what is gone is not there");
        }
    });
}

#[test]
fn so_many_complete_files_may_have_their_last_piece_repeated() {
    const KNOWN: usize = 1024;
    let world = World::model();
    let token = world.engine.grant_upload(&world.kid, UploadTerms::default()).wait().unwrap();
    let send = |at: usize, range: (u64, u64, u64), data: &[u8]| {
        let mut upload = begin(&world, &token)?;
        let (first, last, total) = range;
        upload.file(&[], &at.to_string(), Some(Piece::Range { first, last, total }))?;
        upload.push(data)?;
        upload.end_file(None)
    };
    let last = |at: usize| send(at, (1, 1, 2), b"b");
    let publish = |at: usize| {
        assert_eq!(send(at, (0, 0, 2), b"a"), Ok(EndOfFile::Kept(1)), "{at}");
        assert!(matches!(last(at), Ok(EndOfFile::Published(_))), "{at}");
    };
    (0..KNOWN).for_each(publish);
    assert!(last(1).is_ok(), "all of them are known");
    publish(KNOWN);
    assert_eq!(last(0), Err(Refusal::AlreadyExists), "the oldest is forgotten");
    assert!(last(KNOWN).is_ok());
}
