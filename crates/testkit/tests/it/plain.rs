//! When all is well: the whole conversation of each operation, as a snapshot.

use larder_core::{
    Action, ClientMachine, Clock, Clocks, Credential, Input, Machine, Meta, Misuse, Note, Operation, Session, Settings, Shared,
    Time,
};
use larder_proto_e2::UserCreated;
use larder_proto_nvx::imfs::ListFolder;
use larder_proto_nvx::transfer::{Download, Uploaded};
use larder_proto_nvx::{Fault, Nvx, Request};
use larder_testkit::{Pair, Plan, Served, Service};

use crate::{e2, nvx};

#[test]
fn login() {
    let mut pair = nvx::pair();
    let call = pair.start(nvx::login(nvx::PASSWORD), nvx::xml());
    pair.run();
    assert!(pair.service.sessions.contains(call.outcome().unwrap().unwrap().session_token.expose()));
    insta::assert_snapshot!(pair.trace());
}

#[test]
fn create_folders_logs_in_first() {
    let mut pair = nvx::pair();
    let call = pair.start(nvx::create("web"), nvx::json());
    pair.run();
    assert!(call.outcome().unwrap().is_ok());
    assert!(pair.service.tree.contains_key("web"));
    insta::assert_snapshot!(pair.trace());
}

#[test]
fn list_folder_in_both_formats() {
    for (settings, snapshot) in [(nvx::xml(), "list_folder_xml"), (nvx::json(), "list_folder_json")] {
        let mut pair = nvx::pair();
        pair.service.tree.insert("web".to_owned(), None);
        let call = pair.start(nvx::list(), settings);
        pair.run();
        let page = call.outcome().unwrap().unwrap().list_folder;
        assert_eq!((page.total_folder_count, page.folders[0].name.as_str()), (1, "web"));
        insta::assert_snapshot!(snapshot, pair.trace());
    }
}

#[test]
fn upload() {
    let mut pair = nvx::pair();
    let call = pair.upload(nvx::upload("a.txt"), nvx::sized(5), "hello");
    pair.run();
    assert_eq!(call.outcome().unwrap(), Ok(Uploaded { files_uploaded: 1, bytes_uploaded: 5 }));
    assert_eq!(pair.service.tree["in/a.txt"].as_deref(), Some(&b"hello"[..]));
    insta::assert_snapshot!(pair.trace());
}

#[test]
fn download() {
    let mut pair = nvx::pair();
    pair.service.tree.insert("a.txt".to_owned(), Some("hello".into()));
    let call = pair.start(Download::new(nvx::parse("a.txt")), nvx::json());
    pair.run();
    let facts = call.outcome().unwrap().unwrap();
    assert_eq!((facts.length, facts.total, pair.received(&call)), (Some(5), Some(5), &b"hello"[..]));
    insta::assert_snapshot!(pair.trace());
}

#[test]
fn create_user() {
    let mut pair = e2::pair("key");
    let call = pair.start(e2::create(), e2::settings());
    pair.run();
    assert_eq!(call.outcome().unwrap(), Ok(UserCreated { user_created: true }));
    insta::assert_snapshot!(pair.trace());
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let tell = || {
        let mut pair = nvx::pair();
        pair.link(|opening| Plan::split(1 + opening.nth));
        for number in 0..20 {
            pair.start(nvx::create(&format!("f{number}")), nvx::json());
        }
        pair.run();
        pair.trace().to_owned()
    };
    assert_eq!(tell(), tell());
}

/// A machine that talks and never comes to an end.
struct Talker;

impl Machine for Talker {
    type Shared = Shared<Nvx>;
    type Action = Action<(), Fault>;
    type Input = Input;

    fn poll(&mut self, _: Time, _: &mut Shared<Nvx>) -> Action<(), Fault> {
        Action::Note(Note::Redirected)
    }

    fn handle(&mut self, _: Input) -> Result<(), Misuse> {
        Ok(())
    }
}

impl ClientMachine<Nvx> for Talker {
    type Answer = ();

    fn about(&self) -> (&'static Meta, &str) {
        (&ListFolder::META, "talker")
    }

    fn abandon(&mut self, _: &mut Shared<Nvx>) {}
}

#[test]
#[should_panic(expected = "endless")]
fn a_run_without_an_end_is_noticed() {
    let mut pair = nvx::pair();
    pair.drive(Talker, "");
    pair.run();
}

#[test]
#[should_panic(expected = "stalled")]
fn a_run_that_stands_still_is_noticed() {
    struct Mute;
    impl Service<Nvx> for Mute {
        type Caller = ();
        type Transfer = ();

        fn identify(&mut self, _: Time, _: Credential) -> Result<(), Fault> {
            Ok(())
        }

        fn serve(&mut self, _: Time, (): &(), _: Request) -> Result<Served<Nvx, ()>, Fault> {
            // An upload, although there is no file: nobody ever answers.
            Ok(Served::Upload(()))
        }
    }
    let mut pair = Pair::new(Session::none(), 1, Mute);
    let clocks =
        Clocks { connect: Clock::Off, first_byte: Clock::Off, attempt: Clock::Off, stall: Clock::Off, total: Clock::Off };
    pair.start(nvx::login("x"), Settings { clocks, ..nvx::json() });
    pair.run();
}
