//! The same commands on both stores: the same outcomes, the same dumps, and no count that a recount contradicts.

use std::collections::{BTreeMap, BTreeSet};

use larder_core::Secret;
use larder_engine::engine::{Link, Piece};
use larder_engine::rules::links::LinkTerms;
use larder_engine::rules::listing::Page;
use larder_engine::rules::resellers::NewResellerUser;
use larder_engine::rules::uploads::UploadTerms;
use larder_engine::store::{Everything, Sort};
use larder_engine::types::{Body, Kind, NOWHERE};
use larder_engine::{Caller, Refusal};
use proptest::prelude::*;

use crate::support::{HERE, World, contact, noise};

#[derive(Debug, Clone)]
enum Command {
    Create(Vec<String>),
    DeleteFiles(Vec<String>),
    DeleteFolders(Vec<String>),
    Rename(Kind, String, String),
    Move(Kind, Vec<String>, String),
    Copy(Kind, Vec<String>, String),
    Upload { folder: String, name: String, size: usize, overwrite: bool },
    Pieces { folder: String, name: String, ranges: Vec<(u64, u64)> },
    Link { path: String, minutes: i64, also: String },
    List { path: String, page: Page },
    Info(String),
    Read { path: String, offset: u64, length: usize },
    Login { user: &'static str, password: &'static str },
    CreateChild(&'static str),
    Contact(&'static str),
    ListChildren(u32, u32),
    CreateUser(&'static str),
    Advance(i64),
    Sweep,
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![8 => "[abc]", 2 => Just("d.jpg".to_owned()), 1 => Just("..".to_owned()), 1 => Just("É".to_owned())]
}

fn path() -> impl Strategy<Value = String> {
    let relative = prop::collection::vec(name(), 0..4).prop_map(|names| names.join("/"));
    let head =
        prop_oneof![12 => Just(""), 2 => Just("/App/kid/"), 1 => Just("//App/sis/"), 1 => Just("//No/kid/"), 1 => Just("/")];
    (head, relative).prop_map(|(head, rest)| format!("{head}{rest}"))
}

fn command() -> impl Strategy<Value = Command> {
    let kind = || prop_oneof![Just(Kind::File), Just(Kind::Folder)];
    let paths = || prop::collection::vec(path(), 1..3);
    let sort = prop_oneof![Just(Sort::Name), Just(Sort::Created), Just(Sort::Size), Just(Sort::FileType)];
    let page = (0_u32..4, 0_u32..4, sort, any::<bool>()).prop_map(|(number, size, sort, descending)| Page {
        number,
        size,
        sort,
        descending,
    });
    let size = prop_oneof![Just(0), Just(7), Just(16 * 1024), Just(16 * 1024 + 1)];
    let user = || prop_oneof![Just("kid"), Just("sis"), Just("boss"), Just("nobody")];
    prop_oneof![
        6 => paths().prop_map(Command::Create),
        2 => paths().prop_map(Command::DeleteFiles),
        2 => paths().prop_map(Command::DeleteFolders),
        3 => (kind(), path(), name()).prop_map(|(kind, path, name)| Command::Rename(kind, path, name)),
        4 => (kind(), paths(), path()).prop_map(|(kind, from, to)| Command::Move(kind, from, to)),
        4 => (kind(), paths(), path()).prop_map(|(kind, from, to)| Command::Copy(kind, from, to)),
        6 => (path(), name(), size, any::<bool>())
            .prop_map(|(folder, name, size, overwrite)| Command::Upload { folder, name, size, overwrite }),
        1 => (path(), name(), prop::collection::vec((0_u64..3, 0_u64..3), 1..5))
            .prop_map(|(folder, name, ranges)| Command::Pieces { folder, name, ranges }),
        2 => (path(), 1_i64..60, path()).prop_map(|(path, minutes, also)| Command::Link { path, minutes, also }),
        4 => (path(), page).prop_map(|(path, page)| Command::List { path, page }),
        2 => path().prop_map(Command::Info),
        2 => (path(), 0_u64..20_000, 0_usize..20_000)
            .prop_map(|(path, offset, length)| Command::Read { path, offset, length }),
        2 => (user(), prop_oneof![Just("kid!"), Just("wrong")]).prop_map(|(user, password)| Command::Login { user, password }),
        1 => user().prop_map(Command::CreateChild),
        1 => user().prop_map(Command::Contact),
        1 => (0_u32..3, 0_u32..3).prop_map(|(page, size)| Command::ListChildren(page, size)),
        1 => user().prop_map(Command::CreateUser),
        2 => (0_i64..2_000_000).prop_map(Command::Advance),
        1 => Just(Command::Sweep),
    ]
}

fn run(world: &World, who: &Caller, command: &Command) -> String {
    let engine = &world.engine;
    match command.clone() {
        Command::Create(paths) => text(engine.create_folders(who, paths).wait()),
        Command::DeleteFiles(paths) => text(engine.delete_files(who, paths).wait()),
        Command::DeleteFolders(paths) => text(engine.delete_folders(who, paths).wait()),
        Command::Rename(Kind::File, path, name) => text(engine.rename_file(who, &path, &name).wait()),
        Command::Rename(Kind::Folder, path, name) => text(engine.rename_folder(who, &path, &name).wait()),
        Command::Move(Kind::File, from, to) => text(engine.move_files(who, from, &to).wait()),
        Command::Move(Kind::Folder, from, to) => text(engine.move_folders(who, from, &to).wait()),
        Command::Copy(Kind::File, from, to) => text(engine.copy_files(who, from, &to).wait()),
        Command::Copy(Kind::Folder, from, to) => text(engine.copy_folders(who, from, &to).wait()),
        Command::Upload { folder, name, size, overwrite } => text(world.put_with(who, &folder, &name, &noise(size), overwrite)),
        Command::Pieces { folder, name, ranges } => text(pieces(world, who, folder, &name, &ranges)),
        Command::Link { path, minutes, also } => {
            let terms = LinkTerms { lifetime: minutes * 60_000, ip: None };
            let links = engine.grant_links(who, vec![path], terms).wait();
            let open = |link: &Link| {
                [&link.target.url, &also].map(|path| text(engine.open_link(&link.token, HERE, path).map(|it| it.entry)))
            };
            text(links.map(|links| links.iter().map(|link| (link.target.clone(), open(link))).collect::<Vec<_>>()))
        }
        Command::List { path, page } => text(engine.list_folder(who, &path, &page)),
        Command::Info(path) => text(engine.path_info(who, &path)),
        Command::Read { path, offset, length } => text(engine.open_file(who, &path).and_then(|mut download| {
            let data = download.content.read_at(offset, length)?;
            let whole = noise(usize::try_from(download.content.size()).unwrap());
            let from = usize::try_from(offset).unwrap().min(whole.len());
            assert_eq!(data, whole[from..(from + length).min(whole.len())]);
            Ok(data.len())
        })),
        Command::Login { user, password } => text(engine.login(&world.founded.app_key, user, &Secret::new(password), HERE)),
        Command::CreateChild(name) => text(engine.create_child_account(who, name, &"pw".into(), contact(name))),
        Command::Contact(name) => {
            // `Debug` would not tell the values.
            text(engine.contact(who, name).map(|contact| format!("{:?}", contact.fields().collect::<Vec<_>>())))
        }
        Command::ListChildren(page, size) => text(engine.list_child_accounts(who, page, size)),
        Command::CreateUser(email) => {
            let new = NewResellerUser { email: email.into(), first_name: "F".into(), last_name: None, quota: None };
            let created = text(engine.create_user(world.founded.master, new, &"pw".into()));
            format!("{created} of {}", engine.list_users(world.founded.master, "", 10).unwrap().len())
        }
        Command::Advance(by) => {
            world.clock.advance(by);
            String::new()
        }
        Command::Sweep => text(engine.sweep()),
    }
}

/// Pieces of four bytes of a file of twelve, some of them wrong.
fn pieces(world: &World, who: &Caller, folder: String, name: &str, ranges: &[(u64, u64)]) -> Result<String, Refusal> {
    let mut upload = world.upload(who, UploadTerms { folder: Some(folder), ..UploadTerms::default() })?;
    let mut outcomes = String::new();
    for (from, to) in ranges {
        let (first, last) = (from * 4, to * 4 + 3);
        let outcome = upload.file(&[], name, Some(Piece::Range { first, last, total: 12 })).and_then(|()| {
            upload.push(&noise(12)[usize::try_from(first).unwrap()..=usize::try_from(last).unwrap()])?;
            upload.end_file(None)
        });
        outcomes += &format!("{outcome:?};");
    }
    Ok(outcomes)
}

fn text<T: std::fmt::Debug>(outcome: Result<T, Refusal>) -> String {
    assert!(!matches!(outcome, Err(Refusal::Storage(_))), "{outcome:?}");
    format!("{outcome:?}")
}

fn recount(all: &Everything) {
    let folders: BTreeMap<_, _> = all.nodes.iter().filter(|node| node.kind() == Kind::Folder).map(|it| (it.id, it)).collect();
    let mut counted = BTreeMap::new();
    let mut references = BTreeMap::new();
    for node in &all.nodes {
        if node.key.parent != NOWHERE {
            assert_eq!(folders[&node.key.parent].key.account, node.key.account, "{node:?}");
            let counts: &mut (u64, u64) = counted.entry(node.key.parent).or_default();
            *(if node.kind() == Kind::Folder { &mut counts.0 } else { &mut counts.1 }) += 1;
        }
        if let Body::File { blob, size, .. } = node.body {
            assert_eq!(all.blobs.iter().find(|it| it.id == blob).expect("its content").stored.size, size);
            *references.entry(blob).or_insert(0_u64) += 1;
        }
    }
    for folder in folders.values() {
        let Body::Folder { folders, files, .. } = folder.body else { unreachable!() };
        assert_eq!((folders, files), counted.get(&folder.id).copied().unwrap_or_default(), "{folder:?}");
    }
    for blob in &all.blobs {
        assert_eq!(Some(&blob.references), references.get(&blob.id), "{blob:?}");
    }
    let ids: BTreeSet<_> = all.nodes.iter().map(|node| node.id).collect();
    assert_eq!(ids.len(), all.nodes.len());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn the_stores_agree(commands in prop::collection::vec((0_u8..3, command()), 1..60)) {
        let folder = tempfile::tempdir().unwrap();
        let worlds = [World::model(), World::sqlite(&folder.path().join("data"))];
        for (who, command) in &commands {
            let [model, sqlite] = worlds.each_ref().map(|world| {
                let caller = [world.kid, world.sis, world.boss][usize::from(*who)];
                run(world, &caller, command)
            });
            prop_assert_eq!(model, sqlite, "{:?}", command);
        }
        prop_assert_eq!(worlds[0].dump(), worlds[1].dump());
        for world in &worlds {
            recount(&world.engine.store().read(|view| Ok(view.everything()?)).unwrap());
        }
    }
}
