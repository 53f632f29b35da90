//! `heaping`: the numbers of a region are round more often than chance allows.
//!
//! Of n numbers with even last digits, n/b are multiples of b, with the variance n(b − 1)/b². What lies `cutoff` binomial
//! standard deviations or more above that is a finding: (kb − n)² ≥ cutoff² · n(b − 1), compared in whole numbers.

use std::collections::BTreeMap;

use super::{Scene, fields, plain};
use crate::compute::evaluate;
use crate::diagnostic::{Diagnostic, Place};
use crate::region::{LevelIndex, RegionIndex};
use crate::spec::expression::Sum;
use crate::value::Ratio;

/// What is round, and what is too often.
pub struct Round {
    /// Its multiples are round.
    pub base: i64,
    /// Smaller numbers are not looked at: their last digits are not even.
    pub above: i64,
    /// In standard deviations.
    pub cutoff: Ratio,
    /// The fewest numbers.
    pub at_least: usize,
}

/// One finding for each region of the level.
pub fn check(scene: &Scene<'_>, sum: &Sum, level: LevelIndex, round: &Round, found: &mut Vec<Diagnostic>) {
    let hierarchy = &scene.specs().hierarchy;
    let mut regions: BTreeMap<RegionIndex, (usize, Vec<i64>)> = BTreeMap::new();
    for row in scene.rows() {
        let Ok(value) = evaluate::sum(sum, &scene.view(row)) else { continue };
        let region = hierarchy.upwards(scene.table.region(row)).find(|&region| hierarchy.region(region).level == level);
        if let (true, Some(region)) = (value >= round.above, region) {
            regions.entry(region).or_insert_with(|| (row, Vec::new())).1.push(value);
        }
    }
    for (region, (first, values)) in regions {
        let multiples = values.iter().filter(|value| *value % round.base == 0).count();
        if values.len() >= round.at_least && is_heaped(multiples, values.len(), round) {
            let place = Place::File(scene.table.place(first).file.clone());
            let usual = Ratio::new(values.len() as i128, i128::from(round.base)).map_or(0, |usual| usual.rounded(0));
            let facts = vec![
                scene.sum("field", sum),
                plain("base", round.base),
                plain("count", values.len()),
                plain("value", multiples),
                plain("expected", usual),
            ];
            found.push(scene.about_region(place, region, &fields(sum), facts));
        }
    }
}

fn is_heaped(multiples: usize, all: usize, round: &Round) -> bool {
    let (multiples, all, base) = (multiples as i128, all as i128, i128::from(round.base));
    let above = multiples * base - all;
    let (cutoff, unit) = (round.cutoff.numerator(), round.cutoff.denominator());
    above > 0 && above * above * unit * unit >= cutoff * cutoff * all * (base - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_chance_allows_is_no_heap() {
        let round = Round { base: 5, above: 10, cutoff: Ratio::whole(4), at_least: 30 };
        // Of 100, 20 are expected, with a standard deviation of 4.
        assert!(!is_heaped(35, 100, &round));
        assert!(is_heaped(36, 100, &round));
        assert!(!is_heaped(4, 100, &round));
    }
}
