//! See `larder_fuzz::targets::h1`.
#![cfg_attr(fuzzing, no_main)]

larder_fuzz::binary!(h1);
