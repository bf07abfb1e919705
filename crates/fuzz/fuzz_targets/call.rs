//! See `larder_fuzz::targets::call`.
#![cfg_attr(fuzzing, no_main)]

larder_fuzz::binary!(call);
