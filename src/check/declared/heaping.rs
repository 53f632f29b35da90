//! `heaping`: the numbers of a region are round more often than chance allows.
//!
//! Of n numbers with even last digits, n/b are multiples of b, with the variance n(b − 1)/b². What lies `cutoff` binomial
//! standard deviations or more above that is a finding: (kb − n)² ≥ cutoff² · n(b − 1), compared in whole numbers.

use std::collections::BTreeMap;

use super::{Scene, decimal, fields, plain};
use crate::compute::evaluate;
use crate::diagnostic::{Diagnostic, Place};
use crate::region::RegionIndex;
use crate::spec::checks::heaping::Heaping;
use crate::value::Ratio;

/// One finding for each region of the level.
pub fn check(scene: &Scene<'_>, heaping: &Heaping, found: &mut Vec<Diagnostic>) {
    let hierarchy = &scene.specs().hierarchy;
    let mut regions: BTreeMap<RegionIndex, (usize, Vec<i64>)> = BTreeMap::new();
    for row in scene.rows() {
        let Ok(value) = evaluate::sum(&heaping.sum, &scene.view(row)) else { continue };
        let region = hierarchy.upwards(scene.table.region(row)).find(|&region| hierarchy.region(region).level == heaping.level);
        if let (true, Some(region)) = (value >= heaping.above, region) {
            regions.entry(region).or_insert_with(|| (row, Vec::new())).1.push(value);
        }
    }
    for (region, (first, values)) in regions {
        let multiples = values.iter().filter(|value| *value % heaping.base == 0).count();
        if values.len() >= heaping.at_least && is_heaped(multiples, values.len(), heaping) {
            let place = Place::File(scene.table.place(first).file.clone());
            let usual = Ratio::new(values.len() as i128, i128::from(heaping.base)).unwrap_or(Ratio::whole(0));
            let facts = vec![
                scene.sum("field", &heaping.sum),
                plain("base", heaping.base),
                scene.count("count", values.len()),
                scene.count("value", multiples),
                decimal(scene.subject, "expected", (usual, 0)),
            ];
            found.push(scene.about_region(place, region, &fields(&heaping.sum), facts));
        }
    }
}

fn is_heaped(multiples: usize, all: usize, heaping: &Heaping) -> bool {
    let (multiples, all, base) = (multiples as i128, all as i128, i128::from(heaping.base));
    let above = multiples * base - all;
    let (cutoff, unit) = (heaping.cutoff.numerator(), heaping.cutoff.denominator());
    above > 0 && above * above * unit * unit >= cutoff * cutoff * all * (base - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::region::LevelIndex;
    use crate::spec::expression::Sum;

    #[test]
    fn what_chance_allows_is_no_heap() {
        let (sum, level) = (Sum::default(), LevelIndex(0));
        let heaping = Heaping { sum, base: 5, above: 10, level, cutoff: Ratio::whole(4), at_least: 30 };
        // Of 100, 20 are expected, with a standard deviation of 4.
        assert!(!is_heaped(35, 100, &heaping));
        assert!(is_heaped(36, 100, &heaping));
        assert!(!is_heaped(4, 100, &heaping));
    }
}
