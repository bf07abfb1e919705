//! To be written.

/// Tries one input.
pub fn run(_: &[u8]) {}

/// None.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    vec![Vec::new(); 10]
}
