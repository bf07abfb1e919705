//! Logins, locks, sessions, children, resellers.

use larder_engine::contact::{Contact, ContactKind};
use larder_engine::env::MINUTE;
use larder_engine::rules::resellers::NewResellerUser;
use larder_engine::sessions::{MAX_PER_ACCOUNT, MAX_SESSIONS, Sessions};
use larder_engine::types::{AccountId, ApplicationId};
use larder_engine::{Engine, Founding, Refusal, generate};

use crate::support::{ELSEWHERE, HERE, START, TestRandom, World, contact, founding, parts};

#[test]
fn a_founder_may_bring_the_keys() {
    let folder = tempfile::tempdir().unwrap();
    for engine in [Engine::in_memory(parts(4).1).unwrap(), Engine::open(&folder.path().join("data"), parts(4).1).unwrap()] {
        assert!(!engine.is_founded().unwrap());
        let keys =
            |app: &str, api: &str| Founding { app_key: Some(app.into()), api_key: Some(api.into()), ..founding("boss", "App") };
        let good = "0123456789abcdef";
        for bad in ["", "a/b", "ws", "x.ashx", " key", "key ", "a\nb", "..", &"k".repeat(321)] {
            assert_eq!(engine.found(keys(bad, good)).unwrap_err(), Refusal::UnusableAppKey, "{bad:?}");
        }
        for bad in ["", &good[1..], "0123456789 abcdef", "0123456789abcdé_", &"k".repeat(129)] {
            assert_eq!(engine.found(keys("key", bad)).unwrap_err(), Refusal::UnusableApiKey, "{bad:?}");
        }
        assert!(!engine.is_founded().unwrap(), "a refusal leaves nothing");
        let founded = engine.found(keys("app-key", good)).unwrap();
        assert!(engine.is_founded().unwrap());
        assert_eq!((founded.app_key.as_str(), founded.api_key.expose()), ("app-key", good));
        assert!(engine.login("app-key", "boss", &"boss!".into(), HERE).unwrap().is_master);
        assert_eq!(engine.reseller(&good.into()), Ok(founded.master));

        let uuid = "22b16933-2cd5-40ab-981e-dc9b6cfba06d";
        let other =
            |app: &str, api: &str| engine.found(Founding { master: "b".into(), application: "B".into(), ..keys(app, api) });
        assert_eq!(other("app-key", &"k".repeat(16)).unwrap_err(), Refusal::DuplicateAppName);
        assert_eq!(other("App", &"k".repeat(16)).unwrap_err(), Refusal::DuplicateAppName);
        assert_eq!(other(uuid, good).unwrap_err(), Refusal::UnusableApiKey, "another reseller's");
        other(uuid, &"k".repeat(128)).unwrap();
        assert_eq!(engine.reseller(&good.into()), Ok(founded.master));
    }
}

#[test]
fn generated_credentials_found_an_engine() {
    let (_, parts) = parts(5);
    let made = generate(&*parts.random).unwrap();
    let engine = Engine::in_memory(parts).unwrap();
    assert_eq!(made.password.expose().len(), 20);
    assert!(made.password.expose().chars().all(|c| c.is_ascii_alphanumeric() && !"0O1lI".contains(c)));
    assert!(!format!("{made:?}").contains(made.password.expose()));
    engine
        .found(Founding {
            password: made.password.clone(),
            app_key: Some(made.app_key.clone()),
            api_key: Some(made.api_key.clone()),
            ..founding("boss", "App")
        })
        .unwrap();
    engine.login(&made.app_key, "boss", &made.password, HERE).unwrap();
    engine.reseller(&made.api_key).unwrap();
}

#[test]
fn n45_every_failed_login_looks_the_same() {
    World::both(|world| {
        let login = |key: &str, user: &str, password: &str| {
            world.engine.login(key, user, &password.into(), HERE).map(|login| login.is_master)
        };
        let key = &world.founded.app_key;
        assert_eq!(login("no such key", "kid", "kid!"), Err(Refusal::InvalidAppKey));
        assert_eq!(login(key, "kid", "wrong"), Err(Refusal::LoginFailed));
        assert_eq!(login(key, "nobody", "kid!"), Err(Refusal::LoginFailed));
        assert_eq!(login(key, "KID", "kid!"), Err(Refusal::LoginFailed));
        assert_eq!(login(key, "kid", "kid!"), Ok(false));
        assert_eq!(login(key, "boss", "boss!"), Ok(true));
    });
}

#[test]
fn n66_five_failures_lock_for_a_quarter_of_an_hour() {
    World::both(|world| {
        let login = |password: &str| world.engine.login(&world.founded.app_key, "kid", &password.into(), HERE).map(drop);
        for _ in 0..4 {
            assert_eq!(login("wrong"), Err(Refusal::LoginFailed));
        }
        assert_eq!(login("kid!"), Ok(()), "four are forgiven");
        for _ in 0..5 {
            assert_eq!(login("wrong"), Err(Refusal::LoginFailed));
        }
        assert_eq!(login("kid!"), Err(Refusal::LoginFailed));
        world.clock.advance(15 * MINUTE - 1);
        assert_eq!(login("kid!"), Err(Refusal::LoginFailed));
        world.clock.advance(1);
        assert_eq!(login("kid!"), Ok(()));
        for _ in 0..5 {
            assert_eq!(login("wrong"), Err(Refusal::LoginFailed));
        }
        assert_eq!(world.engine.unlock_account(&world.sis, "kid").wait(), Err(Refusal::InvalidAccountType));
        world.engine.unlock_account(&world.boss, "kid").wait().unwrap();
        assert_eq!(login("kid!"), Ok(()));
    });
}

#[test]
fn a_lock_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let world = World::sqlite(&data);
    for _ in 0..5 {
        world.engine.login(&world.founded.app_key, "kid", &"wrong".into(), HERE).unwrap_err();
    }
    let key = world.founded.app_key.clone();
    drop(world);
    let (clock, parts) = parts(2);
    let engine = larder_engine::Engine::open(&data, parts).unwrap();
    assert_eq!(engine.login(&key, "kid", &"kid!".into(), HERE).unwrap_err(), Refusal::LoginFailed);
    clock.advance(15 * MINUTE);
    engine.login(&key, "kid", &"kid!".into(), HERE).unwrap();
}

#[test]
fn n27_sessions_end_when_idle_and_belong_to_an_address() {
    World::both(|world| {
        let engine = &world.engine;
        let token = engine.login(&world.founded.app_key, "kid", &"kid!".into(), HERE).unwrap().token;
        assert_eq!(engine.session(&token, HERE), Ok(world.kid));
        assert_eq!(engine.session(&token, ELSEWHERE), Err(Refusal::SessionNotFound));
        assert_eq!(engine.session(&"nonsense".into(), HERE), Err(Refusal::InvalidSessionToken));
        let padded = format!("  {} ", token.expose().to_uppercase());
        assert_eq!(engine.session(&padded.into(), HERE), Ok(world.kid));
        for _ in 0..3 {
            world.clock.advance(20 * MINUTE - 1);
            assert_eq!(engine.session(&token, HERE), Ok(world.kid), "use prolongs it");
        }
        world.clock.advance(20 * MINUTE);
        assert_eq!(engine.session(&token, HERE), Err(Refusal::SessionNotFound));
        assert_eq!(engine.session_count(), 0);
        let token = engine.login(&world.founded.app_key, "kid", &"kid!".into(), ELSEWHERE).unwrap().token;
        assert_eq!(engine.logout(&token, HERE), Err(Refusal::SessionNotFound));
        engine.logout(&token, ELSEWHERE).unwrap();
        assert_eq!(engine.session(&token, ELSEWHERE), Err(Refusal::SessionNotFound));
    });
}

#[test]
fn one_account_cannot_hold_all_sessions() {
    let random = TestRandom::new(3);
    let sessions = Sessions::new(&*random).unwrap();
    let now = larder_engine::Timestamp(START);
    let open = |account, at: i64| sessions.open(&*random, ApplicationId(1), AccountId(account), HERE, now.plus(at)).unwrap();
    let (first, other) = (open(1, 0), open(2, 0));
    for at in 1..=MAX_PER_ACCOUNT {
        open(1, i64::try_from(at).unwrap());
    }
    assert_eq!(sessions.count(now.plus(2_000)), MAX_PER_ACCOUNT + 1);
    assert_eq!(sessions.touch(&first, HERE, now.plus(2_000)), Err(Refusal::SessionNotFound));
    assert!(sessions.touch(&other, HERE, now.plus(2_000)).is_ok());
}

#[test]
fn beyond_so_many_sessions_the_oldest_ends() {
    let random = TestRandom::new(3);
    let sessions = Sessions::new(&*random).unwrap();
    let now = larder_engine::Timestamp(START);
    let open = |at: usize| {
        let at = i64::try_from(at).unwrap();
        sessions.open(&*random, ApplicationId(1), AccountId(at / 100), HERE, now.plus(at)).unwrap()
    };
    let first = open(0);
    (1..MAX_SESSIONS).for_each(|at| drop(open(at)));
    let later = now.plus(200_000);
    assert_eq!(sessions.count(later), MAX_SESSIONS);
    let last = open(MAX_SESSIONS);
    assert_eq!(sessions.count(later), MAX_SESSIONS);
    assert_eq!(sessions.touch(&first, HERE, later), Err(Refusal::SessionNotFound));
    assert!(sessions.touch(&last, HERE, later).is_ok());
}

#[test]
fn passwords_change_and_sessions_end_with_them() {
    World::both(|world| {
        let engine = &world.engine;
        let login = |password: &str| engine.login(&world.founded.app_key, "kid", &password.into(), HERE);
        let token = login("kid!").unwrap().token;
        let change = |old: &str| engine.change_password(&world.founded.app_key, "kid", &old.into(), &"new".into());
        assert_eq!(change("wrong"), Err(Refusal::LoginFailed));
        change("kid!").unwrap();
        assert_eq!(engine.session(&token, HERE), Err(Refusal::SessionNotFound));
        assert_eq!(login("kid!").unwrap_err(), Refusal::LoginFailed);
        login("new").unwrap();
        assert_eq!(engine.set_child_password(&world.sis, "kid", &"x".into()), Err(Refusal::InvalidAccountType));
        assert_eq!(engine.set_child_password(&world.boss, "nobody", &"x".into()), Err(Refusal::UserNameNotFound));
        engine.set_child_password(&world.boss, "kid", &"newer".into()).unwrap();
        login("newer").unwrap();
    });
}

#[test]
fn children_have_names_of_their_own_and_come_in_pages() {
    World::both(|world| {
        let create = |caller, name: &str| world.engine.create_child_account(caller, name, &"pw".into(), Contact::new()).map(drop);
        assert_eq!(create(&world.boss, "kid"), Err(Refusal::DuplicateUserName));
        assert_eq!(create(&world.boss, "boss"), Err(Refusal::DuplicateUserName));
        assert_eq!(create(&world.kid, "new"), Err(Refusal::InvalidAccountType));
        assert_eq!(create(&world.boss, "a/b"), Err(Refusal::PathCharacter));
        create(&world.boss, "bro").unwrap();
        let list = |page, size| world.engine.list_child_accounts(&world.boss, page, size);
        let names = |page| list(page, 2).unwrap().page.into_iter().map(|child| child.name).collect::<Vec<_>>();
        assert_eq!((names(1), names(2), names(3)), (vec!["bro".into(), "kid".into()], vec!["sis".into()], vec![]));
        assert_eq!(list(1, 1_001), Err(Refusal::PageSizeExceedsLimit));
        assert_eq!(world.engine.list_child_accounts(&world.kid, 1, 1), Err(Refusal::InvalidAccountType));
    });
}

#[test]
fn contacts_are_for_the_account_and_its_master() {
    World::both(|world| {
        let read = |caller, name: &str| world.engine.contact(caller, name);
        assert_eq!(read(&world.kid, "kid"), Ok(contact("kid")));
        assert_eq!(read(&world.boss, "kid"), Ok(contact("kid")));
        assert_eq!(read(&world.boss, "boss"), Ok(Contact::new()), "founded without one");
        assert_eq!(read(&world.sis, "kid"), Err(Refusal::AccessDenied));
        assert_eq!(read(&world.sis, "nobody"), Err(Refusal::AccessDenied));
        assert_eq!(read(&world.boss, "nobody"), Err(Refusal::UserNameNotFound));
        assert_eq!(read(&world.kid, "kid").unwrap().get("City"), Some("Zürich"));

        let (store, kid) = (world.engine.store(), world.kid.account);
        let put = |kind, contact: Contact| store.change(move |tx| Ok(tx.put_contact(kid, kind, &contact)?)).wait().unwrap();
        let get = |kind| store.read(|view| Ok(view.contact(kid, kind)?)).unwrap();
        assert!(get(ContactKind::Billable).is_empty());
        put(ContactKind::Billable, contact("payer"));
        put(ContactKind::Technical, [("State", ""), ("City", "x\0y")].into_iter().collect());
        assert_eq!(get(ContactKind::Billable), contact("payer"));
        let fields = get(ContactKind::Technical);
        assert_eq!(fields.fields().collect::<Vec<_>>(), [("City", "x\0y"), ("State", "")], "replaced as a whole");
        assert!(world.dump().contains("contact of 4 Billable FirstName \"payer\""));
        put(ContactKind::Billable, Contact::new());
        assert!(!world.dump().contains("Billable"));
    });
}

#[test]
fn a_reseller_has_one_key_and_users_of_its_own() {
    World::both(|world| {
        let (engine, boss) = (&world.engine, world.founded.master);
        assert_eq!(engine.reseller(&world.founded.api_key), Ok(boss));
        assert_eq!(engine.reseller(&"no key".into()), Err(Refusal::Unauthorized));
        let new = |email: &str| NewResellerUser { email: email.into(), first_name: "A".into(), last_name: None, quota: None };
        engine.create_user(boss, new("b@example.com"), &"pw".into()).unwrap();
        engine.create_user(boss, new("a@example.com"), &"pw".into()).unwrap();
        let again = |reseller| engine.create_user(reseller, new("a@example.com"), &"pw".into()).unwrap_err();
        assert_eq!((again(boss), again(AccountId(77))), (Refusal::UserSignedUp, Refusal::EmailInUse));
        let emails =
            |after: &str| engine.list_users(boss, after, 10).unwrap().into_iter().map(|user| user.email).collect::<Vec<_>>();
        assert_eq!(emails(""), ["a@example.com", "b@example.com"]);
        assert_eq!(emails("a@example.com"), ["b@example.com"]);
        let renewed = engine.renew_api_key(boss).unwrap();
        assert_eq!(engine.reseller(&world.founded.api_key), Err(Refusal::Unauthorized));
        assert_eq!(engine.reseller(&renewed), Ok(boss));
    });
}

#[test]
fn debug_shows_no_secret() {
    let world = World::model();
    let login = world.engine.login(&world.founded.app_key, "kid", &"kid!".into(), HERE).unwrap();
    let all = format!("{:?} {:?} {login:?} {:?}", world.engine, world.founded, world.engine.account(&world.kid));
    assert!(!all.contains(login.token.expose()) && !all.contains("$argon2") && !all.contains(world.founded.api_key.expose()));
    assert!(!world.dump().contains("argon2"));
    let everything = world.engine.store().read(|view| Ok(view.everything()?)).unwrap();
    assert!(!format!("{everything:?}").contains("Zürich"), "nor personal data");
}
