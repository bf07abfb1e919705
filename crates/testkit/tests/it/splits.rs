//! However the bodies are cut up: the same answers, the same files, the same word from the service.

use core::time::Duration;

use larder_proto_e2::UserCreated;
use larder_proto_nvx::transfer::{Download, Uploaded};
use larder_testkit::{Plan, Source};

use crate::{e2, nvx};

/// Larger than any body of these conversations.
const WHOLE: usize = 512;

#[test]
fn messages_in_both_formats() {
    for settings in [nvx::xml(), nvx::json()] {
        for split in 1..=WHOLE {
            let mut pair = nvx::pair();
            pair.service.tree.insert("web".to_owned(), None);
            pair.link(move |_| Plan::split(split));
            let create = pair.start(nvx::create("a"), settings.clone());
            let list = pair.start(nvx::list(), settings.clone());
            pair.run();
            assert!(create.outcome().unwrap().is_ok(), "{split}");
            assert_eq!(list.outcome().unwrap().unwrap().list_folder.total_folder_count, 2, "{split}");
            assert_eq!(pair.service.logins, 1, "{split}");
        }
    }
}

#[test]
fn messages_of_the_other_api() {
    for split in 1..=WHOLE {
        let mut pair = e2::pair("key");
        pair.link(move |_| Plan::split(split));
        let call = pair.start(e2::create(), e2::settings());
        pair.run();
        assert_eq!(call.outcome().unwrap(), Ok(UserCreated { user_created: true }), "{split}");
    }
}

#[test]
fn files_in_both_directions() {
    // The file looks like what stands around it.
    let file: &[u8] = b"\r\n--larder\r\n\r\n--\r\n----\r\nContent-Disposition: form-data\r\n\r\n";
    for split in 1..=WHOLE {
        let mut pair = nvx::pair();
        pair.link(move |_| Plan::split(split));
        let source = Source { piece: 1 + split % 7, ..Source::from(file) };
        let length = (split % 2 == 0).then_some(file.len() as u64);
        let settings = larder_core::Settings { length, ..nvx::json() };
        let up = pair.upload(nvx::upload("a"), settings, source);
        pair.run();
        let uploaded = Uploaded { files_uploaded: 1, bytes_uploaded: file.len() as u64 };
        assert_eq!(up.outcome().unwrap(), Ok(uploaded), "{split}");
        assert_eq!(pair.service.tree["in/a"].as_deref(), Some(file), "{split}");
        let down = pair.start(Download::new(nvx::parse("in/a")), nvx::json());
        pair.run();
        assert!(down.outcome().unwrap().is_ok());
        assert_eq!(pair.received(&down), file, "{split}");
    }
}

#[test]
fn delayed_messages_change_nothing_but_the_time() {
    let plan = Plan::delay(Duration::from_secs(1), Duration::from_secs(2));
    let mut pair = nvx::pair();
    let link = plan.clone();
    pair.link(move |_| link.clone());
    let create = pair.start(nvx::create("a"), nvx::json());
    let up = pair.upload(nvx::upload("a"), nvx::sized(5), "hello");
    pair.run();
    assert!(create.outcome().unwrap().is_ok() && up.outcome().unwrap().is_ok());
    assert_eq!(pair.now().0, Duration::from_secs(12), "twice: body and end there, head and end back");
    let mut pair = e2::pair("key");
    pair.link(move |_| plan.clone());
    let call = pair.start(e2::create(), e2::settings());
    pair.run();
    assert!(call.outcome().unwrap().is_ok());
    assert_eq!(pair.now().0, Duration::from_secs(6));
}
