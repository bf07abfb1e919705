//! See `larder_fuzz::targets::paths`.
#![cfg_attr(fuzzing, no_main)]

larder_fuzz::binary!(paths);
