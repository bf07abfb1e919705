//! What Larder is compared with, as a good engineer writes it: the same content comes out, and what matters is checked.

pub(crate) mod hand;
pub(crate) mod markup;
pub(crate) mod plain;
