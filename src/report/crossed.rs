//! Tables of all regions of a level by the groups of a breakdown, where the programme asks for them.

use super::model::{Crossed, CrossedColumn, CrossedRow, Figure, IndicatorName};
use super::{Material, Scope, indicator};
use crate::numbers::Subject;
use crate::region::{Region, RegionIndex};
use crate::spec::context::Crossing;
use crate::spec::{FieldIndex, IndicatorIndex};

/// The tables, in the report of the top region.
pub(super) fn words(scope: &Scope<'_>) -> Vec<Crossed> {
    let specs = scope.material.specs;
    if scope.region != specs.hierarchy.top() {
        return Vec::new();
    }
    specs.tables.iter().filter_map(|crossing| crossed(scope, crossing)).collect()
}

fn crossed(scope: &Scope<'_>, crossing: &Crossing) -> Option<Crossed> {
    let specs = scope.material.specs;
    let period = scope.material.period;
    let (regions, columns) = of(scope.material, crossing);
    let figure = |region: RegionIndex, &(index, subject): &(IndicatorIndex, Subject<'_>)| -> Figure {
        let number = scope.material.numbers().number(index, period, region, subject);
        indicator::figure(scope, &number)
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

/// The regions of a table, and the groups of each indicator that is published for them.
pub fn of<'a>(material: Material<'a>, crossing: &Crossing) -> (Vec<RegionIndex>, Vec<(IndicatorIndex, Subject<'a>)>) {
    let Material { specs, published, period, .. } = material;
    let day = specs.period(period).date;
    let on_level = |(_, region): &(RegionIndex, &Region)| region.level == crossing.level && region.exists_on(day);
    let regions: Vec<RegionIndex> = specs.hierarchy.all().filter(on_level).map(|(index, _)| index).collect();
    // What is published of a region is published of all regions of its level.
    let tells = |index: IndicatorIndex| regions.first().is_some_and(|&region| published.tells(index, region));
    let indicators = crossing.indicators.iter();
    let lives = indicators.filter(|(index, _)| specs.indicator(*index).life.holds(period) && tells(*index));
    let columns =
        lives.flat_map(|&(index, field)| groups(material, index, field).into_iter().map(move |subject| (index, subject)));
    let columns = columns.collect();
    (regions, columns)
}

/// The groups of an indicator by a field.
fn groups<'a>(material: Material<'a>, index: IndicatorIndex, field: FieldIndex) -> Vec<Subject<'a>> {
    let own = material.specs.indicator(index).breakdowns.iter().position(|own| *own == field);
    let is_own =
        |subject: &Subject<'_>| matches!(subject, Subject::Group { breakdown, value: Some(_), .. } if Some(*breakdown) == own);
    material.numbers().subjects(index).into_iter().filter(is_own).collect()
}
