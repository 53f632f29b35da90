//! Regions and all indicators in one table, and which regions rank in the first and the last quarter.

use super::model::{Figure, IndicatorName, Matrix, MatrixCell, MatrixGroup, MatrixRow};
use super::{Background, Scope, indicator};
use crate::compute::compare::Rank;
use crate::region::RegionIndex;
use crate::spec::{Indicator, IndicatorIndex};

/// With fewer regions, a quarter is less than one.
const FEWEST: usize = 4;
/// More neighbours than this are not shown in the report of one of them.
const NEIGHBOURS: usize = 40;

/// A quarter of the regions with the same region above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quarter {
    /// The best.
    First,
    /// The worst.
    Last,
}

/// The quarters of an indicator for regions with the same region above: for each of them whether it has a place, and whether that lies in the
/// first or the last quarter.
pub fn quarters(scope: &Scope<'_>, index: IndicatorIndex, regions: &[RegionIndex]) -> Vec<Option<Option<Quarter>>> {
    let (published, period) = (scope.material.published, scope.material.period);
    let place = |&region: &RegionIndex| published.rank(index, period, region).filter(|rank| rank.of >= FEWEST);
    let places: Vec<Option<Rank>> = regions.iter().map(place).collect();
    let mut positions: Vec<usize> = places.iter().flatten().map(|rank| rank.position).collect();
    positions.sort_unstable();
    let quarter = |Rank { position, of }: Rank| {
        // Where so many share the first place that they are more than a quarter, nobody is in it.
        let ahead = positions.partition_point(|other| *other <= position);
        if ahead <= of / 4 { Some(Quarter::First) } else { (position > of - of / 4).then_some(Quarter::Last) }
    };
    places.into_iter().map(|place| place.map(quarter)).collect()
}

/// The regions right below, or the neighbours; then those that are similar; then those above.
pub fn words(scope: &Scope<'_>, background: &Background<'_>) -> Matrix {
    let specs = scope.material.specs;
    let hierarchy = &specs.hierarchy;
    let below = scope.below();
    let mut groups: Vec<(&'static str, Vec<RegionIndex>)> = Vec::new();
    let mut above: Vec<RegionIndex> = hierarchy.upwards(scope.region).collect();
    if below.is_empty() {
        let neighbours = indicator::charted(scope);
        let few = neighbours.len() <= NEIGHBOURS;
        groups.push(("neighbours", if few { neighbours } else { vec![scope.region] }));
        above.remove(0);
    } else {
        groups.push(("below", below));
    }
    groups.push(("similar", background.places.similar(hierarchy, scope.region)));
    groups.push(("above", above));
    groups.retain(|(_, regions)| !regions.is_empty());
    let shown = |index: IndicatorIndex| {
        groups.iter().take(1).flat_map(|(_, regions)| regions).any(|&region| scope.material.published.tells(index, region))
    };
    let columns: Vec<(IndicatorIndex, &Indicator)> =
        specs.indicators_of(scope.material.period).filter(|(index, _)| shown(*index)).collect();
    let in_percent = columns.iter().all(|(_, indicator)| indicator.per == 100);
    let name = |(_, indicator): &(IndicatorIndex, &Indicator)| IndicatorName {
        id: indicator.id.clone(),
        short: indicator.short.get(scope.code()).to_owned(),
    };
    Matrix {
        columns: columns.iter().map(name).collect(),
        in_percent,
        groups: groups.into_iter().map(|(key, regions)| group(scope, key, &regions, &columns, in_percent)).collect(),
    }
}

fn group(
    scope: &Scope<'_>,
    key: &'static str,
    regions: &[RegionIndex],
    columns: &[(IndicatorIndex, &Indicator)],
    in_percent: bool,
) -> MatrixGroup {
    let hierarchy = &scope.material.specs.hierarchy;
    let is_ranked = matches!(key, "below" | "neighbours");
    let quarters: Vec<Vec<Option<Option<Quarter>>>> = columns
        .iter()
        .map(|&(index, _)| if is_ranked { quarters(scope, index, regions) } else { vec![None; regions.len()] })
        .collect();
    let own = hierarchy.region(scope.region);
    let row = |(at, &region): (usize, &RegionIndex)| MatrixRow {
        code: scope.region_code(region),
        region: scope.name(region),
        within: hierarchy
            .region(region)
            .parent
            .filter(|parent| key == "similar" && Some(*parent) != own.parent)
            .map(|parent| scope.name(parent)),
        this: region == scope.region,
        cells: columns
            .iter()
            .zip(&quarters)
            .map(|(&(index, _), quarters)| MatrixCell {
                value: value(scope, index, region, in_percent),
                quarter: quarters[at].flatten().map(|quarter| match quarter {
                    Quarter::First => "first",
                    Quarter::Last => "last",
                }),
            })
            .collect(),
    };
    MatrixGroup { key, of: scope.plural_of(regions), rows: regions.iter().enumerate().map(row).collect() }
}

/// The value of a region as it stands in a cell; `bare` without the sign of its unit.
pub fn value(scope: &Scope<'_>, index: IndicatorIndex, region: RegionIndex, bare: bool) -> Figure {
    let number = scope.material.numbers().total(index, region);
    let figure = indicator::figure(scope, &number);
    match number.value {
        Ok(ratio) if bare => Figure { text: scope.language.bare(ratio, number.scale), ..figure },
        Ok(_) | Err(_) => figure,
    }
}
