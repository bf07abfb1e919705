//! See `larder_fuzz::targets::exchange`.
#![cfg_attr(fuzzing, no_main)]

larder_fuzz::binary!(exchange);
