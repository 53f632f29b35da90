//! The workbook beside a report: the same tables, with numbers instead of words, one table a sheet. Programs that read aloud, people who
//! compute on, and databases can all use them.
//!
//! Cover, contents and notes come first. Numbers are rounded once, as they are printed. Where there is no number, a short form in square
//! brackets stands, which the notes explain. No cell of a table is empty, merged or hidden.

mod book;
mod tables;

use jiff::civil::Date;
use rust_xlsxwriter::XlsxError;

use crate::language::Language;
use crate::region::RegionIndex;
use crate::report::Material;
use crate::report::model::Report;

/// The labels that every language needs for these workbooks.
pub const LABELS: &[&str] = &[
    "contents",
    "document_number",
    "date",
    "source",
    "summary",
    "coverage",
    "methodology",
    "number",
    "indicator",
    "region",
    "group",
    "change",
    "target",
    "targets",
    "status",
    "parent",
    "top",
    "rank",
    "coverage_short",
    "numerator",
    "denominator",
    "dataset",
    "unit",
    "reporting_unit",
    "expected",
    "reported",
    "answered",
    "unregistered",
    "share",
    "parts",
    "population",
    "measured_in",
    "life",
    "direction",
    "note",
    "not_stated",
    "status_reached",
    "status_near",
    "status_behind",
    "status_reached_long",
    "status_near_long",
    "status_behind_long",
    "missing_not_applicable_long",
    "missing_zero_denominator_long",
    "missing_withheld_long",
    "missing_unreliable_long",
    "mark_small_long",
    "mark_incomplete_long",
    "per_100",
    "companion_title",
    "companion_cover",
    "companion_notes",
    "companion_below",
    "companion_groups",
    "crossed",
    "companion_trend",
    "companion_sheet",
    "companion_table",
    "companion_rows",
    "companion_one_table",
    "companion_see_notes",
    "companion_see_contents",
    "companion_period",
    "companion_publisher",
    "companion_region_code",
    "companion_section",
    "companion_value",
    "companion_of",
    "companion_target_period",
    "companion_breakdown",
    "companion_marks",
    "companion_mark",
    "companion_meaning",
    "companion_not_reported",
    "companion_not_reported_long",
    "companion_not_applicable",
    "companion_zero_denominator",
    "companion_withheld",
    "companion_unreliable",
    "companion_none",
    "companion_small",
    "companion_incomplete",
    "companion_less",
    "companion_less_long",
    "companion_more",
    "companion_more_long",
    "companion_unregistered_long",
    "companion_none_long",
    "companion_value_long",
    "companion_lowest",
    "companion_highest",
    "companion_range_long",
    "companion_sums_long",
    "companion_change_long",
    "companion_rank_long",
    "companion_reporting_long",
    "companion_response_long",
];

/// A workbook that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the workbook of its tables cannot be made: {0}")]
pub struct Error(#[from] XlsxError);

/// The bytes of the workbook beside `report`.
///
/// # Errors
/// When a workbook cannot hold it.
pub fn write(material: Material<'_>, language: &Language, region: RegionIndex, report: &Report) -> Result<Vec<u8>, Error> {
    let period = material.specs.period(material.period);
    let date: Date = material.date.unwrap_or(period.issued);
    Ok(book::draw(language, &report.front, &tables::all(material, language, region, report), date)?)
}
