//! Where to download from: hosts, and links for those who have no session.

use larder_core::Secret;
use larder_proto_nvx::imfs::{DownloadNodes, GetDownloadNodes, GetOptimalUrls, OptimalUrl, OptimalUrls};
use larder_proto_nvx::{Code, Fault};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Asker, Nirvanix, milliseconds, said, texts};
use crate::engine::Link;
use crate::refusal::Refusal;
use crate::rules::links::LinkTerms;

/// RFC 3986's unreserved characters stay, and slashes.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

impl Nirvanix {
    /// Every file is here.
    pub(super) fn nodes(&self, asker: &Asker, get: &GetDownloadNodes) -> Result<DownloadNodes, Fault> {
        let caller = asker.caller()?;
        let host = |path: &String| {
            let missing = |refusal: Refusal| said(refusal.mapped(&Refusal::InvalidPath, Refusal::FileNotFound));
            let entry = self.engine.path_info(caller, path).map_err(missing)?;
            if entry.is_file() { Ok(self.host(asker)) } else { Err(Fault::from(Code::FileNotFound)) }
        };
        Ok(DownloadNodes { hosts: texts(&get.file_paths).iter().map(host).collect::<Result<_, _>>()? })
    }

    pub(super) async fn links(&self, asker: &Asker, get: &GetOptimalUrls) -> Result<OptimalUrls, Fault> {
        let ip = get.ip_restricted.filter(|is_restricted| *is_restricted).map(|_| get.consumer_ip.unwrap_or(asker.peer));
        let terms = LinkTerms { lifetime: milliseconds(get.expiration), ip };
        let links = self.engine.grant_links(asker.caller()?, texts(&get.file_paths), terms).await.map_err(said)?;
        Ok(OptimalUrls { downloads: links.into_iter().map(|link| describe(link, self.host(asker))).collect() })
    }

    /// The host that downloads are sent to.
    fn host(&self, asker: &Asker) -> String {
        self.download_host.clone().unwrap_or_else(|| asker.authority.clone())
    }
}

fn describe(link: Link, download_host: String) -> OptimalUrl {
    let path = utf8_percent_encode(&link.target.url, PATH);
    let download_url = Secret::new(format!("http://{download_host}/{}/{path}", link.token.expose()));
    OptimalUrl { file_path: link.target.path, download_host, download_token: link.token, download_url }
}
