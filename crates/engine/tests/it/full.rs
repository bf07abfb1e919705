//! A store that cannot write, and goes on when it can.

use larder_engine::contact::ContactKind;
use larder_engine::env::MINUTE;
use larder_engine::store::{Sqlite, Store};
use larder_engine::{Pending, Refusal, StoreError};

use crate::support::{HERE, World, noise, page};

const FULL: Refusal = Refusal::Storage(StoreError::Full);

fn sqlite(world: &World) -> &Sqlite {
    match world.engine.store() {
        Store::Sqlite(sqlite) => sqlite,
        Store::Model(_) => panic!("a store on the disk"),
    }
}

#[test]
fn a_full_disk_refuses_only_what_needs_room_and_only_as_long() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::sqlite(&folder.path().join("data"));
    world.put(&world.kid, "", "old", &noise(10_000)).unwrap();
    world.put(&world.kid, "", "large", &noise(30_000)).unwrap();
    sqlite(&world).limit_pages(Some(1)).wait().unwrap();
    let put = |n: i32| world.put(&world.kid, "", &format!("new{n}"), &noise(10_000));
    let (fits, refusal) = (0..100).find_map(|n| put(n).err().map(|refusal| (n, refusal))).unwrap();
    assert_eq!(refusal, FULL);
    assert!(fits < 100);
    assert_eq!(world.get(&world.kid, "old").unwrap(), noise(10_000), "reading goes on");
    for name in ["old", "large"] {
        world.engine.delete_files(&world.kid, vec![name.into()]).wait().unwrap();
    }
    put(fits).unwrap();
    assert_eq!(put(fits + 1).unwrap_err(), FULL);
    sqlite(&world).limit_pages(None).wait().unwrap();
    for n in fits + 1..fits + 20 {
        put(n).unwrap();
    }
    let kid = world.kid;
    let before = world.dump();
    drop(world);
    let engine = larder_engine::Engine::open(&folder.path().join("data"), crate::support::parts(2).1).unwrap();
    assert_eq!(engine.store().read(|view| Ok(larder_engine::store::dump(view)?)).unwrap(), before);
    assert!(engine.open_file(&kid, "old").is_err());
}

#[test]
fn what_does_not_fit_takes_nothing_of_its_group_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::sqlite(&folder.path().join("data"));
    let pages = sqlite(&world).limit_pages(Some(1)).wait().unwrap();
    sqlite(&world).limit_pages(Some(pages + 40)).wait().unwrap();
    let kid = world.kid.account;
    let large: larder_engine::Contact = [("City", "x".repeat(1 << 20).as_str())].into_iter().collect();
    let mut waiting = Vec::new();
    for n in 0..100 {
        let large = large.clone();
        let too_much = world.engine.store().change(move |tx| Ok(tx.put_contact(kid, ContactKind::Billable, &large)?));
        waiting.push((world.engine.create_folders(&world.kid, vec![format!("f/{n}")]), too_much));
    }
    for (small, large) in waiting {
        small.wait().unwrap();
        assert_eq!(Pending::wait(large), Err(FULL));
    }
    assert_eq!(world.engine.list_folder(&world.kid, "f", &page(1, 1)).unwrap().total_folders, 100);
}

#[test]
fn a_failed_statement_ends_no_writing() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::sqlite(&folder.path().join("data"));
    let database = rusqlite::Connection::open(folder.path().join("data/larder.db")).unwrap();
    let trigger = "CREATE TRIGGER t BEFORE INSERT ON nodes WHEN NEW.name = 'bad' BEGIN SELECT RAISE(ROLLBACK, 'no'); END";
    database.execute_batch(trigger).unwrap();
    let names = ["a", "bad", "b", "bad", "c"];
    let waiting: Vec<_> = names.map(|name| world.engine.create_folders(&world.kid, vec![name.into()])).into();
    for (name, change) in names.into_iter().zip(waiting) {
        let outcome = change.wait();
        assert_eq!(matches!(outcome, Err(Refusal::Storage(StoreError::Database(_)))), name == "bad", "{name}: {outcome:?}");
    }
    assert_eq!(world.engine.list_folder(&world.kid, "", &page(1, 9)).unwrap().total_folders, 3);
}

#[test]
fn failed_logins_that_cannot_be_written_down_count_and_let_nobody_in() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::sqlite(&folder.path().join("data"));
    let database = rusqlite::Connection::open(folder.path().join("data/larder.db")).unwrap();
    let fail = || {
        for table in ["accounts", "state"] {
            let no = format!("CREATE TRIGGER no_{table} BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'no'); END;");
            let insert = format!("CREATE TRIGGER in_{table} BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'no'); END;");
            database.execute_batch(&format!("{no}{insert}")).unwrap();
        }
    };
    let recover = || {
        let all = "DROP TRIGGER no_accounts; DROP TRIGGER in_accounts; DROP TRIGGER no_state; DROP TRIGGER in_state;";
        database.execute_batch(all).unwrap();
    };
    let login = |password: &str| world.engine.login(&world.founded.app_key, "kid", &password.into(), HERE).map(drop);
    fail();
    let refusal = login("wrong").unwrap_err();
    assert!(matches!(refusal, Refusal::Storage(_)), "{refusal:?}");
    assert_eq!(login("kid!"), Err(refusal.clone()), "right or wrong, it looks the same");
    assert_eq!(login("wrong"), Err(refusal.clone()));
    assert_eq!(world.engine.login(&world.founded.app_key, "nobody", &"x".into(), HERE).map(drop), Err(refusal.clone()));
    recover();
    assert_eq!(login("kid!"), Ok(()), "two are forgiven");
    fail();
    for _ in 0..20 {
        assert_eq!(login("wrong"), Err(refusal.clone()));
    }
    assert_eq!(login("kid!"), Err(refusal));
    recover();
    assert_eq!(login("kid!"), Err(Refusal::LoginFailed), "they count, and lock");
    world.clock.advance(15 * MINUTE);
    assert_eq!(login("kid!"), Ok(()));
}
