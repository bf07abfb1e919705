//! The schema and a dump, so that a change of either is seen.

use larder_engine::store::Sqlite;

use crate::support::World;

#[test]
fn schema() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Sqlite::open(&folder.path().join("larder.db")).unwrap();
    insta::assert_snapshot!(sqlite.schema().unwrap());
}

#[test]
fn dump() {
    let world = World::model();
    world.put(&world.kid, "music/old", "song.mp3", b"la la la").unwrap();
    world.put(&world.kid, "", "large.bin", &[7; 20_000]).unwrap();
    world.engine.copy_files(&world.boss, vec!["//App/kid/large.bin".into()], "copies").wait().unwrap();
    world.put_with(&world.kid, "music/old", "song.mp3", b"la", true).unwrap();
    insta::assert_snapshot!(world.dump());
}
