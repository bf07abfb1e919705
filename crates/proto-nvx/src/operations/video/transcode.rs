//! Converting videos.

use larder_core::{Meta, Operation, Reject, Verb};
use serde::{Deserialize, Serialize};

use super::NAMESPACE;
use crate::fault::faults;
use crate::operations::{Done, checked};
use crate::values::{CallbackUrl, Count, Decimal, Path, Side};
use crate::{Code, Nvx};

/// Converts a video into another format, as a new file, with codec, container and quality from a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", rename_all = "camelCase")]
pub struct PresetTranscode {
    /// The video.
    pub src_file_path: Path,
    /// The new video. Its suffix, such as `.mov`, says which container it gets.
    pub dest_file_path: Path,
    /// What the service fetches when the conversion is over.
    #[serde(rename = "callbackURL", default, skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<CallbackUrl>,
    /// Codec, container and quality.
    pub preset: Preset,
    /// The new video's width. At most one of both sides is proportional.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale_width: Option<Side>,
    /// The new video's height.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale_height: Option<Side>,
}

impl PresetTranscode {
    /// A conversion that keeps the size.
    #[must_use]
    pub const fn new(src_file_path: Path, dest_file_path: Path, preset: Preset) -> Self {
        Self { src_file_path, dest_file_path, callback_url: None, preset, scale_width: None, scale_height: None }
    }

    fn check(&self) -> Result<(), Reject> {
        Side::check(("scaleWidth", self.scale_width), ("scaleHeight", self.scale_height))
    }
}

checked!(PresetTranscode);

impl Operation for PresetTranscode {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "PresetTranscode", Verb::Post).session();
    const FAULTS: &'static [Code] = faults![COMMON, NEW_FILES; InvalidImageDimensions];
}

/// A video's codec, container and quality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Preset {
    /// H.263 in FLV, low quality.
    #[serde(rename = "H263 FLV Low")]
    H263FlvLow,
    /// H.263 in FLV, medium quality.
    #[serde(rename = "H263 FLV Medium")]
    H263FlvMedium,
    /// H.263 in FLV, high quality.
    #[serde(rename = "H263 FLV High")]
    H263FlvHigh,
    /// H.264 in FLV, low quality.
    #[serde(rename = "H264 FLV Low")]
    H264FlvLow,
    /// H.264 in FLV, medium quality.
    #[serde(rename = "H264 FLV Medium")]
    H264FlvMedium,
    /// H.264 in FLV, high quality.
    #[serde(rename = "H264 FLV High")]
    H264FlvHigh,
}

/// Converts a video into another format, as a new file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", rename_all = "camelCase")]
pub struct Transcode {
    /// The video.
    pub src_file_path: Path,
    /// The new video. Its suffix, such as `.mov`, says which format it gets.
    pub dest_file_path: Path,
    /// What the service fetches when the conversion is over.
    #[serde(rename = "callbackURL", default, skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<CallbackUrl>,
    /// How many frames to convert; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_of_frames: Option<Count>,
    /// Frames per second, at least 0.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame_rate: Option<Decimal<1>>,
    /// The new video's width. At most one of both sides is proportional.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<Side>,
    /// The new video's height.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<Side>,
    /// Width by height, at least 0.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aspect_ratio: Option<Decimal<1>>,
    /// Samples of sound per second. FLV should have 11,025, 22,050 or 44,100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio_freq: Option<u32>,
}

impl Transcode {
    /// A conversion that leaves everything but the format to the service.
    #[must_use]
    pub const fn new(src_file_path: Path, dest_file_path: Path) -> Self {
        Self {
            src_file_path,
            dest_file_path,
            callback_url: None,
            number_of_frames: None,
            frame_rate: None,
            width: None,
            height: None,
            aspect_ratio: None,
            audio_freq: None,
        }
    }

    fn check(&self) -> Result<(), Reject> {
        Side::check(("width", self.width), ("height", self.height))
    }
}

checked!(Transcode);

impl Operation for Transcode {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "Transcode", Verb::Post).session();
    const FAULTS: &'static [Code] = faults![COMMON, NEW_FILES; ParameterOutOfAcceptedRange, InvalidImageDimensions];
}
