//! Every target over the fixtures, and over the inputs that are kept.

use larder_fuzz::replay::{corpus, replay};
use larder_fuzz::{TARGETS, Target};

fn each(act: impl Fn(&Target)) {
    TARGETS.iter().for_each(act);
}

#[test]
fn seeds() {
    each(|target| {
        let seeds = (target.seeds)();
        println!("{}: {} seeds", target.name, seeds.len());
        assert!(seeds.len() >= 10, "{}: {} seeds", target.name, seeds.len());
        seeds.iter().for_each(|seed| (target.run)(seed));
    });
}

#[test]
fn kept_inputs() -> std::io::Result<()> {
    for target in TARGETS {
        println!("{}: {} inputs", target.name, replay(target, &corpus(target))?);
    }
    Ok(())
}
