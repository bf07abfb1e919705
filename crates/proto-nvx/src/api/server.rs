//! The serving side: requests are read, answers are written.

use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode, header, request};
use larder_core::operation::{Answers, Decode, Encode, Names};
use larder_core::wire::{Incoming, Refused, Reply, ReplyBody, RequestBody, ResponseHead};
use larder_core::{Auth, Credential, Kind, Operation, Reject, Rule, Secret};

use super::fields::uploads;
use super::{Format, Forward, Nvx, Pairs, SESSION_TOKEN, Style, download, find, soap};
use crate::codec::form::MAX_PAIRS;
use crate::codec::{self, form, json, xml_write};
use crate::transfer::Downloaded;
use crate::{Answer, Code, Fault, Name};

pub(super) fn route(head: &request::Parts) -> Result<(Name, Style), Refused<Nvx>> {
    let pairs = form::parse(head.uri.query().unwrap_or_default(), MAX_PAIRS).unwrap_or_default();
    // A callback that is none is refused when the request is opened.
    let style = style_of(&pairs, Style::XML).unwrap_or(Style::XML);
    let refused = |code, style, name| Refused { fault: Fault::from(code), style, name };
    let path = head.uri.path();
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let name = match segments.as_slice() {
        [] => return Err(refused(Code::DownloadPathNotFound, style, Some(Name::TransferDownload))),
        [ws, namespace, method] if ws.eq_ignore_ascii_case("ws") => {
            strip_suffix(method, ".ashx").and_then(|method| find(namespace, method))
        }
        [ws, page]
            if ws.eq_ignore_ascii_case("ws")
                && head.method == Method::POST
                && let Some(namespace) = strip_suffix(page, ".asmx") =>
        {
            return soap::route(namespace, &head.headers);
        }
        [ws, ..] if ws.eq_ignore_ascii_case("ws") => None,
        [page] if let Some(page) = strip_suffix(page, ".ashx") => {
            uploads().find(|name| name.meta().name.eq_ignore_ascii_case(page))
        }
        _ => Some(Name::TransferDownload),
    };
    let Some(name) = name else { return Err(refused(Code::UnsupportedOperation, style, None)) };
    let allowed = match name.meta().kind {
        Kind::Unary => matches!(head.method, Method::GET | Method::POST),
        Kind::Upload => head.method == Method::POST,
        Kind::Download => matches!(head.method, Method::GET | Method::HEAD),
    };
    if allowed { Ok((name, style)) } else { Err(refused(Code::UnsupportedOperation, style, Some(name))) }
}

fn strip_suffix<'a>(text: &'a str, suffix: &str) -> Option<&'a str> {
    let at = text.len().checked_sub(suffix.len())?;
    let (stem, end) = (text.get(..at)?, text.get(at..)?);
    end.eq_ignore_ascii_case(suffix).then_some(stem)
}

/// `output` and `JSONcallback`.
fn style_of(pairs: &[(String, String)], otherwise: Style) -> Result<Style, Reject> {
    let mut style = otherwise;
    if let Some(output) = value(pairs, "output") {
        style.format = if output.trim().eq_ignore_ascii_case("json") { Format::Json } else { Format::Xml };
    }
    if let Some(callback) = value(pairs, "JSONcallback").filter(|callback| !callback.is_empty()) {
        let callback = callback.parse().map_err(|rule: Rule| Reject::new("JSONcallback", rule))?;
        style.callback = Some(callback).filter(|_| style.format == Format::Json);
    }
    Ok(style)
}

fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(pair, _)| pair.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

pub(super) fn open(
    name: Name,
    style: &Style,
    head: &request::Parts,
    body: RequestBody<'_>,
) -> Result<Incoming<Nvx>, Refused<Nvx>> {
    let refused = |reject: Reject, style: &Style| {
        // What travels in the path or in a header is no parameter, and has a name of our own.
        let field = reject.field.trim_start_matches('$').to_owned();
        Refused { fault: Reject { field, ..reject }.into(), style: style.clone(), name: Some(name) }
    };
    let (body, file) = whole(body);
    let (token, pairs, mut style) = match (style.format, body) {
        (Format::Soap(version), RequestBody::Whole(body)) => {
            let (pairs, style) = soap::read(name, version, &head.headers, body, MAX_PAIRS)?;
            (token(&pairs), pairs, style)
        }
        (_, body) => {
            let (token, pairs) = read(name, head, body).map_err(|reject| refused(reject, style))?;
            let style = style_of(&pairs, style.clone()).map_err(|reject| refused(reject, style))?;
            (token, pairs, style)
        }
    };
    if name.meta().kind == Kind::Upload {
        style.forward = value(&pairs, "forwardingUrl").and_then(Forward::parse);
    }
    let credential = credential(name, token, &pairs).map_err(|reject| refused(reject, &style))?;
    let mut request = name.decode(Reading(&pairs)).map_err(|reject| refused(reject, &style))?;
    if let Some(file) = file {
        soap::put(file, &mut request).map_err(|reject| refused(reject, &style))?;
    }
    Ok(Incoming { credential, request, style })
}

/// A body without the file that was taken out of it.
fn whole(body: RequestBody<'_>) -> (RequestBody<'_>, Option<Vec<Bytes>>) {
    match body {
        RequestBody::Split { text, file } => (RequestBody::Whole(text), file),
        RequestBody::Whole(_) | RequestBody::Fields(_) => (body, None),
    }
}

/// The parameters, wherever they stand: the URL's come first.
fn read(name: Name, head: &request::Parts, body: RequestBody<'_>) -> Result<(Option<Secret>, Pairs), Reject> {
    if name.meta().kind == Kind::Download {
        return download::pairs(head, MAX_PAIRS);
    }
    let mut pairs = form::parse(head.uri.query().unwrap_or_default(), MAX_PAIRS)?;
    let room = MAX_PAIRS.saturating_sub(pairs.len());
    match body {
        RequestBody::Fields(fields) if fields.len() > room => return Err(Reject::new("", Rule::TooMany)),
        RequestBody::Fields(fields) => pairs.extend_from_slice(fields),
        RequestBody::Whole([]) => {}
        RequestBody::Whole(bytes) | RequestBody::Split { text: bytes, .. } => {
            let text = core::str::from_utf8(bytes).map_err(|_| Reject::new("", Rule::Malformed))?;
            pairs.extend(form::parse(text.trim_end(), room)?);
        }
    }
    pairs.retain(|(name, _)| !name.starts_with('$'));
    Ok((token(&pairs), pairs))
}

fn token(pairs: &[(String, String)]) -> Option<Secret> {
    value(pairs, SESSION_TOKEN).map(|token| Secret::new(token.trim()))
}

fn credential(name: Name, token: Option<Secret>, pairs: &[(String, String)]) -> Result<Credential, Reject> {
    if name.meta().kind == Kind::Upload {
        let token = value(pairs, "uploadToken").map(str::trim).filter(|token| !token.is_empty());
        return token.map(|token| Credential::Upload(Secret::new(token))).ok_or_else(|| missing("uploadToken"));
    }
    match (name.meta().auth, token.filter(|token| !token.is_empty())) {
        (Auth::Own, _) | (Auth::MaybeSession, None) => Ok(Credential::None),
        (Auth::Session, Some(token)) => Ok(Credential::Session(token)),
        (Auth::MaybeSession, Some(token)) => Ok(download::credential(token)),
        (Auth::Session, None) => Err(missing(SESSION_TOKEN)),
    }
}

fn missing(field: &str) -> Reject {
    Reject::new(field, Rule::Missing)
}

pub(super) fn reply(answer: &Answer, style: &Style) -> Reply {
    if let Answer::TransferDownload(file) = answer {
        return file_reply(file);
    }
    if let Some(reply) = style.forward.as_ref().and_then(|forward| forward.reply(0, "")) {
        return reply;
    }
    match answer.encode(Writing(style)) {
        Ok(text) => write(StatusCode::OK, text, style),
        // An answer that cannot be written is our own fault, and must not pass for a success.
        Err(_) => refuse(&Fault::from(Code::Configuration), None, style),
    }
}

pub(super) fn refuse(fault: &Fault, name: Option<Name>, style: &Style) -> Reply {
    let is_download = name.is_some_and(|name| name.meta().kind == Kind::Download);
    let status = if is_download { fault.download_status() } else { StatusCode::OK };
    let (code, message) = (fault.code.number(), fault.message.as_str());
    if let Some(reply) = style.forward.as_ref().and_then(|forward| forward.reply(code, message)) {
        return reply;
    }
    let (status, text) = match style.format {
        Format::Xml => (status, xml_write::failure(code, message)),
        Format::Json => (status, json::failure(code, message)),
        Format::Soap(version) => soap::refuse(fault, version, style.mishap),
    };
    write(status, text, style)
}

fn write(status: StatusCode, text: String, style: &Style) -> Reply {
    let (media_type, text) = match (style.format, &style.callback) {
        (Format::Xml, _) => ("text/xml; charset=utf-8", text),
        (Format::Soap(version), _) => (soap::media_type(version), text),
        (Format::Json, None) => ("application/json; charset=utf-8", text),
        (Format::Json, Some(callback)) => ("application/javascript; charset=utf-8", json::jsonp(callback, &text)),
    };
    let mut head = Response::new(());
    *head.status_mut() = status;
    head.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    head.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    head.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Reply { head: ResponseHead(head), body: ReplyBody::Whole(text.into()) }
}

fn file_reply(file: &Downloaded) -> Reply {
    let mut head = Response::new(());
    let headers = head.headers_mut();
    let mut add = |name, value: Option<&str>| {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            headers.insert(name, value);
        }
    };
    add(header::ACCEPT_RANGES, Some("bytes"));
    add(header::ETAG, file.etag.as_deref());
    add(header::LAST_MODIFIED, file.last_modified.map(|date| date.to_string()).as_deref());
    if file.not_modified {
        *head.status_mut() = StatusCode::NOT_MODIFIED;
        return Reply { head: ResponseHead(head), body: ReplyBody::Whole(bytes::Bytes::new()) };
    }
    add(header::CONTENT_TYPE, file.content_type.as_deref());
    add(header::CONTENT_DISPOSITION, file.content_disposition.as_deref());
    // What a stranger stored must not be taken for something else by a browser, nor run as a page of this host.
    add(header::X_CONTENT_TYPE_OPTIONS, Some("nosniff"));
    add(header::CONTENT_SECURITY_POLICY, Some("sandbox"));
    let length = file.length.unwrap_or_default();
    if let Some(total) = file.total.filter(|_| file.is_part()) {
        let range = format!("bytes {}-{}/{total}", file.offset, (file.offset + length).saturating_sub(1));
        add(header::CONTENT_RANGE, Some(&range));
        *head.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Reply { head: ResponseHead(head), body: ReplyBody::File { offset: file.offset, length } }
}

struct Reading<'a>(&'a [(String, String)]);

impl Decode for Reading<'_> {
    fn decode<O: Operation>(self) -> Result<O, Reject> {
        form::from_pairs(self.0)
    }
}

struct Writing<'a>(&'a Style);

impl Encode for Writing<'_> {
    type Output = Result<String, Reject>;

    fn encode<O: Operation>(self, answer: &O::Answer) -> Self::Output {
        match self.0.format {
            Format::Xml => xml_write::answer(0, None, answer),
            Format::Json => json::answer(0, None, answer),
            Format::Soap(version) => codec::soap::answer(version, &O::META, answer),
        }
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    #[test]
    fn so_many_pairs_in_the_url_and_the_body_together() {
        let pairs = |count: usize| vec!["a=b"; count].join("&");
        let read = |url: usize, body: usize| {
            let head = Request::get(format!("/x?{}", pairs(url))).body(()).unwrap().into_parts().0;
            let body = pairs(body);
            read(Name::AuthenticationLogin, &head, RequestBody::Whole(body.as_bytes())).map(|(_, pairs)| pairs.len())
        };
        assert_eq!(read(4_000, 6_000), Ok(10_000));
        assert_eq!(read(4_000, 6_001), Err(Reject::new("", Rule::TooMany)));
        assert_eq!(read(10_000, 1), Err(Reject::new("", Rule::TooMany)));
    }
}
