//! Parameters from the command line, from files and from standard input.

use std::io::Read;
use std::path::Path;

use super::{Ended, connect};

/// A parameter: its name, and its value or where that comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) name: String,
    value: Value,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Text(String),
    /// The content of a file; `-` is standard input.
    From(String),
}

/// `KEY=VALUE`, or `KEY@=FILE`.
pub(super) fn parse(text: &str) -> Result<Pair, String> {
    let (name, value) = text.split_once('=').ok_or("no equals sign behind the name")?;
    let (name, value) = match name.strip_suffix('@') {
        Some(name) => (name, Value::From(value.to_owned())),
        None => (name, Value::Text(value.to_owned())),
    };
    if name.is_empty() { Err("no name before the equals sign".to_owned()) } else { Ok(Pair { name: name.to_owned(), value }) }
}

impl Pair {
    /// Its value. Of what is read, the last line end is no part.
    pub(super) fn value(&self) -> Result<String, Ended> {
        let (text, path) = match &self.value {
            Value::Text(text) => return Ok(text.clone()),
            Value::From(path) if path == "-" => {
                let mut text = String::new();
                (std::io::stdin().read_to_string(&mut text).map(|_| text), Path::new("standard input"))
            }
            Value::From(path) => (std::fs::read_to_string(path), Path::new(path)),
        };
        let text = text.map_err(|error| connect::at(path, error))?;
        let text = text.strip_suffix('\n').unwrap_or(&text);
        Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_given_or_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("value");
        std::fs::write(&file, "of the\nfile\r\n").unwrap();
        let value = |text: &str| parse(text).map(|pair| (pair.name.clone(), pair.value().unwrap()));
        assert_eq!(value("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
        assert_eq!(value("email=x@=y"), Ok(("email".to_owned(), "x@=y".to_owned())));
        assert_eq!(value("a="), Ok(("a".to_owned(), String::new())));
        assert_eq!(value(&format!("a@={}", file.display())), Ok(("a".to_owned(), "of the\nfile".to_owned())));
        assert!(parse("a").is_err() && parse("=b").is_err() && parse("@=b").is_err());
    }
}
