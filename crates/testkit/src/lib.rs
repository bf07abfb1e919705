//! Client against server in memory under a virtual clock, fixtures, and conformance suites, for Larder's tests and yours.

pub mod fixtures;
pub mod wire;
