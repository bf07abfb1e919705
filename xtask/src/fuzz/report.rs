//! What libFuzzer says of a run.

use core::fmt;

/// One run.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Report {
    target: String,
    executions: u64,
    per_second: u64,
    start: Coverage,
    end: Coverage,
    inputs: String,
    crashes: usize,
}

/// Places in the code, and how often each was reached, in classes.
#[derive(Debug, PartialEq, Eq)]
struct Coverage {
    places: u64,
    features: u64,
}

impl Report {
    /// The head of the table.
    pub(super) const HEAD: &str = "| target | executions | per second | coverage (features) at the start | at the end | inputs | found |\n|---|---:|---:|---:|---:|---:|---:|";

    /// Reads libFuzzer's log; nothing if it did not come as far as its first inputs.
    pub(super) fn read(target: &str, log: &str, crashes: usize) -> Option<Self> {
        let lines = || log.lines().filter(|line| line.contains(" cov: "));
        let stat = |name: &str| log.lines().find_map(|line| line.strip_prefix("stat::")?.strip_prefix(name)?.trim().parse().ok());
        let last = lines().next_back()?;
        Some(Self {
            target: target.to_owned(),
            executions: stat("number_of_executed_units:").unwrap_or_default(),
            per_second: stat("average_exec_per_sec:").unwrap_or_default(),
            start: Coverage::read(lines().find(|line| line.contains("INITED"))?)?,
            end: Coverage::read(last)?,
            inputs: after(last, "corp:")?.replace('/', " / "),
            crashes,
        })
    }
}

impl Coverage {
    fn read(line: &str) -> Option<Self> {
        Some(Self { places: after(line, "cov:")?.parse().ok()?, features: after(line, "ft:")?.parse().ok()? })
    }
}

/// The word behind another one.
fn after<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    line.split_whitespace().skip_while(|found| *found != word).nth(1)
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.places, self.features)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { target, executions, per_second, start, end, inputs, crashes } = self;
        write!(f, "| {target} | {executions} | {per_second} | {start} | {end} | {inputs} | {crashes} |")
    }
}

#[cfg(test)]
mod tests {
    use super::Report;

    const LOG: &str = "INFO: seed corpus: files: 2\n\
        #3\tINITED cov: 10 ft: 12 corp: 2/30b exec/s: 0 rss: 27Mb\n\
        #9\tNEW    cov: 11 ft: 14 corp: 3/39b lim: 8 exec/s: 0 rss: 27Mb L: 3/8 MS: 1 ChangeBit-\n\
        #100\tDONE   cov: 12 ft: 15 corp: 4/1Kb lim: 8 exec/s: 50 rss: 29Mb\n\
        stat::number_of_executed_units: 100\nstat::average_exec_per_sec:     50\n";

    #[test]
    fn a_log_becomes_a_row() {
        let row = Report::read("dates", LOG, 0).map(|report| report.to_string());
        assert_eq!(row.as_deref(), Some("| dates | 100 | 50 | 10 (12) | 12 (15) | 4 / 1Kb | 0 |"));
    }

    #[test]
    fn a_run_that_never_began_is_none() {
        assert_eq!(Report::read("dates", "error: could not compile", 0), None);
    }
}
