//! Both machines of the core against each other, with both APIs.
mod e2;
mod nvx;
mod plain;
