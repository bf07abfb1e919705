//! Every value that is a text: what is accepted prints, and reads back as the same. A path goes through a URL too.

use larder_proto_e2 as e2;
use larder_proto_nvx::transfer::Download;
use larder_proto_nvx::values::{
    CallbackUrl, Country, Decimal, EmailAddress, FileName, FileType, FolderPath, ForwardingUrl, HeaderText, Md5, MetadataType,
    MetadataValue, Notes, Password, Path, SearchTerm, SortCode, Tag, Text, Token, UserName, WebUrl,
};
use larder_proto_nvx::{Nvx, Style};
use larder_testkit::trees;

use crate::oracle::{parses, prints};

/// The whole input is one text.
pub fn run(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    if let Some(path) = prints::<Path>(text) {
        normal(path.as_str(), path.segments());
        through_a_url(path);
    }
    if let Some(folder) = prints::<FolderPath>(text) {
        normal(folder.as_str(), folder.segments());
    }
    if let Some(name) = prints::<FileName>(text) {
        assert!(!name.as_str().contains('/') && !matches!(name.as_str(), "" | "." | ".."), "{name}");
    }
    nvx(text);
    e2(text);
}

/// A path has no segment that means another folder, and no more slashes than it needs.
fn normal<'a>(path: &str, segments: impl Iterator<Item = &'a str>) {
    assert!(!path.trim_start_matches('/').contains("//") && !path.starts_with("///"), "{path:?}");
    for segment in segments {
        assert!(!matches!(segment, "" | "." | ".."), "{path:?}");
        assert!(!segment.contains(['\\', ':', '\0', '\r', '\n']), "{path:?}");
    }
}

/// What our client asks for is what a server understands.
fn through_a_url(path: Path) {
    let request = larder_proto_nvx::Request::TransferDownload(Download::new(path));
    if let Err(wrong) = trees::arrives::<Nvx>(larder_proto_nvx::Name::TransferDownload, &request, &Style::XML) {
        panic!("{wrong}");
    }
}

fn nvx(text: &str) {
    prints::<SearchTerm>(text);
    prints::<Tag>(text);
    prints::<MetadataType>(text);
    prints::<MetadataValue>(text);
    prints::<UserName>(text);
    prints::<EmailAddress>(text);
    prints::<Notes>(text);
    prints::<FileType>(text);
    prints::<HeaderText>(text);
    prints::<Text<64>>(text);
    prints::<SortCode>(text);
    prints::<Country>(text);
    prints::<Decimal<10>>(text);
    prints::<Md5>(text);
    parses::<WebUrl>(text);
    parses::<CallbackUrl>(text);
    parses::<ForwardingUrl>(text);
    parses::<Token>(text);
    parses::<Password>(text);
}

fn e2(text: &str) {
    prints::<e2::Email>(text);
    prints::<e2::Cname>(text);
}

/// Every text of the fixtures, and paths that are none.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let odd = ["a/../b", "..", "/.", "//a//b/", "///", "a\\b", "a:b", "a/\u{1}", "a/%2e%2e/b", "a\u{2044}b"];
    let odd = odd.iter().map(|path| path.as_bytes().to_vec());
    super::texts::all(|_| true).into_iter().chain(odd).collect()
}
