//! The year on one page: the targets that are missed most and for whom, and which regions are first and last over all indicators.

use super::matrix::{Quarter, quarters};
use super::model::{Digest, DigestGap, DigestRegion, DigestSpread, PlanItem};
use super::{Scope, indicator};
use crate::numbers::{Number, Subject};
use crate::region::RegionIndex;
use crate::spec::{Indicator, IndicatorIndex};

/// How many missed targets are told.
const GAPS: usize = 3;
/// How many regions are named as first, and as last; of those that are so equally often, all or none.
const NAMED: usize = 3;
/// With fewer regions, a quarter is less than one.
const FEWEST: usize = 4;
/// In how many regions with a part of a gap most of it is told.
const PLACES: usize = 3;

/// What the regions of a report should look at first; `None` where there are too few regions below to be compared.
pub fn words(scope: &Scope<'_>, plan: &[PlanItem]) -> Option<Digest> {
    let below = scope.below();
    if below.len() < FEWEST {
        return None;
    }
    let indicators = scope.material.specs.indicators_of(scope.material.period);
    let quarters: Vec<Vec<Option<Option<Quarter>>>> = indicators.map(|(index, _)| quarters(scope, index, &below)).collect();
    let standing = |(at, &region)| Standing::new(region, quarters.iter().filter_map(|quarters| quarters[at]));
    let standings: Vec<Standing> = below.iter().enumerate().map(standing).collect();
    Some(Digest {
        gaps: plan.iter().take(GAPS).map(|item| gap(scope, item)).collect(),
        first: most(scope, &standings, |standing| standing.first),
        last: most(scope, &standings, |standing| standing.last),
    })
}

/// In how many indicators a region is in the first quarter, in the last one, and has a place at all.
struct Standing {
    region: RegionIndex,
    first: usize,
    last: usize,
    of: usize,
}

impl Standing {
    /// Counts in the indicators in which it has a place.
    fn new(region: RegionIndex, places: impl Iterator<Item = Option<Quarter>>) -> Self {
        let mut standing = Self { region, first: 0, last: 0, of: 0 };
        for quarter in places {
            standing.of += 1;
            standing.first += usize::from(quarter == Some(Quarter::First));
            standing.last += usize::from(quarter == Some(Quarter::Last));
        }
        standing
    }
}

/// The regions with the most indicators; those with the same number are all named or none.
fn most(scope: &Scope<'_>, standings: &[Standing], count: fn(&Standing) -> usize) -> Vec<DigestRegion> {
    let mut order: Vec<&Standing> = standings.iter().filter(|standing| count(standing) > 1).collect();
    order.sort_by_key(|standing| std::cmp::Reverse(count(standing)));
    let mut named = 0;
    for group in order.chunk_by(|left, right| count(left) == count(right)) {
        if named + group.len() > NAMED {
            break;
        }
        named += group.len();
    }
    let words = |standing: &&Standing| DigestRegion {
        region: scope.name(standing.region),
        count: scope.number(count(standing) as i64),
        of: scope.number(standing.of as i64),
    };
    order[..named].iter().map(words).collect()
}

fn gap(scope: &Scope<'_>, item: &PlanItem) -> DigestGap {
    let mut indicators = scope.material.specs.indicators_of(scope.material.period);
    let spread = indicators.find(|(_, indicator)| indicator.id == item.id);
    DigestGap {
        id: item.id.clone(),
        short: item.short.clone(),
        value: item.value.text.clone(),
        target: item.target.clone(),
        units_phrase: item.units_phrase.clone(),
        spread: spread.and_then(|(index, indicator)| spread_of(scope, index, indicator)),
        places: item.places.iter().take(PLACES).map(|place| place.region.clone()).collect(),
    }
}

/// The two groups of a breakdown that are farthest apart among those with enough units and answers.
fn spread_of(scope: &Scope<'_>, index: IndicatorIndex, indicator: &Indicator) -> Option<DigestSpread> {
    let numbers = scope.material.numbers();
    let group = |subject: Subject<'_>| match subject {
        // Units that did not state their group are no group.
        Subject::Group { breakdown, value: Some(_), .. } => {
            let number = numbers.number(index, scope.material.period, scope.region, subject);
            number.is_firm().then(|| (breakdown, scope.words().subject(&subject), number))
        }
        Subject::Whole | Subject::Part { .. } | Subject::Group { .. } => None,
    };
    let groups: Vec<(usize, String, Number<'_>)> = numbers.subjects(index).into_iter().filter_map(group).collect();
    let value = |group: &&(usize, String, Number<'_>)| group.2.value.ok();
    let ends = (0..indicator.breakdowns.len()).filter_map(|breakdown| {
        let own = || groups.iter().filter(|(of, ..)| *of == breakdown);
        let (low, high) = (own().min_by_key(value)?, own().max_by_key(value)?);
        Some((value(&high)?.minus(value(&low)?), low, high))
    });
    let (_, (breakdown, low, low_number), (_, high, high_number)) = ends.max_by_key(|(apart, ..)| *apart)?;
    let dataset = scope.material.specs.dataset(indicator.denominator.dataset);
    let by = &dataset.field(indicator.breakdowns[*breakdown]).name;
    let text = |number: &Number<'_>| indicator::figure(scope, number).text;
    (low != high).then(|| DigestSpread {
        by: by.get(scope.code()).to_owned(),
        low: low.clone(),
        low_value: text(low_number),
        high: high.clone(),
        high_value: text(high_number),
    })
}
