//! See `larder_fuzz::targets::json`.
#![cfg_attr(fuzzing, no_main)]

larder_fuzz::binary!(json);
