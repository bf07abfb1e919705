//! The Video namespace: new videos and images made of stored videos.
//!
//! Success means that the work was accepted; whether it was done is what the callback says. What is made is new: a name
//! that is taken is 70004 or 70008, and a second time fails. A side that is no number of pixels from 1 on, or
//! proportional to one that is proportional itself, is 70111; any other number below its minimum is 50103. Which sizes a
//! video allows besides depends on it.

mod frames;
mod transcode;

pub use frames::{ExtractFrames, FrameFormat};
pub use transcode::{Preset, PresetTranscode, Transcode};

const NAMESPACE: &str = "Video";
