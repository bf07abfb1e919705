//! CRC-32C, eight bytes at a step: tells damaged bytes from good ones, block by block.

/// The bytes that one checksum covers.
pub const BLOCK: u64 = 1 << 20;

const POLYNOMIAL: u32 = 0x82f6_3b78;
const TABLES: [[u32; 256]; 8] = tables();

const fn tables() -> [[u32; 256]; 8] {
    let mut tables = [[0; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let mut value = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { (value >> 1) ^ POLYNOMIAL } else { value >> 1 };
            bit += 1;
        }
        tables[0][byte] = value;
        byte += 1;
    }
    let mut table = 1;
    while table < 8 {
        let mut byte = 0;
        while byte < 256 {
            let value = tables[table - 1][byte];
            tables[table][byte] = (value >> 8) ^ tables[0][(value & 0xff) as usize];
            byte += 1;
        }
        table += 1;
    }
    tables
}

/// Continues a checksum: start with zero.
#[must_use]
pub fn crc32c(so_far: u32, data: &[u8]) -> u32 {
    let mut value = !so_far;
    let (eights, rest) = data.as_chunks::<8>();
    for eight in eights {
        let [a, b, c, d, e, f, g, h] = *eight;
        let low = (value ^ u32::from_le_bytes([a, b, c, d])).to_le_bytes();
        value = [low[0], low[1], low[2], low[3], e, f, g, h]
            .iter()
            .zip(TABLES.iter().rev())
            .fold(0, |sum, (byte, table)| sum ^ table[usize::from(*byte)]);
    }
    for byte in rest {
        value = (value >> 8) ^ TABLES[0][usize::from(value.to_le_bytes()[0] ^ byte)];
    }
    !value
}

/// Checksums of consecutive blocks while content streams by.
#[derive(Debug, Clone, Default)]
pub(super) struct BlockSums {
    done: Vec<u32>,
    current: u32,
    filled: u64,
}

impl BlockSums {
    pub(super) fn push(&mut self, mut data: &[u8]) {
        while !data.is_empty() {
            let room = usize::try_from(BLOCK - self.filled).unwrap_or(usize::MAX);
            let (now, later) = data.split_at(data.len().min(room));
            self.current = crc32c(self.current, now);
            self.filled += now.len() as u64;
            if self.filled == BLOCK {
                self.done.push(self.current);
                (self.current, self.filled) = (0, 0);
            }
            data = later;
        }
    }

    pub(super) fn finish(mut self) -> Vec<u32> {
        if self.filled > 0 {
            self.done.push(self.current);
        }
        self.done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_check_value() {
        assert_eq!(crc32c(0, b"123456789"), 0xe306_9283);
        assert_eq!(crc32c(0, &[0; 32]), 0x8a91_36aa);
    }

    #[test]
    fn any_split_gives_the_same_sums() {
        let data: Vec<u8> = (0..3_000_000_u32).map(|i| i.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
        let mut whole = BlockSums::default();
        whole.push(&data);
        let mut parts = BlockSums::default();
        data.chunks(77_777).for_each(|chunk| parts.push(chunk));
        assert_eq!(whole.finish(), parts.finish());
    }
}
