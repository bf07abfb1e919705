//! Many callers at once, and changes awaited without a runtime.

use std::thread;

use larder_engine::{Engine, Refusal};

use crate::support::{World, block_on, noise, page};

#[test]
fn changes_are_futures_that_need_no_runtime() {
    World::both(|world| {
        block_on(async {
            world.engine.create_folders(&world.kid, vec!["a".into()]).await.unwrap();
            let again = world.engine.create_folders(&world.kid, vec!["a".into()]).await;
            assert_eq!(again, Err(Refusal::FolderAlreadyExists));
        });
    });
}

#[test]
fn a_group_takes_back_only_the_refused() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::sqlite(&folder.path().join("data"));
    let all: Vec<_> = (0..200).map(|n| world.engine.create_folders(&world.kid, vec![format!("f/{}", n % 150)])).collect();
    let refused = all.into_iter().map(larder_engine::Pending::wait).filter(Result::is_err).count();
    assert_eq!(refused, 50);
    assert_eq!(world.engine.list_folder(&world.kid, "f", &page(1, 1)).unwrap().total_folders, 150);
}

#[test]
fn threads_share_one_engine() {
    fn shared<T: Send + Sync + 'static>() {}
    fn sent<T: Send + 'static>() {}
    shared::<Engine>();
    sent::<larder_engine::engine::Upload>();
    sent::<larder_engine::engine::Download>();
    sent::<larder_engine::Pending<()>>();
    World::both(|world| {
        thread::scope(|scope| {
            for worker in 0..4 {
                scope.spawn(move || {
                    for number in 0..8 {
                        let name = format!("{worker}-{number}");
                        world.put(&world.kid, "same/folder", &name, &noise(17_000)).unwrap();
                        assert_eq!(world.get(&world.kid, &format!("same/folder/{name}")).unwrap(), noise(17_000));
                    }
                });
            }
        });
        assert_eq!(world.engine.list_folder(&world.kid, "same/folder", &page(1, 1)).unwrap().total_files, 32);
    });
}
