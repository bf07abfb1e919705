//! See `larder_fuzz::targets::ranges`.
#![cfg_attr(fuzzing, no_main)]

larder_fuzz::binary!(ranges);
