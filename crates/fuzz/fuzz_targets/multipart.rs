//! See `larder_fuzz::targets::multipart`.
#![cfg_attr(fuzzing, no_main)]

larder_fuzz::binary!(multipart);
