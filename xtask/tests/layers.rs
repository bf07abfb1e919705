//! Invariant 1: the arrows between the crates, so that `cargo test --workspace` holds them.

#[test]
fn the_arrows_hold() -> xtask::Result<()> {
    xtask::layers::run()
}

#[test]
fn the_fixtures_are_derived_and_the_prints_untouched() -> xtask::Result<()> {
    let check = xtask::fixtures::Options { check: true, seal: false };
    xtask::fixtures::run(&xtask::workspace::root().join("fixtures"), &check)
}
