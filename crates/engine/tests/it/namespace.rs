//! Paths, folders, listings, moves.

use larder_engine::rules::listing::{EntryKind, Page};
use larder_engine::store::Sort;
use larder_engine::types::FileType;
use larder_engine::{Caller, Refusal};

use crate::support::{World, page};

fn create(world: &World, caller: &Caller, paths: &[&str]) -> Result<(), Refusal> {
    world.engine.create_folders(caller, paths.iter().map(|&path| path.to_owned()).collect()).wait()
}

#[test]
fn folders_are_made_with_all_above_them_or_not_at_all() {
    World::both(|world| {
        create(world, &world.kid, &["a/b/c/d"]).unwrap();
        assert_eq!(create(world, &world.kid, &["a/b"]), Err(Refusal::FolderAlreadyExists));
        world.put(&world.kid, "a", "file", b"x").unwrap();
        assert_eq!(create(world, &world.kid, &["a/file"]), Err(Refusal::AlreadyExists));
        assert_eq!(create(world, &world.kid, &["a/file/below"]), Err(Refusal::AlreadyExists));
        let before = world.dump();
        assert_eq!(create(world, &world.kid, &["new/one", "a/b"]), Err(Refusal::FolderAlreadyExists));
        assert_eq!(create(world, &world.kid, &["new/one", "x/.."]), Err(Refusal::PathCharacter));
        assert_eq!(create(world, &world.kid, &[""]), Err(Refusal::InvalidPath));
        assert_eq!(world.dump(), before, "a refused operation leaves nothing");
    });
}

#[test]
fn n14_absolute_paths() {
    World::both(|world| {
        let key = &world.founded.app_key;
        create(world, &world.kid, &["/App/kid/a", &format!("/{key}/kid/b"), "//App/kid/c", "/plain/", "/Other/kid/d"]).unwrap();
        let names = world.names(&world.kid, "", &page(1, 10)).unwrap();
        assert_eq!(names, ["Other", "a", "b", "c", "plain"], "an unknown application is a folder's name");
        create(world, &world.kid, &["/App/stranger/e"]).unwrap();
        assert!(world.engine.path_info(&world.kid, "App/stranger/e").is_ok(), "so is an unknown user");
        assert_eq!(create(world, &world.kid, &["//App/stranger/e"]), Err(Refusal::AccessDenied));
        assert_eq!(create(world, &world.boss, &["//App/stranger/e"]), Err(Refusal::InvalidPath));
        assert_eq!(create(world, &world.boss, &["//"]), Err(Refusal::InvalidPath));
    });
}

#[test]
fn n46_who_may_act_on_whom() {
    World::both(|world| {
        create(world, &world.boss, &["/App/kid/from-boss", "//App/boss/own"]).unwrap();
        assert!(world.engine.path_info(&world.kid, "from-boss").is_ok());
        for path in ["/App/sis/x", "//App/sis/x", "/App/boss/x", "//Nowhere/kid/x"] {
            assert_eq!(create(world, &world.kid, &[path]), Err(Refusal::AccessDenied), "{path}");
        }
    });
}

#[test]
fn listings_are_sorted_paged_and_folders_come_first() {
    World::both(|world| {
        create(world, &world.kid, &["f/z", "f/y"]).unwrap();
        for (name, size) in [("b.mp3", 3), ("a.jpg", 9), ("C.avi", 1), ("d", 5)] {
            world.clock.advance(1_000);
            world.put(&world.kid, "f", name, &vec![0; size]).unwrap();
        }
        let names = |sort, descending| world.names(&world.kid, "f", &Page { number: 1, size: 9, sort, descending }).unwrap();
        assert_eq!(names(Sort::Name, false), ["y", "z", "C.avi", "a.jpg", "b.mp3", "d"]);
        assert_eq!(names(Sort::Name, true), ["z", "y", "d", "b.mp3", "a.jpg", "C.avi"]);
        assert_eq!(names(Sort::Created, false), ["y", "z", "b.mp3", "a.jpg", "C.avi", "d"]);
        assert_eq!(names(Sort::Size, true), ["z", "y", "a.jpg", "d", "b.mp3", "C.avi"]);
        assert_eq!(names(Sort::FileType, false), ["y", "z", "b.mp3", "a.jpg", "d", "C.avi"]);
        let listing = world.engine.list_folder(&world.kid, "f", &page(1, 3)).unwrap();
        assert_eq!((listing.total_folders, listing.total_files, listing.entries.len()), (2, 4, 3));
        assert_eq!(listing.entries[2].path, "f/C.avi");
        assert!(matches!(listing.entries[2].kind, EntryKind::File { size: 1, file_type: FileType::Video, .. }));
        assert_eq!(world.names(&world.kid, "f", &page(2, 3)).unwrap(), ["a.jpg", "b.mp3", "d"]);
        assert_eq!(world.names(&world.kid, "f", &page(3, 3)).unwrap(), [""; 0], "past the end");
        assert_eq!(world.names(&world.kid, "f", &page(u32::MAX, 1_000)).unwrap(), [""; 0]);
        assert_eq!(world.names(&world.kid, ".", &page(1, 1)).unwrap(), ["f"]);
        for wrong in [page(1, 1_001), page(1, 0), page(0, 1)] {
            assert_eq!(world.names(&world.kid, "f", &wrong), Err(Refusal::PageSizeExceedsLimit));
        }
        for missing in ["g", "f/d", "f/d/e"] {
            assert_eq!(world.names(&world.kid, missing, &page(1, 1)), Err(Refusal::FolderNotFound));
        }
    });
}

#[test]
fn pages_read_in_turn_see_changes_as_a_skip_would() {
    World::both(|world| {
        let all: Vec<_> = (0..40).map(|number| format!("f/{number:02}")).collect();
        world.engine.create_folders(&world.kid, all).wait().unwrap();
        let read = |number| world.names(&world.kid, "f", &page(number, 5)).unwrap();
        let whole: Vec<_> = (1..=8).flat_map(read).collect();
        assert_eq!(whole.len(), 40);
        assert!(whole.is_sorted());
        assert_eq!(read(2)[0], "05");
        world.engine.delete_folders(&world.kid, vec!["f/00".into()]).wait().unwrap();
        assert_eq!(read(2)[0], "06", "a remembered page end is not used for another state of the folder");
        world.engine.rename_folder(&world.kid, "f/39", "00").wait().unwrap();
        assert_eq!(read(2)[0], "05");
    });
}

#[test]
fn moving_and_renaming() {
    World::both(|world| {
        let engine = &world.engine;
        create(world, &world.kid, &["a/deep", "b"]).unwrap();
        world.put(&world.kid, "a", "1", b"one").unwrap();
        world.put(&world.kid, "a/deep", "2", b"two").unwrap();
        let before = world.dump();
        let files = |from: &[&str], to| engine.move_files(&world.kid, from.iter().map(|&it| it.into()).collect(), to).wait();
        let folders = |from: &str, to| engine.move_folders(&world.kid, vec![from.into()], to).wait();
        assert_eq!(files(&["a/1", "a/missing"], "b"), Err(Refusal::InvalidPath));
        assert_eq!(files(&["a/deep"], "b"), Err(Refusal::InvalidPath), "a folder is no file");
        assert_eq!(files(&["a/1"], "nowhere"), Err(Refusal::InvalidPath));
        assert_eq!(files(&["a/1"], "a"), Err(Refusal::AlreadyExists));
        assert_eq!(folders("a/deep", "a"), Err(Refusal::FolderAlreadyExists));
        assert_eq!(folders("a", "a/deep"), Err(Refusal::InvalidPath), "not into itself");
        assert_eq!(folders("", "b"), Err(Refusal::InvalidPath));
        assert_eq!(engine.rename_file(&world.kid, "a/1", "deep").wait(), Err(Refusal::FolderAlreadyExists));
        assert_eq!(engine.rename_folder(&world.kid, "a/deep", "1").wait(), Err(Refusal::AlreadyExists));
        assert_eq!(engine.rename_folder(&world.kid, "a/1", "x").wait(), Err(Refusal::InvalidPath));
        assert_eq!(engine.rename_file(&world.kid, "a/1", "x/y").wait(), Err(Refusal::PathCharacter));
        assert_eq!(world.dump(), before);
        files(&["a/1", "a/deep/2"], "b").unwrap();
        folders("a", "b").unwrap();
        engine.rename_folder(&world.kid, "b/a", "A").wait().unwrap();
        engine.rename_file(&world.kid, "b/1", "uno.jpg").wait().unwrap();
        assert_eq!(world.names(&world.kid, "b", &page(1, 9)).unwrap(), ["A", "2", "uno.jpg"]);
        assert_eq!(world.get(&world.kid, "b/uno.jpg").unwrap(), b"one");
        engine.move_folders(&world.boss, vec!["//App/kid/b".into()], "//App/sis").wait().unwrap();
        assert_eq!(world.get(&world.sis, "b/2").unwrap(), b"two");
        assert_eq!(world.names(&world.sis, "b/A", &page(1, 9)).unwrap(), ["deep"]);
        assert_eq!(world.names(&world.kid, "", &page(1, 9)).unwrap(), [""; 0]);
    });
}

#[test]
fn copies_share_content_and_outlive_it() {
    World::both(|world| {
        let engine = &world.engine;
        world.put(&world.kid, "a/b", "big", &crate::support::noise(40_000)).unwrap();
        engine.copy_folders(&world.kid, vec!["a".into()], "new/place").wait().unwrap();
        engine.copy_files(&world.kid, vec!["a/b/big".into()], "other").wait().unwrap();
        assert_eq!(world.dump().lines().filter(|line| line.starts_with("blob")).count(), 1);
        engine.delete_folders(&world.kid, vec!["a".into(), "other".into()]).wait().unwrap();
        assert_eq!(world.get(&world.kid, "new/place/a/b/big").unwrap(), crate::support::noise(40_000));
        engine.delete_files(&world.kid, vec!["new/place/a/b/big".into()]).wait().unwrap();
        assert!(world.dump().contains("removal"));
        assert_eq!(engine.copy_folders(&world.kid, vec!["new".into()], "new/place/a").wait(), Err(Refusal::InvalidPath));
    });
}

#[test]
fn n17_deleting() {
    World::both(|world| {
        let engine = &world.engine;
        world.put(&world.kid, "a/b", "f", b"x").unwrap();
        let files = |paths: &[&str]| engine.delete_files(&world.kid, paths.iter().map(|&it| it.into()).collect()).wait();
        let folders = |paths: &[&str]| engine.delete_folders(&world.kid, paths.iter().map(|&it| it.into()).collect()).wait();
        assert_eq!(files(&["a/b/f", "a/b/g"]), Err(Refusal::InvalidPath));
        assert_eq!(files(&["a/b"]), Err(Refusal::InvalidPath));
        assert_eq!(folders(&["a/b/f"]), Err(Refusal::InvalidPath));
        assert_eq!(folders(&["a", "a/b"]), Err(Refusal::InvalidPath));
        assert_eq!(folders(&["/"]), Err(Refusal::InvalidPath));
        assert_eq!(engine.path_info(&world.kid, "nothing").unwrap_err(), Refusal::InvalidPath);
        assert_eq!(world.get(&world.kid, "nothing").unwrap_err(), Refusal::DownloadPathNotFound);
        assert_eq!(world.get(&world.kid, "a").unwrap_err(), Refusal::DownloadPathNotFound);
        folders(&["a"]).unwrap();
        let root = engine.path_info(&world.kid, "").unwrap();
        assert_eq!((root.kind, root.name.as_str()), (EntryKind::Folder { folders: 0, files: 0 }, ""));
    });
}

#[test]
fn n52_a_path_made_too_long_by_a_move() {
    World::both(|world| {
        let engine = &world.engine;
        let (long, name) = ("x".repeat(250), "n".repeat(200));
        world.put(&world.kid, "deep", &name, b"x").unwrap();
        create(world, &world.kid, &[&format!("{long}/{}", "y".repeat(100))]).unwrap();
        let target = format!("{long}/{}", "y".repeat(100));
        engine.move_folders(&world.kid, vec!["deep".into()], &target).wait().unwrap();
        assert_eq!(world.names(&world.kid, &target, &page(1, 9)).unwrap(), ["deep"], "its own path is short enough");
        let parent = format!("{target}/deep");
        assert_eq!(world.names(&world.kid, &parent, &page(1, 9)), Err(Refusal::PathTooLong));
        assert_eq!(engine.path_info(&world.kid, &format!("{parent}/{name}")).unwrap_err(), Refusal::PathTooLong);
        assert_eq!(engine.rename_folder(&world.kid, &parent, &"d".repeat(200)).wait(), Err(Refusal::PathTooLong));
        engine.move_folders(&world.kid, vec![parent], "").wait().unwrap();
        assert_eq!(world.names(&world.kid, "deep", &page(1, 9)).unwrap(), [name], "moved back, it is as before");
    });
}
