//! What an update makes of a file.

use std::collections::BTreeMap;

use crate::Code;
use crate::values::ContentRange;

/// The ranges of one update, and what they make of a file. They may come in any order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    old_length: u64,
    file_name: Option<String>,
    is_whole: bool,
    /// Ranges with the numbers of their parts, by their first bytes.
    ranges: BTreeMap<u64, (ContentRange, usize)>,
}

/// Where the next bytes of a changed file come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// The file as it was.
    Kept {
        /// Where in it they start.
        offset: u64,
        /// How many, in bytes.
        length: u64,
    },
    /// All of a part of the request.
    Sent {
        /// Which part, counted from 0.
        part: usize,
    },
}

impl Changes {
    /// Nothing changed yet in a file of `old_length` bytes.
    #[must_use]
    pub const fn new(old_length: u64) -> Self {
        Self { old_length, file_name: None, is_whole: false, ranges: BTreeMap::new() }
    }

    /// Takes the head of the next part. That the part then has as many bytes as its range is the caller's to check.
    ///
    /// # Errors
    /// 70108 for another file than that of the parts before, for another total length, for bytes that a part before has
    /// too, and for a whole file beside other parts.
    pub fn add(&mut self, file_name: &str, range: Option<ContentRange>) -> Result<(), Code> {
        let is_first = self.file_name.is_none();
        let is_same = self.file_name.get_or_insert_with(|| file_name.to_owned()) == file_name;
        let fits = range.map_or(is_first, |range| is_same && !self.is_whole && self.is_free(range));
        if !fits {
            return Err(Code::RangeNotSatisfiable);
        }
        match range {
            Some(range) => drop(self.ranges.insert(range.first(), (range, self.ranges.len()))),
            None => self.is_whole = true,
        }
        Ok(())
    }

    fn is_free(&self, range: ContentRange) -> bool {
        let before = self.ranges.range(..=range.last()).next_back();
        let is_free = before.is_none_or(|(_, (before, _))| before.last() < range.first());
        is_free && self.ranges.values().next().is_none_or(|(other, _)| other.total() == range.total())
    }

    /// What the changed file is made of, from its first byte to its last.
    ///
    /// # Errors
    /// 70108 when it has bytes that neither the old file nor a range has, 100 when there was no part.
    pub fn finish(self) -> Result<Vec<Piece>, Code> {
        if self.is_whole {
            return Ok(vec![Piece::Sent { part: 0 }]);
        }
        let total = self.ranges.values().next().ok_or(Code::MissingRequiredParameter)?.0.total();
        let mut pieces = Vec::new();
        let mut at = 0;
        for (range, part) in self.ranges.values() {
            pieces.extend(self.kept(at, range.first())?);
            pieces.push(Piece::Sent { part: *part });
            at = range.last() + 1;
        }
        pieces.extend(self.kept(at, total)?);
        Ok(pieces)
    }

    /// What stays between two ranges, from one byte up to another.
    fn kept(&self, offset: u64, end: u64) -> Result<Option<Piece>, Code> {
        match end - offset {
            0 => Ok(None),
            length if end <= self.old_length => Ok(Some(Piece::Kept { offset, length })),
            _ => Err(Code::RangeNotSatisfiable),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(old_length: u64, ranges: &[&str]) -> Result<Vec<Piece>, Code> {
        let mut changes = Changes::new(old_length);
        for range in ranges {
            changes.add("a.dat", range.parse().ok())?;
        }
        changes.finish()
    }

    #[test]
    fn ranges_come_in_any_order() {
        let kept = |offset, length| Piece::Kept { offset, length };
        let sent = |part| Piece::Sent { part };
        assert_eq!(changed(10, &["9-9/10", "1-5/10"]), Ok(vec![kept(0, 1), sent(1), kept(6, 3), sent(0)]));
        assert_eq!(changed(10, &["0-4/10", "5-9/10"]), Ok(vec![sent(0), sent(1)]));
        assert_eq!(changed(0, &["0-4/5"]), Ok(vec![sent(0)]));
        assert_eq!(changed(10, &["0-0/1"]), Ok(vec![sent(0)]));
        assert_eq!(changed(10, &["whole"]), Ok(vec![sent(0)]));
    }

    #[test]
    fn what_makes_no_file_is_refused() {
        for ranges in [
            &["1-5/10", "5-6/10"][..],
            &["5-6/10", "1-5/10"],
            &["1-8/10", "3-4/10"],
            &["3-4/10", "1-8/10"],
            &["1-5/10", "6-6/11"],
            &["11-15/16"],
            &["10-14/16"],
            &["1-5/10", "whole"],
            &["whole", "1-5/10"],
            &["whole", "whole"],
        ] {
            assert_eq!(changed(10, ranges), Err(Code::RangeNotSatisfiable), "{ranges:?}");
        }
        assert_eq!(changed(10, &[]), Err(Code::MissingRequiredParameter));
    }

    #[test]
    fn all_ranges_are_of_one_file() {
        let mut changes = Changes::new(10);
        changes.add("a.dat", "0-0/10".parse().ok()).unwrap();
        assert_eq!(changes.add("b.dat", "1-1/10".parse().ok()), Err(Code::RangeNotSatisfiable));
    }

    /// Each byte of the changed file: the number of its part, or where in the old file it was.
    fn naive(old_length: u64, ranges: &[ContentRange]) -> Option<Vec<Result<usize, u64>>> {
        let total = ranges[0].total();
        let byte = |at: u64| {
            let mut parts = (0..ranges.len()).filter(|part| (ranges[*part].first()..=ranges[*part].last()).contains(&at));
            match (parts.next(), parts.next()) {
                (Some(part), None) => Some(Ok(part)),
                (None, None) if at < old_length => Some(Err(at)),
                _ => None,
            }
        };
        (0..total).map(byte).collect()
    }

    #[test]
    fn two_ranges_of_small_files_do_what_a_byte_by_byte_look_says() {
        let ranges = |total: u64| (0..total).flat_map(move |first| (first..total).map(move |last| (first, last, total)));
        let all: Vec<ContentRange> =
            (1..=5).flat_map(ranges).map(|(first, last, total)| ContentRange::new(first, last, total).unwrap()).collect();
        for (one, two) in all.iter().flat_map(|one| all.iter().map(move |two| (*one, *two))) {
            if one.total() != two.total() {
                continue;
            }
            for old_length in 0..=5 {
                let mut changes = Changes::new(old_length);
                let done = changes.add("a", Some(one)).and_then(|()| changes.add("a", Some(two))).and_then(|()| changes.finish());
                let bytes = done.ok().map(|pieces| pieces.iter().flat_map(|piece| bytes(*piece, &[one, two])).collect());
                assert_eq!(bytes, naive(old_length, &[one, two]), "{old_length}: {one}, {two}");
            }
        }
    }

    fn bytes(piece: Piece, ranges: &[ContentRange]) -> Vec<Result<usize, u64>> {
        match piece {
            Piece::Kept { offset, length } => (offset..offset + length).map(Err).collect(),
            Piece::Sent { part } => vec![Ok(part); usize::try_from(ranges[part].len()).unwrap()],
        }
    }
}
