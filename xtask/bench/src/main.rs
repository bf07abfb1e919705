//! Larder's codecs against code written by hand and against other crates: `cargo xtask bench wire`.
//!
//! Everything is in one process on one thread. A round runs every contender of a row once, so that whatever disturbs the
//! machine disturbs all of them; ratios are the median of the rounds' own. Where valgrind is installed, callgrind counts
//! instructions, which no other process disturbs.

mod callgrind;
mod contest;
mod memory;
mod options;
mod rivals;
mod rows;
mod sample;
mod table;

use contest::Row;
use options::Options;

fn main() {
    let options = Options::parse(std::env::args().skip(1));
    if let Some(once) = &options.once {
        return rows::once(once);
    }
    let mut verdicts = Vec::new();
    for (name, row) in rows::ALL {
        if options.wants(name) {
            let Row { mut contenders, title, aims } = row();
            let figures = contest::run(&mut contenders, options.rounds);
            let counts = options.counts.then(|| callgrind::counts(name, &contenders));
            verdicts.extend(table::print(name, &title, &figures, counts.flatten().as_deref(), &aims));
        }
    }
    if options.counts && !callgrind::installed() {
        println!("valgrind not installed: no instructions counted");
    }
    table::summary(&verdicts);
}
