//! When all is well: the whole conversation of each operation, as a snapshot.

use larder_proto_e2::UserCreated;
use larder_proto_nvx::transfer::{Download, Uploaded};
use larder_testkit::Pair;

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
        pair.link(|opening| larder_testkit::Plan::split(1 + opening.nth));
        for number in 0..20 {
            pair.start(nvx::create(&format!("f{number}")), nvx::json());
        }
        pair.run();
        pair.trace().to_owned()
    };
    assert_eq!(tell(), tell());
}

#[test]
#[should_panic(expected = "stalled")]
fn a_run_that_stands_still_is_noticed() {
    struct Mute;
    impl larder_testkit::Service<larder_proto_nvx::Nvx> for Mute {
        type Caller = ();
        type Transfer = ();
        fn identify(&mut self, _: larder_core::Time, _: larder_core::Credential) -> Result<(), larder_proto_nvx::Fault> {
            Ok(())
        }
        fn serve(
            &mut self,
            _: larder_core::Time,
            (): &(),
            _: larder_proto_nvx::Request,
        ) -> Result<larder_testkit::Served<larder_proto_nvx::Nvx, ()>, larder_proto_nvx::Fault> {
            // An upload, although there is no file: nobody ever answers.
            Ok(larder_testkit::Served::Upload(()))
        }
    }
    let mut pair = Pair::new(larder_core::Session::none(), 1, Mute);
    let clocks = larder_core::Clocks { first_byte: None, stall: None, total: None };
    pair.start(nvx::login("x"), larder_core::Settings { clocks: Some(clocks), ..nvx::json() });
    pair.run();
}
