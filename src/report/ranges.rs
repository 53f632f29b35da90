//! How the regions of a level spread: the lowest value, the middle half and the highest one, and where a region stands between them.

use super::chart::{self, Axis};
use super::model::{Figure, RangePoint, RangeRow, Ranges};
use super::{Background, Scope, indicator};
use crate::numbers::Numbers;
use crate::period::PeriodIndex;
use crate::protect::Published;
use crate::region::{LevelIndex, RegionIndex};
use crate::spec::{Indicator, IndicatorIndex};
use crate::value::Ratio;

/// With fewer regions, a quarter is less than one.
const FEWEST: usize = 4;

/// The firm values of all regions of a level, by level and indicator, the lowest first; empty where there are too few.
#[derive(Clone, Debug)]
pub struct Spread(Vec<Vec<Vec<Ratio>>>);

impl Spread {
    /// What is published of a period.
    pub fn new(published: &Published<'_>, period: PeriodIndex) -> Self {
        let specs = published.specs();
        let (numbers, day) = (Numbers::new(published, period), specs.period(period).date);
        let mut levels = vec![vec![Vec::new(); specs.indicators.len()]; specs.programme.levels.len()];
        for (region, named) in specs.hierarchy.all().filter(|(_, region)| region.exists_on(day)) {
            for index in (0..specs.indicators.len()).map(IndicatorIndex) {
                let number = numbers.total(index, region);
                if let (true, true, Ok(value)) = (published.tells(index, region), number.is_firm(), number.value) {
                    levels[named.level.0][index.0].push(value);
                }
            }
        }
        levels.iter_mut().flatten().for_each(|values: &mut Vec<Ratio>| {
            values.sort_unstable();
            if values.len() < FEWEST {
                values.clear();
            }
        });
        Self(levels)
    }

    fn of(&self, level: LevelIndex, index: IndicatorIndex) -> &[Ratio] {
        &self.0[level.0][index.0]
    }
}

/// The lowest value, the quartiles and the highest value: each is the value of a region, so nothing is told that is not published.
fn points(sorted: &[Ratio]) -> [Ratio; 5] {
    // The nearest rank: the smallest value that at least so many quarters of the regions do not exceed.
    let at = |quarters: usize| sorted[(sorted.len() * quarters).div_ceil(4).max(1) - 1];
    [0, 1, 2, 3, 4].map(at)
}

/// Where a region stands among all regions of its level; the top region among those right below it. `None` where no indicator has enough
/// regions.
pub fn words(scope: &Scope<'_>, background: &Background<'_>) -> Option<Ranges> {
    let specs = scope.material.specs;
    let top = specs.hierarchy.top();
    let example = if scope.region == top { *scope.below().first()? } else { scope.region };
    let level = specs.hierarchy.region(example).level;
    let indicators = specs.indicators_of(scope.material.period);
    let row = |(index, indicator): (IndicatorIndex, &Indicator)| {
        let spread = background.spread.of(level, index);
        (!spread.is_empty()).then(|| row(scope, index, indicator, spread))
    };
    let rows: Vec<RangeRow> = indicators.filter_map(row).collect();
    (!rows.is_empty()).then(|| Ranges { of: scope.plural_of(&[example]), rows })
}

fn row(scope: &Scope<'_>, index: IndicatorIndex, indicator: &Indicator, spread: &[Ratio]) -> RangeRow {
    let scale = indicator.scale(scope.material.period);
    let hierarchy = &scope.material.specs.hierarchy;
    let is_measure = !scope.material.specs.is_extensive(indicator);
    let top = Some(hierarchy.top()).filter(|&top| top != scope.region && is_measure);
    let points = points(spread);
    let printed = |value: Ratio| chart::printed(value, scale);
    let total = |region: RegionIndex| scope.material.numbers().total(index, region);
    let others = [Some(scope.region), top].into_iter().flatten().filter_map(|region| total(region).value.ok());
    let axis = Axis::new(points.into_iter().chain(others).map(printed), scale.per);
    let tick = |value: Ratio| scope.language.decimal(value, axis.places());
    let figure = |region: RegionIndex| {
        let number = total(region);
        let share = number.value.ok().map(|value| axis.position(printed(value)));
        Figure { share, ..indicator::figure(scope, &number) }
    };
    RangeRow {
        id: indicator.id.clone(),
        short: indicator.short.get(scope.code()).to_owned(),
        regions: scope.number(spread.len() as i64),
        points: points.map(|value| RangePoint { text: scope.language.value(value, scale), share: axis.position(printed(value)) }),
        own: figure(scope.region),
        top: top.map(figure),
        end: if axis.zero() > 0.0 {
            format!("{}\u{2060}…\u{2060}{}", tick(axis.start), tick(axis.end))
        } else {
            tick(axis.end)
        },
        zero: axis.zero(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_are_values_of_regions() {
        let values = |count: i64| (1..=count).map(Ratio::whole).collect::<Vec<_>>();
        let of = |count: i64| points(&values(count)).map(|value| value.rounded(0));
        assert_eq!(of(4), [1, 1, 2, 3, 4]);
        assert_eq!(of(5), [1, 2, 3, 4, 5]);
        assert_eq!(of(8), [1, 2, 4, 6, 8]);
    }
}
