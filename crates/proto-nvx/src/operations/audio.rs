//! The Audio namespace: new audio files made of stored ones.

use larder_core::{Meta, Operation, Verb};
use serde::{Deserialize, Serialize};

use super::Done;
use crate::fault::faults;
use crate::values::{CallbackUrl, Count, Decimal, Path};
use crate::{Code, Nvx};

/// Converts an audio file into another format, as a new file. Success means that the work was accepted; whether it was
/// done is what the callback says.
///
/// Faults: 50103 when a number is below its minimum, 70005 when there is no such file, 70004 and 70008 when the new name is
/// taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Transcode {
    /// The audio file.
    pub src_file_path: Path,
    /// The new file. Its suffix, such as `.mp3`, says which format it gets.
    pub dest_file_path: Path,
    /// What the service fetches when the conversion is over.
    #[serde(rename = "callbackURL", default, skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<CallbackUrl>,
    /// How many frames to convert; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_of_frames: Option<Count>,
    /// The bit rate. The document names no unit, and its samples are kilobits a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bit_rate: Option<Decimal<0>>,
    /// How many channels the new file has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_of_channels: Option<Count>,
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
            bit_rate: None,
            number_of_channels: None,
        }
    }
}

impl Operation for Transcode {
    type Api = Nvx;
    type Answer = Done;
    // The new file's name is taken after the first time.
    const META: Meta = Meta::unary("Audio", "Transcode", Verb::Post).session();
    const FAULTS: &'static [Code] = faults![COMMON, NEW_FILES; ParameterOutOfAcceptedRange];
}
