//! Images out of videos.

use larder_core::{Meta, Operation, Reject, Rule, Verb};
use serde::{Deserialize, Serialize};

use super::NAMESPACE;
use crate::fault::faults;
use crate::operations::{Done, checked};
use crate::values::{CallbackUrl, Count, Decimal, FileName, FolderPath, Path, Side, without_dot};
use crate::{Code, Nvx};

/// Stores frames of a video as images. Width and height are given together or not at all: 100 otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", rename_all = "camelCase")]
pub struct ExtractFrames {
    /// The video.
    pub src_file_path: Path,
    /// The folder for the images.
    #[serde(deserialize_with = "without_dot")]
    pub dest_folder_path: FolderPath,
    /// What the service fetches when it is over.
    #[serde(rename = "callbackURL", default, skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<CallbackUrl>,
    /// How many frames; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_of_frames: Option<Count>,
    /// Frames per second of video, at least 0.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame_rate: Option<Decimal<1>>,
    /// The images' width. At most one of both sides is proportional.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<Side>,
    /// The images' height.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<Side>,
    /// How much of the video to skip first, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_time_offset: Option<Decimal<0>>,
    /// What the images' names begin with; the video's name when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame_name: Option<FileName>,
    /// The images' format; JPEG when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame_format: Option<FrameFormat>,
    /// How many digits the numbers in the images' names have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame_number_digits: Option<Count>,
}

impl ExtractFrames {
    /// All frames, as the service names and sizes them.
    #[must_use]
    pub const fn new(src_file_path: Path, dest_folder_path: FolderPath) -> Self {
        Self {
            src_file_path,
            dest_folder_path,
            callback_url: None,
            number_of_frames: None,
            frame_rate: None,
            width: None,
            height: None,
            start_time_offset: None,
            frame_name: None,
            frame_format: None,
            frame_number_digits: None,
        }
    }

    fn check(&self) -> Result<(), Reject> {
        match (self.width, self.height) {
            (Some(_), None) => Err(Reject::new("height", Rule::Missing)),
            (None, Some(_)) => Err(Reject::new("width", Rule::Missing)),
            (width, height) => Side::check(("width", width), ("height", height)),
        }
    }
}

checked!(ExtractFrames);

impl Operation for ExtractFrames {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "ExtractFrames", Verb::Post).session();
    const FAULTS: &'static [Code] = faults![COMMON, NEW_FILES; ParameterOutOfAcceptedRange, InvalidImageDimensions];
}

/// The format of a frame's image, named like its suffix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum FrameFormat {
    /// JPEG.
    Jpg,
    /// Windows bitmap.
    Bmp,
    /// PNG.
    Png,
}
