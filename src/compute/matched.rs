//! How much of a change comes from the units that answered in both periods; the rest comes from units that came, went, moved, or answered
//! only once.

use std::collections::HashMap;

use super::evaluate::{self, RowView, Side};
use crate::dataset::Data;
use crate::period::PeriodIndex;
use crate::region::{Hierarchy, RegionIndex};
use crate::spec::{Indicator, Specs};
use crate::value::{Amount, Missing, Value};

/// The sums over the units of a region that answered in both periods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Matched {
    /// How many units.
    pub units: u64,
    now: Sums,
    before: Sums,
}

/// A numerator and a denominator.
type Sums = (Amount, Amount);

impl Matched {
    /// Their value in the later period.
    pub fn now(&self) -> Value {
        ratio(self.now)
    }

    /// Their value in the earlier period.
    pub fn before(&self) -> Value {
        ratio(self.before)
    }
}

fn ratio((numerator, denominator): Sums) -> Value {
    numerator.over(denominator).ok_or(Missing::ZeroDenominator)
}

/// The matched sums of an indicator in a period and the one before, by region. `None` where there is no period before, or where the sides
/// come from two datasets, whose units cannot be matched; of a total, whose units are not shares of anything, nothing is matched. A unit that moved counts in the regions that hold both its old and its new place.
pub fn run(specs: &Specs, data: &Data, indicator: &Indicator, period: PeriodIndex) -> Option<Vec<Matched>> {
    let before = specs.compared(period)?;
    let index = indicator.denominator.dataset;
    if indicator.numerator.dataset != index || !indicator.is_ratio() {
        return None;
    }
    let dataset = specs.dataset(index);
    let (now, then) = (data.table(period, index), data.table(before, index));
    let earlier: HashMap<Vec<String>, usize> = (0..then.len()).map(|row| (then.key(specs, dataset, row), row)).collect();
    let mut matched = vec![Matched::default(); specs.hierarchy.len()];
    for row in 0..now.len() {
        let Some(&old) = earlier.get(&now.key(specs, dataset, row)) else { continue };
        let (new, old) =
            (evaluate::row(indicator, &RowView::new(now, row)), (old, evaluate::row(indicator, &RowView::new(then, old))));
        let sums = |outcome: &evaluate::Outcome| match (outcome.numerator, outcome.denominator) {
            (Side::Adds(numerator), Side::Adds(denominator)) => {
                Some((indicator.numerator.amount(numerator), indicator.denominator.amount(denominator)))
            }
            (Side::Adds(_) | Side::Outside | Side::Unanswered, Side::Adds(_) | Side::Outside | Side::Unanswered) => None,
        };
        let (Some(later), Some(first)) = (sums(&new), sums(&old.1)) else { continue };
        let own = &mut matched[common(&specs.hierarchy, now.region(row), then.region(old.0)).0];
        own.units += 1;
        own.now = (own.now.0 + later.0, own.now.1 + later.1);
        own.before = (own.before.0 + first.0, own.before.1 + first.1);
    }
    specs.hierarchy.add_up(&mut matched, |above, below| {
        above.units += below.units;
        above.now = (above.now.0 + below.now.0, above.now.1 + below.now.1);
        above.before = (above.before.0 + below.before.0, above.before.1 + below.before.1);
    });
    Some(matched)
}

/// The lowest region that holds both regions.
fn common(hierarchy: &Hierarchy, one: RegionIndex, other: RegionIndex) -> RegionIndex {
    hierarchy.upwards(one).find(|&outer| hierarchy.contains(outer, other)).unwrap_or(hierarchy.top())
}
