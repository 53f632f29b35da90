//! Which counts of persons are withheld: the programme's rule, applied to plain numbers.

/// The rule. A count is withheld only where its dataset says that it counts persons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Confidentiality {
    /// Counts from one up to below this are withheld.
    pub smallest_count: i64,
    /// Whether a count of nobody is withheld, too.
    pub hides_zero: bool,
    /// A rate over fewer than this is withheld, with all counts that would give it.
    pub smallest_denominator: i64,
    /// Where all or none of fewer than this are counted, that is withheld.
    pub smallest_group: i64,
    /// Whether a person who is alone in a count, and so knows it, must not learn another count by that.
    pub protects_from_single: bool,
    /// How far apart two values must lie that a withheld count can have, as far as everything that is published tells.
    pub width: i64,
}

impl Confidentiality {
    /// The rule proposed where a programme sets none: one to four persons are withheld, and so is any rate over fewer than ten.
    pub const PROPOSED: Self = Self::below(5, 10);

    /// The rule that withholds counts below `smallest_count` and rates over fewer than `smallest_denominator`; the width is as wide as the
    /// range of the withheld counts.
    pub const fn below(smallest_count: i64, smallest_denominator: i64) -> Self {
        Self {
            smallest_count,
            hides_zero: false,
            smallest_denominator,
            smallest_group: smallest_denominator,
            protects_from_single: true,
            width: Self::range(smallest_count),
        }
    }

    /// How wide the range of the withheld counts is: from one to four it is three.
    pub const fn range(smallest_count: i64) -> i64 {
        if smallest_count > 3 { smallest_count - 2 } else { 1 }
    }

    /// Whether a count of persons is withheld for its own sake.
    pub fn withholds(&self, count: i64) -> bool {
        match count {
            0 => self.hides_zero,
            count => 0 < count && count < self.smallest_count,
        }
    }

    /// Whether a sum of several withheld counts, which the published numbers give, tells too much: it is one of few persons itself.
    pub fn withholds_union(&self, count: i64) -> bool {
        0 < count && count < self.smallest_count
    }

    /// Whether a part of a group is withheld, with all that the group leaves beside it: because the group is too small for a rate, or because
    /// it is small and all or none of it is counted.
    pub fn withholds_part(&self, part: i64, group: i64) -> bool {
        let is_unanimous = part == 0 || part == group;
        0 < group && (group < self.smallest_denominator || is_unanimous && group < self.smallest_group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_to_four_are_withheld_and_the_range_is_three() {
        let rule = Confidentiality::PROPOSED;
        assert_eq!((0..7).map(|count| rule.withholds(count)).collect::<Vec<_>>(), [false, true, true, true, true, false, false]);
        assert_eq!(rule.width, 3);
    }

    #[test]
    fn all_or_none_of_few_are_withheld() {
        let rule = Confidentiality { smallest_denominator: 2, smallest_group: 10, ..Confidentiality::PROPOSED };
        let found = [(0, 9), (9, 9), (5, 9), (0, 10), (10, 10), (0, 0)].map(|(part, group)| rule.withholds_part(part, group));
        assert_eq!(found, [true, true, false, false, false, false]);
    }
}
