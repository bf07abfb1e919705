//! Which bytes of a file were asked for, or came.

/// Parts of a file: where each starts and ends, in order, with gaps between them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::flow) struct Parts(Vec<(u64, u64)>);

impl Parts {
    /// These parts; none if they are not in order.
    pub(in crate::flow) fn new(parts: Vec<(u64, u64)>) -> Option<Self> {
        let is_ordered = parts.is_sorted_by(|before, after| before.1 < after.0) && parts.iter().all(|(first, end)| first < end);
        is_ordered.then_some(Self(parts))
    }

    /// Adds a part that touches or follows any of them.
    pub(super) fn add(&mut self, first: u64, end: u64) {
        if first < end {
            let from = self.0.partition_point(|part| part.1 < first);
            let to = self.0.partition_point(|part| part.0 <= end);
            let touched = &self.0[from..to.max(from)];
            let first = touched.first().map_or(first, |part| part.0.min(first));
            let end = touched.last().map_or(end, |part| part.1.max(end));
            self.0.splice(from..to.max(from), [(first, end)]);
        }
    }

    /// The first bytes before `total` that are in none, at most so many of them.
    pub(super) fn gap(&self, total: u64, size: u64) -> Option<(u64, u64)> {
        let first = self.0.first().filter(|part| part.0 == 0).map_or(0, |part| part.1);
        let next = self.0.iter().map(|part| part.0).find(|start| *start >= first && *start > 0).unwrap_or(total);
        (first < total).then(|| (first, next.min(total).min(first.saturating_add(size))))
    }

    /// Where the last one ends.
    pub(in crate::flow) fn end(&self) -> u64 {
        self.0.last().map_or(0, |part| part.1)
    }

    pub(super) fn list(&self) -> &[(u64, u64)] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_as_a_set_of_bytes_has_them() {
        let mut random = 1_u64;
        let mut draw = |below: u64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (random >> 33) % below
        };
        for _ in 0..2_000 {
            let (mut parts, mut bytes) = (Parts::default(), [false; 24]);
            for _ in 0..6 {
                let first = draw(24);
                let end = (first + draw(6)).min(24);
                parts.add(first, end);
                bytes[usize::try_from(first).unwrap()..usize::try_from(end).unwrap()].fill(true);
                assert_eq!(Parts::new(parts.0.clone()), Some(parts.clone()));
                let size = 1 + draw(5);
                let gap = bytes.iter().position(|is| !is).map(|first| {
                    let run = bytes[first..].iter().take_while(|is| !**is).count();
                    (first as u64, first as u64 + (run as u64).min(size))
                });
                assert_eq!(parts.gap(24, size), gap, "{parts:?}");
                assert_eq!(parts.end(), bytes.iter().rposition(|is| *is).map_or(0, |last| last as u64 + 1));
            }
        }
        for wrong in [vec![(1, 1)], vec![(2, 1)], vec![(0, 2), (2, 3)], vec![(4, 5), (0, 1)]] {
            assert_eq!(Parts::new(wrong), None);
        }
    }
}
