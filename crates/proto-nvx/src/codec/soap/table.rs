//! What SOAP calls otherwise than REST, by the document's .NET calls: all of it stands here.

use larder_core::Meta;

use crate::Code;

/// What the namespaces of messages begin with; Transfer was seen with one of its own.
const SERVICES: &str = "http://services.nirvanix.com/ws/";
const TRANSFER: &str = "http://transfer.nirvanix.com/ws/";

/// Operations whose call passes `options`, texts such as `width:300`, and the parameters that stand there.
const OPTIONS: [(&str, &str, &[&str]); 4] = [
    ("Audio", "Transcode", &["numberOfFrames", "bitRate", "numberOfChannels"]),
    (
        "Video",
        "ExtractFrames",
        &["numberOfFrames", "frameRate", "width", "height", "startTimeOffset", "frameName", "frameFormat", "frameNumberDigits"],
    ),
    ("Video", "PresetTranscode", &["scaleWidth", "scaleHeight"]),
    ("Video", "Transcode", &["numberOfFrames", "frameRate", "width", "height", "aspectRatio", "audioFreq"]),
];

/// What the array of options is called.
pub(crate) const OPTIONS_ELEMENT: &str = "options";

/// The calls' enumeration of types of metadata, as far as it differs from the types' names.
const METADATA_TYPES: [(&str, &str); 2] = [("AudioAlbum", "Album"), ("AudioArtist", "Artist")];

/// Members of a storage node: REST's name and SOAP's.
const MEMBERS: [(&str, &str); 2] = [("UploadHost", "Host"), ("UploadToken", "AccessToken")];

/// Parameters that are dates: `xs:dateTime` here.
const DATES: [&str; 2] = ["minCreatedDate", "maxCreatedDate"];

/// Parameters of a closed set of words that the calls pass as texts, not as values of an enumeration.
#[cfg(feature = "schema")]
const TEXTS: [&str; 2] = ["sortCode", "preset"];

/// Parameters that REST alone has, as the document says. Whoever sends them by SOAP is understood all the same.
const REST_ONLY: [&str; 1] = ["ContactType"];

/// Whether a parameter's words are texts to whoever calls.
#[cfg(feature = "schema")]
pub(crate) fn is_text(parameter: &str) -> bool {
    TEXTS.contains(&parameter)
}

/// Whether REST alone has a parameter.
pub(crate) fn is_rest_only(parameter: &str) -> bool {
    REST_ONLY.contains(&parameter)
}

/// The namespace of an operation's messages.
#[must_use]
pub fn target_namespace(operation: &Meta) -> String {
    let host = if operation.namespace == "Transfer" { TRANSFER } else { SERVICES };
    format!("{host}{}", operation.namespace)
}

/// The text that says in a request's head which operation it calls.
#[must_use]
pub fn action(operation: &Meta) -> String {
    format!("{}/{}", target_namespace(operation), operation.name)
}

/// The parameters that an operation takes as an array `options` of texts `name:value`; none for most operations.
#[must_use]
pub fn options(operation: &Meta) -> &'static [&'static str] {
    let wanted = |row: &&(&str, &str, _)| row.0 == operation.namespace && row.1 == operation.name;
    OPTIONS.iter().find(wanted).map_or(&[], |row| row.2)
}

/// The code of a refusal in SOAP: what ails a session has one code there, the printed one.
#[must_use]
pub const fn in_soap(code: Code) -> Code {
    if matches!(code, Code::SessionNotFound | Code::InvalidSessionToken) { Code::InvalidSoapSession } else { code }
}

/// How the values of a parameter are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notation {
    /// As text.
    Text,
    /// `xs:dateTime`.
    Date,
    /// A record of a type and a value, which REST joins by a colon.
    TypeAndValue,
    /// A type of metadata, perhaps as the calls' enumeration has it.
    MetadataType,
}

/// How a parameter's values are written.
pub(crate) fn notation(operation: &Meta, parameter: &str) -> Notation {
    let is_metadata = operation.namespace == "Metadata" && parameter.eq_ignore_ascii_case("metadata");
    match operation.name {
        "SetMetadata" if is_metadata => Notation::TypeAndValue,
        "DeleteMetadata" if is_metadata => Notation::MetadataType,
        _ if DATES.iter().any(|date| parameter.eq_ignore_ascii_case(date)) => Notation::Date,
        _ => Notation::Text,
    }
}

/// The type that a name of the calls' enumeration stands for, if it stands for another.
pub(super) fn metadata_type(text: &str) -> Option<&'static str> {
    METADATA_TYPES.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(text.trim())).map(|(_, kind)| *kind)
}

/// SOAP's name of a member of a result.
pub(crate) fn soap_member(rest: &str) -> &str {
    MEMBERS.iter().find(|(member, _)| *member == rest).map_or(rest, |(_, soap)| soap)
}

/// REST's name of a member of a result.
pub(super) fn rest_member(soap: &str) -> &str {
    MEMBERS.iter().find(|(_, member)| member.eq_ignore_ascii_case(soap)).map_or(soap, |(rest, _)| rest)
}
