//! Whom to write to about an account. The engine keeps it and makes nothing of it.

use std::collections::BTreeMap;
use std::fmt;

/// Which of an account's two contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum ContactKind {
    /// Whoever runs it.
    #[default]
    Technical,
    /// Whoever pays for it.
    Billable,
}

/// Personal data: values by the API's names for them, in the order of those names. `Debug` prints the names only.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Contact(BTreeMap<String, String>);

impl Contact {
    /// A contact without any field, as good as none.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives a field a value in place of the one it had.
    pub fn set(&mut self, field: impl Into<String>, value: impl Into<String>) {
        self.0.insert(field.into(), value.into());
    }

    /// A field's value.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }

    /// All fields and their values, by the fields' names.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(field, value)| (field.as_str(), value.as_str()))
    }

    /// Whether there is no field.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<F: Into<String>, V: Into<String>> FromIterator<(F, V)> for Contact {
    fn from_iter<I: IntoIterator<Item = (F, V)>>(fields: I) -> Self {
        Self(fields.into_iter().map(|(field, value)| (field.into(), value.into())).collect())
    }
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Contact")?;
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_prints_the_names_only() {
        let contact: Contact = [("LastName", "Doe"), ("FirstName", "Jane")].into_iter().collect();
        assert_eq!(format!("{contact:?}"), r#"Contact{"FirstName", "LastName"}"#);
    }
}
