//! The numbers of a release as tables, and the numbers that somebody asks for.

use crate::period::PeriodIndex;
use crate::protect::Published;
use crate::region::RegionIndex;
use crate::release::{self, FileEntry, Staging};
use crate::report::Selection;
use crate::table;

/// The numbers of a period as a table for spreadsheets and statistics programs.
pub(super) fn csv(published: &Published<'_>, period: PeriodIndex) -> String {
    let language = &published.specs().programme.publish[0];
    table::csv(table::rows(published, language, period, &selected(published, period, &Selection::default(), false)))
}

/// Writes the tables of a release: `csv`, and everything that is known of the numbers; returns their entries for the manifest.
pub(super) fn write(
    (published, period): (&Published<'_>, PeriodIndex),
    csv: &str,
    staging: &Staging<'_>,
) -> Result<Vec<FileEntry>, release::Error> {
    let store = |ending: &str, text: &str| {
        let name = format!("results{}.{ending}", published.audience().suffix());
        staging.write(&name, text.as_bytes())?;
        Ok(FileEntry::new(name, text.as_bytes()))
    };
    // The largest text of a release is made last, when no document needs the memory.
    let json = || table::document(published, period, &selected(published, period, &Selection::default(), false));
    Ok(vec![store("csv", csv)?, store("json", &json())?])
}

/// Every number of these periods in the selected regions, named in the selected language; numbers of blocked regions are left out.
pub fn rows(published: &Published<'_>, periods: &[PeriodIndex], selection: &Selection) -> Vec<table::Row> {
    let language = selection.languages.first().unwrap_or(&published.specs().programme.publish[0]);
    let of = |&period: &PeriodIndex| -> Vec<table::Row> {
        table::rows(published, language, period, &selected(published, period, selection, false)).collect()
    };
    periods.iter().flat_map(of).collect()
}

/// The selected regions whose numbers of a period are blocked by errors.
pub fn left_out(published: &Published<'_>, period: PeriodIndex, selection: &Selection) -> Vec<RegionIndex> {
    selected(published, period, selection, true)
}

fn selected(published: &Published<'_>, period: PeriodIndex, selection: &Selection, blocked: bool) -> Vec<RegionIndex> {
    let specs = published.specs();
    let mut regions = selection.regions_on(&specs.hierarchy, specs.period(period).date);
    regions.retain(|&region| published.blocked().holds(region, period) == blocked);
    regions
}
