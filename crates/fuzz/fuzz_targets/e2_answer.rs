//! See `larder_fuzz::targets::e2_answer`.
#![cfg_attr(fuzzing, no_main)]

larder_fuzz::binary!(e2_answer);
