//! base64 that comes in pieces.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use larder_core::{Message, RequestFlaw};

use super::{FILE_DATA, malformed};

/// Bytes of base64 that are decoded at a time: whole fours.
const BLOCK: usize = 4 << 10;

/// A decoder. It is as strict as [`FileData`](crate::values::FileData) is: full padding, and blanks anywhere.
pub(super) struct Decoder {
    block: Box<[u8; BLOCK]>,
    length: usize,
    /// There was padding: nothing may follow.
    is_over: bool,
}

impl Default for Decoder {
    fn default() -> Self {
        Self { block: Box::new([0; BLOCK]), length: 0, is_over: false }
    }
}

impl Decoder {
    /// More of it.
    pub(super) fn push(&mut self, text: &[u8], message: &mut Message) -> Result<(), RequestFlaw> {
        for byte in text {
            if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
                continue;
            }
            if self.is_over {
                return Err(malformed(FILE_DATA));
            }
            if let Some(place) = self.block.get_mut(self.length) {
                *place = *byte;
                self.length += 1;
            }
            if self.length == BLOCK {
                self.flush(message)?;
            }
        }
        Ok(())
    }

    /// There is no more.
    pub(super) fn finish(&mut self, message: &mut Message) -> Result<(), RequestFlaw> {
        self.flush(message)
    }

    fn flush(&mut self, message: &mut Message) -> Result<(), RequestFlaw> {
        let block = self.block.get(..self.length).unwrap_or_default();
        let mut bytes = [0; BLOCK / 4 * 3];
        let length = STANDARD.decode_slice(block, &mut bytes).map_err(|_| malformed(FILE_DATA))?;
        self.is_over = block.ends_with(b"=");
        self.length = 0;
        message.file(bytes.get(..length).unwrap_or_default())
    }
}
