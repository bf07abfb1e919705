//! See `larder_fuzz::targets::e2_request`.
#![cfg_attr(fuzzing, no_main)]

larder_fuzz::binary!(e2_request);
