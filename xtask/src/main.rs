//! Everything a person runs to develop Larder.
fn main() {}
