//! A release's numbers with everything that is known of them, as one JSON object. Names stand once, in every language of the programme;
//! rows, one a line, refer to them by id and code.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Number, Value};

use super::{Row, rows};
use crate::language::Localized;
use crate::numbers::{Numbers, Subject};
use crate::period::PeriodIndex;
use crate::protect::Published;
use crate::region::RegionIndex;
use crate::spec::{IndicatorIndex, Specs};
use crate::value::Amount;

/// What the release is about.
#[derive(Serialize)]
struct Publication<'a> {
    title: &'a Localized,
    publisher: &'a Localized,
    source: &'a Localized,
    notice: Option<&'a Localized>,
    /// For whom it is: `public` or `internal`.
    audience: &'static str,
    languages: Vec<&'a str>,
}

#[derive(Serialize)]
struct PeriodEntry<'a> {
    id: &'a str,
    name: &'a Localized,
    /// The reference day.
    date: String,
}

#[derive(Serialize)]
struct Named<'a> {
    id: &'a str,
    name: &'a Localized,
}

#[derive(Serialize)]
struct RegionEntry<'a> {
    code: &'a str,
    name: &'a Localized,
    level: &'a str,
    parent: Option<&'a str>,
}

#[derive(Serialize)]
struct IndicatorEntry<'a> {
    id: &'a str,
    section: &'a str,
    name: &'a Localized,
    short: &'a Localized,
    note: Option<&'a Localized>,
    numerator: &'a Localized,
    denominator: &'a Localized,
    /// 100 for percent.
    per: i64,
    decimals: u32,
    direction: &'static str,
    dataset: &'a str,
    /// Targets in the printed unit, by period.
    targets: BTreeMap<&'a str, Value>,
    slices: Vec<SliceEntry<'a>>,
}

/// A slice that numbers are about.
#[derive(Serialize)]
struct SliceEntry<'a> {
    id: String,
    /// The field that the population is broken down by; none for a part.
    by: Option<&'a Localized>,
    /// The name of the part or the group; none for the units that did not state it.
    name: Option<&'a Localized>,
}

#[derive(Serialize)]
struct RowEntry<'a> {
    period: &'a str,
    indicator: &'a str,
    region: &'a str,
    slice: &'a str,
    numerator: Option<Amount>,
    denominator: Option<Amount>,
    value: Option<Value>,
    missing: Option<&'static str>,
    /// The target that counts in the period; only for the whole population.
    target: Option<Value>,
    target_period: Option<&'a str>,
    expected: Option<u32>,
    reported: Option<u32>,
    answered: Option<u32>,
    unregistered: Option<u32>,
    /// Expected units of the numerator, where it comes from a dataset of its own.
    numerator_expected: Option<u32>,
    numerator_reported: Option<u32>,
    numerator_answered: Option<u32>,
    numerator_unregistered: Option<u32>,
    /// How the value stands to its target; only for the whole population, as are the other two.
    status: Option<&'static str>,
    rank: Option<usize>,
    ranked: Option<usize>,
    /// The lowest and the highest value that a share of units can have, whatever the silent ones answer.
    lowest: Option<Value>,
    highest: Option<Value>,
}

/// The numbers of a period in these regions.
pub fn document(published: &Published<'_>, period: PeriodIndex, regions: &[RegionIndex]) -> String {
    let specs = published.specs();
    let numbers = Numbers::new(published, period);
    let programme = &specs.programme;
    let publication = Publication {
        title: &programme.title,
        publisher: &programme.publisher,
        source: &programme.source,
        notice: programme.notice.as_ref(),
        audience: published.audience().name(),
        languages: programme.languages.iter().map(|language| language.as_str()).collect(),
    };
    let periods = programme.periods.iter();
    let periods = periods.map(|period| PeriodEntry { id: &period.id, name: &period.name, date: period.date.to_string() });
    let levels = programme.levels.iter().map(|level| Named { id: &level.id, name: &level.name });
    let sections = programme.sections.iter().map(|section| Named { id: &section.id, name: &section.name });
    let indicators = specs.indicators_of(period).map(|(index, _)| indicator(specs, (&numbers, period), index));
    let regions_of = regions.iter().map(|&index| {
        let region = specs.hierarchy.region(index);
        RegionEntry {
            code: region.code.as_str(),
            name: &region.name,
            level: &programme.levels[region.level.0].id,
            parent: region.parent.map(|parent| specs.hierarchy.region(parent).code.as_str()),
        }
    });
    let rows = rows(published, &programme.languages[0], period, regions).map(|row| json(&entry(&row)));
    format!(
        "{{\n\"publication\": {},\n\"periods\": {},\n\"levels\": {},\n\"sections\": {},\n\"indicators\": {},\n\"regions\": {},\n\"rows\": {}\n}}\n",
        json(&publication),
        list(periods.map(|period| json(&period))),
        list(levels.map(|level| json(&level))),
        list(sections.map(|section| json(&section))),
        list(indicators.map(|indicator| json(&indicator))),
        list(regions_of.map(|region| json(&region))),
        list(rows)
    )
}

fn indicator<'a>(specs: &'a Specs, (numbers, period): (&Numbers<'a>, PeriodIndex), index: IndicatorIndex) -> IndicatorEntry<'a> {
    let indicator = specs.indicator(index);
    let subjects = numbers.subjects(index).into_iter().filter(|subject| !matches!(subject, Subject::Whole));
    let slices = subjects.map(|subject| SliceEntry { id: subject.id(), by: subject.by(), name: subject.name() });
    IndicatorEntry {
        id: &indicator.id,
        section: &specs.programme.sections[indicator.section].id,
        name: &indicator.name,
        short: &indicator.short,
        note: indicator.note.as_ref(),
        numerator: &indicator.numerator.name,
        denominator: &indicator.denominator.name,
        per: indicator.per,
        decimals: indicator.decimals.of(period),
        direction: indicator.direction.name(),
        dataset: &specs.dataset(indicator.denominator.dataset).id,
        targets: indicator
            .targets
            .iter()
            .map(|(period, target)| (specs.period(*period).id.as_str(), number(&target.decimal(indicator.decimals.of(*period)))))
            .collect(),
        slices: slices.collect(),
    }
}

fn entry(row: &Row) -> RowEntry<'_> {
    RowEntry {
        period: &row.period,
        indicator: &row.indicator,
        region: &row.region,
        slice: &row.slice,
        numerator: row.numerator,
        denominator: row.denominator,
        value: row.value.as_deref().map(number),
        missing: row.missing,
        target: row.target.as_deref().map(number),
        target_period: row.target_period.as_deref(),
        expected: row.expected,
        reported: row.reported,
        answered: row.answered,
        unregistered: row.unregistered,
        numerator_expected: row.numerator_expected,
        numerator_reported: row.numerator_reported,
        numerator_answered: row.numerator_answered,
        numerator_unregistered: row.numerator_unregistered,
        status: row.status,
        rank: row.rank,
        ranked: row.ranked,
        lowest: row.lowest.as_deref().map(number),
        highest: row.highest.as_deref().map(number),
    }
}

/// The number nearest to some digits; it prints with the same digits.
fn number(digits: &str) -> Value {
    let number: f64 = digits.parse().expect("digits make a number");
    Value::Number(Number::from_f64(number).expect("a printed value is finite"))
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("plain data are written to memory")
}

/// Texts as the items of a list, one a line.
fn list(items: impl Iterator<Item = String>) -> String {
    let mut lines = String::from("[\n");
    for (position, item) in items.enumerate() {
        lines.push_str(if position == 0 { "" } else { ",\n" });
        lines.push_str(&item);
    }
    lines + "\n]"
}
