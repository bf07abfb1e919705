//! Inputs, taken apart.

use larder_core::operation::Names;

/// Splits the first line off. Without a line end, all of it is the first line.
pub(crate) fn line(data: &[u8]) -> (&[u8], &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n');
    end.map_or((data, &[]), |end| (&data[..end], &data[end + 1..]))
}

/// The operation that the first line names, and the rest. A line that names none still chooses one, so that no mutation
/// of it is lost.
pub(crate) fn operation<N: Names>(data: &[u8]) -> (N, &[u8]) {
    let (first, rest) = line(data);
    let known = core::str::from_utf8(first).ok().and_then(larder_testkit::trees::named);
    (known.unwrap_or_else(|| any(first)), rest)
}

fn any<N: Names>(text: &[u8]) -> N {
    let sum = text.iter().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
    N::ALL[sum % N::ALL.len()]
}

/// How an operation is named in a first line.
pub(crate) fn label<N: Names>(name: N) -> String {
    let meta = name.meta();
    let is_plain = N::ALL.iter().filter(|other| other.meta().name == meta.name).count() == 1;
    if is_plain { meta.name.to_owned() } else { meta.to_string() }
}

/// Decisions, a byte each, that end some time.
#[derive(Debug, Clone)]
pub(crate) struct Script<'a>(pub(crate) &'a [u8]);

impl Script<'_> {
    /// The next decision, if there is one left.
    pub(crate) fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }
}

/// Lengths of pieces, a byte each, again and again; without any, a piece is as long as can be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes<'a> {
    sizes: &'a [u8],
    at: usize,
}

impl<'a> Sizes<'a> {
    pub(crate) fn new(sizes: &'a [u8]) -> Self {
        Self { sizes, at: 0 }
    }

    /// The length of the next piece, which is not empty.
    pub(crate) fn next(&mut self) -> usize {
        let size = self.sizes.get(self.at % self.sizes.len().max(1));
        self.at += 1;
        size.map_or(usize::MAX, |size| usize::from(*size).max(1))
    }
}

/// Cuts a message into pieces whose lengths are those of `sizes`, again and again; a zero is an empty piece only once in a
/// round. Without sizes it stays whole.
pub(crate) fn cut<'d>(mut data: &'d [u8], sizes: &[u8]) -> Vec<&'d [u8]> {
    let mut pieces = Vec::new();
    if sizes.iter().any(|size| *size > 0) {
        for size in sizes.iter().cycle() {
            if data.is_empty() {
                return pieces;
            }
            let (piece, rest) = data.split_at(usize::from(*size).min(data.len()));
            pieces.push(piece);
            data = rest;
        }
    }
    pieces.push(data);
    pieces
}
