//! Tables of all regions of a level by the groups of a breakdown, where the programme asks for them.

use super::model::{Crossed, CrossedColumn, CrossedRow, Figure, IndicatorName};
use super::{Scope, indicator};
use crate::numbers::Subject;
use crate::region::{Region, RegionIndex};
use crate::spec::context::Crossing;
use crate::spec::{FieldIndex, IndicatorIndex};

/// The tables, in the report of the top region.
pub fn words(scope: &Scope<'_>) -> Vec<Crossed> {
    let specs = scope.material.specs;
    if scope.region != specs.hierarchy.top() {
        return Vec::new();
    }
    specs.tables.iter().filter_map(|crossing| crossed(scope, crossing)).collect()
}

fn crossed(scope: &Scope<'_>, crossing: &Crossing) -> Option<Crossed> {
    let specs = scope.material.specs;
    let (day, period) = (scope.day(), scope.material.period);
    let on_level = |(_, region): &(RegionIndex, &Region)| region.level == crossing.level && region.exists_on(day);
    let regions: Vec<RegionIndex> = specs.hierarchy.all().filter(on_level).map(|(index, _)| index).collect();
    // What is published of a region is published of all regions of its level.
    let example = *regions.first()?;
    let columns: Vec<(IndicatorIndex, Subject<'_>)> = crossing
        .indicators
        .iter()
        .filter(|(index, _)| specs.indicator(*index).life.holds(period) && scope.material.published.tells(*index, example))
        .flat_map(|&(index, field)| groups(scope, index, field).into_iter().map(move |subject| (index, subject)))
        .collect();
    let figure = |region: RegionIndex, &(index, subject): &(IndicatorIndex, Subject<'_>)| -> Figure {
        let number = scope.material.numbers().number(index, period, region, subject);
        indicator::figure(scope, specs.indicator(index), &number)
    };
    let row = |&region: &RegionIndex| CrossedRow {
        region: scope.name(region),
        values: columns.iter().map(|column| figure(region, column)).collect(),
    };
    let column = |(index, subject): &(IndicatorIndex, Subject<'_>)| {
        let indicator = specs.indicator(*index);
        let indicator = IndicatorName { id: indicator.id.clone(), short: indicator.short.get(scope.code()).to_owned() };
        CrossedColumn { indicator, group: scope.words().subject(subject) }
    };
    let (first, field) = crossing.indicators[0];
    let dataset = specs.dataset(specs.indicator(first).denominator.dataset);
    (!columns.is_empty()).then(|| Crossed {
        by: dataset.field(field).name.get(scope.code()).to_owned(),
        of: specs.level(crossing.level).plural.get(scope.code()).to_owned(),
        columns: columns.iter().map(column).collect(),
        rows: regions.iter().map(row).collect(),
    })
}

/// The groups of an indicator by a field.
fn groups<'a>(scope: &Scope<'a>, index: IndicatorIndex, field: FieldIndex) -> Vec<Subject<'a>> {
    let own = scope.material.specs.indicator(index).breakdowns.iter().position(|own| *own == field);
    let is_own =
        |subject: &Subject<'_>| matches!(subject, Subject::Group { breakdown, value: Some(_), .. } if Some(*breakdown) == own);
    scope.material.numbers().subjects(index).into_iter().filter(is_own).collect()
}
