//! What came of a run.

use core::fmt;

use super::Rule;

/// What came of a run of the suite.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The scenarios that the driver came through.
    pub passed: Vec<&'static str>,
    /// What it did wrong.
    pub failed: Vec<Finding>,
    /// The scenarios that were left out, and the ability that they need.
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

    /// For a test: does nothing when nothing is wrong.
    ///
    /// # Panics
    /// With the report, if something is.
    pub fn assert_clean(&self) {
        assert!(self.is_clean(), "{self}");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (passed, failed, skipped) = (self.passed.len(), self.failed.len(), self.not_tested.len());
        writeln!(f, "driver conformance: {passed} scenarios passed, {failed} findings, {skipped} not tested")?;
        for (scenario, ability) in &self.not_tested {
            writeln!(f, "  not tested: {scenario} (the driver declares no `{ability}`)")?;
        }
        for finding in &self.failed {
            write!(f, "\n{finding}")?;
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
