//! What came of a run.

use core::fmt;

use super::Rule;

/// Why the rest was left out.
pub(super) const TOO_MANY: &str = "too many others went wrong";

/// What came of a run of the suite.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The scenarios that the driver came through.
    pub passed: Vec<&'static str>,
    /// What it did wrong.
    pub failed: Vec<Finding>,
    /// The scenarios that were left out, and the ability that they need, or why else.
    pub not_tested: Vec<(&'static str, &'static str)>,
}

/// One thing that a driver did wrong.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The scenario.
    pub scenario: &'static str,
    /// The rule that it broke.
    pub rule: Rule,
    /// What it did, in plain words.
    pub what: String,
    /// What happened, from the wire and from inside, with milliseconds.
    pub trace: Vec<String>,
}

impl Report {
    /// Whether nothing is wrong. What was not tested counts for nothing.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.failed.is_empty()
    }

    /// Whether this rule was found broken.
    #[must_use]
    pub fn breaks(&self, rule: Rule) -> bool {
        self.failed.iter().any(|finding| finding.rule == rule)
    }

    /// Each mistake once: where it was found first, and the other scenarios of it.
    fn merged(&self) -> Vec<(&Finding, Vec<&'static str>)> {
        let mut merged: Vec<(&Finding, Vec<&'static str>)> = Vec::new();
        for finding in &self.failed {
            match merged.iter_mut().find(|(first, _)| first.is_like(finding)) {
                Some((first, others)) if first.scenario != finding.scenario && !others.contains(&finding.scenario) => {
                    others.push(finding.scenario);
                }
                Some(_) => {}
                None => merged.push((finding, Vec::new())),
            }
        }
        merged
    }

    /// For a test: does nothing when nothing is wrong.
    ///
    /// # Panics
    /// With the report, if something is.
    pub fn assert_clean(&self) {
        assert!(self.is_clean(), "{self}");
    }
}

impl Finding {
    /// Whether the other says the same of other numbers.
    fn is_like(&self, other: &Self) -> bool {
        let words = |what: &str| what.replace(|letter: char| letter.is_ascii_digit() || letter == '.', "");
        self.rule == other.rule && words(&self.what) == words(&other.what)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (passed, failed, skipped) = (self.passed.len(), self.failed.len(), self.not_tested.len());
        writeln!(f, "driver conformance: {passed} scenarios passed, {failed} findings, {skipped} not tested")?;
        for (scenario, ability) in &self.not_tested {
            if *ability == TOO_MANY {
                continue;
            }
            writeln!(f, "  not tested: {scenario} (the driver declares no `{ability}`)")?;
        }
        let left_out = self.not_tested.iter().filter(|(_, ability)| *ability == TOO_MANY).count();
        if left_out > 0 {
            writeln!(f, "  not tested: {left_out} more scenarios, because {TOO_MANY}")?;
        }
        for (finding, others) in self.merged() {
            write!(f, "\n{finding}")?;
            match &others[..] {
                [] => {}
                [other] => writeln!(f, "  and in another scenario: {other}")?,
                others => writeln!(f, "  and in {} more scenarios: {}", others.len(), others.join("; "))?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.scenario, self.what)?;
        writeln!(f, "  {}", self.rule)?;
        for line in &self.trace {
            writeln!(f, "    {line}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(scenario: &'static str, rule: Rule, what: &str) -> Finding {
        Finding { scenario, rule, what: what.to_owned(), trace: vec!["  1.0 ms  a line".to_owned()] }
    }

    #[test]
    fn the_same_mistake_is_told_once() {
        let failed = vec![
            finding("one", Rule::Open, "job 0: exchange #2 was opened, and nobody connected"),
            finding("one", Rule::Open, "job 1: exchange #3 was opened, and nobody connected"),
            finding("two", Rule::Open, "job 0: exchange #14 was opened, and nobody connected"),
            finding("three", Rule::Open, "job 0: exchange #2 was opened, and nobody connected"),
            finding("three", Rule::Write, "job 0: another"),
        ];
        let text = Report { failed, ..Report::default() }.to_string();
        assert_eq!(text.matches("nobody connected").count(), 1, "{text}");
        assert!(text.contains("one: job 0: exchange #2") && text.contains("and in 2 more scenarios: two; three"), "{text}");
        assert!(text.contains("5 findings") && text.contains("three: job 0: another"), "{text}");
    }

    #[test]
    fn what_was_left_out_is_counted() {
        let not_tested = vec![("one", "drops"), ("two", TOO_MANY), ("three", TOO_MANY)];
        let text = Report { not_tested, ..Report::default() }.to_string();
        assert!(
            text.contains("one (the driver declares no `drops`)") && text.contains("2 more scenarios, because too many"),
            "{text}"
        );
    }
}
