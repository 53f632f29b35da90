//! One indicator over all regions: what a page about an indicator says, and the values of all regions for readers who compare.

use super::indicator::{self, Aside};
use super::model::{Across, Values};
use super::{Background, Material, Scope, matrix, methodology};
use crate::language::Language;
use crate::region::{LevelIndex, RegionIndex};
use crate::spec::{Indicator, IndicatorIndex};

/// Writes about one indicator over all regions.
pub fn write(material: Material<'_>, background: &Background<'_>, language: &Language, index: IndicatorIndex) -> Across {
    let specs = material.specs;
    let scope = Scope { material, language, region: specs.hierarchy.top() };
    let own = specs.indicator(index);
    let warnings = background.evidence.warnings(scope.region)[index.0];
    let aside = Aside { warnings, matched: background.matched(index, scope.region) };
    let everywhere = indicator::everywhere(&scope, index, own, aside);
    let levels = (0..specs.programme.levels.len()).map(LevelIndex);
    Across {
        indicator: indicator::words(&scope, index, own, aside),
        section: specs.programme.sections[own.section].name.get(scope.code()).to_owned(),
        definition: methodology::entry(&scope, own),
        axis: everywhere.ticks(),
        target_share: everywhere.target_share(),
        levels: levels.map(|level| everywhere.level(level)).filter(|level| !level.rows.is_empty()).collect(),
    }
}

/// The values of some regions.
pub fn values(material: Material<'_>, language: &Language, regions: &[RegionIndex]) -> Vec<Values> {
    let specs = material.specs;
    let in_percent = specs.indicators_of(material.period).all(|(_, indicator)| indicator.per == 100);
    let of = |&region: &RegionIndex| {
        let scope = Scope { material, language, region };
        let parent = specs.hierarchy.region(region).parent.filter(|&parent| parent != specs.hierarchy.top());
        let value = |(index, _): (IndicatorIndex, &Indicator)| {
            if !material.published.tells(index, region) {
                return String::new();
            }
            let figure = matrix::value(&scope, index, region, in_percent);
            let mark = |carries: bool, label: &str| if carries { scope.label(label) } else { String::new() };
            format!("{}{}{}", figure.text, mark(figure.small, "mark_small"), mark(figure.incomplete, "mark_incomplete"))
        };
        Values {
            code: scope.region_code(region),
            name: match parent {
                Some(parent) => format!("{} ({})", scope.name(region), scope.name(parent)),
                None => scope.name(region),
            },
            values: specs.indicators_of(material.period).map(value).collect(),
        }
    };
    regions.iter().map(of).collect()
}
