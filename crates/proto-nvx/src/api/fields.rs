//! The forms that carry files: which pages take them, and which of their fields are parameters.

use larder_core::operation::{Names, Visit};
use larder_core::{Kind, Operation};

use crate::Name;
use crate::codec::form;
use crate::transfer::Update;

/// Fields of any upload that are no files, beside the operations' own parameters.
const COMMON: [&str; 4] = ["sessionToken", "output", "JSONcallback", "MAX_FILE_SIZE"];

/// The operations that take files, each at a page of its own below the host.
pub(super) fn uploads() -> impl Iterator<Item = Name> {
    Name::ALL.iter().copied().filter(|name| name.meta().kind == Kind::Upload)
}

/// The field that carries a file, by the operation's own samples.
pub(super) fn of_file<O: Operation>() -> &'static str {
    if O::META.name == Update::META.name { "updateContent1" } else { "uploadFile1" }
}

/// Whether a field is a parameter of some upload, or of every request.
pub(super) fn is_field(name: &str) -> bool {
    let is_name = |field: &&str| field.eq_ignore_ascii_case(name);
    let is_parameter = || uploads().any(|upload| parameters(upload).iter().any(is_name));
    COMMON.iter().any(is_name) || (!name.starts_with('$') && is_parameter())
}

/// The fields of an operation, as they are documented. Those that begin with `$` are no parameters.
pub(crate) fn parameters(name: Name) -> Vec<&'static str> {
    name.visit(Parameters)
}

struct Parameters;

impl Visit for Parameters {
    type Output = Vec<&'static str>;

    fn visit<O: Operation>(self) -> Self::Output {
        form::names::<O>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_what_the_types_have() {
        for name in ["uploadToken", "DESTFOLDERPATH", "fileMD5", "callbackUrl", "forwardingURL", "output", "max_file_size"] {
            assert!(is_field(name), "{name}");
        }
        for name in ["uploadFile1", "updateContent1", "fileContent", "$fileName", "fileName", ""] {
            assert!(!is_field(name), "{name}");
        }
    }
}
