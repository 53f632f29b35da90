//! What a region is beside its indicators, and which regions are like it. Both rest on denominators that are published.

use super::Scope;
use super::model::{ContextRow, SimilarRule};
use crate::compute::Slice;
use crate::numbers::{Number, Numbers, Subject};
use crate::period::PeriodIndex;
use crate::protect::Published;
use crate::region::{Hierarchy, RegionIndex};
use crate::spec::IndicatorIndex;
use crate::spec::context::Context;
use crate::value::{Amount, Missing, Ratio, Scale};

/// The measures of a region in words, beside those of the regions above it.
pub fn words(scope: &Scope<'_>) -> Vec<ContextRow> {
    let specs = scope.material.specs;
    let code = scope.code();
    let row = |measure: &Context| {
        let group = measure.share.and_then(|share| group(scope.material.published, measure.indicator, share));
        let text = |region: RegionIndex| text(scope, measure, region);
        ContextRow {
            name: measure.name.get(code).to_owned(),
            definition: specs.indicator(measure.indicator).denominator.name.get(code).to_owned(),
            group: group.map(|subject| scope.words().subject(&subject)),
            own: text(scope.region),
            above: specs.hierarchy.upwards(scope.region).skip(1).map(text).collect(),
        }
    };
    specs.context.iter().map(row).collect()
}

/// The rule by which regions are similar, in words.
pub fn rule(scope: &Scope<'_>) -> Option<SimilarRule> {
    let specs = scope.material.specs;
    let rule = specs.similar.as_ref()?;
    let name = |&position: &usize| specs.context[position].name.get(scope.code()).to_owned();
    Some(SimilarRule { by: rule.by.iter().map(name).collect(), most: scope.number(rule.most as i64) })
}

fn text(scope: &Scope<'_>, measure: &Context, region: RegionIndex) -> String {
    let mark = |missing: Missing| scope.language.mark(missing).to_owned();
    let told = match value(scope.material.published, scope.material.period, measure, region) {
        Ok(value) => value,
        Err(missing) => return mark(missing),
    };
    match measure.share {
        Some(_) => scope.language.value(told, Scale::percent(1)),
        None => scope.language.decimal(told, scope.material.specs.indicator(measure.indicator).denominator.quantity.places()),
    }
}

/// The measure of a region, or why it may not be told.
fn value(published: &Published<'_>, period: PeriodIndex, measure: &Context, region: RegionIndex) -> Result<Ratio, Missing> {
    let numbers = Numbers::new(published, period);
    let told = |number: Number<'_>| number.told_denominator.ok_or(number.value.err().unwrap_or(Missing::Withheld));
    let whole = told(numbers.total(measure.indicator, region))?;
    let Some(share) = measure.share else { return Ok(whole.ratio()) };
    let subject = group(published, measure.indicator, share).ok_or(Missing::NotReported)?;
    let part = numbers.number(measure.indicator, period, region, subject);
    // A group of which nobody answered is no gap: the whole is that of those who answered.
    let coverage = part.coverage();
    let is_silent = !coverage.withheld && coverage.answered + coverage.unregistered == 0;
    let part = if is_silent { Amount::default() } else { told(part)? };
    part.over(whole).ok_or(Missing::ZeroDenominator)
}

/// The group of a breakdown with this value.
fn group<'a>(published: &'a Published<'a>, index: IndicatorIndex, (breakdown, value): (usize, u16)) -> Option<Subject<'a>> {
    let wanted = Slice::Category { breakdown, value: Some(value) };
    let position = published.slices(index).iter().position(|slice| *slice == wanted)?;
    // The numbers of every period have the same subjects.
    let subjects = Numbers::new(published, PeriodIndex(0)).subjects(index);
    subjects.into_iter().find(|subject| matches!(*subject, Subject::Group { slice, .. } if slice == position))
}

/// The places of all regions by the measures that make regions similar.
#[derive(Clone, Debug, Default)]
pub struct Places {
    most: usize,
    /// By level: the regions that have all measures, with their places.
    levels: Vec<Vec<(RegionIndex, Vec<usize>)>>,
}

impl Places {
    /// The places in a period; empty where the programme declares no similar regions.
    pub fn new(published: &Published<'_>, period: PeriodIndex) -> Self {
        let specs = published.specs();
        let day = specs.period(period).date;
        let Some(rule) = &specs.similar else { return Self::default() };
        let measures = || rule.by.iter().map(|&position| &specs.context[position]);
        let mut levels: Vec<Vec<(RegionIndex, Vec<Ratio>)>> = vec![Vec::new(); specs.programme.levels.len()];
        for (region, named) in specs.hierarchy.all().filter(|(_, region)| region.exists_on(day)) {
            let values: Result<Vec<Ratio>, Missing> =
                measures().map(|measure| value(published, period, measure, region)).collect();
            if let Ok(values) = values {
                levels[named.level.0].push((region, values));
            }
        }
        Self { most: rule.most, levels: levels.into_iter().map(places).collect() }
    }

    /// The regions most similar to a region, the most similar first: those for which the sum of the differences of places is smallest. Equal
    /// ones stay in the order of the registry. None where the region lacks a measure.
    pub fn similar(&self, hierarchy: &Hierarchy, region: RegionIndex) -> Vec<RegionIndex> {
        let Some(level) = self.levels.get(hierarchy.region(region).level.0) else { return Vec::new() };
        let Some((_, own)) = level.iter().find(|(other, _)| *other == region) else { return Vec::new() };
        let apart = |places: &[usize]| places.iter().zip(own).map(|(place, own)| place.abs_diff(*own)).sum::<usize>();
        let mut others: Vec<(usize, RegionIndex)> =
            level.iter().filter(|(other, _)| *other != region).map(|(other, places)| (apart(places), *other)).collect();
        others.sort_unstable();
        others.into_iter().take(self.most).map(|(_, other)| other).collect()
    }
}

/// The places of regions by each of their values, from 0; equal values share a place.
fn places(regions: Vec<(RegionIndex, Vec<Ratio>)>) -> Vec<(RegionIndex, Vec<usize>)> {
    let count = regions.first().map_or(0, |(_, values)| values.len());
    let sorted: Vec<Vec<Ratio>> = (0..count)
        .map(|measure| {
            let mut values: Vec<Ratio> = regions.iter().map(|(_, values)| values[measure]).collect();
            values.sort_unstable();
            values
        })
        .collect();
    let place = |(value, sorted): (&Ratio, &Vec<Ratio>)| sorted.partition_point(|other| other < value);
    regions.into_iter().map(|(region, values)| (region, values.iter().zip(&sorted).map(place).collect())).collect()
}
