//! The file, and its MD5.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};

/// A file that was made.
pub(crate) struct Made {
    /// Its MD5, as the service writes it.
    pub(crate) md5: String,
}

/// Makes a file of so many bytes, no two blocks of which are alike.
pub(crate) fn make(path: &Path, size: u64) -> io::Result<Made> {
    let (mut file, mut hash) = (File::create(path)?, Md5::new());
    let (mut block, mut state, mut left) = (vec![0; 1 << 20], 1_u64, size);
    while left > 0 {
        for word in block.chunks_exact_mut(8) {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            word.copy_from_slice(&state.to_le_bytes());
        }
        let count = usize::try_from(left).unwrap_or(usize::MAX).min(block.len());
        file.write_all(&block[..count])?;
        hash.update(&block[..count]);
        left -= count as u64;
    }
    Ok(Made { md5: STANDARD.encode(hash.finalize()) })
}

/// The MD5 of a file.
pub(crate) fn md5(path: &Path) -> io::Result<String> {
    let (mut file, mut hash, mut block) = (File::open(path)?, Md5::new(), vec![0; 1 << 20]);
    loop {
        match file.read(&mut block)? {
            0 => return Ok(STANDARD.encode(hash.finalize())),
            count => hash.update(&block[..count]),
        }
    }
}
