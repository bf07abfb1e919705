//! See `larder_fuzz::targets::soap`.
#![cfg_attr(fuzzing, no_main)]

larder_fuzz::binary!(soap);
