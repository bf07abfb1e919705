//! Rows, their contenders, and rounds in which each runs once.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::memory::{self, Used};

/// One thing to be done, by several contenders; the first is Larder.
pub(crate) struct Row {
    pub(crate) title: String,
    pub(crate) contenders: Vec<Contender>,
    pub(crate) aims: Vec<Aim>,
}

/// One way to do it.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) run: Box<dyn FnMut()>,
}

/// Larder takes at most so many times the time of this contender.
pub(crate) struct Aim {
    pub(crate) against: &'static str,
    pub(crate) at_most: f64,
}

/// What was measured of a contender.
pub(crate) struct Figures {
    pub(crate) name: &'static str,
    pub(crate) median: Duration,
    pub(crate) least: Duration,
    /// Larder's time as a multiple of this contender's: the median of the rounds' own ratios.
    pub(crate) ratio: f64,
    pub(crate) used: Used,
}

/// A contender that makes something from nothing.
pub(crate) fn contender<T>(name: &'static str, mut run: impl FnMut() -> T + 'static) -> Contender {
    Contender { name, run: Box::new(move || drop(black_box(run()))) }
}

/// How long one contender works in one round.
const TURN: Duration = Duration::from_millis(20);

/// Runs all contenders in turn, `rounds` times.
pub(crate) fn run(contenders: &mut [Contender], rounds: usize) -> Vec<Figures> {
    let used: Vec<Used> = contenders.iter_mut().map(|it| memory::used(&mut it.run)).collect();
    let repeats: Vec<u32> = contenders.iter_mut().map(repeats).collect();
    let mut times = vec![Vec::with_capacity(rounds); contenders.len()];
    for _ in 0..rounds {
        for ((contender, repeats), times) in contenders.iter_mut().zip(&repeats).zip(&mut times) {
            times.push(turn(contender, *repeats));
        }
    }
    let ratio = |of: &Vec<Duration>| median(times[0].iter().zip(of).map(|(ours, its)| ours.as_secs_f64() / its.as_secs_f64()));
    let figures = contenders.iter().zip(&times).zip(used).map(|((contender, times), used)| Figures {
        name: contender.name,
        median: Duration::from_secs_f64(median(times.iter().map(Duration::as_secs_f64))),
        least: times.iter().copied().min().unwrap_or_default(),
        ratio: ratio(times),
        used,
    });
    figures.collect()
}

/// How often a contender runs in a turn, found by running it.
fn repeats(contender: &mut Contender) -> u32 {
    let mut repeats = 1;
    loop {
        let time = turn(contender, repeats) * repeats;
        if time >= TURN / 2 {
            return (f64::from(repeats) * TURN.as_secs_f64() / time.as_secs_f64()).ceil() as u32;
        }
        repeats *= 2;
    }
}

/// The time of one run among `repeats`.
fn turn(contender: &mut Contender, repeats: u32) -> Duration {
    let started = Instant::now();
    for _ in 0..repeats {
        (contender.run)();
    }
    started.elapsed() / repeats
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
