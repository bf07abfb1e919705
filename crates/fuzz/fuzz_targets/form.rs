//! See `larder_fuzz::targets::form`.
#![cfg_attr(fuzzing, no_main)]

larder_fuzz::binary!(form);
