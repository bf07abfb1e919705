//! What a search looks for.

use larder_core::Rule;

use super::{is_printable, looks_like, text_value};

/// What a search looks for: a whole text, or with an asterisk at an end, one that begins, ends, or goes on there.
///
/// `*` alone, which is also what an absent parameter means, finds everything. Elsewhere an asterisk is refused, since
/// neither names nor tags nor metadata may have one. Letters count as they are written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SearchTerm(String);

impl SearchTerm {
    /// Finds everything.
    #[must_use]
    pub fn everything() -> Self {
        Self("*".to_owned())
    }

    /// The term as it goes on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text without its asterisks.
    #[must_use]
    pub fn literal(&self) -> &str {
        let text = self.0.strip_prefix('*').unwrap_or(&self.0);
        text.strip_suffix('*').unwrap_or(text)
    }

    /// Whether anything may stand before the text.
    #[must_use]
    pub fn open_start(&self) -> bool {
        self.0.starts_with('*')
    }

    /// Whether anything may stand behind the text.
    #[must_use]
    pub fn open_end(&self) -> bool {
        self.0.ends_with('*')
    }

    /// Whether the search finds this text.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        match (self.open_start(), self.open_end()) {
            (true, true) => text.contains(self.literal()),
            (true, false) => text.ends_with(self.literal()),
            (false, true) => text.starts_with(self.literal()),
            (false, false) => text == self.literal(),
        }
    }
}

impl Default for SearchTerm {
    fn default() -> Self {
        Self::everything()
    }
}

impl TryFrom<String> for SearchTerm {
    type Error = Rule;

    fn try_from(text: String) -> Result<Self, Rule> {
        if text.is_empty() {
            return Ok(Self::everything());
        }
        let term = Self(text);
        let fits = term.literal().chars().all(|c| is_printable(c) && c != '*');
        if fits { Ok(term) } else { Err(Rule::Malformed) }
    }
}

text_value!(SearchTerm);
looks_like!(SearchTerm, {
    "type": "string",
    "pattern": format!(r"^\*?{}\*?$", super::schema::without(&['*']).trim_matches(['^', '$'])),
});

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(term: &str, text: &str) -> bool {
        term.parse::<SearchTerm>().unwrap().matches(text)
    }

    #[test]
    fn asterisks_at_the_ends_stand_for_anything() {
        assert!(finds("3*", "31") && finds("3*", "3") && !finds("3*", "13"));
        assert!(finds("*.avi", "joe.avi") && !finds("*.avi", "joe.avi.txt"));
        assert!(finds("*oe*", "joe.avi") && finds("*oe*", "oe") && !finds("*oe*", "OE"));
        assert!(finds("joe.avi", "joe.avi") && !finds("joe", "joe.avi"));
    }

    #[test]
    fn n43_no_term_finds_everything() {
        for term in ["", "*", "**"] {
            assert!(finds(term, "anything") && finds(term, ""), "{term}");
        }
        assert_eq!("".parse(), Ok(SearchTerm::default()));
        assert_eq!(SearchTerm::default().as_str(), "*");
    }

    #[test]
    fn an_asterisk_elsewhere_is_refused() {
        for term in ["a*b", "*a*b*", "***", "a\nb"] {
            assert_eq!(term.parse::<SearchTerm>(), Err(Rule::Malformed), "{term:?}");
        }
    }
}
