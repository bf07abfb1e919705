//! See `larder_fuzz::targets::dates`.
#![cfg_attr(fuzzing, no_main)]

larder_fuzz::binary!(dates);
