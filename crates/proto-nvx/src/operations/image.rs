//! The Image namespace: new images made of stored ones.
//!
//! The format of an image follows from its name's suffix. What is made is a new file: a name that is taken is 70004 or
//! 70008, so that nothing is overwritten, and a second time fails.

use larder_core::{Meta, Operation, Reject, Verb};
use serde::{Deserialize, Serialize};

use super::{Done, checked};
use crate::fault::faults;
use crate::values::{CallbackUrl, Path, Side};
use crate::{Code, Nvx};

const NAMESPACE: &str = "Image";

/// Makes an image of another size.
///
/// Faults: 70111 when a side is no number of pixels from 1 on, and when both are proportional; 70005 when there is no such
/// image; 70004 and 70008 when the new name is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", rename_all = "camelCase")]
pub struct Resize {
    /// The image.
    pub src_file_path: Path,
    /// The new image. Its suffix, such as `.bmp`, says which format it gets.
    pub dest_file_path: Path,
    /// The new image's width. At most one of both sides is proportional.
    pub width: Side,
    /// The new image's height.
    pub height: Side,
    /// What the service fetches when the new image is there.
    #[serde(rename = "callbackURL", default, skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<CallbackUrl>,
}

impl Resize {
    fn check(&self) -> Result<(), Reject> {
        Side::check(("width", Some(self.width)), ("height", Some(self.height)))
    }
}

checked!(Resize);

impl Operation for Resize {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "Resize", Verb::Post).session();
    const FAULTS: &'static [Code] = faults![COMMON, NEW_FILES; InvalidImageDimensions];
}

/// Makes an image that is turned, mirrored or both.
///
/// Faults: 70005 when there is no such image, 70004 and 70008 when the new name is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RotateFlip {
    /// The image.
    pub src_file_path: Path,
    /// The new image. Its suffix, such as `.bmp`, says which format it gets.
    pub dest_file_path: Path,
    /// How far to turn it.
    pub rotate: Rotation,
    /// How to mirror it.
    pub flip: Flip,
    /// What the service fetches when the new image is there.
    #[serde(rename = "callbackURL", default, skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<CallbackUrl>,
}

impl Operation for RotateFlip {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "RotateFlip", Verb::Post).session();
    const FAULTS: &'static [Code] = faults![COMMON, NEW_FILES];
}

/// How far an image is turned. The document does not say which way; ours is clockwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RotateType"))]
pub enum Rotation {
    /// Not at all.
    #[serde(rename = "RotateNone")]
    By0,
    /// By 90 degrees.
    #[serde(rename = "Rotate90")]
    By90,
    /// By 180 degrees.
    #[serde(rename = "Rotate180")]
    By180,
    /// By 270 degrees.
    #[serde(rename = "Rotate270")]
    By270,
}

/// How an image is mirrored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "FlipType"))]
pub enum Flip {
    /// Not at all.
    #[serde(rename = "FlipNone")]
    Neither,
    /// Left becomes right.
    #[serde(rename = "FlipHorizontal")]
    Horizontal,
    /// Top becomes bottom.
    #[serde(rename = "FlipVertical")]
    Vertical,
    /// Both.
    #[serde(rename = "FlipHorizontalVertical")]
    Both,
}

#[cfg(test)]
mod tests {
    use larder_core::Rule;

    use super::*;
    use crate::codec::form;

    #[test]
    fn what_breaks_a_rule_is_not_sent() {
        let path: Path = "a.bmp".parse().unwrap();
        let size = |width: &str, height: &str| Resize {
            src_file_path: path.clone(),
            dest_file_path: path.clone(),
            width: width.parse().unwrap(),
            height: height.parse().unwrap(),
            callback_url: None,
        };
        assert_eq!(form::to_string(&size("-1", "-1")), Err(Reject::new("width", Rule::OutOfRange)));
        assert_eq!(form::to_string(&size("-1", "1")).unwrap(), "srcFilePath=a.bmp&destFilePath=a.bmp&width=-1&height=1");
    }
}
