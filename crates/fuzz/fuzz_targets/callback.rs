//! See `larder_fuzz::targets::callback`.
#![cfg_attr(fuzzing, no_main)]

larder_fuzz::binary!(callback);
