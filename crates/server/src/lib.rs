//! The running service: the engine behind both APIs on one HTTP listener.
