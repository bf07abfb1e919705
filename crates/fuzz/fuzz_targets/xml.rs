//! See `larder_fuzz::targets::xml`.
#![cfg_attr(fuzzing, no_main)]

larder_fuzz::binary!(xml);
