//! Every number as rows, for files and other programs, in CSV and JSON.

mod document;
mod silent;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::language::LanguageCode;
use crate::numbers::{self, Numbers, Subject};
use crate::period::PeriodIndex;
use crate::protect::Published;
use crate::region::RegionIndex;
use crate::spec::IndicatorIndex;
use crate::value::{Amount, Missing, Ratio};

pub use document::document;
pub use silent::{Silent, silent, silent_csv};

/// One number, with what it is about; `S` is how its sums are written.
#[derive(Clone, Debug, Serialize)]
pub struct Row<S = Amount> {
    /// The period's name in files.
    pub period: String,
    /// The indicator's number.
    pub indicator: String,
    /// The region's code.
    pub region: String,
    /// The region's name.
    pub region_name: String,
    /// The region's level.
    pub level: String,
    /// `field=value` of a breakdown, `part=id` of a part; empty for the whole population.
    pub slice: String,
    /// Sum of the numerators.
    pub numerator: Option<S>,
    /// Sum of the denominators.
    pub denominator: Option<S>,
    /// 100 for percent.
    pub per: i64,
    /// The value in its unit, rounded as printed.
    pub value: Option<String>,
    /// Why there is no value.
    pub missing: Option<&'static str>,
    /// How many units should report.
    pub expected: Option<u32>,
    /// How many of the expected units did; of all units, when nothing tells which are expected.
    pub reported: Option<u32>,
    /// How many of the reporting units answered what is needed.
    pub answered: Option<u32>,
    /// How many units answered that the register does not list. None of the three is told where units are persons.
    pub unregistered: Option<u32>,
    /// The same four for the numerator, where it comes from a dataset of its own.
    pub numerator_expected: Option<u32>,
    /// How many reported.
    pub numerator_reported: Option<u32>,
    /// How many answered.
    pub numerator_answered: Option<u32>,
    /// How many units answered that the register does not list.
    pub numerator_unregistered: Option<u32>,
    /// How the value stands to its target: `reached`, `near` or `behind`; of the whole population only.
    pub status: Option<&'static str>,
    /// The place among the neighbours; of the whole population only.
    pub rank: Option<usize>,
    /// How many regions have a place.
    pub ranked: Option<usize>,
    /// The lowest value that a share of units can have, whatever those answer that are expected and silent.
    pub lowest: Option<String>,
    /// The highest one.
    pub highest: Option<String>,
    /// The target that counts in the period, of the whole population only; not among the columns of the CSV.
    #[serde(skip)]
    pub target: Option<String>,
    /// The period that the target is set for.
    #[serde(skip)]
    pub target_period: Option<String>,
}

/// The numbers of a period in these regions. Names are in `language`.
pub fn rows<'a>(
    published: &'a Published<'a>,
    language: &'a LanguageCode,
    period: PeriodIndex,
    regions: &'a [RegionIndex],
) -> impl Iterator<Item = Row> + 'a {
    let numbers = Numbers::new(published, period);
    published.specs().indicators_of(period).flat_map(move |(index, _)| {
        let mut rows = Vec::new();
        let subjects = numbers.subjects(index);
        for &region in regions {
            for &subject in &subjects {
                let found = numbers.row(index, region, subject);
                if !matches!(subject, Subject::Group { .. }) || !found.number.is_empty() {
                    rows.push(row(published, language, (index, period, region), (subject, &found)));
                }
            }
        }
        rows
    })
}

/// A number as a row. Names are in `language`.
pub fn row(
    published: &Published<'_>,
    language: &LanguageCode,
    (index, period, region): (IndicatorIndex, PeriodIndex, RegionIndex),
    (subject, found): (Subject<'_>, &numbers::Row<'_>),
) -> Row {
    let numbers::Row { number, target, rank, .. } = found;
    let specs = published.specs();
    let (indicator, region) = (specs.indicator(index), specs.hierarchy.region(region));
    let decimals = number.scale.decimals;
    let printed = |ratio: Ratio| ratio.times(indicator.per).decimal(decimals);
    let (lowest, highest) = number.range(indicator).map(|(lowest, highest)| (printed(lowest), printed(highest))).unzip();
    let coverage = Some(number.coverage()).filter(|coverage| !coverage.withheld);
    let of_numerator = number.numerator_coverage().filter(|coverage| !coverage.withheld);
    Row {
        period: specs.period(period).id.clone(),
        indicator: indicator.id.clone(),
        region: region.code.as_str().to_owned(),
        region_name: region.name.get(language).to_owned(),
        level: specs.level(region.level).id.clone(),
        slice: subject.id(),
        numerator: number.told_numerator,
        denominator: number.told_denominator,
        per: indicator.per,
        value: number.value.ok().map(printed),
        missing: number.value.err().map(Missing::name),
        expected: coverage.and_then(|coverage| coverage.expected),
        reported: coverage.map(|coverage| coverage.reported),
        answered: coverage.map(|coverage| coverage.answered),
        unregistered: coverage.map(|coverage| coverage.unregistered),
        numerator_expected: of_numerator.and_then(|coverage| coverage.expected),
        numerator_reported: of_numerator.map(|coverage| coverage.reported),
        numerator_answered: of_numerator.map(|coverage| coverage.answered),
        numerator_unregistered: of_numerator.map(|coverage| coverage.unregistered),
        status: target.as_ref().and_then(|target| target.gap.as_ref()).map(|gap| gap.status.name()),
        rank: rank.map(|rank| rank.position),
        ranked: rank.map(|rank| rank.of),
        lowest,
        highest,
        target: target.as_ref().map(|target| target.value.decimal(indicator.decimals.of(target.period))),
        target_period: target.as_ref().map(|target| specs.period(target.period).id.clone()),
    }
}

/// The rows as CSV with a header line: UTF-8, commas, LF. No text in it can act as a formula in a spreadsheet program.
pub fn csv(rows: impl IntoIterator<Item = Row>) -> String {
    lines(rows.into_iter().map(Row::inert))
}

/// Rows as CSV, with a header line where there are any.
fn lines(rows: impl Iterator<Item = impl Serialize>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.serialize(row).expect("plain rows are written to memory");
    }
    let bytes = writer.into_inner().expect("memory does not fail");
    String::from_utf8(bytes).expect("text went in")
}

/// The rows of a CSV of [`csv`] that are about these regions, with its header; `None` when it has no column of regions, or is no CSV.
pub fn of_regions(csv: &[u8], codes: &BTreeSet<&str>) -> Option<String> {
    let mut reader = csv::Reader::from_reader(csv);
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = reader.headers().ok()?.clone();
    let column = header.iter().position(|name| name == "region")?;
    // A code that could act as a formula has a sign before it.
    let codes: BTreeSet<String> =
        codes.iter().map(|code| if is_formula(code) { format!("'{code}") } else { (*code).to_owned() }).collect();
    writer.write_record(&header).ok()?;
    for record in reader.records() {
        let record = record.ok()?;
        if codes.contains(record.get(column)?) {
            writer.write_record(&record).ok()?;
        }
    }
    String::from_utf8(writer.into_inner().ok()?).ok()
}

impl Row {
    /// The row with texts that cannot act as formulas, and with sums in plain digits; numbers stay as they are.
    fn inert(self) -> Row<String> {
        let text = |text: &str| if is_formula(text) { format!("'{text}") } else { text.to_owned() };
        let digits = |sum: Option<Amount>| sum.map(|sum| sum.to_string());
        let row = self;
        Row {
            period: text(&row.period),
            indicator: text(&row.indicator),
            region: text(&row.region),
            region_name: text(&row.region_name),
            level: text(&row.level),
            slice: text(&row.slice),
            numerator: digits(row.numerator),
            denominator: digits(row.denominator),
            per: row.per,
            value: row.value,
            missing: row.missing,
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
            lowest: row.lowest,
            highest: row.highest,
            target: row.target,
            target_period: row.target_period,
        }
    }
}

/// Whether a spreadsheet program that opens a CSV takes a text for a formula: it begins like one and is no number (OWASP, *CSV Injection*).
pub fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) && !text.parse().is_ok_and(f64::is_finite)
}

/// The rows as a JSON list of objects, one a line.
pub fn json(rows: &[Row]) -> String {
    let lines: Vec<String> =
        rows.iter().map(|row| serde_json::to_string(row).expect("plain rows are written to memory")).collect();
    format!("[\n{}\n]\n", lines.join(",\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_as_a_formula_is_a_text_and_numbers_stay_numbers() {
        for text in ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "-inf x"] {
            assert!(is_formula(text), "{text}");
        }
        for text in ["-5", "+7.5", "-0.1", "North", "", "2025", "a=b", "'=1"] {
            assert!(!is_formula(text), "{text}");
        }
    }
}
