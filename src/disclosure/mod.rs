//! What the person who signs a release looks at: every number that is withheld, why, for whose sake, and which values it could have. It tells
//! all small counts, so it is never published.

mod names;
mod tables;

use jiff::civil::Date;
use rust_xlsxwriter::{DocProperties, XlsxError};

use crate::language::Language;
use crate::protect::Protected;
use crate::spec::Specs;
use crate::workbook::table::{self, Formats, Line};
use crate::workbook::{SheetNames, created};

/// The labels that every language needs for this workbook.
pub const LABELS: &[&str] = &[
    "audience_internal",
    "companion_breakdown",
    "companion_none",
    "companion_one_table",
    "companion_region_code",
    "denominator",
    "disclosure_all",
    "disclosure_beside",
    "disclosure_common",
    "disclosure_count",
    "disclosure_counted",
    "disclosure_counts",
    "disclosure_failed",
    "disclosure_hiding",
    "disclosure_least",
    "disclosure_left",
    "disclosure_level",
    "disclosure_most",
    "disclosure_number",
    "disclosure_once",
    "disclosure_kept",
    "disclosure_known",
    "disclosure_others",
    "disclosure_own",
    "disclosure_part",
    "disclosure_reason",
    "disclosure_remainder",
    "disclosure_rest",
    "disclosure_rule",
    "disclosure_rule_zero",
    "disclosure_sake",
    "disclosure_share",
    "disclosure_shut",
    "disclosure_small",
    "disclosure_summary",
    "disclosure_title",
    "disclosure_told",
    "disclosure_unprinted",
    "group",
    "indicator",
    "not_stated",
    "number",
    "numerator",
    "region",
];

/// A workbook that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the workbook of what is withheld for `{period}` cannot be made: {source}")]
pub struct Error {
    /// The period.
    period: String,
    /// What the writer says.
    source: XlsxError,
}

/// The bytes of the workbook about a period.
///
/// # Errors
/// When a workbook cannot hold it.
pub fn write(specs: &Specs, protected: &Protected, language: &Language) -> Result<Vec<u8>, Error> {
    let period = specs.period(protected.period);
    draw(specs, protected, language, period.issued).map_err(|source| Error { period: period.id.clone(), source })
}

fn draw(specs: &Specs, protected: &Protected, language: &Language, date: Date) -> Result<Vec<u8>, XlsxError> {
    let label = |key: &str| language.labels[key].as_str();
    let mut book = table::book()?;
    let (publisher, period) = (&specs.programme.publisher, &specs.period(protected.period).name);
    let properties = DocProperties::new()
        .set_title(format!("{}. {}", label("disclosure_title"), period.get(&language.code)))
        .set_keywords(label("audience_internal"))
        .set_author(publisher.get(&language.code))
        .set_creation_datetime(&created(date)?)
        // Spreadsheet programs know this name.
        .set_custom_property("Language", language.code.as_str());
    book.set_properties(&properties);
    let formats = Formats::of(language.code.direction());
    let mut names = SheetNames::default();
    let warning = Line::Warning(label("audience_internal").to_owned());
    for (table, words) in tables::all(specs, protected, language) {
        let sheet = book.add_worksheet().set_name(names.take(&table.sheet))?;
        let words: Vec<Line<'_>> = words.into_iter().map(Line::Plain).collect();
        let lines: Vec<&Line<'_>> = std::iter::once(&warning).chain(&words).collect();
        formats.table(sheet, &table, label("companion_one_table"), &lines)?;
    }
    book.save_to_buffer()
}
