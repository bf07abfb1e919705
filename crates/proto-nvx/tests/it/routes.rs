//! Where requests go.
#![expect(clippy::unwrap_used, reason = "helpers of tests, which have no one to hand an error to")]

use larder_core::operation::Names;
use larder_core::{Api, Auth};
use larder_proto_nvx::{Code, Name, Nvx};
use larder_testkit::{fixtures, wire};

/// The operation of a path.
fn route(path: &str) -> Result<Name, Code> {
    let head = http::Request::post(path).body(()).unwrap().into_parts().0;
    Nvx::route(&head).map(|(name, _)| name).map_err(|refused| refused.fault.code)
}

#[test]
fn every_operation_of_a_namespace_has_its_page() {
    for &name in Name::ALL {
        let meta = name.meta();
        if matches!(meta.namespace, "IMFS" | "Metadata" | "Sharing") {
            assert_eq!(route(&format!("/ws/{meta}.ashx")), Ok(name));
            assert_eq!(meta.auth, Auth::Session, "{meta}");
        }
    }
}

#[test]
fn n38_commands_of_old_clients_are_not_served() {
    for method in ["GetUploadNode", "GetDownloadLinks"] {
        assert_eq!(route(&format!("/ws/IMFS/{method}.ashx")), Err(Code::UnsupportedOperation), "{method}");
    }
}

#[test]
fn a_hosted_file_is_fetched_by_its_printed_link() {
    let link = fixtures::all().into_iter().find(|row| row.id == "nvx/Sharing/CreateHostedItem/url-1").unwrap();
    let printed = link.request().unwrap();
    let download = wire::understand::<Nvx>(printed.clone()).unwrap().request.unwrap();
    let ours = wire::encode::<Nvx>(&download, None, &bytes::Bytes::new()).unwrap();
    assert_eq!(ours.uri().path_and_query(), printed.uri().path_and_query());
}
