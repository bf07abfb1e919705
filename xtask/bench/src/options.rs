//! What the command line asks for.

/// How to measure.
pub(crate) struct Options {
    /// How often every contender runs.
    pub(crate) rounds: usize,
    /// Whether to count instructions.
    pub(crate) counts: bool,
    only: Option<String>,
    /// Run one contender so many times and say nothing: what callgrind is given.
    pub(crate) once: Option<Once>,
}

/// One contender of one row, and how often it runs.
pub(crate) struct Once {
    pub(crate) row: String,
    pub(crate) contender: usize,
    pub(crate) times: usize,
}

const USAGE: &str = "client [--rounds N] [--calls N] [--bytes N] [--only PART] [--no-counts] | wire [--rounds N] [--only PART_OF_A_ROW'S_NAME] [--no-counts] | wire --once ROW CONTENDER TIMES";

impl Options {
    /// Reads the command line, or ends the process with what it could have been.
    pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Self {
        Self::read(arguments).unwrap_or_else(|| {
            eprintln!("usage: {USAGE}");
            std::process::exit(2)
        })
    }

    fn read(mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        let mut options = Self { rounds: 21, counts: true, only: None, once: None };
        (arguments.next()? == "wire").then_some(())?;
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--rounds" => options.rounds = arguments.next()?.parse().ok().filter(|rounds| *rounds > 0)?,
                "--only" => options.only = Some(arguments.next()?),
                "--no-counts" => options.counts = false,
                "--once" => {
                    let row = arguments.next()?;
                    let mut number = || arguments.next()?.parse().ok();
                    options.once = Some(Once { row, contender: number()?, times: number()? });
                }
                _ => return None,
            }
        }
        Some(options)
    }

    /// Whether this row is to be measured.
    pub(crate) fn wants(&self, row: &str) -> bool {
        self.only.as_deref().is_none_or(|only| row.contains(only))
    }
}
