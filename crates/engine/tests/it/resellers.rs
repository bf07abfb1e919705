//! The reseller API's handlers on both stores: what they mean, that they agree, and that no secret is shown.

use std::collections::BTreeSet;

use larder_engine::handlers::e2::Reseller;
use larder_engine::store::{Sqlite, Store};
use larder_engine::types::{AccountId, Region};
use larder_proto_e2::{
    AccessKeys, Answer, CreateAccessKey, CreateUser, DisableUser, EnableUser, EnableUserRegion, EncodedPassword, Fault,
    ListAccessKeys, ListRegions, ListUserRegions, ListUsers, Permissions, Quota, RemoveAccessKey, RemoveUser, RemoveUserRegion,
    Request, UserRegions, dispatch,
};
use proptest::prelude::*;

use crate::support::{World, block_on};

fn ask_as(world: &World, reseller: AccountId, request: Request) -> Result<Answer, Fault> {
    let region = |key: &str, is_active, has_ssd| Region { key: key.into(), is_active, has_ssd, ..Region::default() };
    let regions = [Region::default(), region("SSD", true, true), region("OLD", false, false)];
    let service = Reseller { engine: world.engine.clone(), regions: regions.into() };
    block_on(dispatch(&service, &reseller, request))
}

fn ask(world: &World, request: Request) -> Result<Answer, Fault> {
    ask_as(world, world.founded.master, request)
}

/// The code of a refusal.
fn refused(world: &World, request: Request) -> String {
    ask(world, request).unwrap_err().code.as_str().to_owned()
}

fn create(email: &str) -> Request {
    Request::CreateUser(CreateUser {
        email: email.parse().unwrap(),
        password: EncodedPassword::encode("pw").unwrap(),
        first_name: "A".parse().unwrap(),
        last_name: None,
        quota: Quota::Unlimited,
        email_notification: None,
    })
}

fn disable(email: &str) -> Request {
    Request::DisableUser(DisableUser { email: email.parse().unwrap() })
}

fn enable(email: &str) -> Request {
    Request::EnableUser(EnableUser { email: email.parse().unwrap() })
}

fn remove(email: &str) -> Request {
    Request::RemoveUser(RemoveUser { email: email.parse().unwrap() })
}

fn enable_region(email: &str, region: &str, ssd_storage: Option<bool>) -> Request {
    Request::EnableUserRegion(EnableUserRegion { email: email.parse().unwrap(), region: region.parse().unwrap(), ssd_storage })
}

fn remove_region(email: &str, dn: &str) -> Request {
    Request::RemoveUserRegion(RemoveUserRegion { email: email.parse().unwrap(), storage_dn: dn.parse().unwrap() })
}

fn regions(email: &str) -> Request {
    Request::ListUserRegions(ListUserRegions { email: email.parse().unwrap() })
}

fn create_key(email: &str, dn: &str, name: &str, buckets: &[&str]) -> Request {
    let buckets = (!buckets.is_empty()).then(|| {
        let names: Vec<_> = buckets.iter().map(|name| name.parse().unwrap()).collect();
        names.try_into().unwrap()
    });
    let (email, storage_dn, name) = (email.parse().unwrap(), dn.parse().unwrap(), name.parse().unwrap());
    Request::CreateAccessKey(CreateAccessKey { email, storage_dn, name, permissions: Permissions::ReadWrite, buckets })
}

fn keys(email: &str, dn: &str) -> Request {
    Request::ListAccessKeys(ListAccessKeys { email: email.parse().unwrap(), storage_dn: dn.parse().unwrap() })
}

fn remove_key(email: &str, dn: &str, key: &str) -> Request {
    let (email, storage_dn) = (email.parse().unwrap(), dn.parse().unwrap());
    Request::RemoveAccessKey(RemoveAccessKey { email, storage_dn, access_key: key.parse().unwrap() })
}

fn enabled(world: &World, email: &str, region: &str) -> String {
    let Ok(Answer::EnableUserRegion(answer)) = ask(world, enable_region(email, region, None)) else { panic!("another answer") };
    answer.storage_dn
}

fn key_made(world: &World, request: Request) -> (String, String) {
    let Ok(Answer::CreateAccessKey(answer)) = ask(world, request) else { panic!("another answer") };
    (answer.data.access_key, answer.data.secret_key.expose().to_owned())
}

fn key_list(world: &World, email: &str, dn: &str) -> AccessKeys {
    let Ok(Answer::ListAccessKeys(keys)) = ask(world, keys(email, dn)) else { panic!("another answer") };
    keys
}

fn region_list(world: &World, email: &str) -> UserRegions {
    let Ok(Answer::ListUserRegions(regions)) = ask(world, regions(email)) else { panic!("another answer") };
    regions
}

#[test]
fn a_user_is_disabled_enabled_and_removed() {
    World::both(|world| {
        for request in [disable("a"), enable("a"), remove("a"), regions("a"), enable_region("a", "LOCAL", None)] {
            assert_eq!(refused(world, request), "account_non_existant");
        }
        ask(world, create("a")).unwrap();
        assert_eq!(refused(world, enable("a")), "user_account_already_enabled");
        assert_eq!(refused(world, remove("a")), "user_account_not_disabled");
        ask(world, disable("a")).unwrap();
        assert_eq!(refused(world, disable("a")), "user_account_already_disabled");
        assert_eq!(refused(world, regions("a")), "user_disabled");
        let Answer::ListUsers(users) = ask(world, Request::ListUsers(ListUsers {})).unwrap() else { panic!() };
        assert_eq!(users.users[0].is_active, Some(false));
        ask(world, enable("a")).unwrap();
        ask(world, disable("a")).unwrap();
        ask(world, remove("a")).unwrap();
        assert_eq!(refused(world, remove("a")), "account_non_existant");
        ask(world, create("a")).unwrap();
    });
}

#[test]
fn another_resellers_user_is_none() {
    World::both(|world| {
        ask(world, create("a")).unwrap();
        let dn = enabled(world, "a", "LOCAL");
        let other = AccountId(77);
        let requests =
            [disable("a"), remove("a"), regions("a"), remove_region("a", &dn), create_key("a", &dn, "k", &[]), keys("a", &dn)];
        for request in requests {
            assert_eq!(ask_as(world, other, request).unwrap_err().code.as_str(), "account_non_existant");
        }
        ask(world, create("b")).unwrap();
        // Nor is another user's storage.
        for request in [remove_region("b", &dn), create_key("b", &dn, "k", &[]), keys("b", &dn), remove_key("b", &dn, "K")] {
            assert_eq!(refused(world, request), "storage_non_existant");
        }
    });
}

/// Ledger E31, and E59: what is enabled twice is refused, and its storage is listed.
#[test]
fn a_region_is_enabled_once() {
    World::both(|world| {
        ask(world, create("a")).unwrap();
        let dn = enabled(world, "a", "LOCAL");
        assert!(dn.ends_with(".local.larder.localhost"), "{dn}");
        assert_eq!(refused(world, enable_region("a", "LOCAL", None)), "region_already_enabled");
        for (region, ssd, field) in [("NONE", None, "region"), ("OLD", None, "region"), ("LOCAL", Some(true), "ssd_storage")] {
            let fault = ask(world, enable_region("a", region, ssd)).unwrap_err();
            assert_eq!((fault.status, fault.errors.values()[0]["field"].as_str()), (400, Some(field)), "{region}");
        }
        ask(world, enable_region("a", "SSD", Some(true))).unwrap();
        let listed = region_list(world, "a").user_regions;
        let seen = |at: usize| (listed[at].region_key.as_deref(), listed[at].ssd_storage);
        assert_eq!((listed.len(), seen(0), seen(1)), (2, (Some("LOCAL"), Some(false)), (Some("SSD"), Some(true))));
        assert_eq!(listed[0].storage_dn, dn);
        let Answer::ListRegions(all) = ask(world, Request::ListRegions(ListRegions {})).unwrap() else { panic!() };
        assert_eq!(all.regions.iter().map(|region| region.active.unwrap()).collect::<Vec<_>>(), [true, true, false]);

        ask(world, disable("a")).unwrap();
        assert_eq!(refused(world, enable_region("a", "SSD", None)), "user_disabled");
        ask(world, remove_region("a", &dn)).unwrap();
        assert_eq!(refused(world, remove_region("a", &dn)), "storage_non_existant");
        ask(world, enable("a")).unwrap();
        assert_ne!(enabled(world, "a", "LOCAL"), dn, "a storage's name is never given again");
    });
}

#[test]
fn a_region_of_the_operators_has_a_short_key_and_room_for_names() {
    use larder_engine::handlers::e2::region;
    let field = |key: &str, domain: &str| region(key, domain).map_err(|reject| reject.field);
    let made = region("LDN", "s3.example").unwrap();
    assert_eq!((made.key.as_str(), made.code.as_str(), made.is_active), ("LDN", "ldn", true));
    assert!(field("12345", &"d".repeat(109)).is_ok());
    assert_eq!(field("12345", &"d".repeat(110)).unwrap_err(), "domain");
    for (key, domain, wrong) in [("", "d", "key"), ("123456", "d", "key"), ("A", "", "domain"), ("A", "a\nb", "domain")] {
        assert_eq!(field(key, domain).unwrap_err(), wrong);
    }
}

#[test]
fn access_keys_are_made_listed_and_removed() {
    World::both(|world| {
        ask(world, create("a")).unwrap();
        let dn = enabled(world, "a", "LOCAL");
        let (first, secret) = key_made(world, create_key("a", &dn, "same", &[]));
        let (second, other) = key_made(world, create_key("a", &dn, "same", &["photos", "films"]));
        assert!(first != second && secret != other && secret.len() >= 40, "names are not unique, keys are");
        let listed = key_list(world, "a", &dn);
        assert_eq!(listed.access_keys.iter().map(|key| &key.key_id).collect::<Vec<_>>(), [&first, &second]);
        let described = listed.access_keys[0].description.as_ref().map(|words| words.as_str().to_owned());
        assert_eq!(described.as_deref(), Some("Read/Write access"));
        assert_eq!(listed.access_keys[0].creation_date.as_deref(), Some("2026-01-01T00:00:00Z"));
        // Whoever will check signatures finds the secret, and what the key may open.
        let kept = world.engine.store().read(|view| Ok(view.access_key(&second)?)).unwrap().unwrap();
        assert_eq!((kept.secret.expose(), kept.buckets), (&*other, Some(["films".into(), "photos".into()].into())));

        assert_eq!(refused(world, remove_key("a", &dn, "NONE")), "access_key_non_existant");
        ask(world, remove_key("a", &dn, &first)).unwrap();
        assert_eq!(refused(world, remove_key("a", &dn, &first)), "access_key_non_existant");
        ask(world, disable("a")).unwrap();
        for request in [create_key("a", &dn, "k", &[]), keys("a", &dn), remove_key("a", &dn, &second)] {
            assert_eq!(refused(world, request), "user_disabled");
        }
        ask(world, remove("a")).unwrap();
        let left = world.engine.store().read(|view| Ok(view.everything()?)).unwrap();
        assert!(left.access_keys.is_empty() && left.user_storages.is_empty(), "all of it goes with the user");
    });
}

#[test]
fn an_access_keys_secret_is_shown_nowhere() {
    World::both(|world| {
        ask(world, create("a")).unwrap();
        let dn = enabled(world, "a", "LOCAL");
        let (_, secret) = key_made(world, create_key("a", &dn, "k", &[]));
        let everything = world.engine.store().read(|view| Ok(view.everything()?)).unwrap();
        let listed = key_list(world, "a", &dn);
        let shown = format!("{everything:?} {listed:?} {:?} {}", world.engine, world.dump());
        assert!(shown.contains("access key") && !shown.contains(&secret), "{shown}");
    });
}

/// A data folder of the first version, which had none of these tables.
#[test]
fn an_older_database_gets_the_new_tables() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("larder.db");
    let schema = Sqlite::open(&path).unwrap().schema().unwrap();
    // Whatever stands behind the last table and index of the first version came later.
    let later = schema.split_once("reseller_users_by_reseller").unwrap().1;
    let tables = later.split("CREATE TABLE ").skip(1).map(|rest| rest.split_whitespace().next().unwrap());
    let undo: String = tables.map(|table| format!("DROP TABLE {table};")).collect();
    assert!(undo.contains("DROP TABLE access_keys;"));
    let database = rusqlite::Connection::open(&path).unwrap();
    database.execute_batch(&format!("{undo} PRAGMA user_version = 1;")).unwrap();
    drop(database);
    let opened = Sqlite::open(&path).unwrap();
    assert_eq!(opened.schema().unwrap(), schema);
    let store = Store::Sqlite(opened);
    assert!(store.read(|view| Ok(view.everything()?)).unwrap().access_keys.is_empty());
    drop(store);
    assert_eq!(Sqlite::open(&path).unwrap().schema().unwrap(), schema, "and it stays that way");
}

#[derive(Debug, Clone)]
enum Command {
    Create(&'static str),
    Disable(&'static str),
    Enable(&'static str),
    Remove(&'static str),
    Users,
    EnableRegion(&'static str, &'static str, Option<bool>),
    RemoveRegion(&'static str, &'static str),
    Regions(&'static str),
    CreateKey(&'static str, &'static str, &'static str, bool),
    Keys(&'static str, &'static str),
    RemoveKey(&'static str, &'static str),
}

fn command() -> impl Strategy<Value = Command> {
    let user = || prop_oneof![Just("a"), Just("b")];
    // Mostly the user's own storage.
    let users = || prop_oneof![3 => user().prop_map(|user| (user, user)), 1 => Just(("a", "b"))];
    let region = prop_oneof![4 => Just("LOCAL"), 2 => Just("SSD"), 1 => Just("OLD"), 1 => Just("NONE")];
    let name = prop_oneof![Just("x"), Just("y")];
    prop_oneof![
        3 => user().prop_map(Command::Create),
        2 => user().prop_map(Command::Disable),
        3 => user().prop_map(Command::Enable),
        1 => user().prop_map(Command::Remove),
        1 => Just(Command::Users),
        5 => (user(), region, any::<Option<bool>>()).prop_map(|(user, region, ssd)| Command::EnableRegion(user, region, ssd)),
        1 => users().prop_map(|(user, of)| Command::RemoveRegion(user, of)),
        2 => user().prop_map(Command::Regions),
        6 => (users(), name, any::<bool>()).prop_map(|((user, of), name, all)| Command::CreateKey(user, of, name, all)),
        2 => users().prop_map(|(user, of)| Command::Keys(user, of)),
        2 => users().prop_map(|(user, of)| Command::RemoveKey(user, of)),
    ]
}

/// The newest storage of a user, and its oldest key.
fn newest(world: &World, user: &str) -> (String, String) {
    let found = world.engine.store().read(|view| {
        let Some(user) = view.reseller_user(user)? else { return Ok(None) };
        let Some(storage) = view.user_storages(user.id)?.pop() else { return Ok(None) };
        let key = view.access_keys(storage.id)?.into_iter().next();
        Ok(Some((storage.dn, key.map_or_else(|| "NONE".to_owned(), |key| key.key_id))))
    });
    found.unwrap().unwrap_or_else(|| ("nowhere".into(), "NONE".into()))
}

fn run(world: &World, command: &Command) -> String {
    let request = match *command {
        Command::Create(user) => create(user),
        Command::Disable(user) => disable(user),
        Command::Enable(user) => enable(user),
        Command::Remove(user) => remove(user),
        Command::Users => Request::ListUsers(ListUsers {}),
        Command::EnableRegion(user, region, ssd) => enable_region(user, region, ssd),
        Command::RemoveRegion(user, of) => remove_region(user, &newest(world, of).0),
        Command::Regions(user) => regions(user),
        Command::CreateKey(user, of, name, all) => {
            create_key(user, &newest(world, of).0, name, if all { &[] } else { &["photos"] })
        }
        Command::Keys(user, of) => keys(user, &newest(world, of).0),
        Command::RemoveKey(user, of) => {
            let (dn, key) = newest(world, of);
            remove_key(user, &dn, &key)
        }
    };
    let outcome = ask(world, request);
    assert!(outcome.as_ref().err().is_none_or(|fault| fault.status < 500), "{outcome:?}");
    format!("{outcome:?}")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn the_stores_agree(commands in prop::collection::vec(command(), 1..60)) {
        let folder = tempfile::tempdir().unwrap();
        let worlds = [World::model(), World::sqlite(&folder.path().join("data"))];
        for command in &commands {
            let [model, sqlite] = worlds.each_ref().map(|world| run(world, command));
            prop_assert_eq!(model, sqlite, "{:?}", command);
        }
        prop_assert_eq!(worlds[0].dump(), worlds[1].dump());
        for world in &worlds {
            let all = world.engine.store().read(|view| Ok(view.everything()?)).unwrap();
            let users: BTreeSet<_> = all.reseller_users.iter().map(|user| user.id).collect();
            let storages: BTreeSet<_> = all.user_storages.iter().map(|storage| storage.id).collect();
            prop_assert!(all.user_storages.iter().all(|storage| users.contains(&storage.user)));
            prop_assert!(all.access_keys.iter().all(|key| storages.contains(&key.storage)));
        }
    }
}
