//! The choices of a run: recorded, and given back.

use core::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The choices of a run, those of each [`Dice`](super::Dice) in the order in which these were made; 0 is the simplest, and what
/// is beyond the last is 0. As text, they are what `LARDER_CHOICES` takes.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Choices(pub(super) Vec<Vec<u64>>);

impl Choices {
    /// The same without what says nothing.
    pub(super) fn trimmed(mut self) -> Self {
        for track in &mut self.0 {
            let said = track.iter().rposition(|choice| *choice != 0).map_or(0, |last| last + 1);
            track.truncate(said);
        }
        let said = self.0.iter().rposition(|track| !track.is_empty()).map_or(0, |last| last + 1);
        self.0.truncate(said);
        self
    }

    /// How many are not the simplest.
    pub(super) fn deviations(&self) -> usize {
        self.0.iter().flatten().filter(|choice| **choice != 0).count()
    }

    pub(super) fn len(&self) -> usize {
        self.0.iter().map(Vec::len).sum()
    }
}

impl fmt::Display for Choices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, track) in self.0.iter().enumerate() {
            f.write_str(if number == 0 { "" } else { "." })?;
            for (place, choice) in track.iter().enumerate() {
                f.write_str(if place == 0 { "" } else { "-" })?;
                // Most are 0: nothing stands for it.
                if *choice != 0 {
                    write!(f, "{choice:x}")?;
                }
            }
        }
        Ok(())
    }
}

impl core::str::FromStr for Choices {
    type Err = core::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let choice = |text: &str| if text.is_empty() { Ok(0) } else { u64::from_str_radix(text, 16) };
        let track = |text: &str| text.split('-').map(choice).collect::<Result<Vec<_>, _>>();
        let tracks = text.trim().split('.').map(track).collect::<Result<Vec<_>, _>>()?;
        Ok(Self(tracks).trimmed())
    }
}

/// Where choices are recorded as they are made, by any number of dice. Shared: engines want their dice to be sent about.
#[derive(Debug, Clone, Default)]
pub(super) struct Tape(Arc<Mutex<Tracks>>);

#[derive(Debug, Default)]
struct Tracks {
    given: Option<Choices>,
    made: Choices,
}

impl Tape {
    /// Gives these back; what is beyond them is the simplest.
    pub(super) fn of(given: Choices) -> Self {
        Self(Arc::new(Mutex::new(Tracks { given: Some(given), made: Choices::default() })))
    }

    /// What was chosen.
    pub(super) fn made(&self) -> Choices {
        self.tracks().made.clone().trimmed()
    }

    /// A track for other dice.
    pub(super) fn track(&self) -> usize {
        let mut tracks = self.tracks();
        tracks.made.0.push(Vec::new());
        tracks.made.0.len() - 1
    }

    /// The choice that is given here, or else `own`; one that there is no more is the nearest to it.
    pub(super) fn choose(&self, track: usize, options: u64, own: u64) -> u64 {
        let mut tracks = self.tracks();
        let Tracks { given, made } = &mut *tracks;
        let made = &mut made.0[track];
        let chosen = given.as_ref().map_or(own, |given| {
            let chosen = given.0.get(track).and_then(|track| track.get(made.len())).copied().unwrap_or_default();
            chosen.min(options.wrapping_sub(1))
        });
        made.push(chosen);
        chosen
    }

    fn tracks(&self) -> MutexGuard<'_, Tracks> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let choices = Choices(vec![vec![0, 26, 0, 3, 0], Vec::new(), vec![u64::MAX], vec![0]]);
        assert_eq!(choices.to_string(), "-1a--3-..ffffffffffffffff.");
        assert_eq!("-1a--3-..ffffffffffffffff.".parse(), Ok(choices.clone().trimmed()));
        assert_eq!(choices.trimmed().to_string(), "-1a--3..ffffffffffffffff");
        assert_eq!("".parse(), Ok(Choices::default()));
        "1-x".parse::<Choices>().unwrap_err();
    }

    #[test]
    fn what_was_made_is_made_again() {
        let recorded = Tape::default();
        let mut dice = super::super::Dice::on(&recorded, 5);
        let draw = |dice: &mut super::super::Dice| {
            let mut other = dice.fork();
            let some = dice.bytes(20);
            (dice.within(3..=9), other.percent(50), some, other.towards(4, 2..=5), dice.noise().bits(), *dice.pick(&[1, 2, 3]))
        };
        let first = draw(&mut dice);
        let again = Tape::of(recorded.made());
        assert_eq!(draw(&mut super::super::Dice::on(&again, 0)), first);
        assert_eq!(again.made(), recorded.made());
        let simplest = draw(&mut super::super::Dice::on(&Tape::of(Choices::default()), 0));
        assert_eq!((simplest.0, simplest.1, simplest.3, simplest.5), (3, false, 4, 1));
    }
}
