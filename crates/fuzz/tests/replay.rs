//! Every target over the fixtures, and over the inputs that are kept. One test: what is allocated is counted for all threads.

use larder_fuzz::TARGETS;
use larder_fuzz::replay::{corpus, replay};

#[test]
fn no_input_is_too_much() -> std::io::Result<()> {
    for target in TARGETS {
        let seeds = (target.seeds)();
        assert!(seeds.len() >= 10, "{}: {} seeds", target.name, seeds.len());
        seeds.iter().for_each(|seed| (target.run)(seed));
        println!("{}: {} inputs of fixtures, {} kept ones", target.name, seeds.len(), replay(target, &corpus(target))?);
    }
    Ok(())
}
